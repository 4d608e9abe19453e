"""What a result brings: the step of its case, the tracking, what is owed from then on and what no more."""

from datetime import date, datetime

from django.db import transaction

from organizations.models import Appointment
from rectification.acceptance.actions import AGAIN
from rectification.acceptance.models import Acceptance
from rectification.cases import actions as cases
from rectification.cases.models import Case, Outcome, Tracking
from rectification.duties import actions as duties
from rectification.duties import ending
from rectification.duties.making import PASSED
from rectification.remediation.actions import handler_of
from rectification.schemes.copying_rules import tracked_until
from rectification.schemes.terms import Event

FOLLOWS = {Outcome.PASS: "close", Outcome.BASIC: "consolidate", Outcome.FAIL: "carry_over"}


@transaction.atomic
def follow(acceptance: Acceptance, *, on: date, by: Appointment, at: datetime, last: bool = False) -> Case:
    """What a result brings from the day `on`: the step of the case, its tracking, what is owed and what no more.

    last: `by` took the last step of the 销号审批, not the scheme's own decider.
    """
    outcome = Outcome(acceptance.outcome)
    case = cases.take_step(
        case_id=acceptance.case_id,
        step=FOLLOWS[outcome],
        by=by,
        at=at,
        reason="；".join(acceptance.reasons),
        takers=frozenset({by.role}) if last else None,
    )
    case.outcome, case.closed_on = outcome, on if outcome == Outcome.PASS else None
    case.save_version("outcome", "closed_on")
    if outcome == Outcome.BASIC:
        unit, role = handler_of(case)
        title = f"{case.organization.short_name}巩固提升后再次提请验收"
        due = acceptance.follow_due_on
        duties.open_duty(case=case, key=AGAIN, title=title, unit=unit, role=role, due_on=due)
        return case
    duties.discharge_rule(key="acceptance", case=case, by=by, at=at)
    if outcome == Outcome.FAIL:
        # Nobody can work on it under this year's plan any more; next year's asks anew
        ending.close_case(case=case, by=by, at=at, reason="验收不合格，转入下年续整")
        unit, role = handler_of(case)
        title, due = f"{case.organization.short_name}限期补课", acceptance.follow_due_on
        duties.open_duty(case=case, key=ending.MAKE_UP, title=title, unit=unit, role=role, due_on=due)
        return case
    ending.close_case(case=case, by=by, at=at, reason=PASSED)
    until = tracked_until(on, case.scheme.tracking_months)
    Tracking.objects.update_or_create(case=case, defaults={"starts_on": on, "ends_on": until, "note": ""})
    duties.happened(event=Event.CLOSED, case=case, on=on, by=by, at=at)
    return case
