"""五个一落实情况表 reads the files of many cases in plain values: people, units, projects, visits."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import starmap
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import Value

from rectification.cases.models import CaseMember, MemberKind
from rectification.duties.making import MADE_AGAIN, NOT_TURNED_ROUND, PASSED
from rectification.duties.models import Duty, DutyState
from rectification.remediation.activities.counting import COUNTED
from rectification.remediation.activities.rules import Term
from rectification.remediation.activities.standing import About, Log, entries_of
from rectification.remediation.support.leaders_reading import VISITS, Visits, visits_by
from rectification.remediation.support.models import HelpingUnit, Pairing, Project
from rectification.workflow import OPEN
from reports.ledgers.declaration import Record

UNIT, PAIRING = "unit", "pairing"
LEADERS = (MemberKind.LEADER, MemberKind.STATIONED)
ASKED = (
    *("key", "case_id", "state", "ended_reason", "times"),
    *("due_on", "effective_due_on", "period_from_on", "period_to_on"),
)


class Stay(NamedTuple):
    """Who or what is at a case from a day to a day: a person of a MemberKind, a helping UNIT, a PAIRING; `more` is the
    person's unit or the pairing's form."""

    case_id: int
    kind: str
    name: str
    more: str
    from_on: date
    to_on: date | None
    leads: bool
    pk: int


@dataclass(frozen=True)
class Held:
    """What some cases have, by the case's key, and visits by the leader's."""

    stays: dict[int, list[Stay]]
    projects: dict[int, list[Any]]
    visits: dict[int, Visits]
    asked: dict[int, int]


def held_of(cases: Sequence[Record], today: date) -> Held:
    """What these cases have; four queries. cases: with pk, stage, closed_on, households and yellow_days."""
    keys = [case["pk"] for case in cases]
    days = {case["pk"]: min(today, case["closed_on"] or today) for case in cases}
    every, there = _stays(keys), defaultdict(list)
    for stay in every:
        day = days[stay.case_id]
        if stay.from_on <= day and (stay.to_on is None or stay.to_on >= day):
            there[stay.case_id].append(stay)
    projects = defaultdict(list)
    rows = Project.objects.standing().filter(case__in=keys).order_by("pk")
    for case, *said in rows.values_list("case", "name", "planned", "spent"):
        projects[case].append(said)
    duties = Duty.objects.filter(case__in=keys, key=VISITS).only(*ASKED).order_by("effective_due_on", "pk")
    owed, gone = defaultdict(list), []
    for duty in duties:
        if duty.state == DutyState.CANCELLED:
            gone.append(duty)
        else:
            owed[duty.case_id].append(duty)
    terms = defaultdict(list)
    for stay in every:
        terms[stay.case_id].append(Term(stay.pk, stay.name, stay.kind, stay.from_on, stay.to_on))
    log = Log(owed, terms, entries_of(keys, {COUNTED[VISITS].kind}))
    leaders = [one for rows in there.values() for one in rows if one.kind in LEADERS]
    about = [About(case["pk"], case["households"], case["yellow_days"]) for case in cases]
    ended = {case["pk"] for case in cases if case["stage"] not in OPEN}
    return Held(there, projects, visits_by(log, about, leaders, today), _asked(gone, ended))


def _stays(keys: Sequence[int]) -> list[Stay]:
    """All who are, were or come to these cases, those who came first before the others; one query."""
    members, units, pairings = (
        model.objects.filter(case__in=keys).order_by() for model in (CaseMember, HelpingUnit, Pairing)
    )
    days, none = ("from_on", "to_on"), (Value(False), "pk")
    rows = members.values_list("case", "kind", "name", "unit", *days, "leads", "pk").union(
        units.values_list("case", Value(UNIT), "name", Value(""), *days, *none),
        pairings.values_list("case", Value(PAIRING), "partner_name", "form", *days, *none),
        all=True,
    )
    return sorted(starmap(Stay, rows), key=attrgetter("from_on", "pk"))


def _asked(gone: Sequence[Duty], ended: Collection[int]) -> dict[int, int]:
    """The visits the year asked of each leader at cases that ended: nothing is owed there any more, but it was."""
    again = tuple(reason for reason in MADE_AGAIN if reason not in (PASSED, NOT_TURNED_ROUND))
    # Once a period: what a check took back and closed again was owed twice, one after the other
    times: dict[tuple[int, date | None], int] = {}
    for duty in gone:
        if duty.case_id in ended and not duty.ended_reason.startswith(again):
            period = duty.case_id, duty.period_from_on
            times[period] = max(times.get(period, 0), duty.times)
    asked: Counter[int] = Counter()
    for (case, _period), number in times.items():
        asked[case] += number
    return dict(asked)
