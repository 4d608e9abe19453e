"""The cells of a roster workbook: what each column accepts, with a Chinese reason for what it does not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from organizations.rules import NAME_LENGTH, Field, level_of_code


class PartyType(StrEnum):
    """党组织类型 of a grassroots organization (domain §3)."""

    COMMITTEE = "committee"
    GENERAL_BRANCH = "general"
    BRANCH = "branch"

    @property
    def label(self) -> str:
        """The type's word on screen and in rosters."""
        return {"committee": "党委", "general": "党总支", "branch": "党支部"}[self.value]


MAX_COUNT = 9_999_999
MAX_INCOME = Decimal("99999999.99")
COLUMNS = {
    "代码": "code",
    "名称": "name",
    "简称": "short_name",
    "领域": "field",
    "党组织名称": "party_name",
    "党组织类型": "party_type",
    "户数": "households",
    "人口": "population",
    "党员数": "members",
    "党小组数": "groups",
    "集体经济收入（万元）": "income",
    "活动场所": "venue",
    "贫困（脱贫）村": "poor_village",
    "建设扶贫村": "construction_village",
}
"""Roster columns in order: the header on paper and the fact it fills (names of Organization)."""


@dataclass(frozen=True)
class RosterRow:
    """The clean facts of one row; None is an empty cell (unknown), never nought or no."""

    code: str
    name: str
    short_name: str | None = None
    field: Field | None = None
    party_name: str | None = None
    party_type: PartyType | None = None
    households: int | None = None
    population: int | None = None
    members: int | None = None
    groups: int | None = None
    income: Decimal | None = None
    venue: str | None = None
    poor_village: bool | None = None
    construction_village: bool | None = None


class CellRefused(ValueError):
    """A cell that cannot be taken; its text is the Chinese reason."""


def cell_text(value: object) -> str:
    """A cell as the text a person meant: trimmed, any run of spaces one space, 430602001001.0 as a whole number."""
    text = raw_text(value)
    if not text.replace("\n", "").isprintable():
        raise CellRefused("含有不可见字符")
    return text


def raw_text(value: object) -> str:
    """The same for looking, not for taking: nothing is refused."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFC", str(value)).replace("\r\n", "\n")
    return re.sub(r"[^\S\n]+", " ", text).strip()


def has_text(value: object) -> bool:
    """Whether raw_text would be anything but empty."""
    return bool(value.strip()) if isinstance(value, str) else value is not None


def clean_count(value: object) -> int | None:
    """A non-negative whole number (people, households, groups); None when empty."""
    number = _decimal(value)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise CellRefused(f"“{cell_text(value)}”应为整数")
    if number < 0:
        raise CellRefused(f"“{cell_text(value)}”不能为负数")
    if number > MAX_COUNT:
        raise CellRefused(f"“{cell_text(value)}”过大，请核对")
    return int(number)


def clean_income(value: object) -> Decimal | None:
    """Income of the collective economy in 万元, at most two decimals; None when empty."""
    number = _decimal(value)
    if number is None:
        return None
    if number < 0:
        raise CellRefused(f"“{cell_text(value)}”不能为负数")
    if number > MAX_INCOME:
        raise CellRefused(f"“{cell_text(value)}”过大，请核对单位是否为万元")
    rounded = number.quantize(Decimal("0.01"))
    if rounded != number:
        if isinstance(value, float):
            return rounded  # a binary float from a formula cell: its noise is no third decimal
        raise CellRefused(f"“{cell_text(value)}”最多保留两位小数（万元）")
    return rounded


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool):
        raise CellRefused("应为数字")
    text = unicodedata.normalize("NFKC", cell_text(value)).replace(",", "")
    if not text:
        return None
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?", text):
        raise CellRefused(f"“{cell_text(value)}”不是数字，只填数字，不带单位")
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise CellRefused(f"“{cell_text(value)}”不是数字") from error


def clean_field(value: object) -> Field | None:
    """A field by its label; None when empty."""
    text = cell_text(value)
    if not text:
        return None
    aliases = {"行政村": Field.VILLAGE, "事业": Field.INSTITUTION, "国企": Field.SOE, "非公": Field.PRIVATE}
    labels = {field.label: field for field in Field} | aliases
    if text not in labels:
        raise CellRefused(f"领域“{text}”无效：应为 {'、'.join(field.label for field in Field)} 之一")
    return labels[text]


def clean_party_type(value: object) -> PartyType | None:
    """党委 / 党总支 / 党支部 (总支 and 支部 are understood); None when empty."""
    text = cell_text(value)
    if not text:
        return None
    aliases = {"总支": PartyType.GENERAL_BRANCH, "支部": PartyType.BRANCH}
    labels = {kind.label: kind for kind in PartyType} | aliases
    if text not in labels:
        raise CellRefused(f"党组织类型“{text}”无效：应为 {'、'.join(kind.label for kind in PartyType)} 之一")
    return labels[text]


def clean_yes_no(value: object) -> bool | None:
    """是 / 否; None when empty."""
    text = cell_text(value)
    if not text:
        return None
    if text not in {"是", "否"}:
        raise CellRefused(f"“{text}”应填“是”或“否”")
    return text == "是"


def clean_text(value: object) -> str | None:
    """A short text of at most 100 characters; None when empty."""
    text = cell_text(value)
    if len(text) > NAME_LENGTH:
        raise CellRefused(f"超过 {NAME_LENGTH} 个字")
    return text or None


def clean_code(value: object) -> str:
    """A code of the tree: statistical digits, or letters, digits and - of a unit made by hand (issue 2 §2)."""
    text = cell_text(value)
    if not text:
        raise CellRefused("代码不能为空")
    if level_of_code(text) is None and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,31}", text):
        raise CellRefused(f"代码“{text}”无效：应为 2、4、6、9 或 12 位数字，或以字母开头的自编代码")
    return text


def clean_name(value: object) -> str:
    """The published name, which may not be empty."""
    text = clean_text(value)
    if text is None:
        raise CellRefused("名称不能为空")
    return text


UNREAD = ("序号", "上级单位")
"""Columns of the exported roster that only help its reader."""

CLEANERS = {
    "code": clean_code,
    "name": clean_name,
    "field": clean_field,
    "party_type": clean_party_type,
    "households": clean_count,
    "population": clean_count,
    "members": clean_count,
    "groups": clean_count,
    "income": clean_income,
    "poor_village": clean_yes_no,
    "construction_village": clean_yes_no,
}


def header_errors(headers: list[str]) -> list[str]:
    """What is wrong with a roster's header row, in Chinese: missing, repeated or unknown columns."""
    errors = [f"缺少“{column}”列" for column in ("代码", "名称") if column not in headers]
    errors += [f"“{header}”列重复" for header in dict.fromkeys(headers) if headers.count(header) > 1]
    known = {*COLUMNS, *UNREAD}
    return errors + [f"不认识的列“{header}”" for header in dict.fromkeys(headers) if header not in known]


def clean_roster_row(row: Mapping[str, object]) -> tuple[RosterRow | None, dict[str, str]]:
    """The clean facts of one row by column header, and the errors by column header.

    All cells are looked at, so that a preview can mark every error; the row is None when there is any.
    """
    facts: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for column, key in COLUMNS.items():
        try:
            facts[key] = CLEANERS.get(key, clean_text)(row.get(column))
        except CellRefused as refused:
            errors[column] = str(refused)
    errors |= contradictions(facts)
    return (None, errors) if errors else (RosterRow(**facts), {})


def contradictions(facts: Mapping[str, Any]) -> dict[str, str]:
    """Facts (by name) that cannot hold together: the reasons by column header."""
    errors = {}
    members, people, households = facts.get("members"), facts.get("population"), facts.get("households")
    groups = facts.get("groups")
    if members is not None and people is not None and members > people:
        errors["党员数"] = f"党员数 {members} 大于人口 {people}"
    if households is not None and people is not None and households > people:
        errors["户数"] = f"户数 {households} 大于人口 {people}"
    if groups is not None and members is not None and groups > members:
        errors["党小组数"] = f"党小组数 {groups} 大于党员数 {members}"
    return errors
