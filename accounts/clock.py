"""The site's clock. One scheduler at a time, by a lease in the database; what falls once a day is a row of work.

Celery's own beat keeps in a file when it last sent what, by the machine's clock: a second beat sends everything twice,
a broker that is away at half past seven costs the day's reminders, and a clock that ran a year ahead for a minute
silences it for a year. Here beat sends nothing but the short rounds (every few seconds, by a clock that cannot be
set); the sweep among them makes a row for each daily job whose time has come, and rows are not lost.
"""

import logging
import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from celery.beat import Scheduler
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Max
from django.utils import timezone

from accounts.clock_models import Run
from accounts.work import WorkState

HELD = timedelta(seconds=30)
PAUSE = 5.0
AHEAD = timedelta(hours=1)
# Where a month is missing, the clock jumped more likely than the site stood still so long: nothing is done in haste
GAP = timedelta(days=30)

log = logging.getLogger("zhengdun.clock")


def hold(name: str, holder: uuid.UUID) -> bool:
    """Take or keep a lease for half a minute; False while somebody else has it.

    By the database's clock alone, so that the machines need not agree; a lease further ahead than one can be given was
    written while that clock was wrong.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_lease AS held (name, holder, until) VALUES (%s, %s, clock_timestamp() + %s)"
            " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
            " WHERE held.holder = excluded.holder OR held.until < clock_timestamp()"
            " OR held.until > clock_timestamp() + 2 * %s RETURNING 1",
            [name, holder, HELD, HELD],
        )
        return cursor.fetchone() is not None


def release(name: str, holder: uuid.UUID) -> None:
    """Let the next one begin at once."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_lease WHERE name = %s AND holder = %s", [name, holder])


def latest(now: datetime, at: str) -> datetime:
    """The last time it was `at` ("07:30") by the site's clock."""
    local = timezone.localtime(now)
    hour, minute = map(int, at.split(":"))
    slot = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return slot if slot <= local else slot - timedelta(days=1)


def make_due(now: datetime) -> int:
    """Make a row for the latest time of each daily job, if it has none; returns how many are new.

    After an outage that is one run of each job, however many days it was: each job looks at what is so, not at the
    days. A job that never ran, or not for a month, begins with its next time: a clock that is wrong for a moment must
    not delete, escalate or date anything. Rows of a time to come were made by such a clock; they give way to the real
    ones.
    """
    Run.objects.filter(slot__gt=now + AHEAD).delete()
    wanted = {job: latest(now, at) for job, at in settings.DAILY_JOBS.items()}
    have = set(Run.objects.filter(slot__gte=min(wanted.values())).values_list("job", "slot"))
    missing = [(job, slot) for job, slot in wanted.items() if (job, slot) not in have]
    if not missing:
        return 0
    newest = dict(Run.objects.order_by().values_list("job").annotate(Max("slot")))
    rows = []
    for job, slot in missing:
        begins = job not in newest or slot - newest[job] > GAP
        state = WorkState.DONE if begins else WorkState.WAITING
        rows.append(Run(job=job, slot=slot, state=state, created_at=now))
    Run.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


class Clock(Scheduler):
    """Celery's beat: sends the rounds of CELERY_BEAT_SCHEDULE while it holds the lease."""

    def __init__(self, *args, schedule_filename: str | None = None, **kwargs):
        self.me = uuid.uuid4()
        self.next: dict[str, float] = {}
        self.sign_of_life = Path(schedule_filename) if schedule_filename else None
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        """Only our own rounds."""
        self.merge_inplace(self.app.conf.beat_schedule)

    def tick(self, *_args, **_kwargs) -> float:
        """Send what is due; returns after how many seconds to look again. No fault of a server ends it."""
        if self.sign_of_life:
            self.sign_of_life.touch()
        try:
            if not hold("clock", self.me):
                return PAUSE
        except (DatabaseError, InterfaceError) as broken:
            log.warning("no database: %s", type(broken).__name__)
            connection.close()
            return PAUSE
        now = time.monotonic()
        for entry in self.schedule.values():
            if now >= self.next.get(entry.name, now):
                self._send(entry)
                self.next[entry.name] = now + entry.schedule.run_every.total_seconds()
        return max(0.1, min(PAUSE, min(self.next.values(), default=now + PAUSE) - now))

    def _send(self, entry) -> None:
        try:
            self.app.send_task(entry.task, retry=False, **entry.options)
        except Exception as broken:  # whatever the transport raises: the next round comes in seconds
            log.warning("no broker: %s", type(broken).__name__, extra={"task": entry.task})

    def close(self) -> None:
        """Let another one take over at once."""
        try:
            release("clock", self.me)
        except (DatabaseError, InterfaceError):
            log.warning("no database to give the lease back to")
