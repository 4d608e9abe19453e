"""提醒未报: the unit above tells whoever owes a report and has not sent it, at most once a day."""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actions import notify
from accounts.errors import Refused
from accounts.models import Message
from accounts.roles import OFFICERS, Role
from organizations.models import Appointment, Organization
from rectification.duties.models import Duty
from rectification.duties.occasional import who_owes
from rectification.remediation.reporting import asked
from rectification.remediation.reporting.actions import address_of_duty
from rectification.schemes.terms import words


def missing(post: Appointment, year: int, today: date) -> list[Duty]:
    """Reports owed below this post past the last day in time, the oldest first."""
    rows = Duty.objects.visible_to(post).overdue(today).filter(asked.ASKS, scheme__year=year)
    rows = rows.exclude(organization=post.organization_id).select_related("organization", "rule", "scheme")
    return list(rows.order_by("effective_due_on", "org_path"))


@transaction.atomic
def remind(*, year: int, by: Appointment, at: datetime) -> tuple[list[str], list[str]]:
    """Put a line in the inbox of each unit that is late; returns whom it reached, and who holds no post.

    Who was told today already is left in peace. Raises Refused where nobody is missing or all were told.
    """
    if Role(by.role) not in OFFICERS:
        raise Refused("由上级党委组织部门提醒")
    Organization.objects.select_for_update().get(pk=by.organization_id)
    today = timezone.localdate(at)
    owing: dict[Organization, list[Duty]] = {}
    for duty in missing(by, year, today):
        owing.setdefault(duty.organization, []).append(duty)
    if not owing:
        raise Refused("没有逾期未报的单位")
    told, vacant, earlier = [], [], 0
    for unit, rows in owing.items():
        posts = who_owes(unit, rows[0].owner_role, "", today)
        fresh = [post for post in posts if not _told_today(post, rows, at)]
        earlier += bool(posts) and not fresh
        (told if fresh else vacant if not posts else []).append(unit.short_name)
        _tell(fresh, rows, by)
    if not told and earlier:
        raise Refused("未报的单位今天已经提醒过，明天可以再提醒")
    audit.record("提醒未报进展报告", obj=by.organization, units=told)
    return told, vacant


def _told_today(post: Appointment, rows: Iterable[Duty], at: datetime) -> bool:
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(at), time.min))
    addresses = [address_of_duty(duty.uid) for duty in rows]
    sent = Message.objects.of(post.user).filter(url__in=addresses, created_at__gte=midnight)
    return sent.filter(title__startswith="催报").exists()


def _tell(posts: Iterable[Appointment], rows: list[Duty], by: Appointment) -> None:
    first = rows[0]
    more = f"等{len(rows)}期" if len(rows) > 1 else ""
    for post in posts:
        notify(
            user=post.user,
            title=f"催报：{first.title}{more}",
            body=f"应于{words(first.effective_due_on)}前报送，请尽快报送。{by.organization.office}",
            url=address_of_duty(first.uid),
        )
