"""提醒未报: the unit above tells whoever owes a report and has not sent it, at most once a day."""

from datetime import date, datetime

from django.utils import timezone

from accounts.errors import Refused
from organizations.models import Appointment
from rectification.duties.models import Duty
from rectification.filings.reminding import press
from rectification.remediation.reporting import asked


def missing(post: Appointment, year: int, today: date) -> list[Duty]:
    """Reports owed below this post past the last day in time, the oldest first."""
    rows = Duty.objects.visible_to(post).overdue(today).filter(asked.ASKS, scheme__year=year)
    rows = rows.exclude(organization=post.organization_id).select_related("organization", "rule", "scheme")
    return list(rows.order_by("effective_due_on", "org_path"))


def remind(*, year: int, by: Appointment, at: datetime) -> tuple[list[str], list[str]]:
    """Put a line in the inbox of each unit that is late; returns whom it reached, and who holds no post.

    The same reminder as from 报送情况, so that nobody hears of one report from two pages on a day. Raises Refused
    where nobody is missing or all were told.
    """
    owing = missing(by, year, timezone.localdate(at))
    if not owing:
        raise Refused("没有逾期未报的单位")
    done = press(duties=[duty.pk for duty in owing], by=by, at=at)
    return done.told, done.vacant
