"""The roster that comes back: compared cell by cell, written all or nothing."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl.utils import get_column_letter

from accounts.roles import OFFICERS
from accounts.tables import show
from organizations import imports
from organizations.actions import apply_facts
from organizations.imports import Kind, Staged, changed_meanwhile, register
from organizations.models import Appointment, ImportBatch, Organization
from organizations.roster_book import SHEET
from organizations.roster_rules import (
    COLUMNS,
    RosterRow,
    clean_roster_row,
    contradictions,
    header_errors,
    raw_text,
)
from organizations.rules import Level
from organizations.workbook import SheetCells

HEADER_WITHIN = 10
NAMES = {key: header for header, key in COLUMNS.items()}
CHECKED_ONLY = ("code", "name")


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
    """One pass over the rows of a roster; dictionaries are loaded once."""

    def __init__(
        self, sheet: SheetCells, top: int, headers: list[str], unit: Organization, post: Appointment
    ) -> None:
        self.sheet, self.headers = sheet, headers
        self.letters = {header: get_column_letter(i) for i, header in enumerate(headers, 1) if header}
        self.staged = Staged()
        self.seen: dict[str, int] = {}
        rows = [
            (number, dict(zip(headers, row, strict=False)))
            for number, row in enumerate(sheet.rows[top + 1 :], top + 2)
            if any(raw_text(value) for header, value in zip(headers, row, strict=False) if header in COLUMNS)
        ]
        codes = {raw_text(row.get("代码")) for _, row in rows}
        found = Organization.objects.visible_to(post).under(unit).filter(code__in=codes)
        self.units = {one.code: one for one in found.order_by()}
        self.staged.read = len(rows)
        for number, row in rows:
            self._row(number, row)

    def _row(self, number: int, row: dict[str, Any]) -> None:
        clean, errors = clean_roster_row(row)
        errors |= self._identity(number, row, errors)
        changes = []
        if clean and not errors:
            unit = self.units[clean.code]
            facts = facts_of(clean, present=self.headers)
            errors |= contradictions({**unit.__dict__, **facts})
            changes = changes_to(unit, facts)
            if changes and not errors:
                self.staged.rows.append(
                    {
                        "row": number,
                        "id": unit.pk,
                        "version": unit.version,
                        "code": unit.code,
                        "name": unit.name,
                        "changes": changes,
                    }
                )
        for header, reason in errors.items():
            value = raw_text(row.get(header))
            self.staged.refuse(self.sheet.name, number, self.letters.get(header, ""), header, value, reason)

    def _identity(self, number: int, row: dict[str, Any], errors: Mapping[str, str]) -> dict[str, str]:
        """Whether the row names one unit of ours, once, and by its right name."""
        if "代码" in errors:
            return {}
        code, name = raw_text(row.get("代码")), raw_text(row.get("名称"))
        first = self.seen.setdefault(code, number)
        if first != number:
            return {"代码": f"与第 {first} 行重复"}
        return identity_errors(self.units.get(code), code, "" if "名称" in errors else name)


def identity_errors(unit: Organization | None, code: str, name: str) -> dict[str, str]:
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


def facts_of(clean: RosterRow, *, present: list[str]) -> dict[str, Any]:
    """The facts a row states: an empty cell and a column that is not there state nothing."""
    stated = {key: getattr(clean, key) for header, key in COLUMNS.items() if header in present}
    return {key: value for key, value in stated.items() if value is not None and key not in CHECKED_ONLY}


def changes_to(unit: Organization, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the facts would change, in words and as values that JSON can carry."""
    return [
        {
            "key": key,
            "label": NAMES[key],
            "before": _words(key, getattr(unit, key)),
            "after": _words(key, value),
            "value": str(value) if isinstance(value, Decimal) else value,
        }
        for key, value in facts.items()
        if getattr(unit, key) != value
    ]


def _words(key: str, value: Any) -> str:
    choices = dict(Organization._meta.get_field(key).flatchoices or ())
    return str(choices.get(value) or show(value))


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
