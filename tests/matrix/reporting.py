"""A township's progress report that went up, and one it still owes."""

from datetime import date
from typing import Any

from organizations.models import Appointment, Organization
from rectification.duties.models import Duty
from rectification.remediation.reporting import actions, asked
from rectification.schemes.models import Scheme
from tests.cast import NOW, YEAR


def reports_of(scheme: Scheme, town: Organization, by: Appointment) -> dict[str, Any]:
    sent = _duty(scheme, town, "half_month_report", date(YEAR, 5, 1), date(YEAR, 5, 15))
    report = actions.submit(report=asked.report_for(sent), version=0, words={}, by=by, at=NOW)
    owed = _duty(scheme, town, "monthly_report", date(YEAR, 5, 1), date(YEAR, 5, 31))
    return {"report": report, "report_duty": owed}


def _duty(scheme: Scheme, town: Organization, key: str, first: date, last: date) -> Duty:
    return Duty.objects.create(
        scheme=scheme,
        key=key,
        organization=town,
        owner_role="township_officer",
        title=key,
        due_on=last,
        effective_due_on=last,
        period_from_on=first,
        period_to_on=last,
    )
