"""What an official document is: heading, number, addressees, paragraphs, signature and an attached list (GB/T 9704)."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.tables import show
from organizations.models import Appointment, Organization
from reports.ledgers import Selection
from reports.sheet import Sheet

BLANK_DATE = "　　　　年　　月　　日"
_YEAR = re.compile(r"[\[［(（【〔](\d{4})[\]］)）】〕]")
_WHEN = re.compile(r"[^年]*年(?:\d+月(?:\d+日)?(?:至(?:\d+年)?(?:\d+月)?\d+日|[上下]半月)?|第\d季度)?")
_LEAD = re.compile(r"（[一二三四五六七八九十]+）[^。；]{1,30}。")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; level 1 一、, 2 （一）, 0 running words, ARTICLE the title of one of several articles."""

    words: str
    level: int = 0

    @property
    def pieces(self) -> list[tuple[str, int]]:
        """Its words by the face they are set in: （一）……。 at the head of running words is a heading too."""
        lead = _LEAD.match(self.words) if self.level == 0 else None
        if lead is None:
            return [(self.words, self.level)]
        return [piece for piece in ((lead[0], 2), (self.words[lead.end() :], 0)) if piece[0]]


ARTICLE = 3


@dataclass(frozen=True)
class Masthead:
    """The head of a bulletin: its name, 第×期, what the issue is about, who compiles it."""

    name: str
    issue: str
    about: str
    compiler: str


@dataclass
class Letter:
    """A document ready to be drawn.

    heading: the lines of its title. organ: whose head it carries, "" for a notice without one. attachment: the list at
    its end, which is also what goes into Excel; None where it has none. `count` is how many rows the list has. slip:
    the 回执 at its foot, heading and value of each line, to be written in by hand. signer: "" for a bulletin, whose
    masthead says whose it is. note: 编者按, by the line. distribution: 送、发 and who; copies: 印数, in words.
    """

    key: str
    title: str
    heading: tuple[str, ...]
    paragraphs: Sequence[Paragraph]
    signer: str
    attachment: Sheet | None = None
    organ: str = ""
    number: str = ""
    to: str = ""
    on: date | None = None
    mark: str = ""
    slip: Sequence[tuple[str, str]] = ()
    slip_title: str = "回　　执"
    masthead: Masthead | None = None
    note: Sequence[str] = ()
    distribution: Sequence[tuple[str, str]] = ()
    copies: str = ""

    @property
    def count(self) -> int:
        """Rows of the attached list; a document without one counts as one."""
        return self.attachment.count if self.attachment else 1

    @property
    def dated(self) -> str:
        """Its day, or room to write one."""
        return show(self.on) if self.on else BLANK_DATE

    @property
    def short(self) -> bool:
        """Whether it is set closer: what is torn off stands on the same sheet where it can."""
        return bool(self.slip)

    @property
    def sign_width(self) -> int:
        """How wide the block of signer and date is, in characters; the longer line fills it."""
        return max(len(self.signer), len(self.dated)) + 1

    def texts(self) -> Iterator[str]:
        """Everything it says outside of its list."""
        head = self.masthead
        yield from (self.organ, self.number, *self.heading, self.to, *self.note)
        yield from (head.name, head.issue, head.about, head.compiler) if head else ()
        yield from (one.words for one in self.paragraphs)
        yield from (
            self.signer,
            self.copies,
            *(word for line in (*self.slip, *self.distribution) for word in line),
        )


Choices = Sequence[tuple[str, str]] | Callable[[Appointment, Organization, int], Sequence[tuple[str, str]]]


Spanned = list[tuple[Any, int, str]]


def spans(table: Sheet) -> Iterator[Spanned]:
    """The rows of an attached list as cells to draw: value, how many rows it takes, kind; what a merged cell covers is
    left out. Reads the rows."""
    for block in table.blocks():
        merged = {(merge.column, merge.first): merge.last - merge.first + 1 for merge in block.merges}
        covered = {
            (merge.column, row) for merge in block.merges for row in range(merge.first + 1, merge.last + 1)
        }
        for number, row in enumerate(block.rows):
            cells = zip(row.values, table.columns, strict=True)
            yield [
                (value, merged.get((place, number), 1), column.kind)
                for place, (value, column) in enumerate(cells)
                if (place, number) not in covered
            ]


def heading_lines(title: str, one_line: int = 20) -> tuple[str, ...]:
    """A title of an attached list on one line, or broken after its year or period, not in the middle of a word."""
    when = _WHEN.match(title)
    place, rest = (title[: when.end()], title[when.end() :]) if when else (title, "")
    return (title,) if len(title) <= one_line or not rest else (place, rest)


@dataclass(frozen=True)
class Document:
    """A kind of document: key, title with {year} in it, and how one is written; Refused says why there is none yet.

    filters: name → (label, choices, ""); choices may be a function of post, unit and year where one of several is
    meant.
    """

    key: str
    title: str
    write: Callable[[Selection], Letter]
    hint: str = ""
    filters: Mapping[str, tuple[str, Choices, str]] = field(default_factory=dict)

    def named(self, selection: Selection) -> str:
        """The title of the file, with the unit it is about."""
        return f"{selection.unit.name}{self.title.format(year=selection.year)}"

    def letter(self, selection: Selection) -> Letter:
        """The document within the selection's scope; raises OutOfScope for a unit the post does not cover."""
        selection.check()
        return self.write(selection)


def numbered(number: str) -> str:
    """A document number with its year in 〔〕, whatever brackets it was typed with."""
    return _YEAR.sub(r"〔\1〕", number.strip())


def department_of(unit: Organization) -> str:
    """Who signs such papers of a unit: the committee's organization department, below that the committee itself."""
    organ = unit.organ
    return f"中共{organ}组织部" if organ.endswith(("市委", "县委", "区委", "州委")) else organ
