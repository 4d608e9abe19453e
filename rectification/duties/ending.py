"""What ends with a case that is withdrawn: its own duties, and its units' that they had only because of it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.duties.actions import discharge_rule, refresh_next_due
from rectification.duties.models import Duty, DutyState
from rectification.schemes.duty_models import DutySubject

MAKE_UP = "make_up"
"""限期补课: what a case that failed its acceptance owes until the day that was set."""


def made_up(*, case: Case, by: Appointment, at: datetime) -> None:
    """The year after took the case over, or found it turned round: nothing is made up under the year that is over."""
    discharge_rule(key=MAKE_UP, case=case, by=by, at=at)


@transaction.atomic
def cancel_case(*, case: Case, by: Appointment, at: datetime, reason: str) -> int:
    """Nothing is owed for this case any more; how many duties were open."""
    ended = {"state": DutyState.CANCELLED, "ended_at": at, "ended_by": by, "ended_reason": reason[:200]}
    count = Duty.objects.filter(case=case).open().update(**ended)
    refresh_next_due(case)
    return count


@transaction.atomic
def close_case(*, case: Case, by: Appointment, at: datetime, reason: str) -> int:
    """What was owed until the case ended is owed no more; of its units', that they owe only for having cases, what is
    still to come where this was the last. How many duties were open."""
    today = timezone.localdate(at)
    still_to_come = Q(period_from_on__isnull=False, effective_due_on__gte=today)
    return cancel_case(case=case, by=by, at=at, reason=reason) + _cancel_of_units(case, still_to_come, by, at)


@transaction.atomic
def cancel_without_case(*, case: Case, by: Appointment, at: datetime) -> int:
    """A unit left without any open case owes nothing that only units with a case owe; how many duties were open."""
    return _cancel_of_units(case, Q(), by, at)


def _cancel_of_units(case: Case, which: Q, by: Appointment, at: datetime) -> int:
    """Of what the case's units owe only for having cases: end `which`, where they have none left; how many."""
    count = 0
    for unit in (case.township, case.county):
        if unit is None or Case.objects.of_year(case.year).open().under(unit).exists():
            continue
        rows = Duty.objects.open().filter(
            which,
            scheme=case.scheme,
            organization=unit,
            case=None,
            rule__subject=DutySubject.UNIT_WITH_CASE,
        )
        count += rows.update(
            state=DutyState.CANCELLED, ended_at=at, ended_by=by, ended_reason="本单位没有整顿对象"
        )
    return count
