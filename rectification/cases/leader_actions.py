"""The lists of leaders who owe a case: put on, put right, ended, exempted (S0 四（一）)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment, Organization
from organizations.rules import Level
from rectification.cases.leader_models import ContactLeader
from rectification.cases.models import CaseMember
from rectification.schemes.models import ItemKind, Scheme, SchemeItem
from rectification.schemes.terms import words
from rectification.workflow import OPEN

LISTED_AT = frozenset({Level.COUNTY, Level.TOWNSHIP})
KEEPERS = frozenset({Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER})


class Entry(NamedTuple):
    """A leader to be listed."""

    name: str
    title: str
    circle: SchemeItem
    liaison: str = ""


def circles_of(scheme: Scheme) -> list[SchemeItem]:
    """The circles of leaders a scheme asks, in its order."""
    return list(scheme.items.filter(kind=ItemKind.CONTACT).order_by("order"))


def list_refusal(unit: Organization, post: Appointment | None) -> str | None:
    """Why this post does not keep the list of this unit, or None: a county keeps its own and its townships'."""
    if post is None or Role(post.role) not in KEEPERS:
        return "领导名单由县（市、区）委组织部和乡镇（街道）登记"
    if Level(unit.level) not in LISTED_AT:
        return f"{unit}不是县市区或乡镇（街道），没有领导名单"
    if not unit.path.startswith(post.organization.path):
        return f"{unit}的领导名单不由本单位登记"
    return None


def _scheme_for(unit: Organization, at: datetime, year: int | None) -> Scheme:
    scheme = Scheme.objects.governing(unit, year or timezone.localdate(at).year)
    if scheme is None:
        raise Refused("本年度没有执行中的实施方案，领导名单按方案的范围登记")
    return scheme


@transaction.atomic
def add_leaders(
    *,
    unit_id: int,
    entries: Iterable[Entry],
    from_on: date,
    by: Appointment,
    at: datetime,
    year: int | None = None,
) -> tuple[int, int]:
    """Put leaders on a unit's list, all or none; who is on it already is passed over. How many are new, how many
    were there."""
    unit = Organization.objects.visible_to(by).select_for_update(of=("self",)).get(pk=unit_id)
    if refused := list_refusal(unit, by):
        raise Refused(refused)
    scheme = _scheme_for(unit, at, year)
    there = {
        (one.name, one.circle_id)
        for one in ContactLeader.objects.filter(organization=unit, scheme=scheme, to_on=None)
    }
    made = before = 0
    for entry in entries:
        if entry.circle.scheme_id != scheme.pk:
            raise Invalid({"circle": ["所选范围不在现行方案中，请重新选择"]})
        if (entry.name, entry.circle.pk) in there:
            before += 1
            continue
        there.add((entry.name, entry.circle.pk))
        made += 1
        ContactLeader.objects.create(
            organization=unit,
            scheme=scheme,
            circle=entry.circle,
            name=entry.name,
            title=entry.title,
            liaison=entry.liaison,
            from_on=from_on,
        )
    audit.record("登记挂点领导", obj=unit, count=made)
    return made, before


def _opened(leader_id: int, version: int | None, by: Appointment) -> ContactLeader:
    leader = lock(
        ContactLeader.objects.visible_to(by).select_related("organization", "scheme"),
        pk=leader_id,
        version=version,
    )
    if refused := list_refusal(leader.organization, by):
        raise Refused(refused)
    return leader


@transaction.atomic
def edit_leader(
    *, leader_id: int, version: int | None, by: Appointment, at: datetime, **facts: Any
) -> ContactLeader:
    """Put a leader's entry right: name, title, circle, liaison, from_on, exempt_reason (empty: not exempt)."""
    leader = _opened(leader_id, version, by)
    if unknown := set(facts) - {"name", "title", "circle", "liaison", "from_on", "exempt_reason"}:
        raise TypeError(f"unknown facts {sorted(unknown)}")
    if "circle" in facts and facts["circle"].scheme_id != leader.scheme_id:
        raise Invalid({"circle": ["所选范围不在现行方案中，请重新选择"]})
    for key, value in facts.items():
        setattr(leader, key, value.strip() if isinstance(value, str) else value)
    same = ContactLeader.objects.filter(
        organization=leader.organization, circle=leader.circle, name=leader.name, to_on=None
    )
    if leader.to_on is None and same.exclude(pk=leader.pk).exists():
        raise Invalid({"name": [f"{leader.name}已在本单位这一范围的名单中"]})
    leader.save_version(*facts)
    audit.record("更正挂点领导", obj=leader.organization, leader=leader.name)
    return leader


@transaction.atomic
def end_leader(
    *, leader_id: int, to_on: date, by: Appointment, at: datetime, version: int | None = None
) -> ContactLeader:
    """A leader is off the list from the day after. Who still holds open cases is first taken off those, by order."""
    leader = _opened(leader_id, version, by)
    if leader.to_on is not None:
        raise Refused(f"{leader.name}已于{words(leader.to_on)}离任")
    if to_on < leader.from_on:
        raise Invalid({"to_on": [f"离任日期不能早于任职起{words(leader.from_on)}"]})
    word = leader.scheme.contact_name
    held = CaseMember.objects.staying(to_on).filter(contact=leader, case__stage__in=OPEN, to_on=None)
    names = [one.case.organization.short_name for one in held.select_related("case__organization")]
    if names:
        raise Refused(
            f"{leader.name}还在{word}{'、'.join(names)}，整顿未销号不换点；"
            "组织调整的，请先在整顿档案凭文号办理离岗或换人，再办理离任"
        )
    leader.to_on = to_on
    leader.save_version("to_on")
    audit.record("挂点领导离任", obj=leader.organization, leader=leader.name)
    return leader
