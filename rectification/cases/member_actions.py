"""The people on a case: who is put on it, put right, replaced, and who may leave before 销号."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment
from rectification.cases import support_rules as rules
from rectification.cases.leader_models import ContactLeader
from rectification.cases.models import Case, CaseMember, MemberKind, Source
from rectification.cases.support_rules import LOCKED, Stay
from rectification.schemes.terms import words
from rectification.workflow import Stage

DETAILS = frozenset(
    {"unit", "user", "contact", "leads", "reserve", "matched", "released_from_on", "released_to_on"}
)
"""What is known of a person beside kind, name and first day."""
KEEPERS = frozenset({Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER})


class SupportLocked(Refused):
    """不转化不撤离: whoever supports an open case may not leave it (S0 五, domain §4A)."""


def member_refusal(case: Case, post: Appointment | None) -> str | None:
    """Why this post puts nobody on this case and takes nobody off, or None."""
    if post is None or Role(post.role) not in KEEPERS:
        return "帮扶人员由县委组织部或乡镇（街道）登记"
    if case.stage == Stage.SURVEY:
        return "还没有认定为整顿对象，不能登记帮扶人员"
    return None


def join_refusal(case: Case, post: Appointment | None) -> str | None:
    """Why this post puts nobody new on this case now, or None."""
    if refused := member_refusal(case, post):
        return refused
    if not case.is_open:
        return f"该整顿对象处于“{case.get_stage_display()}”，不再增派帮扶人员"
    return None


def _locked_case(case_id: int, by: Appointment) -> Case:
    rows = Case.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    return rows.select_related("previous", "scheme").get(pk=case_id)


def _member_of_locked(member_id: int, by: Appointment) -> CaseMember:
    """A person as the row stands once the case is locked: of two who fill one place the second sees it filled."""
    rows = CaseMember.objects.visible_to(by)
    case = _locked_case(rows.get(pk=member_id).case_id, by)
    member = rows.get(pk=member_id)
    member.case = case
    return member


def _stay(member: CaseMember) -> Stay:
    return Stay(member.kind, member.name, member.from_on, member.to_on)


def _check(case: Case, member: CaseMember) -> None:
    """Raise Invalid, by field, for what cannot be on this case."""
    errors: dict[str, list[str]] = {}
    if refused := rules.day_refusal(member.from_on, case.began_on):
        errors["from_on"] = [refused]
    if refused := rules.released_refusal(member.released_from_on, member.released_to_on):
        errors["released_to_on"] = [refused]
    others = list(case.members.exclude(pk=member.pk))
    if refused := rules.seat_refusal(_stay(member), map(_stay, others)):
        errors["name"] = [refused]
    twice = [one for one in others if member.contact_id and one.contact_id == member.contact_id]
    if "name" not in errors and any(rules.overlap(_stay(member), _stay(one)) for one in twice):
        errors["name"] = [f"{member.name}已经联系本对象，不必重复登记"]
    if errors:
        raise Invalid(errors)


def _listed(case: Case, name: str) -> ContactLeader | None:
    """The leader of this name on the lists of the case's county or township, where there is just one."""
    units = [unit for unit in (case.county_id, case.township_id) if unit]
    found = ContactLeader.objects.filter(
        scheme=case.scheme, organization__in=units, name=name, to_on=None
    ).order_by("pk")[:2]
    return found[0] if len(found) == 1 else None


@transaction.atomic
def add_member(
    *,
    case_id: int,
    by: Appointment,
    at: datetime,
    kind: str,
    name: str,
    from_on: date,
    replaces: CaseMember | None = None,
    **details: Any,
) -> CaseMember:
    """Put a person on a case; details are those of `DETAILS`. Whoever comes takes the oldest open place of the kind.

    A second person of a kind may stand beside the first, a second first secretary may not. Raises Invalid by field.
    """
    case = _locked_case(case_id, by)
    if refused := join_refusal(case, by):
        raise Refused(refused)
    known = {key: value.strip() if isinstance(value, str) else value for key, value in details.items()}
    if unknown := set(known) - DETAILS:
        raise TypeError(f"unknown details {sorted(unknown)}")
    if kind == MemberKind.LEADER and not known.get("contact"):
        known["contact"] = _listed(case, name.strip())
    open_place = case.members.vacant().filter(kind=kind).order_by("vacant_on", "pk").first()
    member = CaseMember(
        case=case,
        kind=kind,
        name=name.strip(),
        from_on=from_on,
        replaces=replaces or open_place,
        **known,
    )
    _check(case, member)
    member.save()
    audit.record("增派帮扶人员", obj=case, kind=MemberKind(kind).label)
    return member


CARRIED = ("kind", "name", "unit", "user", "leads", "reserve", "matched", "from_on")
"""What of a person goes along into the next year's file."""


def carry_over(case: Case) -> int:
    """不换点、不撤离 across the year: who stays on last year's case stays on this one; how many.

    A leader's entry on this year's list is found by name where the list is there already.
    """
    if case.source != Source.CARRIED or case.previous is None:
        return 0
    staying = case.previous.members.filter(to_on=None)
    for old in staying:
        known = {name: getattr(old, name) for name in (*CARRIED, "released_from_on", "released_to_on")}
        listed = _listed(case, old.name) if old.kind == MemberKind.LEADER else None
        CaseMember.objects.create(case=case, contact=listed, **known)
    return len(staying)


@transaction.atomic
def correct_member(
    *, member_id: int, version: int | None, by: Appointment, at: datetime, facts: Mapping[str, Any]
) -> CaseMember:
    """Put an entry right; the words before stay in its history. Who left is corrected too, the days of leaving not."""
    seen = CaseMember.objects.visible_to(by).get(pk=member_id)
    case = _locked_case(seen.case_id, by)
    member = lock(CaseMember.objects.visible_to(by), pk=member_id, version=version)
    if refused := member_refusal(case, by):
        raise Refused(refused)
    if unknown := set(facts) - DETAILS - {"name", "from_on"}:
        raise TypeError(f"unknown facts {sorted(unknown)}")
    for key, value in facts.items():
        setattr(member, key, value.strip() if isinstance(value, str) else value)
    if member.to_on is not None and member.from_on > member.to_on:
        raise Invalid({"from_on": [f"开始日期不能晚于结束日期{words(member.to_on)}"]})
    _check(case, member)
    member.save_version(*facts)
    audit.record("更正帮扶人员", obj=case, kind=member.get_kind_display())
    return member


def leave_refusal(member: CaseMember, document: str) -> str | None:
    """不转化不撤离: why a person may not leave now, or None; an ordered transfer with its document may."""
    if locked(member) and not document.strip():
        return (
            f"整顿未销号，{member.called}{member.name}不换点、不撤离；组织调动、退休或因病调整的，请填写文号"
        )
    return None


def locked(member: CaseMember) -> bool:
    """Whether this person stays until 销号; member.case must be loaded."""
    return Stage(member.case.stage).supported and member.kind in LOCKED


def is_open_place(member: CaseMember) -> bool:
    """Whether the place this person left by order is still to be filled."""
    return CaseMember.objects.vacant().filter(pk=member.pk).exists()


def _end(member: CaseMember, *, to_on: date, reason: str, document: str, at: datetime) -> None:
    if member.to_on is not None:
        raise Refused(f"{member.name}已于{words(member.to_on)}结束帮扶")
    if refused := leave_refusal(member, document):
        raise SupportLocked(refused)
    if not reason.strip():
        raise Refused("调整帮扶人员须写明原因")
    if to_on < member.from_on:
        raise Refused(f"结束日期不能早于开始日期{words(member.from_on)}")
    if member.case.is_open and member.kind in LOCKED:
        member.vacant_on = rules.vacant_from(to_on, timezone.localdate(at))
    member.to_on, member.end_reason, member.end_document = to_on, reason.strip(), document.strip()
    member.save_version("to_on", "end_reason", "end_document", "vacant_on")


@transaction.atomic
def end_member(
    *,
    member_id: int,
    by: Appointment,
    at: datetime,
    to_on: date,
    reason: str,
    document: str = "",
    version: int | None = None,
) -> CaseMember:
    """Take a person off a case. Until 销号 only an ordered transfer with its document may, and leaves an open place."""
    seen = CaseMember.objects.visible_to(by).get(pk=member_id)
    case = _locked_case(seen.case_id, by)
    member = lock(CaseMember.objects.visible_to(by), pk=member_id, version=version)
    member.case = case
    if refused := member_refusal(case, by):
        raise Refused(refused)
    _end(member, to_on=to_on, reason=reason, document=document, at=at)
    audit.record("调整帮扶人员", obj=case, kind=member.get_kind_display())
    return member


@transaction.atomic
def replace_member(
    *,
    member_id: int,
    by: Appointment,
    at: datetime,
    to_on: date,
    reason: str,
    document: str,
    new: Mapping[str, Any],
    version: int | None = None,
) -> tuple[CaseMember, CaseMember]:
    """One person in another's place, in one step; `new` are name, from_on and details. Who already left is not ended
    again. Returns the old and the new one."""
    old = _member_of_locked(member_id, by)
    if old.to_on is None:
        old = end_member(
            member_id=member_id,
            to_on=to_on,
            reason=reason,
            document=document,
            version=version,
            by=by,
            at=at,
        )
    elif not is_open_place(old):
        raise Refused(f"{old.name}的岗位已经补派，不必再补")
    came = add_member(case_id=old.case_id, kind=old.kind, replaces=old, by=by, at=at, **new)
    return old, came


@transaction.atomic
def drop_vacancy(*, member_id: int, reason: str, by: Appointment, at: datetime) -> CaseMember:
    """不再补派: the county says why the open place is not filled again, such as where others of the kind go on."""
    member = _member_of_locked(member_id, by)
    if by.role != Role.COUNTY_OFFICER:
        raise Refused("空缺是否补派由县（市、区）委组织部决定")
    if not is_open_place(member):
        raise Refused(f"{member.name}留下的空缺已经补派或者已不用补派")
    if not reason.strip():
        raise Invalid({"reason": ["不再补派须写明理由"]})
    rest = member.case.members.filter(kind=member.kind, to_on=None)
    if not rest.exists():
        raise Invalid({"reason": [f"本对象没有其他{member.called}，须补派，不能免"]})
    member.vacant_on = None
    member.end_reason = f"{member.end_reason}；不再补派：{reason.strip()}"[:200]
    member.save_version("vacant_on", "end_reason")
    audit.record("空缺不再补派", obj=member.case, kind=member.get_kind_display())
    return member


@transaction.atomic
def release_members(*, case: Case, to_on: date, reason: str, document: str, at: datetime) -> int:
    """Everybody on a case that is withdrawn is free from that day on; how many there were."""
    members = list(case.members.current(timezone.localdate(at)))
    for member in members:
        member.to_on = max(to_on, member.from_on)
        member.end_reason, member.end_document = reason, document
        member.save_version("to_on", "end_reason", "end_document")
    return len(members)
