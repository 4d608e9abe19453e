"""Valkey flushed and killed under work: what it held is made again from the rows by the sweep."""

import os
import signal
import time

from drills.d_jobs import Jobs
from drills.frame import Outcome, Room, until
from drills.workers import Post, beat, running, worker

ASKED = "Valkey flushed and killed under work: all jobs that waited there are done within 2 minutes"
JOBS = 100
GOAL = 120.0


def main(room: Room) -> Outcome:
    import redis

    from accounts.models import Message

    Message.objects.filter(state__in=("waiting", "running")).update(state="done")
    count, post = room.count(JOBS, least=20), Post()
    waited, faults = [], []
    with running(beat(room), worker(room, **post.settings)):
        for way in ("flushed", "killed"):
            jobs = Jobs.make(count)
            server = redis.Redis.from_url(room.addresses["REDIS_URL"])
            hint(jobs)
            until(lambda jobs=jobs: jobs.states()["done"] > 2, 60)
            left = jobs.states()
            began = time.monotonic()
            if way == "flushed":
                server.flushall()
            else:
                os.kill(server.info("server")["process_id"], signal.SIGKILL)
            if not until(lambda jobs=jobs: not jobs.open(), max(GOAL, min(GOAL, room.left() - 10)), 0.5):
                faults.append(f"{way}: {len(jobs.unended())} jobs not ended after {GOAL:.0f} s")
            faults += [*jobs.files_that_are_wrong(), *jobs.done_twice()]
            waited.append(
                f"{way} with {left['waiting'] + left['running']} of {count} open:"
                f" all ended after {time.monotonic() - began:.0f} s"
            )
    return Outcome("; ".join(waited), faults)


def hint(jobs: Jobs) -> None:
    """Tell the workers of every row, so that all of it waits in Valkey."""
    from celery import current_app

    for row in jobs.rows():
        current_app.send_task(row.task_name, args=[row.pk])
