"""The score sheet as Excel: download it, fill it in, bring it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit
from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import OFFICERS
from organizations.handing_out import hand_out, mark_of
from organizations.workbook import FILE_LIMIT, read_workbook
from rectification.survey import scoring
from rectification.survey.forms import ScoreWorkbookForm
from rectification.survey.models import Sheet
from rectification.survey.sheet_views import SCORERS, address, page_in, sheet_in
from rectification.survey.views import surveys
from rectification.survey.workbook import write_scores
from rectification.survey.workbook_reading import Reading, read_scores

SHOWN = 60


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
    """Bring a filled-in workbook back: everything in it is written, or nothing and every fault named."""
    survey = get_object_or_404(surveys(request), uid=uid)
    sheet = sheet_in(request, survey, request.GET.get("township", str(request.post.organization.uid)))
    refusal = scoring.scoring_refusal(survey, sheet, request.post)
    form = ScoreWorkbookForm(request.POST or None, request.FILES or None)
    if request.method == "GET" or refusal or not form.is_valid():
        return _page(request, sheet, form, refusal)
    reading = None
    try:
        reading = _read(request, sheet, form)
        if reading.errors or (reading.stale and not form.cleaned_data["overwrite"]):
            return _page(request, sheet, form, None, reading)
        rows = [(one.row.assessment.pk, one.entries, one.version) for one in reading.changes]
        written = scoring.save_rows(rows=rows, by=request.post, at=timezone.now())
    except Refused as refused:
        form.add_error("file", str(refused))
        return _page(request, sheet, form, None, reading)
    audit.record("导入评分表", obj=sheet, read=reading.read, written=written)
    messages.success(request, f"读到 {reading.read} 个党组织，更新 {written} 个的评分；其余与现有内容相同。")
    return redirect(address("grid", sheet))


def _read(request: HttpRequest, sheet: Sheet, form: ScoreWorkbookForm) -> Reading:
    file = form.cleaned_data["file"]
    sheets = read_workbook(file.read(FILE_LIMIT + 1), file_name=file.name, sheets=6)
    return read_scores(sheets, page_in(request, sheet))


def _page(
    request: HttpRequest,
    sheet: Sheet,
    form: ScoreWorkbookForm,
    refusal: str | None,
    reading: Reading | None = None,
) -> HttpResponse:
    errors = reading.errors if reading else []
    context = {
        "survey": sheet.survey,
        "sheet": sheet,
        "form": form,
        "refusal": refusal,
        "errors": errors[:SHOWN],
        "more": max(len(errors) - SHOWN, 0),
        "stale": reading.stale if reading and not errors else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "rectification/survey/workbook.html", context, status=status)
