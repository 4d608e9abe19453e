"""A thousand jobs and workers that are killed at random moments. Short version: tests/reports/test_killed_worker.py."""

import hashlib
import os
import random
import signal
import time
import uuid
import zipfile
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from drills.frame import Outcome, Room
from drills.workers import Post, Process, running, worker

ASKED = (
    "1,000 jobs, workers killed at random moments: each ends done or visibly failed, none twice, no half file"
)
FULL = 1000
LEASE = 8.0
EMAIL = "drill@example.cn"


def main(room: Room) -> Outcome:
    from accounts.models import Message

    random.seed(20261122)
    Message.objects.filter(state__in=("waiting", "running")).update(state="done")
    count = room.count(FULL, least=20)
    jobs = Jobs.make(count)
    post = Post()
    workers = [worker(room, f"worker{n}", LEASE, **post.settings) for n in (1, 2)]
    with running(*workers):
        kills, early = harass(room, workers, jobs)
    faults = [*early, *jobs.unended(), *jobs.files_that_are_wrong(), *jobs.done_twice()]
    never = [message for message in jobs.mailed() if f"<{message.uid}@localhost>" not in post.letters]
    faults += [f"{len(never)} messages done without a letter"] if never else []
    again = sum(times - 1 for times in post.letters.values())
    states = jobs.states()
    return Outcome(
        f"{count} jobs, {kills} kills: {states['done']} done, {states['failed']} visibly failed;"
        f" {again} letters sent a second time under the same Message-ID",
        faults,
    )


def harass(room: Room, workers: list[Process], jobs: "Jobs") -> tuple[int, list[str]]:
    """Kill a worker or one of its children again and again while the jobs run; then let them end.

    Gives the number of kills, and what could be fetched too early.
    """
    from celery import current_app
    from django.utils import timezone

    from accounts import work

    kills, faults, swept, ended, next_at = 0, [], 0.0, 0, 1
    while not room.hurry(40):
        if time.monotonic() - swept > 3:
            work.sweep(timezone.now(), lambda task, pk: current_app.send_task(task, args=[pk]))
            swept, states = time.monotonic(), jobs.states()
            ended = states["done"] + states["failed"]
            if ended == jobs.count:
                break
        if ended >= next_at:  # by what was done, so that a slow machine gets on too
            time.sleep(random.uniform(0, 2))
            kills += strike(random.choice(workers))
            next_at = ended + random.randint(1, max(2, jobs.count // 25))
        for one in workers:
            if not one.alive():
                one.start()
        faults += jobs.fetched_too_early()
        time.sleep(0.1)
    return kills, faults


def strike(one: Process) -> int:
    """Kill a child of the worker, or all of it at once."""
    children = one.children()
    if children and random.random() < 0.7:
        with suppress(ProcessLookupError):
            os.kill(random.choice(children), signal.SIGKILL)
    else:
        one.kill()
    return 1


class Jobs:
    """The rows of work that were made, and what must be so of them in the end."""

    def __init__(self) -> None:
        self.messages: list[int] = []
        self.imports: list[int] = []
        self.exports: list[int] = []
        self.told_before = self.told_of_exports()

    @classmethod
    def make(cls, count: int) -> "Jobs":
        """Seven messages of ten, two workbooks, one export."""
        from organizations.models import Appointment

        jobs = cls()
        post = Appointment.objects.get(user__username="xian")
        post.user.email = EMAIL
        post.user.save(update_fields=["email"])
        content = jobs.workbook(post)
        for number in range(count):
            kind = number % 10
            if kind < 7:
                jobs.messages.append(jobs._message(post, number))
            elif kind < 9:
                jobs.imports.append(jobs._import(post, content))
            else:
                jobs.exports.append(jobs._export(post, number))
        return jobs

    @staticmethod
    def workbook(post) -> bytes:
        """The roster of the post's unit, as the site hands it out."""
        from django.urls import reverse

        from tests.cast import PostClient

        page = PostClient(post)
        return page.get(
            reverse("organizations:roster_file", args=[post.organization.uid]), HTTP_HOST="127.0.0.1"
        ).content

    @staticmethod
    def _message(post, number: int) -> int:
        from accounts.models import Message

        return Message.objects.create(user=post.user, title=f"演练 {number}").pk

    @staticmethod
    def _import(post, content: bytes) -> int:
        from django.utils import timezone

        from organizations import imports

        return imports.hand_in(
            unit_id=post.organization_id,
            file_name=f"名册{uuid.uuid4().hex[:6]}.xlsx",
            content=content,
            by=post,
            at=timezone.now(),
        ).pk

    @staticmethod
    def _export(post, number: int) -> int:
        from django.utils import timezone

        from reports import actions

        return actions.request_export(
            reason="核对数据",
            by=post,
            ledger="work",
            unit=post.organization,
            year=timezone.localdate().year,
            format="pdf" if number % 50 == 9 else "xlsx",
            filters={},
            at=timezone.now() - timedelta(seconds=10),
        ).pk

    @property
    def count(self) -> int:
        return len(self.messages) + len(self.imports) + len(self.exports)

    def rows(self):
        """Every row, newly read."""
        from accounts.models import Message
        from organizations.models import ImportBatch
        from reports.models import Export

        yield from Message.objects.filter(pk__in=self.messages).only("uid", "state", "error")
        yield from ImportBatch.objects.filter(pk__in=self.imports).only("uid", "state", "error", "file_name")
        yield from Export.objects.filter(pk__in=self.exports)

    def open(self) -> bool:
        return any(row.state in ("waiting", "running") for row in self.rows())

    def states(self) -> Counter:
        return Counter(str(row.state) for row in self.rows())

    def unended(self) -> list[str]:
        """What neither ended nor says why it failed."""
        rows = list(self.rows())
        stuck = [
            f"{row._meta.label} {row.pk} is {row.state}"
            for row in rows
            if row.state not in ("done", "failed")
        ]
        return stuck + [
            f"{row._meta.label} {row.pk} failed without a word"
            for row in rows
            if row.state == "failed" and not row.error
        ]

    def mailed(self) -> list:
        from accounts.models import Message

        return list(Message.objects.filter(pk__in=self.messages, state="done"))

    def fetched_too_early(self) -> list[str]:
        """Exports that can be fetched whole or in part before they are done."""
        from reports import files
        from reports.models import Export

        path = files.folder()
        names = {entry.name for entry in path.iterdir() if not entry.name.startswith(".")}
        return [
            f"half a file under the name of {name}"
            for name in names
            if not zipped(path / name) and Export.objects.filter(pk__in=self.exports, uid=name.split(".")[0])
        ]

    def files_that_are_wrong(self) -> list[str]:
        """Done exports whose file is missing or not the one that was made."""
        from reports import files
        from reports.models import Export

        faults = []
        for row in Export.objects.filter(pk__in=self.exports, state="done"):
            path = files.folder() / row.file
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != row.sha256:
                faults.append(f"export {row.pk}: file missing or another")
        return faults

    def done_twice(self) -> list[str]:
        """Work whose end was told more than once, or not at all."""
        from accounts.models import Message
        from organizations.models import ImportBatch
        from reports.models import Export

        faults = []
        exports = Export.objects.filter(pk__in=self.exports, state="done").count()
        told = self.told_of_exports() - self.told_before
        if told != exports:
            faults.append(f"{exports} exports done, {told} told of")
        for batch in ImportBatch.objects.filter(pk__in=self.imports, state="done"):
            times = Message.objects.filter(title__contains=batch.file_name).count()
            if times != 1:
                faults.append(f"import {batch.pk} told {times} times")
        return faults

    @staticmethod
    def told_of_exports() -> int:
        from accounts.models import Message

        return Message.objects.filter(title__startswith="导出完成").count()


def zipped(path: Path) -> bool:
    """Whether a made file is whole: a workbook's end is there, or a PDF's."""
    try:
        if path.suffix == ".pdf":
            return path.read_bytes().rstrip().endswith(b"%%EOF")
        return zipfile.ZipFile(path).testzip() is None
    except (OSError, zipfile.BadZipFile):
        return not path.exists()
