"""Numbers that know what they count: the cell of a statistical table and the list behind it are one reading.

A ledger of numbers declares its figures and its rows. The number of a cell is the sum over exactly those records which
the page behind it lists, so that the two cannot differ.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import JSONObject, Left

from organizations.rules import PATH_STEP
from rectification.cases.models import Case
from rectification.workflow import Stage
from reports.ledgers.declaration import Record, Selection, check_scope, once

NOT_COUNTED = (Stage.SURVEY, Stage.WITHDRAWN)
"""A case is counted from its determination on; one that was withdrawn from the list no longer is."""

# What every record says of its case, by its name here and its path from the case; in a list also whose it is
OF_CASE = {"case": "pk", "path": "org_path", "field": "organization__field"}
LISTED = {
    "case_uid": "uid",
    "organization_name": "organization__short_name",
    "county_name": "county__short_name",
    "township_name": "township__short_name",
}


@dataclass(frozen=True)
class Source:
    """Things that are counted, read once for all figures of a table.

    asked: a selection's things as a queryset of `.values(...)` with the keys of OF_CASE (organizations: `uid`, `path`,
    `field` and `organization_name`). case: how they lead to their case; None where they have none. tells: the further
    keys that figures look at. words: what each of them is, in words, where they are not the cases themselves. noun:
    what they are called in a list. others: sources that count as part of this one.
    """

    key: str
    noun: str
    asked: Callable[[Selection], QuerySet]
    tells: tuple[str, ...] = ()
    words: Callable[[Record], str] | None = None
    others: "tuple[Source, ...]" = ()
    case: str | None = "case__"

    def read(self, selection: Selection) -> Iterator[Record]:
        """Each of them, for a list."""
        rows = self.asked(selection)
        if self.case is not None:
            rows = rows.annotate(**{name: F(f"{self.case}{path}") for name, path in LISTED.items()})
        for record in rows:
            yield record | {"words": self.words(record)} if self.words else record
        for one in self.others:
            yield from one.read(selection)

    def alike(self, selection: Selection, end: int) -> QuerySet:
        """Its own things in groups of what figures and rows cannot tell apart: source, path up to `end`, field, what
        is told of each, and how many."""
        told = JSONObject(**{name: F(name) for name in self.tells})
        rows = self.asked(selection).order_by()
        rows = rows.annotate(counted_as=Value(self.key), cut=Left("path", end), told=told)
        return rows.values_list("counted_as", "cut", "field", "told").annotate(times=Count("*"))


def folded(selection: Selection, sources: Sequence[Source], levels: int = 0) -> dict[str, list[Record]]:
    """The things of some sources for numbers, by the source's key: those alike are one record with how many `times` it
    is there; one query. Days in it are words. levels: how far below the unit rows tell paths apart."""
    end = len(selection.unit.path) + levels * PATH_STEP
    first, *rest = (one.alike(selection, end) for one in sources)
    found: dict[str, list[Record]] = {one.key: [] for one in sources}
    for key, path, one, told, times in first.union(*rest, all=True):
        found[key].append(told | {"path": path, "field": one, "times": times})
    return found


@dataclass(frozen=True)
class Figure:
    """One number of a table: which records of its source it takes, and what each weighs.

    means: the definition with its source, as the page behind the number says it. unit: the measure word.
    """

    key: str
    title: str
    source: Source
    takes: Callable[[Record], bool] = lambda record: True
    weight: Callable[[Record], int] = lambda record: 1
    means: str = ""
    unit: str = "个"
    group: str = ""

    def listed(self, records: Iterable[Record]) -> list[Record]:
        """Those records that make the number, each with its `weight`."""
        taken = (record | {"weight": self.weight(record)} for record in records if self.takes(record))
        return [record for record in taken if record["weight"]]

    def number(self, records: Iterable[Record]) -> int:
        """How many they are, or what they weigh together; records may be folded."""
        return sum(self.by_path(records).values())

    def by_path(self, records: Iterable[Record]) -> Counter[str]:
        """The same by where they are."""
        takes, weight, found = self.takes, self.weight, Counter[str]()
        for record in records:
            if takes(record):
                found[record["path"]] += weight(record) * record.get("times", 1)
        return found


@dataclass(frozen=True)
class Part:
    """A row of the table: its name, and which records belong to it; `always` false: only where something does.

    path: of a unit's row, which holds what lies under it: folded records are cut to that very path.
    """

    label: str
    holds: Callable[[Record], bool] = lambda record: True
    always: bool = True
    path: str = ""


@dataclass(frozen=True)
class Behind:
    """The list behind one number."""

    figure: Figure
    part: Part
    records: list[Record]

    @property
    def number(self) -> int:
        """What stands in the cell."""
        return sum(record["weight"] for record in self.records)


@dataclass(frozen=True)
class Counted:
    """A table of numbers: its figures and rows in a selection, and whatever is not counted for want of an entry.

    alike: the records of every source, folded. uncounted: what is said over the table of cases that miss something,
    and the first of them; None when none does.
    """

    figures: Callable[[Selection], Sequence[Figure]]
    rows: Callable[[Selection], Mapping[str, Part]]
    alike: Callable[[Selection], Mapping[str, list[Record]]]
    uncounted: Callable[[Selection], tuple[str, list[Case]] | None] = lambda selection: None

    def numbers(self, selection: Selection) -> dict[str, dict[str, int]]:
        """Every number, by row and figure."""
        figures, rows, alike = self.figures(selection), self.rows(selection), self.alike(selection)
        read = {
            source.key: [record for one in (source, *source.others) for record in alike[one.key]]
            for source in {figure.source.key: figure.source for figure in figures}.values()
        }
        found: dict[str, dict[str, int]] = {name: {} for name in rows}
        others = {name: part for name, part in rows.items() if not part.path}
        own = {
            (name, key): [record for record in records if part.holds(record)]
            for name, part in others.items()
            for key, records in read.items()
        }
        for figure in figures:
            key = figure.source.key
            placed = figure.by_path(read[key]) if len(others) < len(rows) else {}
            for name, part in rows.items():
                number = figure.number(own[name, key]) if name in others else placed[part.path]
                found[name][figure.key] = number
        return found

    def behind(self, selection: Selection, row: str | None, key: str | None) -> Behind | None:
        """What makes one number (None: of the first row, the first figure); None where there is no such cell.

        Raises OutOfScope as the table does.
        """
        check_scope(selection.post, selection.unit)
        rows = self.rows(selection)
        part = rows.get(next(iter(rows), None) if row is None else row)
        figure = next((one for one in self.figures(selection) if key in (None, one.key)), None)
        if part is None or figure is None:
            return None
        records = [record for record in figure.source.read(selection) if part.holds(record)]
        return Behind(figure, part, figure.listed(records))


@once
def cases_of(selection: Selection) -> QuerySet:
    """The cases of the year under the unit that count."""
    rows = Case.objects.visible_to(selection.post).under(selection.unit).of_year(selection.year)
    return rows.exclude(stage__in=NOT_COUNTED).order_by("org_path", "pk")


def of_cases(rows: QuerySet, selection: Selection, *own: str, **more: Any) -> QuerySet:
    """What belongs to those cases as records: `rows` lead to their case by `case`; `own` are further columns of theirs,
    `more` such by another name or of what they lead to, or expressions."""
    rows = rows.filter(case__in=cases_of(selection).order_by())
    taken = {name: F(f"case__{path}") for name, path in OF_CASE.items() if name != "case"}
    ordered = rows.order_by("case__org_path", "case", "pk")
    asked = {name: F(said) if isinstance(said, str) else said for name, said in more.items()}
    return ordered.values("case", *own, **taken, **asked)
