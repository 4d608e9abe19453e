"""What the entries of the 工作纪实 count for: visits, meetings and households against what the duties ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from rectification.remediation.activities.household_rules import Coverage, coverage
from rectification.remediation.activities.rules import Kind, Term
from rectification.schemes.terms import day_words


@dataclass(frozen=True)
class Counting:
    """Which entries count for a duty: their kind; per day, or by the share of households; for each person of a kind."""

    kind: Kind
    by_households: bool = False
    each: str = ""

    @property
    def unit(self) -> str:
        """The word behind the number."""
        return "%" if self.by_households else "次"


# Rule key of a scheme → what counts for it; a duty whose rule is not here is discharged elsewhere
COUNTED: Mapping[str, Counting] = {
    "contact_visits": Counting(Kind.VISIT, each="leader"),
    "household_calls": Counting(Kind.CALL, by_households=True),
    "joint_meeting": Counting(Kind.MEETING),
    "party_life": Counting(Kind.PARTY_LIFE),
}


class Entry(NamedTuple):
    """An entry that stands: its kind, its day, who of the case's people took part (keys), the households."""

    kind: str
    on: date
    people: frozenset[int]
    households: tuple[str, ...] = ()
    phoned: tuple[str, ...] = ()


class Window(NamedTuple):
    """What one duty asks: `times` from the first day to the last, both counted (per cent for households)."""

    key: int
    first: date
    last: date
    times: int


class Reached(NamedTuple):
    """How far a duty is: times or per cent; for each person of its kind by name; the households behind a per cent."""

    count: int
    each: tuple[tuple[str, int], ...] = ()
    coverage: Coverage | None = None


def reached(
    counting: Counting,
    windows: Sequence[Window],
    entries: Iterable[Entry],
    *,
    people: Iterable[Term],
    households: int | None,
    today: date,
) -> dict[int, Reached]:
    """How far each duty of one rule and case is, by the window's key.

    Several entries of one day are one time. Where each person of a kind owes the number, the duty stands where the
    last of them stands; who came in someone's place takes over that person's days. A day counts for one duty only.
    """
    of_kind = [entry for entry in entries if entry.kind == counting.kind]
    if counting.by_households:
        return {window.key: _by_households(window, of_kind, households) for window in windows}
    if not counting.each:
        counted = allotted({entry.on for entry in of_kind}, windows)
        return {key: Reached(count) for key, count in counted.items()}
    own = {
        term.name: allotted(days, windows)
        for term, days in _days_of_each(counting.each, list(people), of_kind, today)
    }
    return {
        window.key: Reached(
            min((counts[window.key] for counts in own.values()), default=0),
            tuple((name, counts[window.key]) for name, counts in own.items()),
        )
        for window in windows
    }


def _by_households(window: Window, entries: Iterable[Entry], total: int | None) -> Reached:
    inside = [entry for entry in entries if window.first <= entry.on <= window.last]
    found = coverage(
        (one for entry in inside for one in entry.households),
        (one for entry in inside for one in entry.phoned),
        total,
    )
    return Reached(found.percent or 0, coverage=found)


def _days_of_each(
    kind: str, people: Sequence[Term], entries: Sequence[Entry], today: date
) -> list[tuple[Term, set[date]]]:
    """Those of the kind who are on the case, with the days each took part, a predecessor's included."""
    wanted = [person for person in people if person.kind == kind]
    now = [person for person in wanted if person.to_on is None or person.to_on >= today]
    gone = [person for person in wanted if person not in now]
    found = []
    for person in now:
        before = {one.key for one in gone if one.to_on is not None and one.to_on <= person.from_on}
        found.append((person, {entry.on for entry in entries if entry.people & {person.key, *before}}))
    return found


def allotted(days: Iterable[date], windows: Sequence[Window]) -> dict[int, int]:
    """How many of the days each duty gets, a day for one duty only: the one that ends first and still wants it."""
    ordered = sorted(windows, key=lambda window: (window.last, window.first))
    counts = {window.key: 0 for window in windows}
    for day in sorted(set(days)):
        inside = [window for window in ordered if window.first <= day <= window.last]
        wanting = [window for window in inside if counts[window.key] < window.times]
        for window in (wanting or inside)[:1]:
            counts[window.key] += 1
    return counts


@dataclass(frozen=True)
class Forecast:
    """What will fall short: “9月底前还差2次”; tone green, yellow or red; `short` is how much is still missing."""

    text: str
    tone: str
    short: int


def forecast(
    counting: Counting, window: Window, found: Reached, *, today: date, yellow_days: int
) -> Forecast:
    """Say early what a duty lacks.

    Yellow when less is done than the days gone by would ask, or when the day is near; red when it has passed.
    """
    short = max(window.times - found.count, 0)
    done = f"应{window.times}{counting.unit}，已{found.count}{counting.unit}"
    if not short:
        return Forecast(f"已完成（{done}）", "green", 0)
    missing = _missing(counting, window, found, short)
    if today > window.last:
        return Forecast(f"已过{day_words(window.last)}，差{missing}（{done}）", "red", short)
    text = f"{before_words(window.last)}还差{missing}（{done}）"
    if behind(window, found.count, today):
        return Forecast(f"{text}，进度偏慢", "yellow", short)
    near = (window.last - today).days <= yellow_days
    return Forecast(text, "yellow" if near else "green", short)


def behind(window: Window, count: int, today: date) -> bool:
    """Whether fewer are done than an even pace from the first day to the last would have done by now."""
    whole = (window.last - window.first).days + 1
    gone = min(max((today - window.first).days, 0), whole)
    return count < window.times * gone // whole


def _missing(counting: Counting, window: Window, found: Reached, short: int) -> str:
    if not counting.by_households:
        late = [name for name, count in found.each if count < window.times]
        named = f"（{'、'.join(late)}）" if len(found.each) > 1 else ""
        return f"{short}次{named}"
    if found.coverage is None or not found.coverage.total:
        return f"{short}%"
    wanted = -(-found.coverage.total * window.times // 100)
    return f"{max(wanted - found.coverage.reached, 1)}户"


def before_words(day: date) -> str:
    """9月底前 for the last day of a month, else 9月15日前."""
    if (day + timedelta(days=1)).day == 1:
        return f"{day.month}月底前"
    return f"{day_words(day)}前"
