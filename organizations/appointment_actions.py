"""Giving and ending posts; the only writer of appointments on the pages."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts import audit, keepers
from accounts.actions import notify, set_active
from accounts.errors import Invalid, Refused
from accounts.models import User
from accounts.roles import ADMINISTRATORS, RIGHTS, Role, confirmer
from organizations.appointment_rules import department_refusal, keeper_refusal, refusal, rights_refusal
from organizations.models import Appointment, AppointmentQuerySet, Organization
from organizations.rules import Level


@transaction.atomic
def appoint(
    *,
    user_id: int,
    role: Role,
    organization_id: int,
    from_on: date,
    to_on: date | None = None,
    title: str = "",
    department: str = "",
    by: Appointment,
    at: datetime,
) -> Appointment:
    """Give a person a post; only the keeper of that role may (accounts.roles.giver), and never to themselves.

    Who becomes one of the three administrators is switched off by it, until another keeper has looked into it and
    switches the account on: nobody makes an administrator alone.

    department: the reviewing department's name as papers have it (县信访局), for that role and no other.
    """
    if refused := keeper_refusal(role, by.role, "安排"):
        raise Refused(refused)
    user = User.objects.select_for_update().get(pk=user_id)
    if user.pk == by.user_id:
        raise Refused("不能给自己安排岗位，请由另一名管理员办理")
    unit = Organization.objects.visible_to(by).get(pk=organization_id)
    if not unit.is_open:
        raise Invalid({"unit": [f"{unit.short_name}已撤销，不能在那里任职"]})
    if to_on and to_on < from_on:
        raise Invalid({"to_on": ["任职止不能早于任职起"]})
    department = department.strip()
    _check_fit(user, role, unit, department, _held_during(user, from_on, to_on))
    if role in ADMINISTRATORS and not _holds(user, role, timezone.localdate(at)):
        user = _leave_to_another(user, role, by, at)
    when = {"from_on": from_on, "to_on": to_on}
    post = Appointment.objects.create(
        user=user, role=role, organization=unit, title=title, department=department, **when
    )
    audit.record("安排岗位", obj=post, user=user.username, role=role.value)
    notify(user=user, title=f"您已任“{post}”，自{from_on.year}年{from_on.month}月{from_on.day}日起", at=at)
    return post


def _holds(user: User, role: Role, today: date) -> bool:
    return Appointment.objects.of(user).current(today).filter(role=role).exists()


def _leave_to_another(user: User, role: Role, by: Appointment, at: datetime) -> User:
    """Switch the account of a new administrator off and tell those who may switch it on."""
    needed = confirmer(role)
    others = [
        one for one in keepers.holders(needed, timezone.localdate(at)) if one.pk not in (user.pk, by.user_id)
    ]
    if not others:
        raise Refused(
            f"没有在任的{needed.label}可以核实启用，请由部署人员在服务器上执行 first_administrator 建立“{role.label}”"
        )
    for other in others:
        title = f"{user.name}（{user.username}）被安排任{role.label}，账号已停用，请核实本人后启用"
        notify(user=other, title=title, url=reverse("accounts:user", args=[user.uid]), at=at)
    return set_active(user_id=user.pk, active=False)


def _check_fit(
    user: User, role: Role, unit: Organization, department: str, same_time: AppointmentQuerySet
) -> None:
    """Raise Invalid when the post does not fit its unit, its department's name or what the person holds meanwhile."""
    if refused := department_refusal(role, department):
        raise Invalid({"department": [refused]})
    if same_time.filter(role=role, organization=unit, department=department).exists():
        raise Invalid({"unit": [f"{user.name}在这段时间已经任{unit.short_name}{department}的“{role.label}”"]})
    held = [Role(each) for each in same_time.values_list("role", flat=True)]
    if reason := refusal(role, Level(unit.level), held):
        raise Invalid({"role": [reason]})


def _held_during(user: User, from_on: date, to_on: date | None) -> AppointmentQuerySet:
    """A person's posts on any day from one day to another, or from it on."""
    held = Appointment.objects.of(user).filter(Q(to_on__isnull=True) | Q(to_on__gte=from_on))
    return held.filter(from_on__lte=to_on) if to_on else held


@transaction.atomic
def end(*, appointment_id: int, last_on: date, by: Appointment, at: datetime) -> Appointment:
    """End a post with its last day; its role's keeper may, never their own, and not an administrator without another.

    Raises Refused in words.
    """
    post = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("user", "organization")
        .get(pk=appointment_id)
    )
    role = Role(post.role)
    if post.user_id == by.user_id:
        raise Refused("不能终止自己的岗位，请由另一名管理员办理")
    if refused := keeper_refusal(role, by.role, "终止"):
        raise Refused(refused)
    if post.to_on is not None and post.to_on <= last_on:
        raise Refused(f"这个岗位已于{post.to_on.year}年{post.to_on.month}月{post.to_on.day}日终止")
    if last_on < post.from_on:
        raise Invalid({"last_on": ["不能早于任职起的日期"]})
    if role in ADMINISTRATORS and keepers.last_of(post.user, {role}, last_on + timedelta(days=1)):
        raise Refused(keepers.last_words(post.user, role, "终止这个岗位"))
    post.to_on = last_on
    post.save(update_fields=["to_on"])
    audit.record("终止岗位", obj=post, user=post.user.username, last_on=last_on.isoformat())
    notify(
        user=post.user, title=f"您的“{post}”岗位任职到{last_on.year}年{last_on.month}月{last_on.day}日", at=at
    )
    return post


@transaction.atomic
def set_rights(*, appointment_id: int, rights: Collection[str], by: Appointment, at: datetime) -> Appointment:
    """Give a post rights beyond its role, or take them away; only the security administrator may, and never their own.

    rights: all it has from now on (accounts.roles.Right). Raises Refused for a post that has ended or a role that
    cannot have them.
    """
    if by.role != Role.SECURITY_ADMIN:
        raise Refused("专项权限由安全管理员授予和收回")
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("user", "organization")
    post = rows.get(pk=appointment_id)
    if post.user_id == by.user_id:
        raise Refused("不能给自己授予专项权限，请由另一名安全管理员办理")
    if post.to_on is not None and post.to_on < timezone.localdate(at):
        raise Refused("这个岗位已经终止，不能再授予权限")
    if refused := rights_refusal(Role(post.role), rights):
        raise Refused(refused)
    names = dict(RIGHTS)
    given = [names[key] for key in sorted(set(rights) - set(post.rights))]
    taken = [names.get(key, key) for key in sorted(set(post.rights) - set(rights))]
    if not given and not taken:
        return post
    post.rights = sorted(set(rights))
    post.save(update_fields=["rights"])
    audit.record("调整专项权限", obj=post, user=post.user.username, given=given, taken=taken)
    said = [f"授予{'、'.join(given)}"] if given else []
    said += [f"收回{'、'.join(taken)}"] if taken else []
    notify(user=post.user, title=f"您的“{post}”岗位专项权限已调整：{'，'.join(said)}", at=at)
    return post
