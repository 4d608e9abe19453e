"""What is owed follows an amended scheme, and the official calendar: future duties are made anew, with the reason."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from organizations.models import Appointment, Organization
from rectification.cases.models import Case
from rectification.duties import actions, making
from rectification.duties.dates import Standing, redated
from rectification.duties.models import Duty, DutyState
from rectification.schemes import amendments
from rectification.schemes.date_rules import DueDay, is_single
from rectification.schemes.duty_models import DutyRule, DutySubject
from rectification.schemes.duty_problems import date_rule
from rectification.schemes.models import Scheme
from rectification.schemes.parts import DUTY_COLUMNS
from rectification.schemes.practice_models import SchemeAmendment
from rectification.schemes.rule_dates import RuleDates, units_owing
from rectification.schemes.terms import Event, Rhythm, words


@transaction.atomic
def amend_rules(
    *,
    scheme_id: int,
    version: int | None,
    rows: Sequence[Mapping[str, Any]],
    reason: str,
    by: Appointment,
    at: datetime,
    part: str = "duty_rules",
) -> list[SchemeAmendment]:
    """Amend the duty rules (or the phases, by which rules are limited) of a scheme in force; what is owed follows.

    `due_on` never moves: each open duty of a changed rule that is not yet due and is no longer asked for on its day is
    cancelled with the amendment as its reason, and made anew. What is overdue, done or extended further stays as it is.
    A new rule: its future duties are made. A rule taken out: its future duties are cancelled.
    """
    scheme = Scheme.objects.select_related("issuer").get(pk=scheme_id)
    before = {rule.pk: _said(rule) for rule in making.rules_of(scheme)}
    made = amendments.amend(
        scheme_id=scheme_id, version=version, part=part, rows=rows, reason=reason, by=by, at=at
    )
    rules = list(scheme.duty_rules.all())
    changed = [
        rule
        for rule in rules
        if (rule.pk in before and rule.withdrawn)
        or (not rule.withdrawn and before.get(rule.pk) != _said(rule))
    ]
    if part == "phases":
        changed = [rule for rule in rules if rule.stage and not rule.withdrawn]
    remake(scheme, changed, why=f"{making.AMENDED}，{{what}}：{reason.strip()}", by=by, at=at)
    return made


def _said(rule: DutyRule) -> tuple[Any, ...]:
    return tuple(getattr(rule, name) for name in DUTY_COLUMNS)


@transaction.atomic
def follow_calendar(*, year: int, by: Appointment, at: datetime) -> int:
    """Date anew what is counted in working days, after the holiday order of a year changed; how many duties moved."""
    count = 0
    for scheme in (
        Scheme.objects.in_force().filter(year__in=(year - 1, year, year + 1)).select_related("issuer")
    ):
        rules = [rule for rule in making.rules_of(scheme) if rule.shift or rule.in_working_days]
        count += remake(scheme, rules, why=f"{making.CALENDAR}，{{what}}", by=by, at=at)
    return count


def remake(scheme: Scheme, rules: Iterable[DutyRule], *, why: str, by: Appointment, at: datetime) -> int:
    """Let the future duties of these rules follow what they say now; `why` says {what} happened. Returns how many
    were cancelled or made."""
    today, dates, count = timezone.localdate(at), RuleDates.of(scheme), 0
    cases: set[int] = set()
    for rule in rules:
        cancelled, fresh = _follow(scheme, rule, dates, today)
        what = _what(rule, fresh)
        Duty.objects.filter(pk__in=cancelled).update(
            state=DutyState.CANCELLED, ended_at=at, ended_by=by, ended_reason=why.format(what=what)[:200]
        )
        Duty.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=2000)
        cases |= set(Duty.objects.filter(rule=rule, case__isnull=False).values_list("case", flat=True))
        count += len(cancelled) + len(fresh)
    for case in Case.objects.filter(pk__in=cases):
        actions.refresh_next_due(case)
    return count


def _what(rule: DutyRule, fresh: list[Duty]) -> str:
    if rule.withdrawn:
        return "不再要求"
    days = {duty.due_on for duty in fresh}
    return f"截止日期改为{words(days.pop())}" if len(days) == 1 else "时限规定调整"


def _follow(scheme: Scheme, rule: DutyRule, dates: RuleDates, today: date) -> tuple[list[int], list[Duty]]:
    """The duties of a rule that are cancelled, and those made in their place; what stays takes the rule's new words."""
    standing: dict[tuple[int, int | None], list[Duty]] = {}
    rows = Duty.objects.filter(rule=rule).select_for_update(of=("self",)).select_related("organization")
    for duty in rows.order_by("pk"):
        if not (duty.state == DutyState.CANCELLED and duty.ended_reason.startswith(making.MADE_AGAIN)):
            standing.setdefault((duty.organization_id, duty.case_id), []).append(duty)
    cancelled: list[int] = []
    fresh: list[Duty] = []
    for unit, case, days in _debtors(scheme, rule, dates, today, standing):
        there = standing.pop((unit.pk, case.pk if case else None), [])
        result = redated(
            [_standing(duty) for duty in there], days, today=today, single=is_single(date_rule(rule))
        )
        cancelled += result.cancelled
        fresh += [making.from_rule(scheme, rule, unit, case, day) for day in result.made]
        _say_anew([duty for duty in there if duty.pk in result.kept], scheme, rule, unit, case, days, today)
    for there in standing.values():  # no longer asked of these debtors
        cancelled += [duty.pk for duty in there if _future(duty, today)]
    return cancelled, fresh


def _future(duty: Duty, today: date) -> bool:
    return duty.state == DutyState.OPEN and duty.effective_due_on >= today


def _standing(duty: Duty) -> Standing:
    is_open = duty.state == DutyState.OPEN
    return Standing(duty.pk, duty.due_on, duty.effective_due_on, is_open, duty.period_from_on)


def _say_anew(
    kept: list[Duty],
    scheme: Scheme,
    rule: DutyRule,
    unit: Organization,
    case: Case | None,
    days: Sequence[DueDay],
    today: date,
) -> None:
    """What stays on its day takes the rule's new title, number, grace and debtor."""
    by_day = {day.on: day for day in days}
    for duty in kept:
        day = by_day.get(duty.due_on)
        if day is None or not _future(duty, today):
            continue
        now = making.from_rule(scheme, rule, unit, case, day)
        names = ("title", "times", "late_after_on", "owner_role", "debtor")
        changed = [name for name in names if getattr(duty, name) != getattr(now, name)]
        for name in changed:
            setattr(duty, name, getattr(now, name))
        if changed:
            duty.save(update_fields=changed)


def _debtors(
    scheme: Scheme, rule: DutyRule, dates: RuleDates, today: date, standing: Mapping[Any, list[Duty]]
) -> Iterable[tuple[Organization, Case | None, list[DueDay]]]:
    """Who owes a rule as it stands now, each with its days; nobody when it was taken out."""
    if rule.withdrawn:
        return
    cases = Case.objects.filter(scheme=scheme).open().select_related("organization", "township", "county")
    if rule.subject == DutySubject.CASE:
        for case in cases.prefetch_related("steps"):
            unit, since = making.unit_of(case, rule), _born(case)
            events = _events(rule, standing.get((unit.pk, case.pk), []), since)
            yield unit, case, making.owed_days(rule, dates, since=since, events=events, newcomer=True)
        return
    units = list(units_owing(scheme, rule))
    if rule.subject == DutySubject.UNIT_WITH_CASE:
        having = {pk for case in cases for pk in (case.township_id, case.county_id)}
        units = [unit for unit in units if unit.pk in having]
    elsewhere = making.asked_elsewhere(scheme, rule, units)
    for unit in units:
        if unit.pk not in elsewhere:
            events = _events(rule, standing.get((unit.pk, None), []), today)
            yield unit, None, making.owed_days(rule, dates, since=today, events=events)


def _born(case: Case) -> date:
    """The day from which a case owes anything: it was determined, and that was recorded."""
    recorded = [timezone.localdate(step.at) for step in case.steps.all()][:1]
    return max([day for day in (case.determined_on, *recorded) if day] or [timezone.localdate()])


def _events(rule: DutyRule, there: list[Duty], born: date) -> list[date]:
    """The days of the rule's event that are known: its duties name them, and a case is determined when it is born."""
    if rule.event == Event.DETERMINED:
        return [born]
    days = sorted({duty.period_from_on for duty in there if duty.period_from_on})
    return days if rule.rhythm == Rhythm.WITHIN else days[:1]
