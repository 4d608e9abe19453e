"""催报: the unit above tells whoever is missing; each unit hears of each thing at most once a day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.actions import notify
from accounts.errors import Refused
from accounts.models import User
from accounts.roles import OFFICERS, Role
from organizations.models import Appointment
from rectification.duties import reminders
from rectification.duties.listing import place_of
from rectification.duties.models import Duty, Reminder
from rectification.duties.occasional import who_owes
from rectification.schemes.terms import words

PRESSED = -1000
"""The reminder rule of a 催报: this less the days since the year began, so that the unique key lets it fall once a
day (duties.Reminder); the automatic ones are days in advance, or -1."""


@dataclass
class Pressed:
    """Whom it reached, who holds no post, and how many heard of it today already."""

    told: list[str] = field(default_factory=list)
    vacant: list[str] = field(default_factory=list)
    earlier: int = 0


def rule_of(due_on: date, today: date) -> int:
    """The reminder rule of a 催报 of something due on a day, given today."""
    return PRESSED - max((today - date(due_on.year, 1, 1)).days, 0)


@transaction.atomic
def press(*, duties: Iterable[int], by: Appointment, at: datetime) -> Pressed:
    """Tell whoever owes these duties (by their keys) by inbox and mail, everything one person owes in one line.

    Repeating it on the same day tells nobody twice, two at once neither: the unique key of the reminder decides.
    Raises Refused where nobody is left to tell.
    """
    if Role(by.role) not in OFFICERS:
        raise Refused("由上级党委组织部门催报")
    today = timezone.localdate(at)
    rows = (
        Duty.objects.visible_to(by)
        .open()
        .filter(pk__in=list(duties))
        .exclude(organization=by.organization_id)
    )
    owed = list(rows.select_related("organization", "rule", "scheme").order_by("pk"))
    if not owed:
        raise Refused("没有需要催报的单位")
    found, wanted, reached = Pressed(), [], set()
    for duty in owed:
        posts = who_owes(duty.organization, duty.owner_role, duty.department, today)
        rule = rule_of(duty.effective_due_on, today)
        wanted += [reminders.Due(duty, rule, post.user_id) for post in posts]
        if not posts:
            found.vacant.append(duty.organization.short_name)
    claimed = _claimed(wanted, at)
    by_user: dict[int, list[tuple[int, Duty]]] = {}
    for number, due in claimed:
        by_user.setdefault(due.user_id, []).append((number, due.duty))
        reached.add(due.duty.organization.short_name)
    _tell(by_user, by, at)
    found.told, found.vacant = sorted(reached), sorted(set(found.vacant))
    found.earlier = len(wanted) - len(claimed)
    if not claimed and found.earlier:
        raise Refused("未报的单位今天已经提醒过，明天可以再提醒")
    audit.record(
        "催报", obj=by.organization, units=found.told, duties=len({due.duty.pk for _, due in claimed})
    )
    return found


def _claimed(wanted: list[reminders.Due], at: datetime) -> list[tuple[int, reminders.Due]]:
    """The reminders that were not given today, each with the number drawn for its message."""
    found = []
    for rule in sorted(
        {due.rule for due in wanted}
    ):  # one statement a rule, as the claim knows its rows by duty
        found += reminders.claim([due for due in wanted if due.rule == rule], at=at)
    return found


def _tell(by_user: dict[int, list[tuple[int, Duty]]], by: Appointment, at: datetime) -> None:
    users = User.objects.in_bulk(list(by_user))
    for user, rows in by_user.items():
        first = rows[0][1]
        more = f"等{len(rows)}项" if len(rows) > 1 else ""
        lines = [f"{duty.title}，应于{words(duty.effective_due_on)}前报送" for _number, duty in rows]
        url = place_of(first) if len(rows) == 1 else f"{reverse('duties:list')}?mine=on"
        message = notify(
            user=users[user],
            title=f"催报：{first.title}{more}",
            body="\n".join([*lines, f"请尽快报送。{by.organization.office}"]),
            url=url or first.get_absolute_url(),
            at=at,
        )
        # Each was claimed with a number for a message of its own
        Reminder.objects.filter(message__in=[number for number, _duty in rows]).update(message=message)
