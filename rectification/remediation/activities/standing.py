"""How far a case's counted duties are, read from its 工作纪实; what the pages forecast and the actions discharge by."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from accounts.together import ask, tuples
from organizations.models import Appointment
from rectification.cases.models import Case, CaseMember
from rectification.duties.models import Duty, DutyState
from rectification.remediation.activities.counting import (
    COUNTED,
    Entry,
    Forecast,
    Reached,
    Window,
    forecast,
    reached,
)
from rectification.remediation.activities.models import Activity, LogState, Tone
from rectification.remediation.activities.rules import Kind, Term


@dataclass(frozen=True)
class Standing:
    """One counted duty of a case: what it asks, how far it is, what it will lack."""

    duty: Duty
    window: Window
    reached: Reached
    forecast: Forecast

    @property
    def title(self) -> str:
        """What the duty asks, by its rule's words."""
        return self.duty.rule.title if self.duty.rule else self.duty.title

    @property
    def fulfilled(self) -> bool:
        """Whether the number of the period is reached."""
        return self.reached.count >= self.window.times

    def concerns(self, today: date) -> bool:
        """Whether it is worth a line today: its period has begun and it lacks something."""
        return self.window.first <= today and not self.fulfilled and self.duty.state == DutyState.OPEN


class About(NamedTuple):
    """What the counting asks about a case itself."""

    pk: int
    households: int | None
    yellow_days: int


@dataclass(frozen=True)
class Log:
    """What counted duties are reckoned from, by the case's key: the duties in the order of their dates, the people, the
    entries that stand."""

    duties: Mapping[int, list[Duty]]
    members: Mapping[int, list[Term]]
    entries: Mapping[int, list[Entry]]


TONES = {"red": Tone.RED, "yellow": Tone.YELLOW, "green": Tone.GREEN}


def tone_of(lines: Iterable[Standing]) -> Tone:
    """The most urgent light of what a log lacks."""
    return min((TONES[one.forecast.tone] for one in lines), default=Tone.GREEN)


def keep_tones(found: Mapping[int, Sequence[Standing]], today: date) -> None:
    """Keep each case's light with the case, where it changed; one query, two where something is new."""
    now = {key: tone_of(one for one in rows if one.concerns(today)) for key, rows in found.items()}
    kept = {state.case_id: state for state in LogState.objects.filter(case__in=now)}
    new = [LogState(case_id=key, tone=tone) for key, tone in now.items() if key not in kept]
    LogState.objects.bulk_create(new, ignore_conflicts=True)
    for tone in Tone:
        changed = [state.pk for key, state in kept.items() if now[key] == tone != state.tone]
        if changed:
            LogState.objects.filter(pk__in=changed).update(tone=tone)


def lacking(post: Appointment, year: int) -> QuerySet[Case]:
    """The open cases of a year in this post's sight whose log lacks something, by their kept lights."""
    rows = Case.objects.visible_to(post).of_year(year).open()
    return rows.filter(log_state__tone__lt=Tone.GREEN)


def warnings_of(cases: Sequence[Case], today: date) -> dict[int, str]:
    """What the log of each case will lack, in words, by the case's key; only where it is late or falls behind.

    cases: with organization and scheme loaded; four queries.
    """
    said = {}
    for key, rows in standings(cases, today).items():
        lines = [one for one in rows if one.concerns(today) and one.forecast.tone != "green"]
        if lines:
            said[key] = "；".join(_latest_of(lines))
    return said


def _latest_of(lines: list[Standing]) -> Iterator[str]:
    """A duty that comes again each month is said once, by its latest window, however many were missed before."""
    lines = sorted(lines, key=lambda one: (one.title, one.window.first))
    for title, windows in groupby(lines, key=lambda one: one.title):
        *before, latest = windows
        yield f"{title}{latest.forecast.text}" + (f"，此前{len(before)}期也未完成" if before else "")


def terms_of(members: Iterable[CaseMember]) -> list[Term]:
    """The people of a case as the rules know them."""
    return [Term(one.pk, one.name, one.kind, one.from_on, one.to_on) for one in members]


def standings(
    cases: Sequence[Case], today: date, only: Collection[str] = tuple(COUNTED)
) -> dict[int, list[Standing]]:
    """The counted duties of each case, by the case's key, in the order of their dates.

    cases: with organization and scheme loaded. only: the rule keys asked about. Four queries, however many cases.
    """
    return standings_by(read([case.pk for case in cases], only), map(about, cases), today)


def read(keys: Sequence[int], only: Collection[str]) -> Log:
    """What the duties of these rules and cases are reckoned from: two queries, three with the rules' titles."""
    owed = Duty.objects.filter(case__in=keys, key__in=only).exclude(state=DutyState.CANCELLED)
    if set(only) == set(COUNTED):  # who asks about one rule knows its title
        owed = owed.prefetch_related("rule")  # few, and the same ones for all cases
    duties = _by_case(owed.order_by("effective_due_on", "pk"))
    people = CaseMember.objects.filter(case__in=keys)
    members, entries = ask(
        tuples(people.values_list("case", "pk", "name", "kind", "from_on", "to_on")),
        tuples(_entries(keys, {COUNTED[key].kind for key in only})),
    )
    return Log(duties, _terms(members), _logged(entries))


def about(case: Case) -> About:
    """A case with its organization and scheme loaded, as the counting asks about it."""
    return About(case.pk, case.organization.households, case.scheme.yellow_days)


def standings_by(log: Log, cases: Iterable[About], today: date) -> dict[int, list[Standing]]:
    """The same by what was read already; no query."""
    return {case.pk: _standings_of(case, log, today) for case in cases}


def _terms(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Term]]:
    """The people of each case, as plain values."""
    found: dict[int, list[Term]] = defaultdict(list)
    for case, *said in rows:
        found[case].append(Term(*said))
    return found


def _by_case(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


def entries_of(keys: Sequence[int], kinds: set[Kind]) -> dict[int, list[Entry]]:
    """The entries of these kinds that stand, by the case's key."""
    return _logged(_entries(keys, kinds))


def _entries(keys: Sequence[int], kinds: set[Kind]) -> QuerySet[Activity, tuple[Any, ...]]:
    rows = Activity.objects.standing().filter(case__in=keys, kind__in=kinds).order_by()
    taking_part = Activity.members.through.objects.filter(activity=OuterRef("pk")).values("casemember")
    rows = rows.annotate(present=ArraySubquery(taking_part))
    # Plain values: a page of fifty cases may hold ten thousand entries
    return rows.values_list("case", "kind", "on", "present", "households", "phoned")


def _logged(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = defaultdict(list)
    for case, kind, on, people, households, phoned in rows:
        entry = Entry(kind, on, frozenset(people), tuple(households), tuple(phoned))
        found[case].append(entry)
    return found


def _standings_of(case: About, log: Log, today: date) -> list[Standing]:
    duties, found = log.duties.get(case.pk, []), []
    for key in dict.fromkeys(duty.key for duty in duties):
        own = [duty for duty in duties if duty.key == key]
        windows = [window_of(duty) for duty in own]
        counts = reached(
            COUNTED[key],
            windows,
            log.entries.get(case.pk, []),
            people=log.members.get(case.pk, []),
            households=case.households,
            today=today,
        )
        for duty, window in zip(own, windows, strict=True):
            said = forecast(COUNTED[key], window, counts[duty.pk], today=today, yellow_days=case.yellow_days)
            found.append(Standing(duty, window, counts[duty.pk], said))
    return sorted(found, key=lambda one: (one.window.last, one.duty.pk))


def window_of(duty: Duty) -> Window:
    """The days that count for a duty: its period, to its end or to the day it was extended to."""
    first = duty.period_from_on or date(duty.due_on.year, 1, 1)
    last = duty.period_to_on or duty.due_on
    if duty.effective_due_on > duty.due_on:
        last = max(last, duty.effective_due_on)
    return Window(duty.pk, min(first, last), last, duty.times)
