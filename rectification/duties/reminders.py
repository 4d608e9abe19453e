"""催办提醒: who is reminded of what today. Run as often as one likes: the unique key lets each reminder fall once."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from accounts.actions import Told, notify_many
from accounts.addresses import page_of
from accounts.models import Message
from organizations.models import Organization
from rectification.duties import rules
from rectification.duties.falling_due import Owed, falling_due
from rectification.duties.listing import place_of
from rectification.duties.models import Duty, Reminder
from rectification.schemes.models import Scheme

CHUNK = 2000
# A reminder given so much later than now was given while the clock was wrong, of a day that has not come: it does not
# count. A day ahead is let stand, else a clock put right over night would remind twice of the same.
AHEAD = timedelta(days=2)


class Due(NamedTuple):
    """A reminder to give: of which duty, by which rule (days in advance, or OVERDUE), to whom."""

    duty: Duty | Owed
    rule: int
    user_id: int


def remind(*, today: date, at: datetime) -> int:
    """Give every reminder that is due on a day; returns how many were given now.

    Each chunk is one transaction, so that a run cut short has given what it gave and the next one goes on. Two runs
    at once give each reminder once: the second waits at the unique key and finds it taken.
    """
    given = 0
    for scheme in Scheme.objects.in_force():
        due = due_today(scheme, today=today, at=at)
        for start in range(0, len(due), CHUNK):
            given += _give(scheme, due[start : start + CHUNK], today=today, at=at)
    return given


def due_today(scheme: Scheme, *, today: date, at: datetime) -> list[Due]:
    """Which reminders a scheme's duties call for today, in a fixed order; what was given is left out."""
    found = falling_due(scheme.pk, scheme.reminder_days, today=today, counted_until=at + AHEAD)
    return [Due(*one) for one in found]


@transaction.atomic
def _give(scheme: Scheme, wanted: list[Due], *, today: date, at: datetime) -> int:
    # Done or extended since it was read: not reminded of any more
    standing = dict(
        Duty.objects.open()
        .filter(pk__in={due.duty.pk for due in wanted})
        .values_list("pk", "effective_due_on")
    )
    wanted = [due for due in wanted if standing.get(due.duty.pk) == due.duty.effective_due_on]
    claimed = claim(wanted, at=at)
    asked = {due.duty.organization_id for _, due in claimed}
    organs = {
        unit.pk: unit.organ
        for unit in Organization.objects.only("name", "level", "party_name").filter(pk__in=asked).order_by()
    }
    told = [
        Told(
            message,
            due.user_id,
            rules.reminder_text(
                due.duty.title, due.duty.effective_due_on, today=today, late_after_on=due.duty.late_after_on
            ),
            f"责任单位：{organs[due.duty.organization_id]}\n依据：《{scheme.title}》",
            _address(due.duty),
        )
        for message, due in claimed
    ]
    if told:
        notify_many(told, at=at)
    return len(told)


def _address(duty: Duty | Owed) -> str:
    """A department's people open no page of duties, only the one where they answer."""
    place = (
        place_of(Duty.objects.select_related("scheme", "rule", "case").get(pk=duty.pk))
        if duty.department
        else ""
    )
    return place or page_of("duties:detail", duty.uid)


def claim(wanted: list[Due], *, at: datetime) -> list[tuple[int, Due]]:
    """Write the reminders and return those that were not there yet, as (number of the message to write, reminder).

    The message is written after, in the same transaction; its number is drawn here, so that a reminder and its history
    are written once.

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
            f"INSERT INTO {Reminder._meta.db_table} AS given (duty_id, due_on, rule, user_id, at, message_id)"
            " SELECT w.duty_id, w.due_on, w.rule, w.user_id, %s, nextval(number.drawn)"
            " FROM unnest(%s::bigint[], %s::date[], %s::smallint[], %s::bigint[])"
            " AS w (duty_id, due_on, rule, user_id),"
            " (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS drawn OFFSET 0) AS number"
            " ON CONFLICT (duty_id, due_on, rule, user_id)"
            " DO UPDATE SET at = excluded.at, message_id = excluded.message_id"
            " WHERE given.at >= excluded.at + %s RETURNING message_id, duty_id, user_id",
            [at, *(list(column) for column in columns), Message._meta.db_table, AHEAD],
        )
        return [(message, by_key[duty_id, user_id]) for message, duty_id, user_id in cursor.fetchall()]
