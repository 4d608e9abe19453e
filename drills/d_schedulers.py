"""Two schedulers at a time, then an outage of days. Short version: tests/accounts/test_clock.py."""

import time
from collections import Counter
from datetime import timedelta

from drills.frame import Outcome, Room, until
from drills.workers import Post, Process, beat, running, worker

ASKED = "of two schedulers one runs, the other takes over when it is killed; after 10 days' outage each job runs once"


def main(room: Room) -> Outcome:
    from django.utils import timezone

    from accounts import clock
    from accounts.clock_models import Run
    from accounts.models import Message

    Message.objects.filter(state__in=("waiting", "running")).update(state="done")
    now = timezone.now()
    clock.make_due(now)
    Run.objects.update(slot=clock.latest(now, "07:30") - timedelta(days=10), state="done")
    jobs = Run.objects.values_list("job", flat=True).distinct().count()
    faults, post = [], Post()
    first, second = beat(room, "beat1"), beat(room, "beat2")
    with running(worker(room, **post.settings), first, second):
        fresh = Run.objects.filter(slot__gt=now - timedelta(days=2))
        if not until(lambda: fresh.filter(state="done").count() >= jobs, min(150, room.left() - 60), 0.5):
            faults.append(f"{fresh.filter(state='done').count()} of {jobs} daily jobs were done")
        faults += [
            f"{job} ran {times} times"
            for job, times in Counter(fresh.values_list("job", flat=True)).items()
            if times > 1
        ]
        took = taken_over(first, second)
    if took is None:
        faults.append("nobody took over within 45 s")
    twice = twice_reminded()
    faults += [f"{twice} reminders twice"] if twice else []
    return Outcome(
        f"{jobs} daily jobs ran once each; taken over {took or 0:.0f} s after the holder was killed", faults
    )


def taken_over(first: Process, second: Process) -> float | None:
    """Kill the scheduler that holds the lease; after how many seconds the other one has it."""
    from accounts.clock_models import Lease

    def holder():
        return Lease.objects.get(name="clock").holder

    before = holder()
    for victim, other in ((first, second), (second, first)):
        began = time.monotonic()
        victim.kill()
        if not other.alive():
            other.start()
        if until(lambda: holder() != before, 45, 0.5):
            return time.monotonic() - began
    return None


def twice_reminded() -> int:
    """Reminders that stand twice for the same duty, date, rule and person, or told by two messages."""
    from rectification.duties.models import Reminder

    keys = Counter(Reminder.objects.values_list("duty", "due_on", "rule", "user"))
    told = Counter(Reminder.objects.exclude(message=None).values_list("message", flat=True))
    return sum(times - 1 for times in (*keys.values(), *told.values()))
