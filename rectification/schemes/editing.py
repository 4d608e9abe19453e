"""One part of a scheme as a page of rows: edited while a draft, amended with a reason while in force."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import Invalid, Refused, StaleVersion
from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import opened_version
from rectification.schemes import actions, amendments, chain_offers, part_problems
from rectification.schemes.forms import HeadForm, formset_of, head_initial, row_initial
from rectification.schemes.models import Scheme, SchemeState
from rectification.schemes.parts import PARTS, PartKind, words_of
from rectification.schemes.rights import issuing_refusal

Save = Callable[..., Any]
OFFER = "_offer"
"""The button that adds an offered step to a chain, with all that was typed."""
EXTRA = 2
"""Empty rows offered without scripts; with scripts rows are added by a button."""


class ReasonForm(forms.Form):
    """Why a scheme in force is changed."""

    reason = forms.CharField(
        label="修订理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="记入修订记录。",
    )


def issued_by(request: HttpRequest, uid: str) -> Scheme:
    """The scheme, if the post is its issuer's officer; else as if it were absent."""
    rows = Scheme.objects.visible_to(request.post).select_related("issuer")
    scheme = get_object_or_404(rows, uid=uid)
    if issuing_refusal(scheme.issuer, request.post):
        raise Http404
    return scheme


@policy(OFFICERS, scope="scheme")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uid: str, part: str) -> HttpResponse:
    """Edit one part; of a scheme in force the duty dates are amended by the room that knows the duties."""
    scheme = issued_by(request, uid)
    if part == amendments.HEAD:
        return _head_page(request, scheme)
    if part not in PARTS:
        raise Http404
    if scheme.state == SchemeState.IN_FORCE and part in ("duty_rules", "phases"):
        page = "duties:amend_rules" if part == "duty_rules" else "duties:amend_phases"
        return redirect(page, uid=scheme.uid)
    return part_page(request, scheme, PARTS[part], save=_save_part)


def _save_part(*, scheme: Scheme, part: PartKind, rows: list[dict], reason: str, **who: Any) -> None:
    if scheme.state == SchemeState.DRAFT:
        actions.edit_part(scheme_id=scheme.pk, part=part.key, rows=rows, **who)
    else:
        amendments.amend(scheme_id=scheme.pk, part=part.key, rows=rows, reason=reason, **who)


def _reason(request: HttpRequest, scheme: Scheme) -> ReasonForm | None:
    return ReasonForm(request.POST or None) if scheme.state == SchemeState.IN_FORCE else None


def part_page(request: HttpRequest, scheme: Scheme, part: PartKind, *, save: Save) -> HttpResponse:
    """The page of one part's rows. Wrong rows keep what was typed, with the words beside the field."""
    there = part.rows(scheme)
    initial = [row_initial(part, row) for row in there]
    formset = formset_of(part, extra=EXTRA)(request.POST or None, initial=initial, prefix="rows")
    reason = _reason(request, scheme)
    stale, errors, look = None, [], "_look" in request.POST
    part_problems.show_days(formset, scheme, part, there)
    readable = request.method == "POST" and _readable(formset, None if look else reason, scheme, part)
    if readable and not look:
        stale, errors = _saving(request, scheme, part, formset, reason, save)
        if not errors:
            return _saved(request, scheme, part)
    wrong = request.method == "POST" and not (look and readable)
    context = {
        "scheme": scheme,
        "part": part,
        "formset": formset,
        "reason": reason,
        "errors": errors + part_problems.summary(formset),
        "stale": stale,
        "stale_rows": words_of(part, part.rows(stale)) if stale else [],
        "version": (stale or scheme).version,
        "wrong": wrong,
        "looked": look and readable,
        "offers": chain_offers.offered(scheme, there) if part.key == "chain" else [],
        **part_problems.advice(scheme, part, there),
    }
    return render(request, "rectification/schemes/edit_part.html", context, status=422 if wrong else 200)


def _saving(
    request: HttpRequest,
    scheme: Scheme,
    part: PartKind,
    formset: Any,
    reason: ReasonForm | None,
    save: Save,
) -> tuple[Scheme | None, list[str]]:
    """Save the rows; the scheme as somebody else left it meanwhile, and why nothing was saved."""
    words = reason.cleaned_data["reason"] if reason else ""
    who = {"version": opened_version(request), "by": request.post, "at": timezone.now()}
    rows = part_problems.rows_of(formset)
    if part.key == "chain" and OFFER in request.POST:
        rows = chain_offers.with_step(scheme, rows, request.POST[OFFER])
    try:
        save(scheme=scheme, part=part, rows=rows, reason=words, **who)
    except StaleVersion as refused:
        return refused.current, [str(refused)]
    except Invalid as invalid:
        return None, [text for texts in invalid.errors.values() for text in texts]
    except Refused as refused:
        return None, [str(refused)]
    return None, []


def _readable(formset: Any, reason: ReasonForm | None, scheme: Scheme, part: PartKind) -> bool:
    """Whether all that was typed can be read and stands by the rules; marks every field that does not."""
    given = [formset.is_valid(), reason is None or reason.is_valid()]
    return all(given) and part_problems.mark(formset, scheme, part)


def _saved(request: HttpRequest, scheme: Scheme, part: PartKind | None = None) -> HttpResponse:
    what = part.title if part else "基本内容"
    if scheme.state == SchemeState.DRAFT and OFFER in request.POST:
        messages.success(request, "环节已加入并保存，可以继续调整先后、岗位和方式。")
        return redirect("schemes:edit", uid=scheme.uid, part="chain")
    if scheme.state == SchemeState.DRAFT:
        messages.success(request, f"“{what}”已保存。全部核对后，由本岗位付诸执行。")
        return redirect(f"{scheme.get_absolute_url()}#{part.key if part else amendments.HEAD}")
    messages.success(request, f"“{what}”的修订已登记，即日起按修订后的方案执行。")
    return redirect("schemes:amendments", uid=scheme.uid)


def _head_page(request: HttpRequest, scheme: Scheme) -> HttpResponse:
    form = HeadForm(request.POST or None, initial=head_initial(scheme))
    reason, stale = _reason(request, scheme), None
    if request.method == "POST" and form.is_valid() and (reason is None or reason.is_valid()):
        given: Mapping[str, Any] = {name: form.cleaned_data[name] for name in form.fields}
        who = {"version": opened_version(request), "by": request.post, "at": timezone.now()}
        try:
            if reason is None:
                actions.edit_head(scheme_id=scheme.pk, values=given, **who)
            else:
                words = reason.cleaned_data["reason"]
                amendments.amend(scheme_id=scheme.pk, part="head", values=given, reason=words, **who)
        except StaleVersion as refused:
            stale = refused.current
        except Invalid as invalid:
            for path, texts in invalid.errors.items():
                form.add_error(path if path in form.fields else None, texts)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _saved(request, scheme)
    wrong = bool(form.errors or stale or (reason and reason.errors))
    context = {
        "scheme": scheme,
        "form": form,
        "reason": reason,
        "stale": stale,
        "marks": scheme.starter_values,
    }
    context["version"] = (stale or scheme).version
    return render(request, "rectification/schemes/edit_head.html", context, status=422 if wrong else 200)


@policy(OFFICERS, scope="scheme", repeatable=True)
@require_POST
def check(request: HttpRequest, uid: str, part: str) -> HttpResponse:
    """What is wrong with the rows as they are typed, and which days the duties fall on; saves nothing."""
    scheme = issued_by(request, uid)
    if part not in PARTS:
        raise Http404
    kind = PARTS[part]
    there = kind.rows(scheme)
    initial = [row_initial(kind, row) for row in there]
    formset = formset_of(kind, extra=EXTRA)(request.POST, initial=initial, prefix="rows")
    found = part_problems.found(formset, scheme, kind)
    context = {"problems": found, "part": kind}
    context["swapped"] = part_problems.show_days(formset, scheme, kind, there)
    return render(request, "rectification/schemes/_check.html", context)
