"""What a form is: a page of cells in a grid for each record; screen, Excel and PDF are drawn from it (domain §5).

A ledger is one table over many records; a form is one page each, signed by hand. A declaration says which records and
how one becomes a page; it knows neither paper nor pixels.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from reports.ledgers import Selection
from reports.sheet import lines

Record = dict[str, Any]
GRID = 12
CHUNK = 100


@dataclass(frozen=True)
class Cell:
    """A field of the page.

    across, down: how many columns and lines of the grid it takes. kind: "label" (a heading of the form), "value" (a
    short one, centred) or "text" (running words, from the top left). foot: words at its lower right: 签字, 盖章, 日期.
    """

    words: str = ""
    across: int = 1
    down: int = 1
    kind: str = "value"
    foot: str = ""


@dataclass(frozen=True)
class Line:
    """A line of the grid; the cells of a line and those reaching into it from above make up GRID columns.

    height: millimetres it has at least. grows: takes its part of what is left of the page.
    """

    cells: tuple[Cell, ...]
    height: float = 9
    grows: bool = False


@dataclass(frozen=True)
class Page:
    """One sheet of paper. name: what it is about, for the tab in Excel. above, below: small lines around the grid."""

    name: str
    title: str
    lines: tuple[Line, ...]
    above: str = ""
    below: str = ""


@dataclass(frozen=True)
class Form:
    """A form: key, title with {year} in it, and its records of a selection in chunks, each completed by `fill`.

    hint: what to do when there is nothing to print. filters: as a ledger's.
    """

    key: str
    title: str
    source: Callable[[Selection], QuerySet]
    fill: Callable[[Selection, Sequence[Record]], None]
    page: Callable[[Record], Page]
    hint: str = ""
    filters: Mapping[str, tuple[str, Sequence[tuple[str, str]], str]] = field(default_factory=dict)

    def named(self, selection: Selection) -> str:
        """The title of the bundle, with the unit it is about."""
        return f"{selection.unit.name}{self.title.format(year=selection.year)}"

    def pages(self, selection: Selection) -> Iterator[Page]:
        """The pages within the selection's scope; raises OutOfScope for a unit the post does not cover."""
        selection.check()
        rows = self.source(selection)
        for name, value in selection.filters.items():
            if value and name in self.filters:
                rows = rows.filter(**{self.filters[name][2]: value})
        stream = rows.iterator(chunk_size=CHUNK)
        while chunk := list(islice(stream, CHUNK)):
            self.fill(selection, chunk)
            yield from map(self.page, chunk)


@dataclass
class Book:
    """A form's pages ready to be drawn, with the line that says whose copy it is; `count` is known once drawn."""

    key: str
    title: str
    pages: Iterable[Page]
    mark: str = ""
    count: int = 0

    def each(self) -> Iterator[Page]:
        """The pages, counted as they go by."""
        for page in self.pages:
            self.count += 1
            yield page


def label(words: str, across: int = 2, down: int = 1) -> Cell:
    """A heading cell."""
    return Cell(words, across, down, "label")


def pairs(*facts: tuple[str, str], height: float = 9) -> Line:
    """A line of headings with short values: two or three of them, or four."""
    wide = {1: ((2, 10),), 2: ((2, 4), (2, 4)), 3: ((2, 2),) * 3, 4: ((1, 2),) * 4}[len(facts)]
    cells = []
    for (name, value), (head, across) in zip(facts, wide, strict=True):
        cells += [label(name, head), Cell(value, across)]
    return Line(tuple(cells), height)


def passage(name: str, words: str, foot: str = "", height: float = 14, grows: bool = True) -> Line:
    """A heading with running words beside it, and room for a signature where `foot` asks for one."""
    return Line((label(name), Cell(words, GRID - 2, kind="text", foot=foot)), height, grows)


# --- how tall the lines are ------------------------------------------------------------------------------------

WIDTH, HEIGHT = 170.0, 224.0  # millimetres of the grid on A4
POINT = 0.3528
MOST_GROWTH = 24.0
USUAL = 11.0  # points; set smaller, the whole page draws together


def heights(page: Page, size: float, width: float = WIDTH) -> list[float]:
    """Millimetres for each line when the words are set in `size` points, the rest of the page shared out."""
    leading = size * POINT * 1.35
    columns = width / GRID / (size * POINT) * 2  # of half a Chinese character, as `lines` counts
    tall = [line.height * min(1.0, size / USUAL) for line in page.lines]
    for number, line in enumerate(page.lines):
        for cell in line.cells:
            needed = lines(cell.words, int(cell.across * columns) - 1) * leading + 3
            needed += leading * 1.4 if cell.foot else 0
            last = number + cell.down - 1
            tall[last] = max(tall[last], needed - sum(tall[number:last]))
    growing = [number for number, line in enumerate(page.lines) if line.grows]
    left = HEIGHT - sum(tall)
    if growing and left > 0:
        more = min(left / len(growing), MOST_GROWTH)
        for number in growing:
            tall[number] += more
    return tall
