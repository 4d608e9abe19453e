"""The machine's clock moved by a day and by 400 days, forth and back, while the daily jobs run.

Short version: tests/accounts/test_clock.py, tests/rectification/duties/test_reminders.py. PostgreSQL's own clock, by
which the scheduler's lease is kept, is not moved.
"""

from collections import Counter
from datetime import datetime, timedelta

from drills.frame import Outcome, Room

ASKED = "clock moved by ±1 and +400 days: each reminder neither twice nor never, no job and no page fails"
DAYS = 12
JUMPS = {0: (1, 0, -1, 0, 400, 0), 3: (403, 3), 5: (4, 5, 6, 5)}  # after which day, to which days
PAGES = ("/", "/cases/", "/duties/", "/messages/")
PEOPLE = ("xian", "zhen", "cun", "shi", "xitong")
WRONG = timedelta(days=30)


def main(room: Room) -> Outcome:
    from django.db import transaction
    from django.utils import timezone

    from accounts.models import Message
    from config.celery import app

    app.loader.import_default_modules()  # the daily jobs are run here, as a worker would
    days = room.count(DAYS, least=6)
    start = timezone.localtime().replace(hour=8, minute=0, second=0, microsecond=0)
    Message.objects.filter(state__in=("waiting", "running")).update(state="done")
    first_day(start - timedelta(days=1))
    straight = transaction.atomic()
    straight.__enter__()
    for day in range(days):
        live(start + timedelta(days=day), pages=False)
    wanted = given(start + timedelta(days=days))
    transaction.set_rollback(True)
    straight.__exit__(None, None, None)

    faults, moves = [], 0
    for day in range(days):
        for at in (day, *JUMPS.get(day, ())):
            faults += live(start + timedelta(days=at), pages=True)
            moves += at != day
    have = given(start + timedelta(days=days))
    never = wanted - have
    faults += [f"{len(never)} reminders never given, such as {sorted(never)[0]}"] if never else []
    twice = told_twice(start, start + timedelta(days=days))
    faults += [f"{twice} reminders told twice"] if twice else []
    faults += stuck(start + timedelta(days=days))
    return Outcome(
        f"{days} days, {moves} moves of the clock: {len(wanted)} reminders as with a straight clock", faults
    )


def first_day(now: datetime) -> None:
    """The daily jobs are known to the site from the day before."""
    from accounts import clock
    from accounts.clock_models import Run

    Run.objects.all().delete()
    clock.make_due(now)


def live(now: datetime, *, pages: bool) -> list[str]:
    """One morning by this clock: the daily jobs that are due, and people who open pages; what failed."""
    import time_machine

    from accounts import clock, tasks, work
    from accounts.clock_models import Run

    faults = []
    with time_machine.travel(now, tick=True):
        clock.make_due(now)
        work.sweep(now, lambda _task, _pk: None)
        for run in Run.objects.filter(state="waiting").order_by("slot"):
            try:
                tasks.run_daily(run.pk)
            except Exception as broken:
                faults.append(f"{run.job} on {now:%Y-%m-%d}: {type(broken).__name__}: {broken}")
        if pages:
            faults += opened(now)
    return faults


def opened(now: datetime) -> list[str]:
    """Pages that do not open."""
    from organizations.models import Appointment
    from tests.cast import PostClient

    faults = []
    for name in PEOPLE:
        page = PostClient(Appointment.objects.filter(user__username=name).order_by("pk").first())
        page.raise_request_exception = False
        for path in PAGES:
            status = page.get(path, HTTP_HOST="127.0.0.1").status_code
            if status >= 500:
                faults.append(f"{path} on {now:%Y-%m-%d} for {name}: {status}")
    return faults


def given(now: datetime) -> set[tuple]:
    """The reminders that stand, without those of a day that has not come. A duty is told by what it is of, not by its
    number: one that is made on the way has another number the second time."""
    from rectification.duties.models import Reminder

    rows = Reminder.objects.filter(at__lt=now + timedelta(days=2))
    duty = ("duty__key", "duty__organization", "duty__case", "duty__period_from_on")
    return {tuple(map(str, row)) for row in rows.values_list(*duty, "due_on", "rule", "user")}


def told_twice(start: datetime, end: datetime) -> int:
    """Messages that say the same of the same duty to the same person twice in these days."""
    from accounts.models import Message

    rows = Message.objects.filter(
        url__startswith="/duties/", created_at__range=(start - timedelta(days=2), end)
    )
    return sum(times - 1 for times in Counter(rows.values_list("user", "url", "title")).values())


def stuck(now: datetime) -> list[str]:
    """Rows of work that no sweep would ever find again."""
    from accounts import work

    faults = []
    for kind in work.kinds():
        open_rows = kind._default_manager.filter(state__in=("waiting", "running"))
        found = kind._default_manager.unclaimed(now + work.LONGEST)
        lost = open_rows.exclude(pk__in=found.values("pk")).count()
        faults += [f"{lost} rows of {kind._meta.label} are stuck"] if lost else []
    return faults
