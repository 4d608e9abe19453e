"""催办提醒: who is reminded of what today. Run as often as one likes: the unique key lets each reminder fall once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accounts.actions import notify
from accounts.models import User
from organizations.models import Appointment
from rectification.duties import debtors, rules
from rectification.duties.listing import place_of
from rectification.duties.models import Duty, Reminder
from rectification.schemes.models import Scheme

CHUNK = 500
# A reminder given so much later than now was given while the clock was wrong, of a day that has not come: it does not
# count. A day ahead is let stand, else a clock put right over night would remind twice of the same.
AHEAD = timedelta(days=2)


class Due(NamedTuple):
    """A reminder to give: of which duty, by which rule (days in advance, or OVERDUE), to whom."""

    duty: Duty
    rule: int
    user_id: int


def remind(*, today: date, at: datetime) -> int:
    """Give every reminder that is due on a day; returns how many were given now.

    Each chunk is one transaction, so that a run cut short has given what it gave and the next one goes on. Two runs
    at once give each reminder once: the second waits at the unique key and finds it taken.
    """
    given = 0
    for scheme in Scheme.objects.in_force():
        ahead = max([day for day in scheme.reminder_days if day >= 0], default=0)
        rows = Duty.objects.open().filter(scheme=scheme, effective_due_on__lte=today + timedelta(days=ahead))
        pks = list(rows.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(pks), CHUNK):
            given += _give(scheme, pks[start : start + CHUNK], today=today, at=at)
    return given


def _give(scheme: Scheme, pks: list[int], *, today: date, at: datetime) -> int:
    with transaction.atomic():
        duties = list(
            Duty.objects.open()
            .filter(pk__in=pks)
            .select_related("organization", "scheme")
            .annotate(extended_at=Max("extensions__at"))
            .order_by("pk")
        )
        claimed = claim(due_today(duties, scheme.reminder_days, today=today, at=at), at=at)
        users = User.objects.in_bulk([due.user_id for _, due in claimed])
        told = []
        for pk, due in claimed:
            message = notify(
                user=users[due.user_id],
                title=rules.reminder_text(
                    due.duty.title,
                    due.duty.effective_due_on,
                    today=today,
                    late_after_on=due.duty.late_after_on,
                ),
                body=f"责任单位：{due.duty.organization.organ}\n依据：《{due.duty.scheme.title}》",
                # a department's people open no page of duties, only the one where they answer
                url=(due.duty.department and place_of(due.duty))
                or reverse("duties:detail", args=[due.duty.uid]),
                at=at,
            )
            told.append(Reminder(pk=pk, message=message))
        Reminder.objects.bulk_update(told, ["message"])
        return len(told)


def due_today(duties: list[Duty], days: Iterable[int], *, today: date, at: datetime) -> list[Due]:
    """Which reminders these duties call for today, in a fixed order; what was given is left out."""
    given = defaultdict(set)
    sent = Reminder.objects.filter(duty__in=duties, at__lt=at + AHEAD)
    for duty_id, due_on, rule, user_id in sent.values_list("duty_id", "due_on", "rule", "user_id"):
        given[duty_id, due_on, user_id].add(rule)
    people = _people(duties, today)
    found = []
    for duty in duties:
        since = timezone.localdate(duty.extended_at or duty.made_at)
        for user_id in sorted(people[duty.pk]):
            rule = rules.reminder_due(
                duty.effective_due_on,
                today=today,
                days=days,
                sent=given[duty.pk, duty.effective_due_on, user_id],
                since=since,
                late_after_on=duty.late_after_on,
            )
            if rule is not None:
                found.append(Due(duty, rule, user_id))
    return found


def _people(duties: list[Duty], today: date) -> dict[int, set[int]]:
    """Who is reminded of each duty: whoever holds the owing post today; of a helper's, the people on the case who hold
    the place, or where nobody does the officer who stands in."""
    posts = defaultdict(set)
    units = {duty.organization_id for duty in duties}
    for unit, role, department, user_id in (
        Appointment.objects.filter(organization__in=units)
        .current(today)
        .values_list("organization_id", "role", "department", "user_id")
    ):
        posts[unit, role, department if role == "department" else ""].add(user_id)
    held = debtors.holders(duties, today)
    found = {}
    for duty in duties:
        if duty.pk in held:
            stand_in = posts[duty.organization_id, debtors.stand_in(duty.organization.level), ""]
            found[duty.pk] = held[duty.pk] or stand_in
        else:
            found[duty.pk] = posts[duty.organization_id, duty.owner_role, duty.department]
    return found


def claim(wanted: list[Due], *, at: datetime) -> list[tuple[int, Due]]:
    """Write the reminders and return those that were not there yet, as (row id, reminder).

    The database decides, not what was read before: the unique key (duty, due date in force, rule, user) lets in what
    is new, and in place of what a clock that ran ahead had written. In a fixed order, so that two runs at once never
    wait for each other in a circle.
    """
    if not wanted:
        return []
    by_key = {(due.duty.pk, due.user_id): due for due in wanted}
    columns = zip(
        *((due.duty.pk, due.duty.effective_due_on, due.rule, due.user_id) for due in wanted), strict=True
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Reminder._meta.db_table} AS given (duty_id, due_on, rule, user_id, at)"
            " SELECT w.duty_id, w.due_on, w.rule, w.user_id, %s"
            " FROM unnest(%s::bigint[], %s::date[], %s::smallint[], %s::bigint[])"
            " AS w (duty_id, due_on, rule, user_id)"
            " ON CONFLICT (duty_id, due_on, rule, user_id) DO UPDATE SET at = excluded.at"
            " WHERE given.at >= excluded.at + %s RETURNING id, duty_id, user_id",
            [at, *(list(column) for column in columns), AHEAD],
        )
        return [(pk, by_key[duty_id, user_id]) for pk, duty_id, user_id in cursor.fetchall()]
