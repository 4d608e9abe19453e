"""A score workbook as a batch: what it would change is looked at first, then written, all of it or nothing."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from accounts.roles import Role
from accounts.tables import show
from organizations.imports import Kind, Staged, changed_meanwhile, register
from organizations.models import Appointment, ImportBatch, Organization
from organizations.workbook import SheetCells
from rectification.survey import overview, scoring
from rectification.survey.entries import Entry, source_words
from rectification.survey.models import Assessment, Sheet, Survey
from rectification.survey.sheet import Cell, page_of
from rectification.survey.workbook import header
from rectification.survey.workbook_reading import Change, read_scores

SCORERS = frozenset({Role.TOWNSHIP_OFFICER, Role.COUNTY_OFFICER})


def stage(sheets: list[SheetCells], *, unit: Organization, post: Appointment, survey: str) -> Staged:
    """What a workbook would change in a unit's sheet of a survey (its uid), and what is wrong with it by cell."""
    held = Survey.objects.visible_to(post).filter(uid=survey).first()
    sheet = overview.sheet_of(held, str(unit.uid), Sheet.objects.visible_to(post)) if held else None
    refused = scoring.scoring_refusal(held, sheet, post) if sheet else "这次摸排中没有本单位的评分表"
    if refused:
        staged = Staged()
        staged.refuse("", 0, "", "", "", refused)
        return staged
    rows = Assessment.objects.visible_to(post).scored_by(sheet).select_related("organization")
    reading = read_scores(sheets, page_of(sheet, rows))
    reading.staged.rows = [_line(change) for change in reading.changes]
    return reading.staged


def _line(change: Change) -> dict[str, Any]:
    """A row of the preview, with what is to be written as JSON carries it."""
    cells = {cell.criterion.order: cell for cell in change.row.cells}
    unit = change.row.assessment.organization
    return {
        "row": change.number,
        "id": unit.pk,
        "code": unit.code or "",
        "name": unit.short_name,
        "late": change.late,
        "assessment": change.row.assessment.pk,
        "version": change.row.assessment.version,
        "entries": {order: [str(one.points), *one[1:]] for order, one in change.entries.items()},
        "changes": [
            {
                "label": header(cells[order].criterion),
                "before": _standing(cells[order]),
                "after": _words(entry),
            }
            for order, entry in change.entries.items()
        ],
    }


def _standing(cell: Cell) -> str:
    return _words(Entry(Decimal(cell.points or 0), cell.words, cell.source, cell.note))


def _words(entry: Entry) -> str:
    """An entry in one line: 扣5分；村委会主任空缺 8 个月；来源：走访. Nothing found is nothing."""
    if not entry.points and not entry.words:
        return ""
    said = [f"扣{show(entry.points)}分"] if entry.points else []
    said += [entry.words] if entry.words else []
    return "；".join([*said, f"来源：{source_words(entry.source, entry.note)}"])


def write(batch: ImportBatch, *, by: Appointment, at: datetime) -> int:
    """Write the scores that were looked at; refused in words when somebody saved one of the rows meanwhile."""
    wanted = [row["assessment"] for row in batch.rows]
    seen = set(Assessment.objects.visible_to(by).filter(pk__in=wanted).values_list("pk", flat=True))
    if late := [row["name"] for row in batch.rows if row["assessment"] not in seen]:
        raise changed_meanwhile(late)
    rows = [
        (
            row["assessment"],
            {int(order): Entry(Decimal(points), *said) for order, (points, *said) in row["entries"].items()},
            row["version"],
        )
        for row in batch.rows
    ]
    return scoring.save_rows(rows=rows, by=by, at=at)


def _home(batch: ImportBatch) -> str:
    page = reverse("survey:workbook_upload", args=[batch.given["survey"]])
    return f"{page}?township={batch.unit.uid}"


SCORES = Kind(
    key="survey_scores",
    title="摸排评分表",
    roles=SCORERS,
    stage=stage,
    write=write,
    page="survey:workbook_upload",
    counted="个党组织",
    after="下一步在评分表中核对后提交",
    refusal="评分由乡镇（街道）组织委员或县（市、区）委组织部经办人填写",
    home=_home,
    sheets=6,
    blank="空格表示不扣分、没有，原有的扣分随之取消",
)
register(SCORES)
