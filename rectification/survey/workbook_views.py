"""The score sheet as Excel: download it, fill it in, bring it back; looked at before it is written."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import status_of
from organizations.handing_out import hand_out, mark_of
from organizations.models import ImportBatch
from organizations.roster_views import RECENT, handed_in
from rectification.survey import scoring
from rectification.survey.forms import ScoreWorkbookForm
from rectification.survey.score_import import SCORERS, SCORES
from rectification.survey.sheet_views import page_in, sheet_in
from rectification.survey.views import surveys
from rectification.survey.workbook import write_scores


@policy(OFFICERS, scope="survey")
@require_GET
def download(request: HttpRequest, uid: Any) -> HttpResponse:
    """A sheet as it stands; filled in, it is also what is uploaded."""
    survey = get_object_or_404(surveys(request), uid=uid)
    sheet = sheet_in(request, survey, request.GET.get("township", ""))
    page = page_in(request, sheet)
    content = write_scores(page, mark=mark_of(request.post))
    name = f"{sheet.organization.short_name}{survey.year}年摸排评分表.xlsx"
    return hand_out(content, name=name, action="导出评分表", obj=sheet, rows=len(page.rows))


@policy(SCORERS, scope="survey")
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, uid: Any) -> HttpResponse:
    """Bring a filled-in workbook back, to be read and looked at (organizations.imports)."""
    survey = get_object_or_404(surveys(request), uid=uid)
    sheet = sheet_in(request, survey, request.GET.get("township", str(request.post.organization.uid)))
    refusal = scoring.scoring_refusal(survey, sheet, request.post)
    form = ScoreWorkbookForm(request.POST or None, request.FILES or None)
    given = {"survey": str(survey.uid)}
    if not refusal and (batch := handed_in(request, sheet.organization, form, SCORES.key, given)):
        return redirect("organizations:batch", uid=batch.uid)
    mine = ImportBatch.objects.visible_to(request.post)
    context = {
        "survey": survey,
        "sheet": sheet,
        "form": form,
        "refusal": refusal,
        "batches": mine.filter(unit=sheet.organization, kind=SCORES.key, given=given).defer(
            "content", "rows"
        )[:RECENT],
        "counted": SCORES.counted,
    }
    status = 422 if refusal and request.method == "POST" else status_of(form)
    return render(request, "rectification/survey/workbook.html", context, status=status)
