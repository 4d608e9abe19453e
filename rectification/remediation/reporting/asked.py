"""Which duties ask for a progress report, of whom and for which period."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from organizations.models import Appointment, Organization
from organizations.rules import OFFICER, Level
from rectification.duties.completing import asks_for_report
from rectification.duties.models import Duty, DutyState
from rectification.filings.actions import receiving_steps
from rectification.remediation.reporting.models import ProgressReport, ReportState
from rectification.remediation.reporting.periods import ASKED_FOR, RHYTHMS

# The presets' rules by their key; a rule somebody added has a key of its own and is known by its title
OWN = Q(rule__title__contains="进展") | Q(rule__title__contains="报告")
ASKS = Q(case__isnull=True, period_from_on__isnull=False) & (
    Q(key__in=list(ASKED_FOR))
    | (Q(key__startswith="own-", rule__rhythm__in=list(RHYTHMS), rule__ledger="") & OWN)
)


def rhythm_of(duty: Duty) -> str:
    """How often the rule behind a duty asks; "" where it asks for no progress report."""
    if not asks_for_report(duty):
        return ""
    return duty.rule.rhythm if duty.rule and duty.rule.rhythm in RHYTHMS else ASKED_FOR.get(duty.key, "")


def report_for(duty: Duty) -> ProgressReport | None:
    """The report that answers a duty, not saved yet; None where the duty asks for something else."""
    rhythm = rhythm_of(duty)
    if not rhythm or duty.period_from_on is None or duty.period_to_on is None:
        return None
    return ProgressReport(
        scheme=duty.scheme,
        organization=duty.organization,
        rhythm=rhythm,
        period_from_on=duty.period_from_on,
        period_to_on=duty.period_to_on,
        duty=duty,
    )


def duty_of(report: ProgressReport) -> Duty | None:
    """What a report answers, where its unit owes one for this period."""
    rows = Duty.objects.filter(
        ASKS,
        organization=report.organization_id,
        scheme=report.scheme_id,
        period_to_on=report.period_to_on,
        period_from_on__gte=report.period_from_on,
    )
    rows = rows.exclude(state=DutyState.CANCELLED).select_related("rule", "scheme", "organization")
    return next((duty for duty in rows if rhythm_of(duty) == report.rhythm), None)


def writer_refusal(report: ProgressReport, post: Appointment | None) -> str | None:
    """Why this post may not write this unit's report now, or None; one answer for page, button and action."""
    unit = report.organization
    officer = OFFICER.get(Level(unit.level))
    if post is None or post.organization_id != unit.pk or post.role != officer:
        return f"由{unit.office}的经办人起草和报送"
    if report.state == ReportState.SUBMITTED:
        return "已报送，正在上级办理；上级未审阅前可以撤回修改"
    if report.state == ReportState.ACCEPTED:
        return "已办结，不再修改"
    return None


def was_late(report: ProgressReport, duty: Duty) -> bool:
    """Whether it went up after the last day in time."""
    return bool(report.submitted_at and timezone.localdate(report.submitted_at) > duty.last_on)


def receiver_of(report: ProgressReport) -> str:
    """The office that will receive it; "" where it is filed in the unit itself."""
    steps = receiving_steps(report.scheme, report.organization)
    if not steps:
        return ""
    above = Organization.objects.above(report.organization).filter(level=steps[0].level).first()
    return above.office if above else ""
