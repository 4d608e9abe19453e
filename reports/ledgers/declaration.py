"""What a ledger is: one declaration, from which the screen, Excel, PDF and a filing are drawn (domain §5)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from accounts.errors import Refused
from accounts.roles import SUBTREE, Role
from accounts.tables import Column
from organizations.models import Appointment, Organization
from organizations.scope import covers
from rectification.cases.models import Case
from rectification.schemes.models import ChainStep, Process, Scheme, SchemeState
from reports.column_models import LedgerColumn
from reports.column_reading import applied

if TYPE_CHECKING:
    from reports.ledgers.figures import Counted

Record = dict[str, Any]
CHUNK = 2000


@dataclass(frozen=True)
class Selection:
    """What is asked for: whose eyes, which unit's subtree, which year, and the filters (name → value).

    case_id: the one case it is about, where a post that reads no subtree may ask too (a helper on that case).
    """

    post: Appointment
    unit: Organization
    year: int
    filters: Mapping[str, str]
    case_id: int | None = None

    @cached_property
    def schemes(self) -> list[Scheme]:
        """The schemes the unit may work by, the one it does work by first, each with the ledgers whose columns anybody
        has `set`, and the levels that are `filed_to`; asked for once."""
        anywhere = ArraySubquery(LedgerColumn.objects.order_by().values("ledger").distinct())
        steps = ChainStep.objects.filter(scheme=OuterRef("pk"), process=Process.FILING).order_by()
        rows = Scheme.objects.working_for(self.unit, self.year)
        return list(rows.annotate(set=anywhere, filed_to=ArraySubquery(steps.values("level"))))

    @property
    def scheme(self) -> Scheme | None:
        """The scheme the unit works by, also after the year was closed."""
        return self.schemes[0] if self.schemes else None

    @property
    def governing(self) -> Scheme | None:
        """The scheme in force the unit works by."""
        return next((one for one in self.schemes if one.state == SchemeState.IN_FORCE), None)

    def check(self) -> None:
        """Raise OutOfScope unless the post may read what is asked for."""
        if self.case_id is None or Role(self.post.role) in SUBTREE:
            check_scope(self.post, self.unit)
            return
        cases = Case.objects.visible_to(self.post).filter(pk=self.case_id, organization=self.unit)
        if not cases.exists():
            raise OutOfScope(self.unit)


def once(ask: Callable[[Selection], Any]) -> Callable[[Selection], Any]:
    """A question about a selection that is answered once and kept with it: columns, rows and figures ask it again."""

    @wraps(ask)
    def answer(selection: Selection) -> Any:
        kept = selection.__dict__.setdefault("kept", {})
        if answer not in kept:
            kept[answer] = ask(selection)
        return kept[answer]

    return answer


@dataclass(frozen=True)
class Total:
    """One cell of the 合计 row.

    kind: "count" (how many parts of `level` there are), "where" (of these, those whose cell equals `equals`), "mean"
    or "sum" (of the cell's numbers, one a part of `level`). level: 0 is the row itself. words: how the number is said,
    with {} in its place. asks: the cell as the database reckons it over the records' queryset, for "where" a condition;
    without it only a reading of all rows adds it up ("count" needs none).
    """

    column: str
    kind: str
    level: int = 0
    equals: Any = None
    words: str = "{}"
    asks: Any = None


@dataclass(frozen=True)
class Ledger:
    """A named table with fixed columns.

    title: with {year} in it. columns: in order, `merge` being the level a cell belongs to. source: the records of a
    selection as one scoped queryset of `.values(...)`, in order. parts: the record's keys that name what each level
    belongs to, outermost first; the last one names the row itself. fill: completes a chunk of records in place with
    a fixed number of queries, within the selection's scope. compute: makes the rows of few records that have to be
    reckoned together; each: of every record from that record alone, so that a page of them is drawn without the rest.
    filters: name → (label, choices, lookup on the queryset). paper: A3 or A4, landscape. called: the title where the
    scheme of the unit says it. shape: the columns and totals of a selection, where they come from the schemes.
    counted: what its numbers count, where each leads to its list (reports.ledgers.figures). cells: puts what was typed
    into added columns beside the records (reports.column_reading). personal: whether it names people, so that its
    files are made for a reason (reports.reasons).
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    source: Callable[[Selection], QuerySet] | None
    parts: tuple[str, ...]
    totals: tuple[Total, ...] = ()
    fill: Callable[[Selection, Sequence[Record]], None] | None = None
    compute: Callable[[Selection, Sequence[Record]], Sequence[Record]] | None = None
    each: bool = False
    filters: Mapping[str, tuple[str, Sequence[tuple[str, str]], str]] | None = None
    called: Callable[[Selection], str] | None = None
    paper: str = "A3"
    signatures: tuple[str, ...] = ("主要负责人（签字）：", "分管负责人（签字）：", "填表人（签字）：")
    shape: Callable[[Selection], tuple[tuple[Column, ...], tuple[Total, ...]]] | None = None
    counted: "Counted | None" = None
    cells: Callable[[Sequence[Record]], None] | None = None
    personal: bool = True

    def declared(self, selection: Selection) -> "Ledger":
        """The ledger with the columns its declaration has for this selection."""
        if self.shape is None:
            return self
        columns, totals = self.shape(selection)
        return replace(self, columns=columns, totals=totals)

    def shaped(self, selection: Selection) -> "Ledger":
        """The ledger as it is drawn everywhere: with the columns the selection's unit wants."""
        return applied(self.declared(selection), selection)

    def named(self, selection: Selection) -> str:
        """The title over the table, with the unit it is about."""
        title = self.called(selection) if self.called else self.title.format(year=selection.year)
        return f"{selection.unit.name}{title}"

    def asked(self, selection: Selection) -> QuerySet:
        """The records asked for, filters and all; raises OutOfScope for a unit the post does not cover."""
        selection.check()
        if self.source is None:
            return Organization.objects.filter(pk=selection.unit.pk).values("pk")
        rows = self.source(selection)
        for name, value in selection.filters.items():
            if value and self.filters and name in self.filters:
                rows = rows.filter(**{self.filters[name][2]: value})
        return rows

    def records(self, selection: Selection) -> Iterator[Record]:
        """Stream the records within the selection's scope; raises OutOfScope for a unit the post does not cover."""
        if self.source is None:
            selection.check()
            yield from self.completed(selection, [])
            return
        rows = self.asked(selection)
        # What is reckoned together is few records: no cursor is opened for them
        stream = iter(rows) if self.compute and not self.each else rows.iterator(chunk_size=CHUNK)
        while chunk := list(islice(stream, CHUNK)):
            yield from self.completed(selection, chunk)

    def completed(self, selection: Selection, chunk: list[Record]) -> Sequence[Record]:
        """The rows of some records, with all that is on them."""
        if self.fill:
            self.fill(selection, chunk)
        rows = self.compute(selection, chunk) if self.compute else chunk
        if self.cells:
            self.cells(rows)
        return rows


def check_scope(post: Appointment | None, unit: Organization) -> None:
    """Raise OutOfScope unless the post reads case content and the unit lies in its subtree."""
    if post is None or Role(post.role) not in SUBTREE or not covers(post, unit):
        raise OutOfScope(unit)


class OutOfScope(Refused):
    """The unit is not in the subtree of the post that asks."""

    def __init__(self, unit: Any) -> None:
        super().__init__(f"“{unit}”不在您的管理范围内，不能查看或导出")
