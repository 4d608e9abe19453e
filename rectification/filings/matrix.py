"""报送情况: units × what was due in a year, each cell from its duty and the newest copy that answered it.

`matrix_of` is all a page or a chart needs; counts and the list behind them come from the same cells.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from accounts.addresses import page_of
from organizations.models import Appointment, Organization
from organizations.rules import Level, path_over
from rectification.duties.completing import REPORTED
from rectification.duties.models import Duty, DutyQuerySet, DutyState
from rectification.filings.matrix_rules import (
    OWED,
    RECEIVED,
    TONES,
    Standing,
    State,
    month_of,
    period_in,
    span_words,
    state_of,
)
from rectification.filings.models import Filing
from rectification.schemes.date_rules import SERIES

# Ledgers, progress reports (a rule somebody added is known by its title, as in duties.completing), and what a scheme
# asks of units under these keys
_OWN = Q(rule__title__contains="进展") | Q(rule__title__contains="报告")
_REPORTS = Q(period_from_on__isnull=False) & (
    Q(key__in=list(REPORTED)) | (Q(key__startswith="own-", rule__rhythm__in=list(SERIES)) & _OWN)
)
DUE = Q(rule__ledger__gt="") | (_REPORTS & Q(rule__ledger="")) | Q(key__in=["lookback_report", "plan"])
BELOW = {Level.PROVINCE: Level.CITY, Level.CITY: Level.COUNTY, Level.COUNTY: Level.TOWNSHIP}
ALL = "all"
COUNTED = ("", *(str(one) for one in Standing), RECEIVED)


@dataclass(frozen=True)
class Unit:
    """One row: a unit and the one above it."""

    pk: int
    uid: Any
    name: str
    above: str
    path: str


@dataclass(frozen=True)
class Item:
    """One column: a rule, or one period of it. key: its name in addresses. due: the day where all owe it by one."""

    key: str
    rule: str
    title: str
    period: str
    ledger: str
    due: date | None = None


@dataclass(frozen=True)
class Cell:
    """One thing one unit owes."""

    unit: Unit
    item: Item
    duty: int
    due_on: date
    state: State
    url: str

    @property
    def standing(self) -> Standing:
        """What became of it."""
        return self.state.standing

    @property
    def tone(self) -> str:
        """The colour beside the words."""
        return TONES[self.state.standing]

    def is_(self, name: str) -> bool:
        """Whether it counts under a heading: a standing, `received`, or "" for all."""
        return not name or (self.state.received is True if name == RECEIVED else self.standing == name)


@dataclass
class Matrix:
    """Units × items. levels: those that owe anything; periods: the months there are, newest first."""

    year: int
    level: str
    levels: list[str]
    period: str
    periods: list[str]
    units: list[Unit] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    cells: dict[tuple[int, str], Cell] = field(default_factory=dict)

    def listed(self, *, unit: Any = None, item: str = "", name: str = "") -> list[Cell]:
        """The cells behind a count, in the order of the table."""
        return [
            cell
            for row in self.units
            for column in self.items
            if (cell := self.cells.get((row.pk, column.key)))
            and (unit is None or str(row.uid) == str(unit))
            and (not item or column.key == item)
            and cell.is_(name)
        ]

    @cached_property
    def counted(self) -> dict[tuple[Any, str], dict[str, int]]:
        """How many cells stand how, by (unit, column), where None and "" are all of them; "" is all that were due."""
        found: dict[tuple[Any, str], dict[str, int]] = {}
        for cell in self.cells.values():
            names = ["", str(cell.standing), *([RECEIVED] if cell.is_(RECEIVED) else [])]
            for place in ((cell.unit.pk, ""), (None, cell.item.key), (None, "")):
                counts = found.setdefault(place, dict.fromkeys(COUNTED, 0))
                for name in names:
                    counts[name] += 1
        return found

    def counts(self, *, unit: int | None = None, item: str = "") -> dict[str, int]:
        """How many cells of a unit (its key), a column or the whole table stand how."""
        return self.counted.get((unit, item), dict.fromkeys(COUNTED, 0))

    def owed(self, item: str = "") -> list[Cell]:
        """What is past its day or came back, of one column or of all."""
        return [cell for cell in self.listed(item=item) if cell.standing in OWED]


def matrix_of(
    post: Appointment,
    year: int,
    *,
    level: str = "",
    period: str = "",
    under: Organization | None = None,
    today: date | None = None,
) -> Matrix:
    """What units in the post's subtree owed in a year and what became of it. Six queries, however many there are.

    level: whose duties, the level right below the post's own when not said. period: the month (2026-05) whose period
    of each series is shown, ALL for all of them, the newest that has ended when not said. under: only this unit and
    those below it.
    """
    today = today or timezone.localdate()
    rows = _duties(post, year, under)
    # A city's townships owe thousands of things: what there is of levels and periods is told apart by the database
    spans = list(rows.order_by().values_list("organization__level", "key", "period_to_on").distinct())
    levels = sorted({one for one, _key, _end in spans}, key=lambda one: Level(one).depth)
    level = level if level in levels else _usual(post, levels)
    ends = [(key, end) for one, key, end in spans if one == level and end]
    months = sorted({month_of(end) for _key, end in ends}, reverse=True)
    period = period if period in (*months, ALL) else _newest(ends, months, today)
    found = Matrix(year, level, levels, period, months)
    rows = rows.filter(_shown(ends, period), organization__level=level)
    rows = list(rows.order_by("org_path", "effective_due_on", "pk").values_list(*NAMES, named=True))
    _fill(found, rows, _answers(post, year, level), today)
    return found


def _fill(found: Matrix, rows: list[Any], answers: dict[int, tuple[str, str]], today: date) -> None:
    """The columns, units and cells of what is shown; rows come unit by unit."""
    above, items = _above(rows), _items(rows)
    for row in rows:
        unit = Unit(
            row.organization_id,
            row.organization__uid,
            row.organization__short_name,
            above.get(path_over(row.organization__path), ""),
            row.organization__path,
        )
        if not found.units or found.units[-1].pk != unit.pk:
            found.units.append(unit)
        item = items[_key(row)]
        found.cells[unit.pk, item.key] = _cell(row, unit, item, answers.get(row.pk), today)
    found.items = list(items.values())


NAMES = (
    "pk",
    "uid",
    "key",
    "due_on",
    "effective_due_on",
    "late_after_on",
    "period_from_on",
    "period_to_on",
    "state",
    "ended_at",
    "title",
    "rule__title",
    "rule__ledger",
    "organization_id",
    "organization__uid",
    "organization__short_name",
    "organization__path",
    "organization__level",
)


def _duties(post: Appointment, year: int, under: Organization | None) -> DutyQuerySet:
    rows = Duty.objects.visible_to(post).filter(DUE, case=None, scheme__year=year)
    rows = rows.exclude(state=DutyState.CANCELLED)
    return rows if under is None else rows.under(under)


def _usual(post: Appointment, levels: list[str]) -> str:
    below = BELOW.get(Level(post.organization.level))
    return str(below or "") if below in levels or not levels else levels[0]


def _newest(ends: Iterable[tuple[str, date]], months: list[str], today: date) -> str:
    ended = {month_of(end) for _key, end in ends if end <= today}
    return max(ended) if ended else (months[-1] if months else "")


def _key(row: Any) -> str:
    return f"{row.key}.{row.period_to_on:%m%d}" if row.period_to_on else row.key


def _shown(ends: Iterable[tuple[str, date]], period: str) -> Q:
    """What is shown: what is due once, and of each series the periods of the month."""
    if period == ALL:
        return Q()
    series: dict[str, list[date]] = {}
    for key, end in sorted(ends):
        series.setdefault(key, []).append(end)
    shown = Q(period_to_on=None)
    for key, days in series.items():
        shown |= Q(key=key, period_to_on__in=period_in(days, period))
    return shown


def _items(rows: Iterable[Any]) -> dict[str, Item]:
    """The columns by the day they are due; a day only where it is the same for all."""
    found: dict[str, tuple[Any, set[date]]] = {}
    for row in rows:
        found.setdefault(_key(row), (row, set()))[1].add(row.effective_due_on)
    order = sorted(found, key=lambda key: (min(found[key][1]), key))
    items = {}
    for key in order:
        row, days = found[key]
        items[key] = Item(
            key=key,
            rule=row.key,
            title=row.rule__title or row.title,
            period=span_words(row.period_from_on, row.period_to_on),
            ledger=row.rule__ledger or "",
            due=days.pop() if len(days) == 1 else None,
        )
    return items


def _above(rows: Iterable[Any]) -> dict[str, str]:
    above = Organization.objects.filter(path__in={path_over(row.organization__path) for row in rows})
    return dict(above.values_list("path", "short_name"))


def _answers(post: Appointment, year: int, level: str) -> dict[int, tuple[str, str]]:
    """What answered each duty of a level's units: where it stands and its page; of a ledger the newest copy in force,
    of a period its report. A copy filed anew without owing anything (before the day, or unlocked) counts once it is
    received."""
    copies = Filing.objects.visible_to(post).answering().filter(scheme__year=year, organization__level=level)
    found, last = {}, {}
    names = ("organization", "ledger", "duty", "review__state", "uid")
    for unit, ledger, owed, state, uid in copies.order_by("number", "pk").values_list(*names):
        duty = last[unit, ledger] = owed or last.get((unit, ledger))
        if duty:
            found[duty] = (state, page_of("filings:detail", uid))
    # Progress reports belong to a later room: read by the name of their relation, opened by the name of their page
    sent = Duty.objects.visible_to(post).filter(
        scheme__year=year, organization__level=level, progress_reports__submitted_at__isnull=False
    )
    sent = sent.annotate(report=F("progress_reports__review__state"))
    for pk, uid, state in sent.values_list("pk", "uid", "report"):
        found[pk] = (state or "passed", page_of("remediation:report_of_duty", uid))
    return found


def _cell(row: Any, unit: Unit, item: Item, answer: tuple[str, str] | None, today: date) -> Cell:
    review, url = answer or ("", page_of("duties:detail", row.uid))
    done = row.ended_at if row.state == DutyState.DONE else None
    state = state_of(
        last_on=max(row.effective_due_on, row.late_after_on or row.effective_due_on),
        done_on=timezone.localdate(done) if done else None,
        review=review,
        today=today,
    )
    return Cell(unit, item, row.pk, row.effective_due_on, state, url)
