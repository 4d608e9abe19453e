"""What a person records of a duty: that it is done, or that it need not be (免办)."""

from datetime import datetime

from django.db import models, transaction

from accounts import audit
from accounts.errors import Refused
from accounts.roles import Role
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.duties import debtors
from rectification.duties.actions import cancel, discharge, lock_case_of, refresh_next_due, superior_refusal
from rectification.duties.models import Duty, DutyState
from rectification.schemes.date_rules import SERIES
from rectification.workflow import LOOKED_BACK

COUNTED_BY_THE_LOG = frozenset({"contact_visits", "household_calls", "joint_meeting", "party_life"})
"""Keys whose duties the 工作纪实 counts (remediation.activities.counting says what counts for each)."""
REPORTED = frozenset({"half_month_report", "monthly_report", "quarterly_report"})
"""Keys whose duties ask for a progress report of a period (remediation.reporting)."""
FINANCE = frozenset({"finance_check", "finance_publication"})
"""Keys whose duties ask for a quarter's check and publication of a village's accounts (remediation.reporting)."""
DISCHARGED_BY_FACT = (
    COUNTED_BY_THE_LOG
    | FINANCE
    | {
        "plan",
        "acceptance",
        "acceptance_again",
        "tracking_check",
        "measure",
        "joint_opinion",
        "joint_settle",
        "notice_reply",
        "committee",
        "helping_unit",
        "fill_vacancy",
    }
)
"""Keys whose duties end when the later room's fact is there; so do those that ask for a ledger, by its filing."""


def asks_for_report(duty: Duty) -> bool:
    """Whether a unit's duty asks for a progress report; a rule somebody added is known by its title."""
    if duty.case_id or duty.period_from_on is None:
        return False
    if duty.key in REPORTED:
        return True
    rule = duty.rule if duty.key.startswith("own-") else None
    series = rule is not None and rule.rhythm in SERIES and not rule.ledger
    return series and ("进展" in rule.title or "报告" in rule.title)


def by_hand(duty: Duty) -> bool:
    """Whether nothing in the system discharges it, so that a person records it as done.

    Where there is nothing to look back on (a unit's first year here), the ledger is empty and cannot be filed.
    """
    ledger = duty.rule.ledger if duty.rule else ""
    if ledger == "lookback":
        last = Case.objects.under(duty.organization).of_year(duty.scheme.year - 1)
        return not last.filter(stage__in=LOOKED_BACK).exists()
    return duty.key not in DISCHARGED_BY_FACT and not ledger and not asks_for_report(duty)


def completion_refusal(duty: Duty, post: Appointment | None) -> str | None:
    """Why this post may not record it as done, or None. A helper's may be entered by the unit's officer (代录)."""
    if duty.state != DutyState.OPEN:
        return f"任务{duty.get_state_display()}"
    if not by_hand(duty):
        return "这项任务在相应页面办理后自动办结"
    helpers = duty.owner_role == Role.HELPER and duty.case_id is not None
    if debtors.owes(duty, post) or (post and helpers and debtors.may_enter_for(duty, post)):
        return None
    if helpers:
        officer = Role(debtors.stand_in(duty.organization.level)).label
        return f"由{debtors.said(duty)}登记完成，也可由{duty.organization}的{officer}代录"
    return f"由{duty.organization}的{duty.get_owner_role_display()}登记完成"


@transaction.atomic
def complete(*, duty_id: int, note: str, by: Appointment, at: datetime) -> Duty:
    """Record that something the system does not see is done: in what way, with its document number if any."""
    lock_case_of(duty_id)
    rows = Duty.objects.visible_to(by).select_for_update(of=("self",)).select_related("organization", "rule")
    duty = rows.get(pk=duty_id)
    if refused := completion_refusal(duty, by):
        raise Refused(refused)
    if not note.strip():
        raise Refused("请写明怎样完成的，如报送时间、文号")
    discharge(duty=duty, by=by, at=at, reason=note.strip())
    audit.record("登记完成", obj=duty)
    duty.refresh_from_db()
    return duty


def waiver_refusal(duty: Duty, post: Appointment | None) -> str | None:
    """Why this post may not lift the duty, or None: the unit above does, and of a case only what a person records."""
    if refused := superior_refusal(duty, post):
        return refused.replace("延期", "免办")
    if duty.state != DutyState.OPEN:
        return f"任务{duty.get_state_display()}，不用免办"
    counted = duty.key in COUNTED_BY_THE_LOG
    if duty.case_id and not counted and not by_hand(duty):  # the others go with their measure or stage
        return "整顿对象的这项任务不能免办；措施确不需要的，请在整顿档案中取消该措施"
    return None


def later_ones(duty: Duty) -> int:
    """How many open duties of the same rule and debtor come after it."""
    return _later(duty).count()


def _later(duty: Duty) -> models.QuerySet[Duty]:
    if duty.rule_id is None:
        return Duty.objects.none()
    same = Duty.objects.open().filter(rule=duty.rule_id, case=duty.case_id, organization=duty.organization_id)
    return same.filter(due_on__gt=duty.due_on)


@transaction.atomic
def waive(*, duty_id: int, reason: str, by: Appointment, at: datetime, and_later: bool = False) -> Duty:
    """免办: the unit above says that nothing is owed, such as a ledger of a unit without a case (domain §4A);
    `and_later` lifts the rule's later periods for this debtor too."""
    lock_case_of(duty_id)
    rows = Duty.objects.visible_to(by).select_for_update(of=("self",)).select_related("organization", "rule")
    duty = rows.get(pk=duty_id)
    if refused := waiver_refusal(duty, by):
        raise Refused(refused)
    cancel(duty=duty, by=by, at=at, reason=reason)
    later = 0
    if and_later:
        later = _later(duty).update(
            state=DutyState.CANCELLED, ended_at=at, ended_by=by, ended_reason=reason[:200]
        )
        if duty.case:
            refresh_next_due(duty.case)
    audit.record("免办", obj=duty, later=later)
    duty.refresh_from_db()
    return duty
