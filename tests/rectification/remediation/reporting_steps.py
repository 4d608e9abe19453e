"""A month with its report, as tests need it."""

from datetime import date, datetime

from rectification.duties.models import Duty
from rectification.remediation.reporting import actions, asked
from rectification.remediation.reporting.models import ProgressReport
from tests.cast import SHANGHAI

MONTH_END = datetime(2026, 5, 29, 16, 0, tzinfo=SHANGHAI)
FIRST, LAST = date(2026, 5, 1), date(2026, 5, 31)


def monthly_duty(scheme, unit, role="township_officer", first=FIRST, last=LAST, key="monthly_report"):
    """What a unit owes for a month."""
    return Duty.objects.create(
        scheme=scheme,
        key=key,
        organization=unit,
        owner_role=role,
        title=f"{last.month}月整顿工作进展月报告",
        due_on=last,
        effective_due_on=last,
        period_from_on=first,
        period_to_on=last,
    )


def send(duty, by, at=MONTH_END, words=None) -> ProgressReport:
    """Hand in the report of a duty."""
    found = ProgressReport.objects.filter(duty=duty).first()
    report = found or asked.report_for(duty)
    version = report.version if found else 0
    return actions.submit(report=report, version=version, words=words or {}, by=by, at=at)


def typed(page, **changed):
    """The form of a page as a person sends it who changes only these words."""
    form = page.context["form"]
    fields = {name: form[name].value() or "" for name in form.fields}
    return {**fields, "_version": page.context["version"], **changed}
