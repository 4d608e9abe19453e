"""The workbook of yearly records and committees that comes back: compared cell by cell, written all or nothing."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.tables import show
from organizations import record_actions
from organizations.form_book import FormRow, find_page
from organizations.imports import Kind, Staged, register
from organizations.models import Appointment, Organization
from organizations.record_book import (
    CLASS,
    COMMITTEE,
    GRADE,
    HOLDER,
    INCOME,
    PETITIONS,
    POST_COLUMNS,
    PROBLEMS,
    SECRETARY,
    SINCE,
    TITLE,
    YEAR,
    YEAR_COLUMNS,
    YEARS,
)
from organizations.record_models import LeaderPost, YearRecord
from organizations.record_rules import (
    CLASSES,
    GRADES,
    VACANT,
    clean_choice,
    clean_day,
    clean_petitions,
    clean_words,
    clean_year,
)
from organizations.record_writing import POST, RECORD, write
from organizations.roster_actions import identity_errors
from organizations.roster_rules import CellRefused, clean_income, clean_yes_no
from organizations.workbook import SheetCells

PROBLEMS_LIMIT = 2000
FACTS: dict[str, tuple[str, Callable[[object], Any]]] = {
    GRADE: ("grade", lambda value: clean_choice(value, GRADES, GRADE)),
    CLASS: ("committee_class", lambda value: clean_choice(value, CLASSES, CLASS)),
    PETITIONS: ("petitions", clean_petitions),
    INCOME: ("income", clean_income),
    PROBLEMS: ("review_problems", lambda value: clean_words(value, PROBLEMS_LIMIT)),
}


def stage(sheets: list[SheetCells], *, unit: Organization, post: Appointment) -> Staged:
    """What a workbook would change in the units that both `unit` and the post cover; writes nothing."""
    years = find_page(sheets, YEARS, YEAR_COLUMNS, ("代码", YEAR))
    seats = find_page(sheets, COMMITTEE, POST_COLUMNS, ("代码", TITLE, HOLDER))
    staged = Staged()
    if years is None and seats is None:
        names = "、".join(f"“{one.name}”" for one in sheets) or "无"
        staged.refuse("", 0, "", "", "", f"工作表 {names} 里没有“年度情况”或“班子成员”表，请使用下载的表")
        return staged
    pages = [page for page in (years, seats) if page]
    for page in pages:
        for reason in page.errors:
            staged.refuse(page.name, page.header_row, "", "", "", reason)
    if staged.errors:
        return staged
    codes = {row.text("代码") for page in pages for row in page.rows}
    found = Organization.objects.visible_to(post).under(unit).filter(code__in=codes).order_by()
    units = {one.code: one for one in found}
    staged.read = sum(len(page.rows) for page in pages)
    if years:
        _Years(staged, units).read(years.rows)
    if seats:
        _Seats(staged, units).read(seats.rows)
    return staged


class _Reading:
    """What both sheets do with a row: name its unit, clean its cells, note what is wrong."""

    def __init__(self, staged: Staged, units: dict[str, Organization]) -> None:
        self.staged, self.units = staged, units
        self.today = timezone.localdate()

    def refuse(self, row: FormRow, header: str, reason: str) -> None:
        letter = row.letters.get(header, "")
        self.staged.refuse(row.sheet, row.number, letter, header, row.text(header), reason)

    def unit(self, row: FormRow) -> Organization | None:
        """The row's unit, if its code and name are right."""
        unit = self.units.get(row.text("代码"))
        errors = identity_errors(unit, row.text("代码"), row.text("名称"))
        for header, reason in errors.items():
            self.refuse(row, header, reason)
        return None if errors else unit

    def clean(self, row: FormRow, header: str, cleaner: Callable[[object], Any]) -> Any:
        """A cell's value, None when it is empty or refused."""
        try:
            return cleaner(row.cells.get(header))
        except CellRefused as refused:
            self.refuse(row, header, str(refused))
            return None

    def change(
        self, row: FormRow, unit: Organization, what: str, kept: Any, changes: list[dict], **more: Any
    ) -> None:
        """A line of the preview; nothing when nothing changes."""
        if changes:
            said = {"row": row.number, "what": what, "id": unit.pk, "code": unit.code, "name": unit.name}
            keys = {"pk": kept.pk if kept else None, "version": kept.version if kept else 0}
            self.staged.rows.append({**said, **keys, **more, "changes": changes})


class _Years(_Reading):
    """The sheet of yearly records."""

    def read(self, rows: list[FormRow]) -> None:
        """Compare each row with its unit's record of that year."""
        kept = {
            (record.organization_id, record.year): record
            for record in YearRecord.objects.filter(organization__in=[one.pk for one in self.units.values()])
        }
        seen: dict[tuple[int, int], int] = {}
        for row in rows:
            unit = self.unit(row)
            year = self.clean(row, YEAR, lambda value: clean_year(value, self.today.year))
            facts = {key: self.clean(row, header, cleaner) for header, (key, cleaner) in FACTS.items()}
            if unit is None or year is None:
                continue
            first = seen.setdefault((unit.pk, year), row.number)
            if first != row.number:
                self.refuse(row, "代码", f"与第 {first} 行重复")
                continue
            record = kept.get((unit.pk, year))
            self.change(row, unit, RECORD, record, _changes(record, facts, year), year=year)


def _changes(record: YearRecord | None, facts: dict[str, Any], year: int) -> list[dict[str, Any]]:
    known = record or YearRecord(year=year)
    titles = {key: header for header, (key, _cleaner) in FACTS.items()}
    choices = {
        "grade": {v: k for k, v in GRADES.items()},
        "committee_class": {v: k for k, v in CLASSES.items()},
    }
    changes = []
    for key, value in facts.items():
        before = getattr(known, key)
        if value is None or value == before:
            continue
        words = choices.get(key, {})
        changes.append(
            {
                "key": key,
                "label": f"{year}年{titles[key]}",
                "before": str(words.get(before, show(before))),
                "after": str(words.get(value, show(value))),
                "value": str(value) if isinstance(value, Decimal) else value,
            }
        )
    return changes


class _Seats(_Reading):
    """The sheet of committee posts."""

    def read(self, rows: list[FormRow]) -> None:
        """Compare each unit's rows with its posts, those with the same holder first, then in order."""
        free: dict[tuple[int, str], list[LeaderPost]] = defaultdict(list)
        units = [one.pk for one in self.units.values()]
        seats = LeaderPost.objects.filter(organization__in=units).current(self.today).order_by("pk")
        self.secretaries = {seat.organization_id for seat in seats if seat.secretary}
        for seat in seats:
            free[seat.organization_id, seat.title].append(seat)
        open_: list[tuple[FormRow, Organization, str]] = []
        for row in rows:
            unit = self.unit(row)
            title = self.clean(row, TITLE, lambda value: clean_words(value, 40))
            if unit is None:
                continue
            if not title:
                self.refuse(row, TITLE, "请填写职务")
                continue
            held = [seat for seat in free[unit.pk, title] if seat.holder == _holder(row, seat)]
            if held and row.text(HOLDER):
                free[unit.pk, title].remove(held[0])
                self._compare(row, unit, title, held[0])
            else:
                open_.append((row, unit, title))
        for row, unit, title in open_:
            left = free[unit.pk, title]
            self._compare(row, unit, title, left.pop(0) if left else None)

    def _compare(self, row: FormRow, unit: Organization, title: str, seat: LeaderPost | None) -> None:
        since = self.clean(row, SINCE, lambda value: clean_day(value, today=self.today))
        name = self.clean(row, HOLDER, lambda value: clean_words(value, 40))
        secretary = self.clean(row, SECRETARY, clean_yes_no)
        holder = "" if name == VACANT else name
        if seat is None:
            self._new(row, unit, title, holder, since, secretary)
            return
        if secretary is not None and secretary != seat.secretary:
            self.refuse(row, SECRETARY, "书记职务的标记不在表中修改，请撤销原职务后另设")
            return
        if holder is None:
            return
        if holder != seat.holder and since is None:
            self.refuse(row, SINCE, "换人或空缺的，须填写起始日期")
        elif since and holder != seat.holder and since < seat.since_on:
            self.refuse(row, SINCE, f"不能早于现任（空缺）开始的{show(seat.since_on)}")
        else:
            changes = _seat_changes(title, seat.holder, seat.since_on, holder, since or seat.since_on)
            self.change(row, unit, POST, seat, changes, title=title)

    def _new(
        self,
        row: FormRow,
        unit: Organization,
        title: str,
        holder: str | None,
        since: date | None,
        secretary: bool | None,
    ) -> None:
        if holder is None:
            self.refuse(row, HOLDER, f"新设职务须填写姓名，没有人的填“{VACANT}”")
        elif since is None:
            self.refuse(row, SINCE, "新设职务须填写任职（空缺）起的日期")
        elif secretary and unit.pk in self.secretaries:
            self.refuse(row, SECRETARY, f"{unit.short_name}已有书记职务")
        else:
            if secretary:
                self.secretaries.add(unit.pk)
            changes = _seat_changes(title, None, None, holder, since)
            self.change(row, unit, POST, None, changes, title=title, secretary=bool(secretary))


def _holder(row: FormRow, seat: LeaderPost) -> str:
    """Who the row says holds the post, as the post would have it."""
    name = row.text(HOLDER)
    return seat.holder if not name else "" if name == VACANT else name


def _seat_changes(
    title: str, before: str | None, since_before: date | None, holder: str, since: date
) -> list[dict[str, Any]]:
    changes = []
    if before is None or before != holder:
        was = "" if before is None else before or VACANT
        changes.append(
            {"key": "holder", "label": title, "before": was, "after": holder or VACANT, "value": holder}
        )
    if since_before != since:
        changes.append(
            {
                "key": "since_on",
                "label": f"{title}任职（空缺）起",
                "before": show(since_before),
                "after": show(since),
                "value": since.isoformat(),
            }
        )
    return changes


RECORDS = Kind(
    key="records",
    title="年度情况与班子成员表",
    roles=record_actions.KEEPERS,
    stage=stage,
    write=write,
    page="organizations:records",
    counted="行",
    after="摸排时显示在评分旁边",
    refusal="年度情况和班子成员由县（市、区）委组织部或乡镇（街道）组织委员导入",
)
register(RECORDS)
