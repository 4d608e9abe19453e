"""Duties no rule of the scheme makes: an opinion somebody was asked for by a day, something to settle."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import notify
from organizations.models import Appointment, Organization
from rectification.duties.models import Duty, DutyQuerySet, DutyState
from rectification.schemes.models import Scheme


def who_owes(unit: Organization, role: str, department: str, today: date) -> list[Appointment]:
    """Who holds the post a duty of a unit falls to today; a department's duty falls to its own people only."""
    posts = Appointment.objects.at(unit, role).current(today).select_related("user")
    return list(posts.filter(department=department) if department else posts)


def of(*, scheme: Scheme, key: str, unit: Organization, department: str = "") -> DutyQuerySet:
    """The duties of this kind a unit, or one department at it, was given under a scheme."""
    return Duty.objects.filter(scheme=scheme, key=key, organization=unit, case=None, department=department)


def give(*, scheme: Scheme, key: str, title: str, unit: Organization, role: str, due_on: date) -> Duty:
    """One more duty of a unit, beside others of the same kind, such as the reply to one paper of several; whoever
    asks tells the unit."""
    return Duty.objects.create(
        scheme=scheme,
        key=key,
        title=title[:200],
        organization=unit,
        owner_role=role,
        due_on=due_on,
        effective_due_on=due_on,
    )


@transaction.atomic
def owe(
    *,
    scheme: Scheme,
    key: str,
    title: str,
    unit: Organization,
    role: str,
    due_on: date,
    url: str,
    at: datetime,
    department: str = "",
) -> Duty:
    """Make it owed by `due_on` and tell whoever owes it; what is owed already stays as it is."""
    if standing := of(scheme=scheme, key=key, unit=unit, department=department).open().first():
        return standing
    duty = Duty.objects.create(
        scheme=scheme,
        key=key,
        title=title[:200],
        organization=unit,
        owner_role=role,
        department=department,
        due_on=due_on,
        effective_due_on=due_on,
    )
    body = f"请于{due_on.year}年{due_on.month}月{due_on.day}日前办理"
    for post in who_owes(unit, role, department, timezone.localdate(at)):
        notify(user=post.user, title=duty.title, body=body, url=url)
    return duty


@transaction.atomic
def settle(*, rows: DutyQuerySet, by: Appointment, at: datetime, reason: str = "", done: bool = True) -> int:
    """End what is still owed of these: done, or no longer asked for the `reason`. How many were open."""
    return rows.open().update(
        state=DutyState.DONE if done else DutyState.CANCELLED,
        ended_at=at,
        ended_by=by,
        ended_reason=reason[:200],
    )
