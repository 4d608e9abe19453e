"""People on a case as the rest of the file feels it: an open place makes a duty, a new person takes over measures."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.errors import Invalid, Refused
from organizations.models import Appointment
from rectification.cases import member_actions as members
from rectification.cases.leader_models import ContactLeader
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.cases.support_rules import handed, names_in
from rectification.duties import actions as duties
from rectification.duties.models import Duty
from rectification.remediation.models import Measure, MeasureState
from rectification.schemes.terms import Event

FILL = "fill_vacancy"
"""The key of the scheme's rule for 空缺补派; the fact that the place is filled discharges its duty."""
TEXTS = ("leader", "person")
"""Where a measure names people."""


@transaction.atomic
def join(*, case_id: int, by: Appointment, at: datetime, **given: Any) -> CaseMember:
    """Put a person on a case (cases.member_actions.add_member); an open place of the kind is filled by it."""
    member = members.add_member(case_id=case_id, by=by, at=at, **given)
    _settle(member.case, by, at)
    return member


@transaction.atomic
def leave(*, member_id: int, by: Appointment, at: datetime, **given: Any) -> CaseMember:
    """Take a person off a case; before 销号 the open place makes its replacement duty by the scheme's rule."""
    member = members.end_member(member_id=member_id, by=by, at=at, **given)
    _note_vacancy(member, by, at)
    return member


def _note_vacancy(member: CaseMember, by: Appointment, at: datetime) -> None:
    if member.vacant_on and CaseMember.objects.vacant().filter(pk=member.pk).exists():
        duties.happened(event=Event.VACANCY, case=member.case, on=member.vacant_on, by=by, at=at)


@transaction.atomic
def replace(
    *,
    member_id: int,
    by: Appointment,
    at: datetime,
    to_on: date,
    reason: str,
    document: str,
    new: Mapping[str, Any],
    measures: Collection[str] = (),
    version: int | None = None,
) -> tuple[CaseMember, CaseMember]:
    """One person in another's place; of the open measures that name the old one, those given (uids) name the new one
    from now on. What was done before keeps its names."""
    old, came = members.replace_member(
        member_id=member_id,
        to_on=to_on,
        reason=reason,
        document=document,
        new=new,
        version=version,
        by=by,
        at=at,
    )
    _settle(old.case, by, at)
    wanted = [measure for measure in named_in(old) if str(measure.uid) in measures]
    for measure in wanted:
        for text in TEXTS:
            words = handed(getattr(measure, text), old.name, came.name)
            if len(words) > Measure._meta.get_field(text).max_length:
                raise Invalid({"measures": [f"“{measure.text[:20]}”换名后人名过长，请先在措施中精简"]})
            setattr(measure, text, words)
        measure.save_version(*TEXTS)
    if wanted:
        audit.record("交接措施", obj=old.case, count=len(wanted), before=old.name, after=came.name)
    return old, came


def named_in(member: CaseMember) -> list[Measure]:
    """The open measures of the case whose 责任领导 or 责任人 names this person."""
    rows = Measure.objects.filter(problem__case=member.case_id, state=MeasureState.OPEN)
    rows = rows.select_related("problem").order_by("problem__order", "order")
    return [row for row in rows if any(member.name in names_in(getattr(row, text)) for text in TEXTS)]


@transaction.atomic
def hold(*, leader_id: int, case_id: int, from_on: date, by: Appointment, at: datetime) -> CaseMember:
    """A leader of the lists holds a case from a day on."""
    leader = ContactLeader.objects.visible_to(by).select_for_update(of=("self",)).get(pk=leader_id)
    if leader.to_on is not None:
        raise Refused(f"{leader.name}已离任，请另选")
    return join(
        case_id=case_id,
        kind=MemberKind.LEADER,
        name=leader.name,
        unit=leader.title,
        contact=leader,
        from_on=from_on,
        by=by,
        at=at,
    )


@transaction.atomic
def drop(*, member_id: int, reason: str, by: Appointment, at: datetime) -> CaseMember:
    """不再补派: the place is not filled again, and nobody owes it any more."""
    member = CaseMember.objects.visible_to(by).get(pk=member_id)
    day = member.vacant_on
    member = members.drop_vacancy(member_id=member_id, reason=reason, by=by, at=at)
    if not CaseMember.objects.vacant().filter(case=member.case, vacant_on=day).exists():
        for duty in _owed(member.case).filter(period_from_on=day):
            duties.cancel(duty=duty, by=by, at=at, reason=f"不再补派：{reason.strip()}")
    return member


def _owed(case: Case) -> Any:
    return Duty.objects.open().filter(case=case, key=FILL)


def _settle(case: Case, by: Appointment, at: datetime) -> None:
    """Discharge the replacement duties of days all whose open places are filled again."""
    filled = set(
        case.members.filter(vacant_on__isnull=False, successors__isnull=False).values_list(
            "vacant_on", flat=True
        )
    )
    still = set(CaseMember.objects.vacant().filter(case=case).values_list("vacant_on", flat=True))
    for duty in _owed(case).filter(period_from_on__in=filled - still):
        duties.discharge(duty=duty, by=by, at=at, reason="已补派")
