"""What is done to the tree and to what is known of its units; besides the loading of files the only writer."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import OFFICERS, Role
from accounts.versions import lock
from organizations.models import Appointment, Organization
from organizations.rules import Field, Level, placement_refusal
from organizations.scope import subtree

FACTS = (
    "short_name",
    "field",
    "party_name",
    "party_type",
    "households",
    "population",
    "members",
    "groups",
    "income",
    "venue",
    "poor_village",
    "construction_village",
)


@transaction.atomic
def create_unit(
    *,
    parent_id: int,
    name: str,
    level: Level,
    by: Appointment,
    at: datetime,
    code: str | None = None,
    field: str = "",
    party_name: str = "",
) -> Organization:
    """Make a unit by hand, such as an 经开区 that is no county in the official codes; only who keeps the tree may."""
    _keeps_tree(by)
    Organization.objects.lock_tree()
    parent = Organization.objects.visible_to(by).get(pk=parent_id)
    if not parent.is_open:
        raise Refused(f"{parent.short_name}已撤销，不能在其下新设单位")
    if reason := placement_refusal(level, Level(parent.level)):
        raise Invalid({"level": [reason]})
    if code and Organization.objects.filter(code=code).exists():
        raise Invalid({"code": [f"代码“{code}”已被其他单位使用"]})
    if Organization.objects.get_children(parent).active().filter(name=name).exists():
        raise Invalid({"name": [f"{parent.short_name}下已有名为“{name}”的单位"]})
    unit = Organization(name=name, level=level, code=code or None, party_name=party_name)
    unit.field = field if level is Level.GRASSROOTS else ""
    unit.derive()
    Organization.objects.add_child(parent, instance=unit)
    if unit.code is None:
        # Rosters match by code, so every unit has one; letters cannot collide with the statistical codes
        unit.code = f"ZB{unit.pk}"
        unit.save(update_fields=["code"])
    audit.record("新设单位", obj=unit.name, under=parent.name)
    return unit


@transaction.atomic
def move(*, unit_id: int, target_id: int, version: int | None, by: Appointment, at: datetime) -> Organization:
    """Put a unit and all below it under another one; codes stay, and whatever belongs to it follows its path."""
    _keeps_tree(by)
    Organization.objects.lock_tree()
    units = Organization.objects.visible_to(by)
    unit = lock(units, pk=unit_id, version=version)
    target = units.get(pk=target_id)
    if subtree(unit.path).covers(target.path):
        raise Refused("不能把单位移到自己或自己的下级之下")
    if not target.is_open:
        raise Refused(f"{target.short_name}已撤销，不能接收下级单位")
    if reason := placement_refusal(Level(unit.level), Level(target.level)):
        raise Refused(reason)
    if unit.path[: -Organization.steplen] == target.path:
        raise Refused(f"{unit.short_name}本来就在{target.short_name}之下")
    before = unit.path
    Organization.objects.move(unit, target, pos="last-child")
    unit.refresh_from_db()
    unit.save_version()
    audit.record("调整隶属关系", obj=unit.name, to=target.name, before=before, after=unit.path)
    return unit


@transaction.atomic
def close(
    *, unit_id: int, version: int | None, closed_on: date, reason: str, by: Appointment, at: datetime
) -> Organization:
    """Record that a unit was dissolved or merged away; it stays in the tree with date and reason."""
    _keeps_tree(by)
    unit = lock(Organization.objects.visible_to(by), pk=unit_id, version=version)
    if not unit.is_open:
        raise Refused(f"{unit.short_name}已于{unit.closed_on:%Y-%m-%d}撤销")
    if closed_on > timezone.localdate(at):
        raise Invalid({"closed_on": ["撤销日期不能晚于今天"]})
    below = Organization.objects.under(unit).active().exclude(pk=unit.pk).count()
    if below:
        raise Refused(f"{unit.short_name}下还有 {below} 个未撤销的单位，请先调整其隶属关系或逐个撤销")
    posts = Appointment.objects.filter(organization=unit).current(timezone.localdate(at)).count()
    if posts:
        raise Refused(f"还有 {posts} 人在{unit.short_name}任职，请先结束其任职")
    unit.closed_on, unit.closed_reason = closed_on, reason
    unit.save_version("closed_on", "closed_reason")
    audit.record("撤销单位", obj=unit.name, closed_on=closed_on.isoformat())
    return unit


@transaction.atomic
def edit_facts(
    *, unit_id: int, version: int | None, facts: Mapping[str, Any], by: Appointment, at: datetime
) -> Organization:
    """Write down what is known of a unit; `facts` are some of FACTS. Raises StaleVersion for a stale form."""
    _keeps_facts(by)
    unit = lock(Organization.objects.visible_to(by), pk=unit_id, version=version)
    changed = apply_facts(unit, facts)
    if changed:
        unit.save_version(*changed)
        audit.record("修改单位信息", obj=unit.name, fields=changed)
    return unit


def apply_facts(unit: Organization, facts: Mapping[str, Any]) -> list[str]:
    """Set facts on a locked unit and return the names of the columns that changed (search text included)."""
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise ValueError(f"not facts of a unit: {sorted(unknown)}")
    if not unit.is_open:
        raise Refused(f"{unit.short_name}已撤销，不能再修改")
    if facts.get("field") and unit.level != Level.GRASSROOTS:
        raise Invalid({"field": ["只有基层党组织才有领域"]})
    changed = [key for key, value in facts.items() if getattr(unit, key) != value]
    for key in changed:
        setattr(unit, key, facts[key])
    if "short_name" in changed:
        unit.derive(unit.short_name)
        changed.append("search")
    return changed


@transaction.atomic
def decide_field(
    *, unit_ids: Collection[int], field: Field, by: Appointment, at: datetime
) -> list[Organization]:
    """Write down which field units belong to, as a person decided; all of them or none."""
    _keeps_facts(by)
    rows = Organization.objects.visible_to(by).grassroots().active().filter(pk__in=unit_ids)
    units = list(rows.select_for_update(of=("self",)))
    if len(units) != len(set(unit_ids)):
        raise Refused("所选单位中有的不存在、不是基层党组织，或已撤销，没有写入任何内容")
    for unit in units:
        unit.field = field
        unit.save_version("field")
    audit.record("确定领域", obj=field.label, units=[unit.code or unit.name for unit in units][:100])
    return units


def _keeps_tree(by: Appointment) -> None:
    if by.role != Role.SYSTEM_ADMIN:
        raise Refused("单位的新设、调整和撤销由系统管理员办理")


def _keeps_facts(by: Appointment) -> None:
    if by.role not in OFFICERS:
        raise Refused("单位信息由市、县、乡镇经办人维护")
