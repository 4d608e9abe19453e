"""8: the morning's reminders out of all open duties (1.24 million for the country), eight in 360 of which are due.

Floor: one statement that writes messages and reminders with fixed words, into the real tables with their keys and
their history. Ours: the daily job. Peer: a loop over the duties with get_or_create.
"""

from datetime import date

from django.db import connection

from bench import country, tree
from bench.measure import Workload

TODAY = date(country.YEAR, 6, 1)
AHEAD = (7, 3, 1, 0)
FLOOR = """
    WITH due AS MATERIALIZED (
        SELECT d.id, d.uid, d.effective_due_on,
            (SELECT min(n) FROM unnest(%(ahead)s::int[]) n WHERE d.effective_due_on - n <= %(today)s) AS rule,
            a.user_id, d.title
        FROM rectification_duty d JOIN organizations_appointment a
            ON a.organization_id = d.organization_id AND a.role = d.owner_role
        WHERE d.state = 'open' AND d.effective_due_on BETWEEN %(today)s AND %(today)s + 7),
    told AS (
        INSERT INTO accounts_message (uid, user_id, title, body, url, state, attempts, progress, error, created_at)
        SELECT gen_random_uuid(), user_id, title, '', '/duties/' || uid || '/', 'waiting', 0, 0, '', now() FROM due
        RETURNING id, url)
    INSERT INTO rectification_reminder (duty_id, due_on, rule, user_id, at, message_id)
    SELECT due.id, due.effective_due_on, due.rule, due.user_id, now(), told.id
    FROM due JOIN told ON told.url = '/duties/' || due.uid || '/'
    ON CONFLICT DO NOTHING"""


def prepare() -> None:
    """The country, with a scheme that reminds on these days."""
    from rectification.schemes.models import Scheme

    country.prepare()
    Scheme.objects.update(reminder_days=list(AHEAD))


def finish() -> None:
    """No reminder stays."""
    empty()
    country.finish()


def empty() -> None:
    """No reminder was given yet, nothing waits in the queue."""
    from celery import current_app

    with tree.owner() as owner:
        owner.execute(
            "TRUNCATE rectification_reminder, rectification_reminderhistory, accounts_message CASCADE"
        )
        owner.execute("VACUUM ANALYZE rectification_reminder")
    current_app.control.purge()


def floor() -> None:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(FLOOR, {"today": TODAY, "ahead": list(AHEAD)})
        if not cursor.rowcount:
            raise RuntimeError("nothing is due")


def remind() -> int:
    """The daily job at six in the morning."""
    from django.utils import timezone

    from rectification.duties import reminders

    return reminders.remind(today=TODAY, at=timezone.now())


def ours() -> None:
    """The first run of the day."""
    if not remind():
        raise RuntimeError("nothing was given")


def first() -> None:
    """The same, after everything was taken back."""
    empty()
    ours()


def again() -> None:
    """The same day once more gives nothing."""
    if given := remind():
        raise RuntimeError(f"{given} were given twice")


def peer() -> None:
    """One by one."""
    from accounts.actions import notify
    from organizations.models import Appointment
    from rectification.duties.models import Duty, Reminder

    for duty in Duty.objects.open().select_related("organization", "scheme").iterator():
        left = (duty.effective_due_on - TODAY).days
        if not 0 <= left <= max(AHEAD):
            continue
        rule = min(ahead for ahead in AHEAD if left <= ahead)
        for holder in Appointment.objects.filter(organization=duty.organization, role=duty.owner_role):
            row, made = Reminder.objects.get_or_create(
                duty=duty, due_on=duty.effective_due_on, rule=rule, user_id=holder.user_id
            )
            if made:
                row.message = notify(user=holder.user, title=duty.title, url=duty.get_absolute_url())
                row.save()


WORKLOADS = [
    Workload(
        "8 reminders",
        floor,
        ours,
        goal=1.5,
        peer=None if tree.LARGE else peer,  # four minutes a round on the country
        peer_goal=None if tree.LARGE else 0.02,
        prepare=prepare,
        before=empty,
        finish=finish,
    ),
    Workload("8 reminders, again/first", first, again, goal=0.2, prepare=prepare, finish=finish),
]
