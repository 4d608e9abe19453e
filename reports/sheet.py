"""A ledger ready to be drawn: typed cells row by row, which cells belong together, totals, and the lines around it.

A sheet comes from a declaration and live rows (`live`) or from the frozen content of a filing (`frozen`); the screen,
Excel and PDF draw the same sheet and know no database.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from accounts.tables import Column, show
from rectification.filings.rules import typed
from reports.ledgers import Ledger, Selection, Total


class Row(NamedTuple):
    """Plain values in the order of the columns, and what the row belongs to, outermost first."""

    values: tuple[Any, ...]
    parts: tuple[Any, ...]


class Merge(NamedTuple):
    """One cell over several rows of a block: the column's index, first and last row, counted from 0."""

    column: int
    first: int
    last: int


class Block(NamedTuple):
    """Rows that share their outermost part, so that no page should break between them, and their merged cells."""

    rows: list[Row]
    merges: list[Merge]


@dataclass
class Sheet:
    """One table as an office reads it.

    particulars: label and value over the table. foot: the 合计 row's cells, known once the rows have been read; None
    without totals. mark: the small line that says who made this copy and when.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    foot: Callable[[], list[Any] | None]
    particulars: list[tuple[str, str]]
    signatures: tuple[str, ...] = ()
    paper: str = "A3"
    mark: str = ""
    count: int = field(default=0)

    def blocks(self) -> Iterator[Block]:
        """The rows in blocks; reads them once."""
        levels = sorted({int(column.merge) for column in self.columns if column.merge})
        by_level = {
            level: [i for i, column in enumerate(self.columns) if int(column.merge) == level]
            for level in levels
        }
        if not levels:
            for row in self.rows:
                self.count += 1
                yield Block([row], [])
            return
        for _part, members in groupby(self.rows, key=lambda row: row.parts[0]):
            rows = list(members)
            self.count += len(rows)
            yield Block(rows, _merges(rows, by_level) if len(rows) > 1 else [])

    def content(self) -> dict[str, Any]:
        """Everything on the sheet as plain JSON values, for freezing; reads the rows."""
        rows = list(self.rows)
        self.count = len(rows)
        return {
            "key": self.key,
            "title": self.title,
            "columns": [
                {
                    "key": column.key,
                    "title": column.title,
                    "kind": column.kind,
                    "width": column.width,
                    "group": column.group,
                    "merge": int(column.merge),
                }
                for column in self.columns
            ],
            "particulars": [list(pair) for pair in self.particulars],
            "signatures": list(self.signatures),
            "paper": self.paper,
            "rows": [[_plain(value) for value in row.values] for row in rows],
            "parts": [list(row.parts) for row in rows],
            "foot": [_plain(value) for value in self.foot() or []],
        }


def live(ledger: Ledger, selection: Selection, *, today: date, mark: str = "") -> Sheet:
    """The sheet of a ledger as its data stand now."""
    ledger = ledger.shaped(selection)
    tally = Tally(ledger)
    rows = rows_of(ledger, ledger.records(selection), tally)
    return sheet_of(ledger, selection, rows, tally, today=today, mark=mark)


def sheet_of(
    ledger: Ledger, selection: Selection, rows: Iterable[Row], tally: "Tally", *, today: date, mark: str = ""
) -> Sheet:
    """The sheet of some rows of a shaped ledger under its title."""
    return Sheet(
        key=ledger.key,
        title=ledger.named(selection),
        columns=ledger.columns,
        rows=rows,
        foot=tally.cells,
        particulars=[
            ("填报单位（盖章）", selection.unit.organ),
            ("填报时间", show(today)),
            ("填报人", selection.post.user.name),
            ("审核人", ""),
            ("联系电话", selection.post.user.phone),
        ],
        signatures=ledger.signatures,
        paper=ledger.paper,
        mark=mark,
    )


def frozen(content: dict[str, Any], *, mark: str = "") -> Sheet:
    """The sheet of a filing, drawn from its own content and nothing else."""
    columns = tuple(Column(**column) for column in content["columns"])
    rows = [
        Row(tuple(typed(value, column.kind) for value, column in zip(values, columns, strict=True)), tuple(p))
        for values, p in zip(content["rows"], content["parts"], strict=True)
    ]
    return Sheet(
        key=content["key"],
        title=content["title"],
        columns=columns,
        rows=rows,
        foot=lambda: content["foot"] or None,
        particulars=[(label, value) for label, value in content["particulars"]],
        signatures=tuple(content["signatures"]),
        paper=content["paper"],
        mark=mark,
    )


def copy_mark(name: str, at: datetime) -> str:
    """The line on a copy that says who made it and when."""
    return f"{name} {show(at)} 导出，内部资料，注意保管"


def rows_of(
    ledger: Ledger, records: Iterable[dict[str, Any]], tally: "Tally", numbered: int = 0
) -> Iterator[Row]:
    """The rows of records, counted into the tally; `numbered`: how many numbers stand before the first one's."""
    readers = [
        column.value if callable(column.value) else itemgetter(column.value or column.key)
        for column in ledger.columns
    ]
    names = ledger.parts
    first, last = True, None
    for record in records:
        parts = tuple([record[name] for name in names])
        if first or parts[0] != last:
            first, numbered, last = False, numbered + 1, parts[0]
        record["number"] = numbered
        row = Row(tuple([read(record) for read in readers]), parts)
        tally.add(row)
        yield row


def _merges(rows: Sequence[Row], by_level: dict[int, list[int]]) -> list[Merge]:
    merges = []
    for level, columns in by_level.items():
        start = 0
        for _part, members in groupby(rows, key=lambda row, n=level: row.parts[:n]):
            end = start + sum(1 for _ in members) - 1
            if end > start:
                merges += [Merge(column, start, end) for column in columns]
            start = end + 1
    return merges


class Tally:
    """The 合计 row, added up while the rows go by; what only the rows tell is `unknown` where they are not all read."""

    def __init__(self, ledger: Ledger) -> None:
        self.places = {column.key: i for i, column in enumerate(ledger.columns)}
        self.totals: tuple[Total, ...] = ledger.totals
        self.sums: list[Any] = [0] * len(self.totals)
        self.counts = [0] * len(self.totals)
        self.seen: list[Any] = [None] * len(self.totals)
        self.unknown: set[int] = set()
        self.plans = [(n, total, self.places[total.column]) for n, total in enumerate(self.totals)]

    def add(self, row: Row) -> None:
        """Count one row in."""
        for n, total, place in self.plans:
            part, value = row.parts[: total.level or None], row.values[place]
            if part == self.seen[n]:
                continue
            self.seen[n] = part
            if total.kind in ("mean", "sum"):
                if value is not None and value != "":
                    self.sums[n] += value
                    self.counts[n] += 1
            elif part[-1] is not None and (total.kind == "count" or value == total.equals):
                self.counts[n] += 1

    def cells(self) -> list[Any] | None:
        """The row's cells; the first one says what it is."""
        if not self.totals:
            return None
        cells: list[Any] = [""] * len(self.places)
        cells[0] = "合计"
        for n, total, place in self.plans:
            if n in self.unknown:
                continue
            number: Any = self.counts[n]
            if total.kind == "sum":
                number = self.sums[n]
            elif total.kind == "mean":
                if not self.counts[n]:
                    continue
                mean = Decimal(self.sums[n]) / self.counts[n]
                number = mean.quantize(Decimal("0.1"), ROUND_HALF_UP)
            # A column that was moved to the front keeps its number beside the word
            cells[place] = ("合计 " if place == 0 else "") + total.words.format(show(number))
        return cells


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def lines(text: str, width: int) -> int:
    """How many lines a text takes in a cell of this width, a Chinese character being two columns wide."""
    room = max(width - 1, 2)
    if "\n" not in text:
        return max(1, -(-((len(text) + len(text.encode())) // 2) // room))
    return sum(lines(part, width) for part in text.split("\n"))


def heights(block: Block, columns: Sequence[Column]) -> list[int]:
    """Lines each row of a block needs; what a merged cell needs beyond its rows is given to its last row."""
    merged = {merge.column for merge in block.merges}
    free = [
        (i, column.width, column.width - 1)
        for i, column in enumerate(columns)
        if i not in merged and column.kind not in ("number", "percent", "date")
    ]
    needed = []
    for row in block.rows:
        most, values = 1, row.values
        for i, width, room in free:
            value = values[i]
            # The exact count is asked only of a text that could need more lines than the row has so far
            if value and (len(value) * 2 > most * room or "\n" in value):
                most = max(most, lines(value, width))
        needed.append(most)
    for column in merged:
        _stretch(block, column, columns[column].width, needed)
    return needed


def _stretch(block: Block, column: int, width: int, needed: list[int]) -> None:
    """Make room for the texts of a merged column, whether a text has one row or several."""
    areas = {merge.first: merge.last for merge in block.merges if merge.column == column}
    first = 0
    while first < len(block.rows):
        last = areas.get(first, first)
        value = block.rows[first].values[column]
        if value.__class__ is str and len(value) * 2 >= width:
            short = lines(value, width) - sum(needed[first : last + 1])
            if short > 0:
                needed[last] += short
        first = last + 1
