"""A unit's yearly records and committee posts as a workbook: what is taken out filled in is what comes back."""

import io
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from openpyxl import Workbook

from organizations.form_book import FormColumn, add_page
from organizations.models import Organization
from organizations.outline import places
from organizations.record_models import LeaderPost, YearRecord
from organizations.record_rules import CLASSES, GRADES, VACANT
from organizations.workbook_out import save

YEARS, COMMITTEE = "年度情况", "班子成员"
WHO = (
    FormColumn("序号", 5, "number", fixed=True),
    FormColumn("上级单位", 13, fixed=True),
    FormColumn("代码", 14.5, fixed=True),
    FormColumn("名称", 20, fixed=True),
)
GRADE, CLASS, PETITIONS, INCOME, PROBLEMS = (
    "分类定级",
    "村班子年度考核",
    "信访件数",
    "集体经济收入（万元）",
    "述职评议考核查摆的问题",
)
YEAR = "年度"
YEAR_COLUMNS = (
    *WHO,
    FormColumn(YEAR, 6, "number", fixed=True),
    FormColumn(GRADE, 9, choices=tuple(GRADES)),
    FormColumn(CLASS, 9, choices=tuple(CLASSES)),
    FormColumn(PETITIONS, 8, "number"),
    FormColumn(INCOME, 11, "money"),
    FormColumn(PROBLEMS, 46),
)
TITLE, SECRETARY, HOLDER, SINCE = "职务", "书记职务", "姓名", "任职（空缺）起"
POST_COLUMNS = (
    *WHO,
    FormColumn(TITLE, 16),
    FormColumn(SECRETARY, 8, choices=("是", "否")),
    FormColumn(HOLDER, 12),
    FormColumn(SINCE, 16, "date"),
)
YEAR_NOTE = (
    "填写说明：灰色列用于核对，请勿修改；空格表示不改动；信访只填件数。"
    "填好后在“党组织 → 年度情况与班子成员”上传。"
)
POST_NOTE = (
    f"填写说明：一个职务一行，灰色列用于核对；现在没有人的，姓名填“{VACANT}”；换人或空缺的，同时填起始日期，"
    "如 2025年3月26日；新设职务另起一行，填上级单位之外的各列。撤销职务请在党组织页面办理，删行不等于撤销。"
)


def day_words(day: Any) -> str | None:
    """A day as the sheet has it."""
    return f"{day.year}年{day.month}月{day.day}日" if day else None


def write_records(
    unit: Organization, units: Iterable[Organization], year: int, today: Any, *, mark: str = ""
) -> bytes:
    """The workbook of these units: a sheet of one year's records and a sheet of their committees."""
    units = list(units)
    where = {one.path: place.rsplit(" › ", 1)[-1] for one, place in _placed(units)}
    book = Workbook()
    book.remove(book.active)
    kept = {
        record.organization_id: record
        for record in YearRecord.objects.filter(organization__in=units, year=year)
    }
    known = [
        [number, where[one.path], one.code, one.name, year, *_facts(kept.get(one.pk))]
        for number, one in enumerate(units, 1)
    ]
    add_page(book, YEARS, f"{unit.name}{year}年基层党组织年度情况", YEAR_NOTE, YEAR_COLUMNS, known)
    seats = _committee_rows(units, where, today)
    add_page(book, COMMITTEE, f"{unit.name}基层党组织班子成员", POST_NOTE, POST_COLUMNS, seats, empty=50)
    out = io.BytesIO()
    save(book, out, mark=mark)
    return out.getvalue()


def _placed(units: list[Organization]) -> list[tuple[Organization, str]]:
    where = places(units)
    return [(one, where[one.path]) for one in units]


def _facts(record: YearRecord | None) -> list[Any]:
    if record is None:
        return [None] * 5
    return [
        record.get_grade_display() or None,
        record.get_committee_class_display() or None,
        record.petitions,
        record.income,
        record.review_problems or None,
    ]


def _committee_rows(units: list[Organization], where: dict[str, str], today: Any) -> list[list[Any]]:
    """A row for each post; a unit of which none is known has one empty row to begin with."""
    seats: dict[int, list[LeaderPost]] = defaultdict(list)
    for seat in LeaderPost.objects.filter(organization__in=units).current(today).order_by("-secretary", "pk"):
        seats[seat.organization_id].append(seat)
    rows: list[list[Any]] = []
    for one in units:
        filled = [
            [seat.title, "是" if seat.secretary else "否", seat.holder or VACANT, day_words(seat.since_on)]
            for seat in seats[one.pk]
        ]
        for values in filled or [[None] * 4]:
            rows.append([len(rows) + 1, where[one.path], one.code, one.name, *values])
    return rows
