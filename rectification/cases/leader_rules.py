"""领导挂点: who owes at least one case, and how a leader stands (S0 四（一）, domain §4A)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from rectification.schemes.terms import field_names


class Standing(StrEnum):
    """How a leader on the list stands."""

    HELD = "held"
    WRONG_FIELD = "wrong_field"
    NONE = "none"
    EXEMPT = "exempt"

    @property
    def tone(self) -> str:
        """The colour that goes with the word."""
        return {"held": "green", "wrong_field": "yellow", "none": "red"}.get(self.value, "grey")


class Stands(NamedTuple):
    """A leader's standing, with its words."""

    standing: Standing
    text: str


def stands(
    *,
    held: Iterable[str],
    fields: Collection[str],
    exempt_reason: str,
    without_case: bool,
    word: str,
) -> Stands:
    """How a leader stands: `held` are the fields of the organizations whose cases the leader has.

    A circle may ask for some fields only (S0: leaders of the county's party and government a village or community).
    A township without a case is exempt (domain §4A); who holds a case all the same holds it.
    """
    having = list(held)
    if having and (not fields or any(field in fields for field in having)):
        return Stands(Standing.HELD, f"已{word} {len(having)} 个")
    if exempt_reason:
        return Stands(Standing.EXEMPT, f"不{word}：{exempt_reason}")
    if having:
        return Stands(Standing.WRONG_FIELD, f"{word}的不是{field_names(fields)}")
    if without_case:
        return Stands(Standing.EXEMPT, "本乡镇（街道）没有整顿对象，免")
    return Stands(Standing.NONE, f"未{word}")


class Typed(NamedTuple):
    """A line of a pasted or uploaded list of leaders."""

    row: int
    name: str
    title: str
    circle: str
    liaison: str


class Fault(NamedTuple):
    """What is wrong with a line."""

    row: int
    words: str


COLUMNS = ("姓名", "单位及职务", "范围序号", "联络员")
LINES_AT_MOST = 500


def read_lines(rows: Sequence[Sequence[str]]) -> tuple[list[Typed], list[Fault]]:
    """The lines of a pasted table: 姓名, 单位及职务, 范围序号, 联络员; a header line and empty lines are passed over.

    Where the header names the columns in another order, that order counts.
    """
    order = dict(zip(COLUMNS, range(len(COLUMNS)), strict=True))
    found: list[Typed] = []
    faults: list[Fault] = []
    for number, raw in enumerate(rows, 1):
        cells = [cell.strip() for cell in raw]
        if not any(cells):
            continue
        if "姓名" in cells:
            order = {name: cells.index(name) for name in COLUMNS if name in cells}
            found, faults = [], []  # what stands above the header is the sheet's title
            continue
        values = {name: cells[at] if at < len(cells) else "" for name, at in order.items()}
        line = Typed(
            number,
            values.get("姓名", ""),
            values.get("单位及职务", ""),
            values.get("范围序号", ""),
            values.get("联络员", ""),
        )
        found.append(line)
        faults += [Fault(number, text) for text in _wrong(line)]
    if len(found) > LINES_AT_MOST:
        return [], [Fault(LINES_AT_MOST + 1, f"一次不超过 {LINES_AT_MOST} 人，请分次登记")]
    return found, faults


def _wrong(line: Typed) -> Iterable[str]:
    if not line.name:
        yield "没有写姓名"
    if len(line.name) > 40 or len(line.liaison) > 40:
        yield "姓名、联络员不超过 40 个字"
    if not line.title:
        yield f"{line.name}没有写单位及职务"
    if len(line.title) > 100:
        yield "单位及职务不超过 100 个字"


def circle_number(text: str, count: int, default: int) -> int | None:
    """Which circle a line means, from 1; the chosen one where the line says none, None where there is no such."""
    if not text:
        return default
    digits = text.strip("（）()第类.、 ")
    circled = {chr(0x2460 + at): at + 1 for at in range(20)}
    number = circled.get(digits) or (int(digits) if digits.isascii() and digits.isdecimal() else 0)
    return number if 1 <= number <= count else None
