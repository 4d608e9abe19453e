"""What each person did in the year, counted from the file for many at once: a fixed number of queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from accounts.together import ask, tuples, whole
from rectification.acceptance.evaluations.models import EvaluationKind, PersonEvaluation
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.cases.support_rules import names_in
from rectification.remediation.activities.models import Activity
from rectification.remediation.activities.rules import Kind
from rectification.remediation.models import Measure, MeasureState
from rectification.remediation.support.leaders_reading import visits_of
from rectification.remediation.support.models import Training

Said = dict[str, Any]
LOGGED = ("kind", "on", "households", "phoned")


@dataclass
class _Log:
    """What the log says of one membership."""

    kinds: Counter[str] = field(default_factory=Counter)
    visited: set[date] = field(default_factory=set)
    households: set[str] = field(default_factory=set)

    def add(self, kind: str, on: date, households: Iterable[str]) -> None:
        """Take an entry in."""
        self.kinds[kind] += 1
        if kind == Kind.VISIT:
            self.visited.add(on)
        if kind == Kind.CALL:
            self.households.update(households)


@dataclass
class _File:
    """What is read of all the cases at once."""

    members: dict[int, CaseMember]
    by_case: dict[int, list[CaseMember]]
    logs: dict[int, _Log]
    owed: dict[int, int | None]
    measures: dict[int, list[tuple[str, str, str]]]
    training: dict[int, list[Training]]


def facts_of(rows: Sequence[PersonEvaluation], today: date) -> dict[int, Said]:
    """What the file says of each of these rows, by the row's key: frozen of those that are done, drawn anew else."""
    found = {row.pk: row.facts for row in rows if row.facts}
    found.update(drawn([row for row in rows if not row.facts], today))
    return found


def drawn(rows: Sequence[PersonEvaluation], today: date) -> dict[int, Said]:
    """The facts of today. rows: with member and case; five queries, however many rows."""
    if not rows:
        return {}
    contacts = {row.contact_id for row in rows if row.contact_id}
    held = CaseMember.objects.filter(contact__in=contacts, kind=MemberKind.LEADER).values("case")
    theirs = Q(pk__in={row.case_id for row in rows if row.case_id}) | Q(pk__in=held)
    near = Case.objects.filter(theirs, scheme__year__in={row.scheme.year for row in rows})
    cases = near.select_related("organization", "township", "county", "scheme").in_bulk()
    file = _read(cases, today)
    said = {}
    for row in rows:
        parts = [_of_case(row, cases[key], stays, file) for key, stays in _stays(row, cases, file)]
        said[row.pk] = {"as_of": today.isoformat(), "cases": parts}
    return said


def _read(cases: dict[int, Case], today: date) -> _File:
    asked = Measure.objects.standing().filter(problem__case__in=cases)
    taking_part = Activity.members.through.objects.filter(
        casemember__case__in=cases, activity__in=Activity.objects.standing().order_by()
    )
    members, said_of, trained, entries = ask(
        whole(CaseMember.objects.filter(case__in=cases).order_by("from_on", "pk")),
        tuples(asked.values_list("problem__case", "person", "leader", "state")),
        whole(Training.objects.standing().filter(case__in=cases).order_by("on", "pk")),
        tuples(taking_part.values_list("casemember", *(f"activity__{name}" for name in LOGGED))),
    )
    by_case: dict[int, list[CaseMember]] = defaultdict(list)
    for member in members:
        by_case[member.case_id].append(member)
    leaders = [one for one in members if one.kind == MemberKind.LEADER]
    visits = visits_of(list(cases.values()), leaders, today) if leaders else {}
    measures: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for key, *said in said_of:
        measures[key].append(tuple(said))
    training: dict[int, list[Training]] = defaultdict(list)
    for one in trained:
        training[one.case_id].append(one)
    return _File(
        members={one.pk: one for one in members},
        by_case=by_case,
        logs=_logs(entries),
        owed={key: one.owed for key, one in visits.items()},
        measures=measures,
        training=training,
    )


def _logs(entries: Iterable[Sequence[Any]]) -> dict[int, _Log]:
    """The log of each member, from who took part in what (LOGGED)."""
    logs: dict[int, _Log] = defaultdict(_Log)
    for member, kind, on, households, phoned in entries:
        logs[member].add(kind, on, [*households, *phoned])
    return logs


def _stays(
    row: PersonEvaluation, cases: dict[int, Case], file: _File
) -> Iterable[tuple[int, list[CaseMember]]]:
    """The cases a row is about, each with the times the person was there."""
    if row.contact_id is not None:
        for key, members in sorted(file.by_case.items(), key=lambda one: cases[one[0]].org_path):
            if stays := [one for one in members if one.contact_id == row.contact_id]:
                yield key, stays
        return
    if row.case_id not in cases:
        return
    if row.member_id is None:
        yield row.case_id, []
        return
    member = file.members.get(row.member_id, row.member)
    same = [one for one in file.by_case[row.case_id] if (one.kind, one.name) == (member.kind, member.name)]
    yield row.case_id, same


def _of_case(row: PersonEvaluation, case: Case, stays: list[CaseMember], file: _File) -> Said:
    town = case.township.short_name if case.township else ""
    mine = [
        state
        for people, leader, state in file.measures[case.pk]
        if row.name in names_in(f"{people}、{leader}")
    ]
    said: Said = {
        "uid": str(case.uid),
        "case": case.organization.short_name,
        "place": f"{case.county.short_name}{town}",
        **_served(stays, file.by_case[case.pk]),
        "measures": len(mine),
        "measures_done": mine.count(MeasureState.CONFIRMED),
        "training": [
            f"{one.on.month}月{one.on.day}日{one.title}（{one.get_level_display()}）"
            for one in file.training[case.pk]
            if one.person == row.name
        ],
        "problems": case.problems_total,
        "closed": case.problems_closed,
        "stage": case.get_stage_display(),
        "outcome": case.get_outcome_display() if case.outcome else "",
        "closed_on": case.closed_on.isoformat() if case.closed_on else "",
    }
    if row.kind != EvaluationKind.SECRETARY:
        said |= _logged(stays, file)
    return said


def _served(stays: list[CaseMember], others: list[CaseMember]) -> Said:
    if not stays:
        return dict.fromkeys(("since", "until", "end_reason", "replaced", "also"), "")
    last, keys = stays[-1], {one.pk for one in stays}
    after = [one.name for one in others if one.replaces_id in keys and one.name != last.name]
    also = [one.get_kind_display() for one in others if one.name == last.name and one.kind != last.kind]
    if any(one.leads for one in others if one.name == last.name):
        also.append("工作组组长")
    words = [f"兼{'、'.join(dict.fromkeys(also))}"] if also else []
    if last.released_from_on:
        words.append("已与原单位脱钩")
    return {
        "since": stays[0].from_on.isoformat(),
        "until": last.to_on.isoformat() if last.to_on else "",
        "end_reason": last.end_reason if last.to_on else "",
        "replaced": after[-1] if after else "",
        "also": "，".join(words),
    }


def _logged(stays: list[CaseMember], file: _File) -> Said:
    """What the log says; a day several entries fall on is one visit, and a predecessor's days are not the person's."""
    logs = [file.logs[one.pk] for one in stays if one.pk in file.logs]
    kinds = sum((log.kinds for log in logs), Counter())
    owed = [number for one in stays if (number := file.owed.get(one.pk))]
    return {
        "visits": len({day for log in logs for day in log.visited}),
        "owed": max(owed, default=None),
        "calls": kinds[Kind.CALL],
        "households": len({one for log in logs for one in log.households}),
        "meetings": kinds[Kind.MEETING],
        "party_life": kinds[Kind.PARTY_LIFE],
        "entries": sum(kinds.values()),
    }
