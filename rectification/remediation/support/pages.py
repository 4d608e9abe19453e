"""The one shape of every form page of a case's support: what is asked, the form, the way back to the file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.changes import changes_of
from accounts.submission import carry_out, opened_version, status_of
from rectification.cases.models import Case

RELATED = ("organization", "scheme", "county", "township", "primary")
CASE_RELATED = tuple(f"case__{name}" for name in RELATED)
SILENT = ("case", "by", "duty", "post")


def case_of(request: HttpRequest, uid: str) -> Case:
    """The case of an address, in scope, with what its head shows."""
    return get_object_or_404(Case.objects.visible_to(request.post).select_related(*RELATED), uid=uid)


@dataclass(frozen=True)
class Page:
    """What a form page says. note: a rule that stands over the form. lists: suggestions by the list's name.

    refused: why nothing can be done here; the form is then not shown. others: further buttons, (label, address).
    """

    heading: str
    lead: str
    button: str
    case: Case
    record: Any = None
    note: str = ""
    refused: str | None = None
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    others: Sequence[tuple[str, str]] = ()
    anchor: str = ""

    @property
    def back(self) -> str:
        """The support part of the case's file."""
        return f"{self.case.get_absolute_url()}?tab=support{self.anchor and '#'}{self.anchor}"


def answer(
    request: HttpRequest, page: Page, form: BaseForm, act: Callable[[], Any], said: Callable[[Any], str]
) -> HttpResponse:
    """Show the form, or carry the action out and lead back to the file; `said` words what happened and what is next."""
    if request.method == "POST" and (done := carry_out(form, act)) is not None:
        messages.success(request, said(done))
        return redirect(page.back)
    stale = getattr(form, "stale", None)
    version = stale.version if stale else opened_version(request) or getattr(page.record, "version", None)
    context = {
        "page": page,
        "case": page.case,
        "form": form,
        "version": version,
        "stale": stale,
        "history": changes_of(page.record, skip=SILENT) if page.record is not None else None,
    }
    return render(request, "rectification/remediation/support/form.html", context, status=status_of(form))
