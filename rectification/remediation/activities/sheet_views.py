"""The month's 工作纪实 from Excel: the template out, the filled-in sheet in, all of it or nothing."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.submission import status_of
from accounts.year import working_year
from organizations.handing_out import hand_out
from organizations.workbook import FILE_LIMIT, read_workbook
from rectification.cases.models import Case, CaseMember, CaseQuerySet
from rectification.remediation.activities import actions, sheet_actions
from rectification.remediation.activities.forms import SheetForm
from rectification.remediation.activities.household_rules import as_words
from rectification.remediation.activities.sheet import SHEET, Fault, Line, read_sheet, write_template
from rectification.workflow import Stage

SHOWN = 200
LASTS = 12 * 3600
"""For how many seconds a preview may be written."""
COLUMN_OF = {
    "on": "日期",
    "kind": "类别",
    "members": "参加人员",
    "what": "做了什么",
    "households": "入户",
    "phoned": "电话联系",
}


def _cases(request: HttpRequest) -> CaseQuerySet:
    """The year's cases whose log this post writes."""
    year = working_year(request)
    rows = Case.objects.visible_to(request.post).of_year(year)
    rows = rows.exclude(stage__in=(Stage.SURVEY, Stage.WITHDRAWN))
    members = Prefetch("members", CaseMember.objects.order_by("kind", "from_on"))
    return rows.select_related("organization", "township", "scheme").prefetch_related(members)


@policy(actions.WRITERS, scope="none")
@require_http_methods(["GET", "POST"])
def activity_sheet(request: HttpRequest) -> HttpResponse:
    """Upload a month's sheet: every error by its cell, or what will be written; nothing is written here."""
    posted = request.method == "POST"
    form = SheetForm(request.POST if posted else None, request.FILES if posted else None)
    faults: list[Fault] = []
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            sheets = read_workbook(file.read(FILE_LIMIT + 1), file_name=file.name)
            lines, faults = read_sheet(sheets, _cases(request))
            if not faults:
                outcome = sheet_actions.check_many(
                    entries=entries_of(lines), by=request.post, at=timezone.now()
                )
                faults = _faults(lines, outcome)
            if not faults:
                return _preview(request, lines, outcome)
        except Refused as refused:
            form.add_error("file", str(refused))
        if faults:
            form.add_error("file", f"有 {len(faults)} 处须改正，没有写入任何一行；改好后重新上传")
    context = {"form": form, "faults": faults[:SHOWN], "more": max(len(faults) - SHOWN, 0), "sheet": SHEET}
    return render(request, "rectification/remediation/activity_sheet.html", context, status=status_of(form))


def entries_of(lines: list[Line]) -> list[tuple[Case, actions.Written]]:
    """The rows as the action takes them."""
    return [(line.case, line.written) for line in lines]


def _faults(lines: list[Line], outcome: sheet_actions.Outcome) -> list[Fault]:
    """What the log itself refuses, by the cell it is about."""
    return [
        Fault(lines[number].row, COLUMN_OF.get(name, ""), text)
        for number, found in outcome.errors.items()
        for name, texts in found.items()
        for text in texts
    ]


def _preview(request: HttpRequest, lines: list[Line], outcome: sheet_actions.Outcome) -> HttpResponse:
    """What will be written, row by row, with the button that writes it; the rows travel signed."""
    known = set(outcome.there)
    rows = [
        {"line": line, "there": number in known, "calls": as_words(line.written.households)}
        for number, line in enumerate(lines)
    ]
    packed = signing.dumps([_packed(line) for line in lines], salt=_salt(request), compress=True)
    context = {"rows": rows, "new": len(outcome.new), "there": len(known), "packed": packed}
    return render(request, "rectification/remediation/activities/sheet_preview.html", context)


def _salt(request: HttpRequest) -> str:
    """A preview is written by the post that saw it, by nobody else."""
    return f"activity-sheet-{request.post.uid}"


def _packed(line: Line) -> list[Any]:
    return [line.row, line.case.pk, asdict(line.written) | {"on": line.written.on.isoformat()}]


def _unpacked(row: int, case: Case, given: dict[str, Any]) -> Line:
    lists = {name: tuple(given[name]) for name in ("members", "households", "phoned")}
    return Line(row, case, actions.Written(**given | lists | {"on": date.fromisoformat(given["on"])}))


@policy(actions.WRITERS, scope="none")
@require_POST
def activity_sheet_write(request: HttpRequest) -> HttpResponse:
    """Write what the preview showed, all of it or nothing."""
    try:
        rows = signing.loads(request.POST.get("rows", ""), salt=_salt(request), max_age=LASTS)
    except signing.BadSignature:
        messages.error(request, "预览已经失效，没有写入任何一行，请重新上传。")
        return redirect("remediation:activity_sheet")
    cases = {case.pk: case for case in _cases(request).filter(pk__in={key for _row, key, _given in rows})}
    try:
        if gone := [row for row, key, _given in rows if key not in cases]:
            raise Refused(f"第 {gone[0]} 行的整顿对象您现在已看不到，没有写入任何一行，请重新上传")
        lines = [_unpacked(row, cases[key], given) for row, key, given in rows]
        outcome = sheet_actions.log_many(entries=entries_of(lines), by=request.post, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("remediation:activity_sheet")
    same = f"，{len(outcome.there)} 条以前已经登记，没有重复计入" if outcome.there else ""
    messages.success(
        request, f"已导入 {len(outcome.new)} 条工作纪实{same}。到点、走访、会议的次数已随之更新。"
    )
    return redirect("remediation:diary")


@policy(actions.WRITERS, scope="none")
@never_cache
@require_GET
def activity_template(request: HttpRequest) -> HttpResponse:
    """An empty sheet with the post's own cases and people to choose from."""
    cases = list(_cases(request))
    content, unit = write_template(cases), request.post.organization
    return hand_out(content, name="工作纪实.xlsx", action="下载工作纪实模板", obj=unit, rows=len(cases))
