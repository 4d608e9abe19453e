"""Pages of a township's score sheet: the grid, saving it row by row or as a form, pasting."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import Invalid, Refused, StaleVersion
from accounts.policy import policy
from accounts.roles import SUBTREE, Role
from accounts.submission import raw_body
from accounts.tables import show
from organizations.scope import covers
from rectification.survey import actions, overview, scoring
from rectification.survey.entries import read_block
from rectification.survey.known import known_of
from rectification.survey.models import SOURCES, Assessment, Sheet, Survey
from rectification.survey.note_lists import notes_by_organization
from rectification.survey.score_import import SCORERS
from rectification.survey.sheet import Page, SheetRow, blame, page_of, put_beside, typed
from rectification.survey.views import surveys


def sheet_in(request: HttpRequest, survey: Survey, unit: str) -> Sheet:
    """The sheet of a unit (its uid; the nearest without one), within scope."""
    sheet = overview.sheet_of(survey, unit, Sheet.objects.visible_to(request.post))
    if sheet is None:
        raise Http404
    return sheet


def page_in(request: HttpRequest, sheet: Sheet) -> Page:
    """The sheet's rows the post may see."""
    rows = Assessment.objects.visible_to(request.post).scored_by(sheet)
    return page_of(sheet, rows.select_related("organization"))


def address(name: str, sheet: Sheet) -> str:
    """A page of this sheet."""
    return f"{reverse(f'survey:{name}', args=[sheet.survey.uid])}?township={sheet.organization.uid}"


@policy(SUBTREE, scope="survey")
@require_http_methods(["GET", "POST"])
def grid(request: HttpRequest, uid) -> HttpResponse:
    """The sheet: organizations × criteria; POST saves it as an ordinary form."""
    survey = get_object_or_404(surveys(request), uid=uid)
    sheet = sheet_in(request, survey, request.GET.get("township", ""))
    page = page_in(request, sheet)
    if request.method == "GET" and request.post.role == Role.VILLAGE_REPORTER and len(page.rows) == 1:
        return redirect("survey:organization", uid=page.rows[0].assessment.uid)
    if request.method == "GET":
        return _grid(request, page)
    block_text = request.POST.get("block", "")
    if block_text.strip():
        return _save_block(request, page, block_text)
    return _save_form(request, page)


def _grid(request: HttpRequest, page: Page, status: int = 200, **more: Any) -> HttpResponse:
    sheet = page.sheet
    units = [row.assessment.organization_id for row in page.rows]
    notes = notes_by_organization(sheet.survey, request.post, units)
    put_beside(page, known_of(units, sheet.survey.year), notes)
    context = {
        "survey": sheet.survey,
        "sheet": sheet,
        "page": page,
        "refusal": scoring.scoring_refusal(sheet.survey, sheet, request.post),
        "own": sheet.organization_id == request.post.organization_id,
        "own_survey": sheet.organization_id == sheet.survey.organization_id,
        "whole": covers(request.post, sheet.survey.organization),
        "phase": sheet.survey.scheme.phases.filter(stage="survey").first(),
        "sources": SOURCES,
        "full_marks": show(sheet.survey.scheme.full_marks),
    } | more
    return render(request, "rectification/survey/grid.html", context, status=status)


def _save_form(request: HttpRequest, page: Page) -> HttpResponse:
    """Save every row that was sent; rows that cannot be saved come back as typed, with the reason."""
    wrong = 0
    for row in page.rows:
        uid = str(row.assessment.uid)
        points = {
            key: value
            for cell in row.cells
            if (value := request.POST.get(f"p-{uid}-{(key := str(cell.criterion.order))}")) is not None
        }
        words = {
            key: value
            for cell in row.cells
            if (value := request.POST.get(f"w-{uid}-{(key := str(cell.criterion.order))}")) is not None
        }
        sources = {
            key: value
            for cell in row.cells
            if (value := request.POST.get(f"s-{uid}-{(key := str(cell.criterion.order))}")) is not None
        }
        version = request.POST.get(f"v-{uid}", "")
        opened = int(version) if version.isdecimal() else None
        wrong += not _save_row(request, row, (points, words, sources), opened)
    if wrong:
        return _grid(request, page, 422, wrong=wrong)
    messages.success(request, "评分已保存；全部评完后请提名并提交。")
    return redirect(address("grid", page.sheet))


def _save_block(request: HttpRequest, page: Page, text: str) -> HttpResponse:
    """Paste without a script: the block begins at the first cell, or carries the names."""
    block = read_block(text, rows=page.lines(), columns=page.columns())
    rows = {str(row.assessment.uid): row for row in page.rows}
    wrong = 0
    for uid, cells in block.cells.items():
        wrong += not _save_row(request, rows[uid], (cells, {}, {}), rows[uid].assessment.version)
    if block.errors or wrong:
        return _grid(request, page, 422, wrong=wrong, pasted=text, block_errors=block.errors)
    messages.success(request, f"已填入 {len(block.cells)} 行评分。")
    return redirect(address("grid", page.sheet))


def _save_row(
    request: HttpRequest, row: SheetRow, sent: tuple[dict[str, Any], ...], version: int | None
) -> bool:
    """Save one row; whether it stands now. What is wrong is kept in the row.

    sent: points, words and sources, each by criterion number as text.
    """
    entries = typed(row, *sent)
    if any(cell.error for cell in row.cells):
        return False
    if not entries:
        return True
    try:
        row.assessment = actions.save_findings(
            assessment_id=row.assessment.pk,
            deductions=entries,
            by=request.post,
            at=timezone.now(),
            version=version,
        )
    except StaleVersion as stale:
        row.assessment.version = stale.current.version
        row.stale = _standing(stale.current)
        return False
    except Invalid as invalid:
        blame(row, invalid.errors)
        return False
    except Refused as refused:
        row.error = str(refused)
        return False
    return True


def _standing(assessment: Assessment) -> str:
    """A row as it stands now, in words: ①5 ④3，得分 92."""
    found = assessment.findings.select_related("criterion")
    marks = " ".join(f"{one.criterion.number}{show(one.deduction)}" for one in found) or "没有扣分"
    return f"{marks}，得分 {show(assessment.score)}"


@policy(SCORERS, scope="survey", repeatable=True)
@require_POST
def save(request: HttpRequest, uid) -> JsonResponse:
    """Save rows as they are typed: {"rows": [{"uid", "version", "points": {…}, "words": {…}}]}; one answer a row."""
    survey = get_object_or_404(surveys(request), uid=uid)
    sent = _rows_sent(request)
    if sent is None:
        return JsonResponse({"error": "没有看懂要保存的内容，请刷新页面后重试"}, status=400)
    assessments = Assessment.objects.visible_to(request.post).of(survey).select_related("organization")
    found = {row.uid: row for row in assessments.filter(uid__in=[one["uid"] for one in sent])}
    if len(found) != len({one["uid"] for one in sent}):
        raise Http404
    pages = page_of(Sheet(survey=survey), found.values())
    rows = {row.assessment.uid: row for row in pages.rows}
    return JsonResponse({"rows": [_answer(request, rows[one["uid"]], one) for one in sent]})


def _rows_sent(request: HttpRequest) -> list[dict[str, Any]] | None:
    """The rows of the request's body; None when it is not what the page sends."""
    try:
        body = json.loads(raw_body(request))
        rows = [
            {
                "uid": UUID(one["uid"]),
                "version": int(one["version"]),
                "points": dict(one["points"]),
                "words": dict(one["words"]),
                "sources": dict(one.get("sources", {})),
            }
            for one in body["rows"][:500]
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return rows


def _answer(request: HttpRequest, row: SheetRow, sent: dict[str, Any]) -> dict[str, Any]:
    saved = _save_row(request, row, (sent["points"], sent["words"], sent["sources"]), sent["version"])
    one = row.assessment
    answer = {"uid": str(one.uid), "saved": saved, "version": one.version}
    if saved:
        return answer | {"score": show(one.score), "deducted": show(one.deducted)}
    errors = {str(cell.criterion.order): cell.error for cell in row.cells if cell.error}
    answer |= {"errors": errors, "error": row.error, "stale": row.stale}
    if row.stale:
        current = page_of(Sheet(survey=one.survey), [one]).rows[0]
        answer["now"] = {
            str(cell.criterion.order): {
                "points": cell.points,
                "words": cell.words,
                "source": cell.source_words,
            }
            for cell in current.cells
        }
    return answer


@policy(SCORERS, scope="survey", repeatable=True)
@require_POST
def paste(request: HttpRequest, uid) -> JsonResponse:
    """Lay a pasted block onto the sheet: {"text", "row", "column"} → cells or errors; writes nothing."""
    survey = get_object_or_404(surveys(request), uid=uid)
    sheet = sheet_in(request, survey, request.GET.get("township", ""))
    try:
        body = json.loads(raw_body(request))
        text, row, column = str(body["text"]), str(body["row"]), str(body["column"])
    except (ValueError, TypeError, KeyError):
        return JsonResponse({"errors": ["没有看懂粘贴的内容，请从 Excel 重新复制"]}, status=400)
    page = page_in(request, sheet)
    block = read_block(text, rows=page.lines(), columns=page.columns(), row=row, column=column)
    return JsonResponse({"cells": block.cells, "errors": block.errors})
