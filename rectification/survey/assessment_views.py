"""One organization in a survey: its score opens to its findings and scorer, what is known of it, and its amendments."""

import hashlib
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import Invalid, Refused
from accounts.policy import policy
from accounts.roles import SUBTREE
from accounts.submission import carry_out, opened_version, status_of
from rectification.survey import amendments, findings, holders, notes
from rectification.survey.amendment_forms import AmendForm
from rectification.survey.forms import EvidenceForm
from rectification.survey.known import known_of
from rectification.survey.merged import gone_words
from rectification.survey.models import Assessment, Sheet
from rectification.survey.note_lists import lines_of
from rectification.survey.note_views import VISITORS, assessed
from rectification.survey.ranking import findings_of


@policy(SUBTREE, scope="assessment")
@require_GET
def organization(request: HttpRequest, uid: Any) -> HttpResponse:
    """The organization's survey page."""
    return _page(request, assessed(request, uid))


def _page(request: HttpRequest, row: Assessment, form: EvidenceForm | None = None) -> HttpResponse:
    survey, post = row.survey, request.post
    sheet = Sheet.objects.filter(survey=survey, organization_id=row.scorer_id).first()
    found = findings_of([row.pk], evidence=True)[row.pk]
    line = lines_of(survey, [row], post)[0]
    criteria = {one.order: one for one in survey.scheme.criteria.all()}
    for note in [*line.visits, *([line.self_check] if line.self_check else [])]:
        note.met = [criteria[order] for order in note.criteria if order in criteria]
    context = {
        "row": row,
        "survey": survey,
        "sheet": sheet,
        "findings": found,
        "inputs": known_of([row.organization_id], survey.year)[row.organization_id],
        "line": line,
        "gone": gone_words(row, survey),
        "amendments": row.amendments.select_related("criterion", "by__user", "by__organization"),
        "may_amend": amendments.amending_refusal(survey, row, post) is None,
        "may_attach": findings.evidence_refusal(row, post) is None,
        "may_visit": notes.visit_refusal(row, post) is None,
        "may_check": sheet is not None
        and notes.self_check_refusal(row, sheet, post, line.self_check) is None,
        "holder": holders.is_holder(survey, post),
        "steps": sheet.steps.select_related("by__user", "scan") if sheet else (),
        "form": form or EvidenceForm(),
    }
    status = 422 if form is not None else 200
    return render(request, "rectification/survey/organization.html", context, status=status)


@policy(VISITORS, scope="assessment")
@require_POST
def evidence(request: HttpRequest, uid: Any) -> HttpResponse:
    """Hand in a file as evidence of one finding."""
    row = assessed(request, uid)
    form = EvidenceForm(request.POST, request.FILES)

    def keep() -> Any:
        return findings.add_evidence(
            assessment_id=row.pk,
            order=form.cleaned_data["order"],
            upload=form.cleaned_data["file"],
            note=form.cleaned_data["note"],
            by=request.post,
            at=timezone.now(),
        )

    if kept := carry_out(form, keep):
        messages.success(request, f"已上传佐证“{kept.name}”。")
        return redirect("survey:organization", uid=row.uid)
    return _page(request, row, form)


@policy(VISITORS, scope="assessment")
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, uid: Any) -> HttpResponse:
    """Amend a closed score: first what it would change, then, confirmed, the amendment."""
    row = assessed(request, uid)
    found = findings_of([row.pk])[row.pk]
    form = AmendForm(request.POST or None, row=row, findings=found)
    if refusal := amendments.amending_refusal(row.survey, row, request.post):
        return _amend_page(request, row, form, refusal=refusal)
    if request.method == "GET" or not form.is_valid():
        return _amend_page(request, row, form)
    seen = _preview(row, form)
    if seen is None or request.POST.get("seen") != _mark(seen):
        return _amend_page(request, row, form, seen=seen)
    made = carry_out(
        form,
        lambda: amendments.amend_score(
            assessment_id=row.pk,
            entries=form.entries(),
            reason=form.cleaned_data["reason"],
            by=request.post,
            at=timezone.now(),
            version=opened_version(request),
        ),
    )
    if made is None:
        return _amend_page(request, row, form, seen=seen)
    messages.success(
        request, f"已更正{row.organization.short_name}的评分，名次已重新排定。{made[0].effect}。"
    )
    return redirect("survey:organization", uid=row.uid)


def _preview(row: Assessment, form: AmendForm) -> amendments.Preview | None:
    """What the typed values would change; None with the errors beside their fields."""
    try:
        seen = amendments.preview(row.survey, row, form.entries())
    except Invalid as invalid:
        for order, texts in invalid.errors.items():
            name = f"p{order}"
            form.add_error(name if name in form.fields else None, texts)
        return None
    except Refused as refused:
        form.add_error(None, str(refused))
        return None
    if not seen.changes:
        form.add_error(None, "评分没有变化，不需要更正")
        return None
    if not form.cleaned_data["reason"].strip():
        form.add_error("reason", "评分已封存，更正须写明理由")
        return None
    return seen


def _mark(seen: amendments.Preview) -> str:
    """What was shown, in short: confirming confirms this and nothing else."""
    shown = "\n".join([*(change.words for change in seen.changes), *seen.effects])
    return hashlib.sha256(shown.encode()).hexdigest()[:32]


def _amend_page(
    request: HttpRequest,
    row: Assessment,
    form: AmendForm,
    *,
    seen: amendments.Preview | None = None,
    refusal: str = "",
) -> HttpResponse:
    context = {
        "row": row,
        "survey": row.survey,
        "form": form,
        "seen": seen,
        "mark": _mark(seen) if seen else "",
        "refusal": refusal,
        "stale": getattr(form, "stale", None),
    }
    return render(request, "rectification/survey/amend.html", context, status=status_of(form))
