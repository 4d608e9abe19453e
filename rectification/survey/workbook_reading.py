"""A score workbook that comes back: every cell checked before anything is written, each fault named by its place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from openpyxl.utils import get_column_letter

from organizations.imports import Staged
from organizations.workbook import SheetCells
from rectification.schemes.models import Criterion
from rectification.survey.entries import Entry, read_points, read_source
from rectification.survey.rules import deduction_errors
from rectification.survey.sheet import Page, SheetRow
from rectification.survey.workbook import FIRST, FIXED, POINTS, SOURCES, WORDS, header

WORDS_MOST = 2000


@dataclass
class Change:
    """A row of the workbook that differs from what stands."""

    row: SheetRow
    entries: dict[int, Entry]
    number: int
    late: bool


@dataclass(frozen=True)
class Place:
    """Where a cell stands: sheet, row, column letter and head, and what it is about (石桥村②)."""

    sheet: str
    row: int = 0
    column: str = ""
    head: str = ""
    about: str = ""


@dataclass
class Reading:
    """What a workbook would change, `late` where somebody changed the row since it was downloaded; what is wrong."""

    changes: list[Change] = field(default_factory=list)
    staged: Staged = field(default_factory=Staged)

    def refuse(self, place: Place, reason: str, value: Any = None) -> None:
        """Note what is wrong at a place."""
        words = f"{place.about}：{reason}" if place.about else reason
        said = "" if value is None else str(value)
        self.staged.refuse(place.sheet, place.row, place.column, place.head, said, words)


@dataclass
class _Line:
    """One organization's cells of one sheet, by criterion number, each with its place."""

    version: Any = None
    place: Place = Place("")
    cells: dict[int, tuple[Any, Place]] = field(default_factory=dict)


def read_scores(sheets: Sequence[SheetCells], page: Page) -> Reading:
    """Hold a workbook against the sheet as it stands."""
    reading = Reading()
    by_name = {sheet.name: sheet for sheet in sheets}
    if POINTS not in by_name:
        reading.refuse(Place(""), f"文件里没有“{POINTS}”工作表，请用本页下载的表格填写")
        return reading
    known = {str(row.assessment.uid): row for row in page.rows}
    found = {
        name: _lines(by_name[name], page.criteria, known, reading)
        for name in (POINTS, WORDS, SOURCES)
        if name in by_name
    }
    for uid, line in found[POINTS].items():
        reading.staged.read += 1
        others = [found.get(name, {}).get(uid) for name in (WORDS, SOURCES)]
        _hold(known[uid], line, others[0], others[1], reading)
    return reading


def _lines(
    sheet: SheetCells, criteria: Sequence[Criterion], known: dict[str, SheetRow], reading: Reading
) -> dict[str, _Line]:
    """A sheet's rows by identity; what cannot be placed is an error."""
    top = next((n for n, row in enumerate(sheet.rows[:20]) if row and row[0] == FIXED[0]), None)
    if top is None:
        reading.refuse(Place(sheet.name), f"没有表头“{FIXED[0]}”，请用本页下载的表格填写")
        return {}
    columns = _columns(sheet, sheet.rows[top], criteria, reading)
    lines: dict[str, _Line] = {}
    for number, cells in _rows(sheet, top):
        uid = str(cells[0] or "")
        if uid not in known:
            named = str(cells[3]) if len(cells) > 3 and cells[3] else ""
            place = Place(sheet.name, number, about=named[:30])
            reading.refuse(place, "不在本评分表中，请不要增加行或改动灰色列")
            continue
        place = Place(sheet.name, number, about=known[uid].name)
        if uid in lines:
            reading.refuse(place, "重复出现")
        else:
            lines[uid] = _Line(cells[1], place, dict(_cells(sheet, number, cells, columns, known[uid])))
    return lines


def _rows(sheet: SheetCells, top: int) -> Iterator[tuple[int, list[Any]]]:
    for number, row in enumerate(sheet.rows[top + 1 :], top + 2):
        cells = [value.strip() if isinstance(value, str) else value for value in row]
        if any(value not in (None, "") for value in cells):
            yield number, cells


def _columns(
    sheet: SheetCells, heads: Sequence[Any], criteria: Sequence[Criterion], reading: Reading
) -> dict[int, Criterion]:
    """Which column is which criterion; moved columns are found by their head, foreign and missing ones are errors."""
    known = {header(one): one for one in criteria}
    columns = {}
    for at, words in enumerate(heads):
        if at < FIRST - 1 or words in (None, ""):
            continue
        if words in known:
            columns[at] = known.pop(words)
        else:
            place = Place(sheet.name, column=get_column_letter(at + 1), head=str(words)[:30])
            reading.refuse(place, f"{place.column} 列的表头“{place.head}”不是方案中的情形，或重复")
    if known:
        reading.refuse(Place(sheet.name), f"缺少列：{'、'.join(known)}")
    return columns


def _cells(
    sheet: SheetCells, number: int, cells: Sequence[Any], columns: dict[int, Criterion], row: SheetRow
) -> Iterator[tuple[int, tuple[Any, Place]]]:
    for at, criterion in columns.items():
        about = f"{row.name}{criterion.number}"
        place = Place(sheet.name, number, get_column_letter(at + 1), header(criterion), about)
        yield criterion.order, (cells[at] if at < len(cells) else None, place)


def _hold(row: SheetRow, points: _Line, words: _Line | None, sources: _Line | None, reading: Reading) -> None:
    """One organization's row against what stands: its entries, or what is wrong with them."""
    entries, before = {}, len(reading.staged.errors)
    for cell in row.cells:
        order = cell.criterion.order
        entry = _entry(
            [line.cells.get(order, (None, Place(""))) if line else None for line in (points, words, sources)],
            standing=Entry(Decimal(cell.points or 0), cell.words, cell.source, cell.note),
            reading=reading,
        )
        if entry is None:
            continue
        range_errors = deduction_errors({order: entry.points}, [cell.criterion], row.assessment.field)
        if problem := range_errors.get(order):
            reading.refuse(points.cells[order][1], problem, points.cells[order][0])
        elif (entry.points or entry.words) and not cell.asked:
            reading.refuse(points.cells[order][1], "该情形不适用于该领域", points.cells[order][0])
        elif entry != Entry(Decimal(cell.points or 0), cell.words, cell.source, cell.note):
            entries[order] = entry
    if not entries or len(reading.staged.errors) > before:
        return
    if row.gone:
        reading.refuse(points.place, row.gone)
        return
    version = points.version if isinstance(points.version, int | float) else None
    late = version is None or int(version) != row.assessment.version
    reading.changes.append(Change(row, entries, points.place.row, late))


def _entry(cells: Sequence[tuple[Any, Place] | None], *, standing: Entry, reading: Reading) -> Entry | None:
    """One criterion's entry out of its three cells; None with the error when a cell cannot be read."""
    (points, place), words, source = cells[0] or (None, Place("")), cells[1], cells[2]
    try:
        read = _points(points)
    except ValueError as error:
        reading.refuse(place, str(error), points)
        return None
    said = standing.words
    if words is not None:
        said = "" if words[0] in (None, "—") else str(words[0]).replace("\r\n", "\n").strip()
        if len(said) > WORDS_MOST:
            reading.refuse(words[1], f"超过 {WORDS_MOST} 字", said)
            return None
    if not read and not said:
        return Entry(Decimal(0), "", standing.source, standing.note)
    origin, note = standing.source, standing.note
    if source is not None and source[0] not in (None, "—"):
        try:
            origin, note = read_source(str(source[0]))
        except ValueError as error:
            reading.refuse(source[1], str(error), source[0])
            return None
    return Entry(read, said, origin, note)


def _points(value: Any) -> Decimal:
    """A cell as points. Raises ValueError for what is no number."""
    if isinstance(value, bool):
        raise ValueError("“是／否”不是数字")
    if isinstance(value, int | float):
        return Decimal(str(round(value, 6)))
    return read_points("" if value is None else str(value))
