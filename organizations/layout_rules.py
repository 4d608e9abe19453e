"""Tables of any layout: where their headings stand, and which of them means which of our columns. Pure."""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

WITHIN = 15  # rows from the top in which headings are looked for
LEAST = 3  # known headings a row of headings has at least
ROWS_AT_MOST, COLUMNS_AT_MOST = 3000, 80
ALIKE = 0.72
SIGNED = "填表人|填报人|审核人|主要负责人|分管负责人|注|说明|备注"
# A whole cell 合计, or 填表人： with whatever follows; 注重… is somebody's words
TOTALS = re.compile(rf"[合总小]\s*计|(?:{SIGNED})(?:（[^）]*）)?\s*[:：].*", re.DOTALL)


@dataclass(frozen=True)
class Wanted:
    """A column of ours: what else offices call it; required: without it nothing can be read; merged: one cell may
    stand for the rows below it."""

    key: str
    title: str
    also: tuple[str, ...] = ()
    required: bool = False
    merged: bool = False


@dataclass(frozen=True)
class Table:
    """A sheet's table: headings, each only once, "" where a column has none; the rows below, from `first` on."""

    sheet: str
    headings: list[str]
    first: int
    rows: list[list[Any]]


@dataclass(frozen=True)
class LayoutRow:
    """A row read by a layout: its number in the sheet and its cells by our columns."""

    sheet: str
    number: int
    cells: Mapping[str, Any]
    letters: Mapping[str, str] = field(default_factory=dict)


def plain(text: Any) -> str:
    """A heading for comparing: without spaces, breaks, brackets and what stands in them, full-width letters narrow."""
    words = unicodedata.normalize("NFKC", str(text or ""))
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】", "", words)
    return re.sub(r"[\s\W_]+", "", bare) or re.sub(r"[\s\W_]+", "", words)


def likeness(heading: str, wanted: Wanted) -> float:
    """How much a heading is like one of ours: 1 the same; below ALIKE it is not offered."""
    mine = plain(heading.rpartition("/")[2])
    best = 0.0
    for name in (wanted.title, *wanted.also):
        theirs = plain(name)
        if not mine or not theirs:
            continue
        if mine == theirs:
            return 1.0
        if len(theirs) >= 2 and (theirs in mine or (mine in theirs and len(mine) >= 2)):
            best = max(best, 0.8 + 0.1 * min(len(mine), len(theirs)) / max(len(mine), len(theirs)))
        best = max(best, difflib.SequenceMatcher(None, mine, theirs).ratio() * 0.95)
    return best


def find_table(sheets: Sequence[tuple[str, list[list[Any]]]], wanted: Sequence[Wanted]) -> Table | None:
    """The table whose headings are most like ours, in one row or two; None where no sheet has one."""
    best: tuple[int, Table] | None = None
    for name, rows in sheets:
        for number, row in enumerate(rows[:WITHIN]):
            known = _known(row, wanted)
            if known < LEAST - 1:
                continue
            below = rows[number + 1] if number + 1 < len(rows) else []
            deep = 1 if _continues(row, below, wanted) else 0
            headings = _headings(row, below if deep else [])
            known = _known(headings, wanted)
            if known >= LEAST and (best is None or known > best[0]):
                best = known, Table(name, headings, number + deep + 2, rows[number + deep + 1 :])
    return best[1] if best else None


def _known(row: Sequence[Any], wanted: Sequence[Wanted]) -> int:
    texts = [str(cell) for cell in row if isinstance(cell, str) and cell.strip() and len(cell) <= 40]
    return sum(any(likeness(text, one) >= 0.9 for text in texts) for one in wanted)


def _continues(row: Sequence[Any], below: Sequence[Any], wanted: Sequence[Wanted]) -> bool:
    """Whether the row below is a second row of headings: it is empty where the first names a column to the left, and
    has headings of ours where the first has merged ones."""
    first = next((i for i, cell in enumerate(row) if _text(cell)), 0)
    if first < len(below) and _text(below[first]):
        return False
    return _known(below, wanted) >= 1


def _headings(row: Sequence[Any], below: Sequence[Any]) -> list[str]:
    headings, group = [], ""
    for place in range(min(max(len(row), len(below)), COLUMNS_AT_MOST)):
        upper = _text(row[place]) if place < len(row) else ""
        lower = _text(below[place]) if place < len(below) else ""
        group = upper or group
        if lower:
            headings.append(f"{group}/{lower}" if group else lower)
        else:
            headings.append(upper)
    seen: dict[str, int] = {}
    for place, heading in enumerate(headings):
        seen[heading] = seen.get(heading, 0) + 1
        if heading and seen[heading] > 1:
            headings[place] = f"{heading}（{seen[heading]}）"
    while headings and not headings[-1]:
        headings.pop()
    return headings


def _text(cell: Any) -> str:
    return re.sub(r"\s+", "", str(cell))[:90] if cell is not None else ""


def guess(headings: Sequence[str], wanted: Sequence[Wanted]) -> dict[str, str]:
    """For each heading that is like one of our columns its key, the likest first, each used once."""
    pairs = sorted(
        (
            (likeness(heading, one), -place, heading, one.key)
            for place, heading in enumerate(headings)
            if heading
            for one in wanted
        ),
        reverse=True,
    )
    mapping: dict[str, str] = {}
    for score, _place, heading, key in pairs:
        if score >= ALIKE and heading not in mapping and key not in mapping.values():
            mapping[heading] = key
    return mapping


def missing(mapping: Mapping[str, str], wanted: Sequence[Wanted]) -> list[str]:
    """Titles of required columns no heading stands for."""
    return [one.title for one in wanted if one.required and one.key not in mapping.values()]


def read(table: Table, mapping: Mapping[str, str], wanted: Sequence[Wanted]) -> list[LayoutRow]:
    """The rows by our columns; a merged cell is said again on the rows it covers, totals and signatures left out."""
    places = {mapping[heading]: i for i, heading in enumerate(table.headings) if heading in mapping}
    letters = {key: get_column_letter(i + 1) for key, i in places.items()}
    merged = [one.key for one in wanted if one.merged and one.key in places]
    rows, above = [], dict.fromkeys(merged)
    for number, row in enumerate(table.rows, table.first):
        cells = {key: row[i] if i < len(row) else None for key, i in places.items()}
        own = {key: value for key, value in cells.items() if value not in (None, "")}
        if not own or _is_total(row):
            continue
        started = False
        for key in merged:  # from the outermost: a new village has its own problems
            if key in own:
                started = started or own[key] != above[key]
                above[key] = own[key]
            elif started:
                above[key] = None
            cells[key] = above[key]
        rows.append(LayoutRow(table.sheet, number, cells, letters))
    return rows


def _is_total(row: Sequence[Any]) -> bool:
    words = next((str(cell).strip() for cell in row if cell not in (None, "")), "")
    return bool(TOTALS.fullmatch(words))
