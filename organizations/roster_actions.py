"""The roster that comes back: compared cell by cell, written all or nothing."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from itertools import zip_longest
from typing import Any

from openpyxl.utils import get_column_letter

from accounts.roles import OFFICERS
from accounts.tables import show
from organizations import imports
from organizations.actions import apply_facts
from organizations.imports import Kind, Staged, changed_meanwhile, register
from organizations.models import Appointment, ImportBatch, Organization
from organizations.roster_book import SHEET
from organizations.roster_columns import CHECKED_ONLY, KNOWN, REFUSED, KnownUnit, clean_column, unchanged
from organizations.roster_rules import (
    COLUMNS,
    clean_roster_row,
    contradictions,
    has_text,
    header_errors,
    raw_text,
)
from organizations.rules import Level
from organizations.workbook import SheetCells, uncollected

HEADER_WITHIN = 10
NAMES = {key: header for header, key in COLUMNS.items()}
CODES_AT_MOST = 1000  # beyond, the range of the codes is asked for instead of each of them


@uncollected()
def stage(sheets: list[SheetCells], *, unit: Organization, post: Appointment) -> Staged:
    """Compare a workbook with what is known of the units that both `unit` and the post cover; writes nothing."""
    sheet, top = _find_header(sheets)
    if sheet is None:
        names = "、".join(f"“{one.name}”" for one in sheets) or "无"
        reason = (
            f"没有找到名册：工作表 {names} 的前 {HEADER_WITHIN} 行里都没有“代码”“名称”列名，请使用导出的名册"
        )
        return _failed("", 0, [reason])
    headers = [raw_text(value) for value in sheet.rows[top]]
    used = [header for header in headers if header]
    if wrong := header_errors(used):
        return _failed(sheet.name, top + 1, wrong)
    return _Reading(sheet, top, headers, unit, post).staged


def _failed(sheet: str, row: int, reasons: list[str]) -> Staged:
    staged = Staged()
    for reason in reasons:
        staged.refuse(sheet, row, "", "", "", reason)
    return staged


def _find_header(sheets: list[SheetCells]) -> tuple[SheetCells | None, int]:
    """The sheet called 名册, or the first one with our columns, and the index of its header row."""
    for sheet in sorted(sheets, key=lambda one: one.name != SHEET):
        for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
            texts = {raw_text(value) for value in row}
            if "代码" in texts or ("名称" in texts and len(texts & COLUMNS.keys()) > 2):
                return sheet, index
    return None, 0


class _Reading:
    """One pass over the rows of a roster; what is known is loaded once, only rows with news are looked at singly."""

    def __init__(
        self, sheet: SheetCells, top: int, headers: list[str], unit: Organization, post: Appointment
    ) -> None:
        self.sheet, self.headers = sheet, headers
        self.letters = {header: get_column_letter(i) for i, header in enumerate(headers, 1) if header}
        self.staged = Staged()
        self.seen: dict[str, int] = {}
        columns = zip_longest(headers, *sheet.rows[top + 1 :])
        given = {column[0]: column[1:] for column in columns if column[0] in COLUMNS}
        filled = [
            place
            for place, code in enumerate(given["代码"])
            if has_text(code) or any(has_text(cells[place]) for cells in given.values())
        ]
        if len(filled) < len(given["代码"]):
            given = {header: tuple(cells[place] for place in filled) for header, cells in given.items()}
        self.cells = {header: given[header] for header in COLUMNS if header in given}
        self.cleaned = {
            COLUMNS[header]: clean_column(COLUMNS[header], cells) for header, cells in self.cells.items()
        }
        self.units = _known({code for code in self.cleaned["code"] if code is not REFUSED}, unit, post)
        self.staged.read = len(filled)
        same = unchanged(self.cleaned, self.units)
        for place, row in enumerate(filled):
            if place not in same:
                self._row(top + 2 + row, place)

    def _row(self, number: int, place: int) -> None:
        facts = {key: said for key, column in self.cleaned.items() if (said := column[place]) is not None}
        refused = any(said is REFUSED for said in facts.values())
        errors = clean_roster_row(self._cells(place))[1] if refused else contradictions(facts)
        errors |= self._identity(number, place, errors)
        if not errors:
            unit = KnownUnit._make(self.units[facts["code"]])
            errors = contradictions(unit._asdict() | facts)
            changes = changes_to(unit, facts)
            if changes and not errors:
                self.staged.rows.append(
                    {
                        "row": number,
                        "id": unit.id,
                        "version": unit.version,
                        "code": unit.code,
                        "name": unit.name,
                        "changes": changes,
                    }
                )
        for header, reason in errors.items():
            value = raw_text(self._cells(place).get(header))
            self.staged.refuse(self.sheet.name, number, self.letters.get(header, ""), header, value, reason)

    def _cells(self, place: int) -> dict[str, Any]:
        return {header: column[place] for header, column in self.cells.items()}

    def _identity(self, number: int, place: int, errors: Mapping[str, str]) -> dict[str, str]:
        """Whether the row names one unit of ours, once, and by its right name."""
        if "代码" in errors:
            return {}
        code, name = self.cleaned["code"][place], self.cleaned["name"][place]
        first = self.seen.setdefault(code, number)
        if first != number:
            return {"代码": f"与第 {first} 行重复"}
        unit = self.units.get(code)
        return identity_errors(
            KnownUnit._make(unit) if unit else None, code, "" if "名称" in errors else name
        )


def _known(codes: set[str], unit: Organization, post: Appointment) -> dict[str, tuple[Any, ...]]:
    """What is known of the units that both `unit` and the post cover, by code; of more units than were asked for."""
    found = Organization.objects.visible_to(post).under(unit).order_by()
    if len(codes) > CODES_AT_MOST:
        found = found.filter(code__range=(min(codes), max(codes)))
    else:
        found = found.filter(code__in=codes)
    code = KNOWN.index("code")
    return {row[code]: row for row in found.values_list(*KNOWN)}


def identity_errors(unit: Organization | KnownUnit | None, code: str, name: str) -> dict[str, str]:
    """Whether a row's code and name (if not "") are those of a grassroots unit of ours that still exists."""
    if unit is None:
        return {"代码": f"代码“{code}”不在本名册的单位范围内"}
    if unit.level != Level.GRASSROOTS:
        return {"代码": f"{unit.name}不是基层党组织，不列入名册"}
    if not unit.is_open:
        return {"代码": f"{unit.name}已撤销，不再列入名册"}
    if name and name not in (unit.name, unit.short_name):
        return {"名称": f"代码 {code} 的名称是“{unit.name}”，请核对是否错行；更名不在名册中办理"}
    return {}


def changes_to(unit: KnownUnit, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the facts would change, in words and as values that JSON can carry."""
    return [
        {
            "key": key,
            "label": NAMES[key],
            "before": _words(key, before),
            "after": _words(key, value),
            "value": str(value) if isinstance(value, Decimal) else value,
        }
        for key, value in facts.items()
        if key not in CHECKED_ONLY and (before := getattr(unit, key)) != value
    ]


@cache
def _choices(key: str) -> dict[Any, Any]:
    return dict(Organization._meta.get_field(key).flatchoices or ())


@lru_cache(maxsize=4096)
def _words(key: str, value: Any) -> str:
    return str(_choices(key).get(value) or show(value))


def write(batch: ImportBatch, *, by: Appointment, at: datetime) -> int:
    """Write what was read; returns the number of units changed. Refused when somebody changed one meanwhile."""
    versions = {row["id"]: row["version"] for row in batch.rows}
    units = Organization.objects.visible_to(by).under(batch.unit).filter(pk__in=versions)
    found = {unit.pk: unit for unit in units.select_for_update(of=("self",))}
    late = [
        row["name"]
        for row in batch.rows
        if row["id"] not in found or found[row["id"]].version != row["version"]
    ]
    if late:
        raise changed_meanwhile(late)
    columns: set[str] = set()
    for row in batch.rows:
        facts = {change["key"]: _value(change) for change in row["changes"]}
        columns |= set(apply_facts(found[row["id"]], facts))
        found[row["id"]].version += 1
    if found:
        Organization.objects.bulk_update(found.values(), [*columns, "version"], batch_size=500)
    return len(found)


def _value(change: Mapping[str, Any]) -> Any:
    return Decimal(change["value"]) if change["key"] == "income" else change["value"]


ROSTER = Kind(
    key=imports.ROSTER,
    title="名册",
    roles=OFFICERS,
    stage=stage,
    write=write,
    page="organizations:roster",
    counted="个单位",
    after="台账和摸排随之使用新的数据",
    refusal="名册由市、县、乡镇经办人导入",
)
register(ROSTER)
