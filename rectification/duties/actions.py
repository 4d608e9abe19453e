"""Duties are made from the scheme, discharged by the later room that holds the fact, and extended with a reason."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import models, transaction
from django.db.models import Q

from accounts import audit
from accounts.errors import Refused
from accounts.roles import Role
from organizations.models import Appointment, Organization
from rectification.cases.models import Case
from rectification.duties import rules
from rectification.duties.models import Duty, DutyState, Extension
from rectification.schemes import actions as schemes
from rectification.schemes.duty_models import DutyRule, DutySubject
from rectification.schemes.models import Scheme
from rectification.schemes.terms import Rhythm
from rectification.workflow import LOOKED_BACK


@transaction.atomic
def start_year(*, scheme_id: int, by: Appointment, at: datetime, version: int | None = None) -> Scheme:
    """Put a scheme in force and make what every unit owes under it.

    Where a nearer scheme takes over from one above (the county asks its townships for the same thing by another
    date), the open duty of the scheme above is cancelled with that reason, so nobody owes one thing twice.
    """
    scheme = schemes.put_in_force(scheme_id=scheme_id, version=version, by=by, at=at)
    taken_over = Duty.objects.open().filter(
        case__isnull=True,
        scheme__year=scheme.year,
        key__in=scheme.duty_rules.filter(due_on__isnull=False).values("key"),
        organization__in=Organization.objects.under(scheme.issuer).exclude(pk=scheme.issuer_id),
    )
    taken_over.update(
        state=DutyState.CANCELLED, ended_at=at, ended_by=by, ended_reason=f"改按《{scheme.title}》执行"[:200]
    )
    open_unit_duties(scheme=scheme)
    return scheme


def units_owing(scheme: Scheme, rule: DutyRule) -> models.QuerySet[Organization]:
    """The active units below the issuer (and itself) that a rule speaks to."""
    return Organization.objects.under(scheme.issuer).active().filter(level=rule.owner_level)


def open_unit_duties(
    *, scheme: Scheme, subject: str = DutySubject.UNIT, units: Iterable[Organization] | None = None
) -> int:
    """Make what each unit owes under a scheme: all active units of the rule's level, or just the given ones.

    Safe to repeat: a unit owes a rule once, and what was cancelled stays cancelled. Returns how many duties are new.
    """
    given = None if units is None else list(units)
    rows = []
    for rule in scheme.duty_rules.filter(subject=subject, rhythm=Rhythm.ONCE, due_on__isnull=False):
        owing = (
            units_owing(scheme, rule) if given is None else [u for u in given if u.level == rule.owner_level]
        )
        settled = set(
            Duty.objects.filter(
                case__isnull=True, scheme__year=scheme.year, key=rule.key, organization__in=owing
            )
            .filter(~Q(state=DutyState.CANCELLED) | Q(rule=rule, due_on=rule.due_on))
            .values_list("organization_id", flat=True)
        )
        rows += [from_rule(scheme, rule, unit, None) for unit in owing if unit.pk not in settled]
    return len(Duty.objects.bulk_create(rows, ignore_conflicts=True))


@transaction.atomic
def open_case_duties(*, case: Case) -> int:
    """Make what the scheme asks for each case, and what its units owe only because they have a case.

    Safe to repeat. Rules by number or by month are counted from the activity log, not made into duties.
    """
    rows = []
    asked = case.scheme.duty_rules.filter(subject=DutySubject.CASE, rhythm=Rhythm.ONCE, due_on__isnull=False)
    settled = set(Duty.objects.filter(case=case, rule__in=asked).values_list("rule_id", "due_on"))
    for rule in asked:
        unit = {"county": case.county, "township": case.township}.get(rule.owner_level, case.organization)
        if (rule.pk, rule.due_on) not in settled:
            rows.append(from_rule(case.scheme, rule, unit or case.county, case))
    Duty.objects.bulk_create(rows, ignore_conflicts=True)
    refresh_next_due(case)
    units = [unit for unit in (case.township, case.county) if unit]
    return len(rows) + open_unit_duties(scheme=case.scheme, subject=DutySubject.UNIT_WITH_CASE, units=units)


def from_rule(scheme: Scheme, rule: DutyRule, unit: Organization, case: Case | None) -> Duty:
    """A duty as its rule says, not saved yet."""
    title = f"{case.organization.short_name}：{rule.title}" if case else rule.title
    return Duty(
        scheme=scheme,
        rule=rule,
        key=rule.key,
        case=case,
        organization=unit,
        org_path=unit.path,
        owner_role=rule.owner_role,
        title=title,
        due_on=rule.due_on,
        effective_due_on=rule.due_on,
    )


def open_duty(*, case: Case, key: str, title: str, unit: Organization, role: str, due_on: date) -> Duty:
    """Make one duty that no rule of the scheme makes, such as a measure's deadline."""
    duty = Duty.objects.create(
        scheme=case.scheme,
        key=key,
        case=case,
        organization=unit,
        owner_role=role,
        title=title[:200],
        due_on=due_on,
        effective_due_on=due_on,
    )
    refresh_next_due(case)
    return duty


@transaction.atomic
def discharge(*, duty: Duty, by: Appointment, at: datetime, reason: str = "") -> None:
    """What was owed is there. Repeating it changes nothing."""
    _end(duty, DutyState.DONE, by, at, reason)


@transaction.atomic
def cancel(*, duty: Duty, by: Appointment, at: datetime, reason: str) -> None:
    """It is no longer owed, and why."""
    if not reason.strip():
        raise Refused("取消时限任务须写明原因")
    _end(duty, DutyState.CANCELLED, by, at, reason)


def _end(duty: Duty, state: str, by: Appointment, at: datetime, reason: str) -> None:
    locked = Duty.objects.select_for_update().get(pk=duty.pk)
    if locked.state == DutyState.OPEN:
        locked.state, locked.ended_at, locked.ended_by, locked.ended_reason = state, at, by, reason[:200]
        locked.save(update_fields=["state", "ended_at", "ended_by", "ended_reason"])
        if locked.case:
            refresh_next_due(locked.case)


@transaction.atomic
def reopen(*, duty: Duty, by: Appointment, reason: str) -> None:
    """What discharged it was returned: it is owed again, by the same date."""
    locked = Duty.objects.select_for_update().get(pk=duty.pk)
    if locked.state == DutyState.DONE:
        locked.state, locked.ended_at, locked.ended_by, locked.ended_reason = (
            DutyState.OPEN,
            None,
            None,
            reason[:200],
        )
        locked.save(update_fields=["state", "ended_at", "ended_by", "ended_reason"])
        if locked.case:
            refresh_next_due(locked.case)


def discharge_rule(*, key: str, case: Case, by: Appointment, at: datetime) -> None:
    """Discharge what a case owes under one rule of its scheme, if the scheme has that rule."""
    for duty in Duty.objects.filter(case=case, key=key).open():
        discharge(duty=duty, by=by, at=at)


def extender_refusal(duty: Duty, post: Appointment | None) -> str | None:
    """Why this post may not extend this duty, or None; the same answer for button, action and test."""
    if post is None:
        return "请先选择岗位"
    return rules.extender_refusal(
        role=Role(post.role),
        post_path=post.organization.path,
        unit_path=duty.org_path,
        of_case=duty.case_id is not None,
        unit=str(duty.organization),
    )


@transaction.atomic
def waive(*, duty_id: int, reason: str, by: Appointment, at: datetime) -> Duty:
    """免办: the unit above says that nothing is owed, such as a ledger of a unit without a case (domain §4A)."""
    duty = Duty.objects.visible_to(by).select_for_update(of=("self",)).get(pk=duty_id)
    if refused := extender_refusal(duty, by):
        raise Refused(refused.replace("延期", "免办"))
    if duty.state != DutyState.OPEN:
        raise Refused(f"任务{duty.get_state_display()}，不用免办")
    if duty.case_id:  # what a case owes goes with its measure or its stage, not by itself
        raise Refused("整顿对象的任务不能免办；措施确不需要的，请在整顿档案中取消该措施")
    cancel(duty=duty, by=by, at=at, reason=reason)
    audit.record("免办", obj=duty)
    return duty


def by_hand(duty: Duty) -> bool:
    """Whether nothing in the system discharges it, so that a person records it as done.

    Where there is nothing to look back on (a unit's first year here), the ledger is empty and cannot be filed.
    """
    ledger = duty.rule.ledger if duty.rule else ""
    if ledger == "lookback":
        last = Case.objects.under(duty.organization).of_year(duty.scheme.year - 1)
        return not last.filter(stage__in=LOOKED_BACK).exists()
    return duty.key not in DISCHARGED_BY_FACT and not ledger


def completion_refusal(duty: Duty, post: Appointment | None) -> str | None:
    """Why this post may not record the duty as done, or None."""
    if duty.state != DutyState.OPEN:
        return f"任务{duty.get_state_display()}"
    if not by_hand(duty):
        return "这项任务在相应页面办理后自动办结"
    if post is None or post.organization_id != duty.organization_id or post.role != duty.owner_role:
        return f"由{duty.organization}的{duty.get_owner_role_display()}登记完成"
    return None


@transaction.atomic
def complete(*, duty_id: int, note: str, by: Appointment, at: datetime) -> Duty:
    """Record that something the system does not see is done: in what way, with its document number if any."""
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


DISCHARGED_BY_FACT = frozenset({"plan", "acceptance", "measure", "joint_opinion", "joint_settle"})
"""Keys whose duties end when the later room's fact is there; so do those that ask for a ledger, by its filing."""


@transaction.atomic
def extend(*, duty_id: int, until_on: date, reason: str, by: Appointment, at: datetime) -> Duty:
    """Put a later date in force with its reason; `due_on` itself never moves (architecture, Duties)."""
    duty = (
        Duty.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("scheme", "organization")
        .get(pk=duty_id)
    )
    refused = extender_refusal(duty, by) or rules.extension_refusal(
        due_on=duty.due_on,
        effective_due_on=duty.effective_due_on,
        until_on=until_on,
        reason=reason,
        cap_days=duty.scheme.extension_cap_days,
        done=duty.state != DutyState.OPEN,
    )
    if refused:
        raise Refused(refused)
    Extension.objects.create(
        duty=duty, before_on=duty.effective_due_on, until_on=until_on, reason=reason.strip(), by=by, at=at
    )
    duty.effective_due_on = until_on
    duty.save(update_fields=["effective_due_on"])
    if duty.case:
        refresh_next_due(duty.case)
    audit.record("延期", obj=duty, until=until_on.isoformat())
    return duty


def refresh_next_due(case: Case) -> None:
    """Keep the nearest date on the case row, so that lists need not look for it."""
    nearest = (
        Duty.objects.filter(case=case)
        .open()
        .order_by("effective_due_on")
        .values_list("effective_due_on", flat=True)
    )
    Case.objects.filter(pk=case.pk).update(next_due_on=nearest.first())
