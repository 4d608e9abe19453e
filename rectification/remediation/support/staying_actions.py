"""帮扶单位 and 结对共建: who helps a case from a day on; a helping unit stays until 销号 (S0 四（五）, 五)."""

from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.versions import lock
from organizations.models import Appointment, Organization
from rectification.cases.member_actions import SupportLocked
from rectification.cases.models import Case
from rectification.duties import actions as duties
from rectification.duties import making
from rectification.duties.models import Duty
from rectification.remediation.actions import handler_of
from rectification.remediation.activities.actions import settle
from rectification.remediation.support.models import HelpingUnit, Pairing, Staying
from rectification.remediation.support.rights import locked_for
from rectification.remediation.support.rules import start_errors, unit_leave_refusal
from rectification.schemes.rule_dates import RuleDates
from rectification.schemes.terms import Event, words
from rectification.workflow import Stage

Row = TypeVar("Row", bound=Staying)
REPLACEMENT = "helping_unit"
PAIRING_OVER = "结对共建已结束"


@transaction.atomic
def add_unit(
    *, case_id: int, name: str, contact: str, from_on: date, by: Appointment, at: datetime
) -> HelpingUnit:
    """A unit helps a case from a day on; a replacement that was owed is there with it."""
    case = locked_for(case_id, by, new=True)
    _begins_with(case, from_on)
    _only_once(case, "name", name, at)
    unit = HelpingUnit.objects.create(case=case, name=name.strip(), contact=contact.strip(), from_on=from_on)
    duties.discharge_rule(key=REPLACEMENT, case=case, by=by, at=at)
    audit.record("增加帮扶单位", obj=case, unit=unit.name)
    return unit


@transaction.atomic
def correct_unit(
    *,
    unit_id: int,
    version: int | None,
    name: str,
    contact: str,
    from_on: date,
    by: Appointment,
    at: datetime,
) -> HelpingUnit:
    """Put a helping unit's words right; what they were stays in its history."""
    unit = _locked(HelpingUnit, unit_id, version, by)
    _begins_with(unit.case, from_on)
    _only_once(unit.case, "name", name, at, besides=unit.pk)
    unit.name, unit.contact, unit.from_on = name.strip(), contact.strip(), from_on
    _ends_after_start(unit)
    unit.save_version("name", "contact", "from_on")
    audit.record("更正帮扶单位", obj=unit.case, unit=unit.name)
    return unit


@transaction.atomic
def end_unit(
    *,
    unit_id: int,
    version: int | None,
    to_on: date,
    reason: str,
    document: str,
    by: Appointment,
    at: datetime,
) -> HelpingUnit:
    """A unit stops helping. Until 销号 only by an ordered change with its document; where none is left then, a
    replacement is owed within the days the scheme gives for a vacancy, or those it calls 临期."""
    unit = _locked(HelpingUnit, unit_id, version, by)
    supported = Stage(unit.case.stage).supported
    if refused := unit_leave_refusal(supported=supported, name=unit.name, document=document):
        raise SupportLocked(refused)
    _end(unit, to_on, reason, document, at)
    left = HelpingUnit.objects.filter(case=unit.case, to_on__isnull=True).exists()
    if supported and not left:
        _owe_replacement(unit, to_on, at)
    audit.record("结束帮扶", obj=unit.case, unit=unit.name, reason=unit.end_reason)
    return unit


def _owe_replacement(unit: HelpingUnit, to_on: date, at: datetime) -> None:
    case = unit.case
    if Duty.objects.filter(case=case, key=REPLACEMENT).open().exists():
        return
    first = max(to_on, timezone.localdate(at))
    rule = case.scheme.duty_rules.filter(event=Event.VACANCY, withdrawn=False, within_days__gt=0).first()
    if rule is not None:
        holder, role = making.unit_of(case, rule), rule.owner_role
        due_on = making.owed_days(rule, RuleDates.of(case.scheme), since=first, events=[first])[0].on
    else:
        holder, role = handler_of(case)
        due_on = first + timedelta(days=max(case.scheme.yellow_days, 1))
    title = f"{case.organization.short_name}：补派帮扶单位（{unit.name}已调整）"
    duties.open_duty(case=case, key=REPLACEMENT, title=title, unit=holder, role=role, due_on=due_on)


@transaction.atomic
def add_pairing(
    *,
    case_id: int,
    partner: Organization | None,
    partner_name: str,
    form: str,
    from_on: date,
    by: Appointment,
    at: datetime,
) -> Pairing:
    """An advanced organization draws the case along; from that day the scheme's joint meetings are owed, and those
    the 工作纪实 has already are done (S0 四（五）)."""
    case = locked_for(case_id, by, new=True)
    _not_itself(case, partner)
    _begins_with(case, from_on)
    partner_name = partner_name.strip() or (partner.short_name if partner else "")
    _only_once(case, "partner_name", partner_name, at)
    pairing = Pairing.objects.create(
        case=case, partner=partner, partner_name=partner_name, form=form.strip(), from_on=from_on
    )
    _owe_meetings(case, from_on, by, at)
    audit.record("登记结对共建", obj=case, unit=pairing.partner_name)
    return pairing


@transaction.atomic
def correct_pairing(
    *,
    pairing_id: int,
    version: int | None,
    partner: Organization | None,
    partner_name: str,
    form: str,
    from_on: date,
    by: Appointment,
    at: datetime,
) -> Pairing:
    """Put a pairing's words right; an earlier day makes the meetings of the months before owed too."""
    pairing = _locked(Pairing, pairing_id, version, by)
    _not_itself(pairing.case, partner)
    _begins_with(pairing.case, from_on)
    _only_once(pairing.case, "partner_name", partner_name, at, besides=pairing.pk)
    pairing.partner, pairing.partner_name = partner, partner_name.strip()
    pairing.form, pairing.from_on = form.strip(), from_on
    _ends_after_start(pairing)
    pairing.save_version("partner", "partner_name", "form", "from_on")
    if pairing.to_on is None:
        _owe_meetings(pairing.case, from_on, by, at)
    audit.record("更正结对共建", obj=pairing.case, unit=pairing.partner_name)
    return pairing


@transaction.atomic
def end_pairing(
    *,
    pairing_id: int,
    version: int | None,
    to_on: date,
    reason: str,
    document: str,
    by: Appointment,
    at: datetime,
) -> Pairing:
    """A pairing ends with its reason; the meetings of later months are no longer owed where none is left."""
    pairing = _locked(Pairing, pairing_id, version, by)
    _end(pairing, to_on, reason, document, at)
    if not Pairing.objects.filter(case=pairing.case, to_on__isnull=True).exists():
        waiting = Duty.objects.filter(case=pairing.case, rule__event=Event.PAIRED).open()
        for duty in waiting.filter(period_from_on__gt=to_on):
            duties.cancel(duty=duty, by=by, at=at, reason=f"{PAIRING_OVER}（{words(to_on)}）")
    audit.record("结束结对共建", obj=pairing.case, unit=pairing.partner_name, reason=pairing.end_reason)
    return pairing


def _owe_meetings(case: Case, on: date, by: Appointment, at: datetime) -> None:
    duties.happened(event=Event.PAIRED, case=case, on=on, by=by, at=at)
    settle(case, by=by, at=at)


def _locked(model: type[Row], pk: int, version: int | None, by: Appointment) -> Row:
    rows = model.objects.visible_to(by)
    case = locked_for(rows.get(pk=pk).case_id, by)
    row = lock(rows, pk=pk, version=version)
    row.case = case
    return row


def _end(row: Staying, to_on: date, reason: str, document: str, at: datetime) -> None:
    if row.to_on is not None:
        raise Refused(f"{row}已于{words(row.to_on)}结束")
    if not reason.strip():
        raise Invalid({"end_reason": ["请写明结束的原因"]})
    if to_on < row.from_on:
        raise Invalid({"to_on": [f"结束日期不能早于开始日期{words(row.from_on)}"]})
    if to_on > timezone.localdate(at):
        raise Invalid({"to_on": ["还没有结束的，到日子再登记"]})
    row.to_on, row.end_reason, row.end_document = to_on, reason.strip(), document.strip()
    row.save_version("to_on", "end_reason", "end_document")


def _ends_after_start(row: Staying) -> None:
    if row.to_on is not None and row.from_on > row.to_on:
        raise Invalid({"from_on": [f"不能晚于结束日期{words(row.to_on)}"]})


def _begins_with(case: Case, from_on: date) -> None:
    if errors := start_errors(from_on, case.began_on):
        raise Invalid(errors)


def _not_itself(case: Case, partner: Organization | None) -> None:
    if partner is not None and partner.pk == case.organization_id:
        raise Invalid({"partner_name": ["结对的应是另一个先进党组织"]})


def _only_once(case: Case, field: str, name: str, at: datetime, besides: int | None = None) -> None:
    """The same unit or partner is not put down twice while it helps."""
    model = HelpingUnit if field == "name" else Pairing
    same = model.objects.filter(case=case, **{field: name.strip()}).current(timezone.localdate(at))
    if same.exclude(pk=besides).exists():
        raise Invalid({field: [f"{name.strip()}已经登记，不必重复"]})
