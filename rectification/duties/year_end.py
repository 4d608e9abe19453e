"""A scheme's year ends: 结束方案, with what is still open under it named first."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import carry_out, opened_version
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.schemes import actions as schemes
from rectification.schemes.editing import issued_by
from rectification.schemes.models import Scheme, SchemeState


class EndForm(forms.Form):
    """Why, where something is still open."""

    reason = forms.CharField(
        label="理由",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="年度已过、整顿对象都已办结的，可以不填；否则必须写明。记入修订记录。",
    )


def open_cases(scheme: Scheme) -> int:
    """How many cases are still being rectified under a scheme."""
    return Case.objects.filter(scheme=scheme).open().count()


@transaction.atomic
def end(*, scheme_id: int, by: Appointment, at: datetime, reason: str, version: int | None = None) -> Scheme:
    """Close a scheme; what is owed under it stays owed (schemes.actions.close)."""
    found = Scheme.objects.visible_to(by).get(pk=scheme_id)
    return schemes.close(
        scheme_id=scheme_id, by=by, at=at, open_cases=open_cases(found), reason=reason, version=version
    )


@policy(OFFICERS, scope="scheme")
@require_http_methods(["GET", "POST"])
def end_page(request: HttpRequest, uid: str) -> HttpResponse:
    """结束方案: says what is still open and what will follow, then does it."""
    scheme = issued_by(request, uid)
    form = EndForm(request.POST or None)
    if request.method == "POST":
        given: dict[str, Any] = {"by": request.post, "at": timezone.now(), "version": opened_version(request)}
        ended = carry_out(form, lambda: end(scheme_id=scheme.pk, reason=form.cleaned_data["reason"], **given))
        if ended is not None:
            messages.success(
                request, f"《{scheme.title}》已结束，仍可阅读。下一步由本岗位据此拟订下一年度方案。"
            )
            return redirect(ended)
    scheme.refresh_from_db()
    context = {
        "scheme": scheme,
        "form": form,
        "in_force": scheme.state == SchemeState.IN_FORCE,
        "cases": open_cases(scheme),
        "duties": Duty.objects.visible_to(request.post).open().filter(scheme=scheme).count(),
        "year_over": timezone.localdate().year > scheme.year,
    }
    return render(request, "rectification/duties/end.html", context, status=422 if form.errors else 200)
