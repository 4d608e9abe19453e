"""PostgreSQL restarted under load. Short version: tests/accounts/test_faults.py."""

import itertools
import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field

from drills.frame import Outcome, Room, until
from drills.visitors import PDF, Visitor
from drills.workers import answers, running, web

ASKED = "PostgreSQL restarted 20 times under load: no wrong answer, nothing acknowledged lost or twice, errors are 503"
RESTARTS = 20
USERS = ("zhen", "xian", "zhen2", "cun")
WAYS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)  # an orderly stop, a stop at once, a crash


@dataclass
class Load:
    """What the visitors saw."""

    over: threading.Event = field(default_factory=threading.Event)
    statuses: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    recovered_at: float = 0.0

    def note(self, what: str, status: int, body: str, marks: str) -> bool:
        """One answer; whether it was a good one."""
        self.statuses[status] += 1
        if status == 503:
            if "系统暂时不可用" not in body or "Traceback" in body:
                self.faults.append(f"{what}: a 503 that is not our page")
        elif status not in (200, 302):
            self.faults.append(f"{what}: {status or body}")
        elif status == 200 and marks not in body:
            self.faults.append(f"{what}: 200 without {marks}")
        if status in (200, 302):
            self.recovered_at = time.monotonic()
        return status in (200, 302)


def main(room: Room) -> Outcome:
    from rectification.cases.models import Case

    asked = room.count(RESTARTS, least=3)
    site, port = web(room)
    load = Load()
    with running(site):
        if not answers(port):
            return Outcome("the site did not start", ["see web.log"])
        visitors = [Visitor(username, port) for username in USERS]
        cases = list(Case.objects.visible_to(visitors[1].post_held).values_list("uid", flat=True)[:20])
        threads = [threading.Thread(target=read, args=[visitor, load], daemon=True) for visitor in visitors]
        threads += [threading.Thread(target=hand_in, args=[visitors[1], cases, load], daemon=True)]
        for thread in threads:
            thread.start()
        done, slowest = restart(room, load, asked)
        load.over.set()
        for thread in threads:
            thread.join(60)
    faults = [*load.faults, *lost_or_twice(load.kept)]
    faults += [f"only {done} restarts"] if done < asked else []
    told = ", ".join(f"{status}: {count}" for status, count in sorted(load.statuses.items()))
    return Outcome(
        f"{done} restarts, answers {told}; {len(load.kept)} uploads acknowledged;"
        f" well again after at most {slowest:.1f} s",
        faults,
    )


def restart(room: Room, load: Load, asked: int) -> tuple[int, float]:
    """End the server in its three ways and wait until pages come again; how often, and the longest wait."""
    pid_file = room.servers / "postgres" / "data" / "postmaster.pid"
    done, slowest = 0, 0.0
    time.sleep(3)
    for way in itertools.islice(itertools.cycle(WAYS), asked):
        if room.hurry(45):
            break
        began = time.monotonic()
        os.kill(int(pid_file.read_text().split("\n", 1)[0]), way)
        time.sleep(0.5)
        gone = time.monotonic()
        if not until(lambda gone=gone: load.recovered_at > gone + 0.5, 40):
            load.faults.append("no page for 40 s after a restart")
        slowest = max(slowest, load.recovered_at - began)
        done += 1
        time.sleep(random.uniform(0.5, 2))
    return done, slowest


def read(visitor: Visitor, load: Load) -> None:
    """Open pages, one after another."""
    name = visitor.post_held.user.name
    for path in itertools.cycle(("/", "/cases/", "/duties/")):
        if load.over.is_set():
            return
        answer = visitor.get(path)
        good = load.note(path, answer.status, answer.body, name)
        time.sleep(0.1 if good else 0.5)


def hand_in(visitor: Visitor, cases: list, load: Load) -> None:
    """Upload a paper; send the same form again until it is acknowledged, as the page says."""
    for number in itertools.count():
        key, mark, path = (
            str(uuid.uuid4()),
            uuid.uuid4().hex,
            f"/evidence/cases/{cases[number % len(cases)]}/",
        )
        while not load.over.is_set():
            answer = visitor.upload(path, {"note": mark}, "记录.pdf", PDF, key)
            good = load.note("upload", answer.status, answer.body, "\0" if answer.status == 200 else "")
            if good:
                load.kept.append(mark)
                break
            time.sleep(0.3)
        if load.over.is_set():
            return
        time.sleep(0.2)


def lost_or_twice(kept: list[str]) -> list[str]:
    """Acknowledged uploads that are not there exactly once, with their file."""
    from django.db import connection

    from rectification.evidence.models import Attachment

    connection.close()
    faults = []
    rows = {}
    for row in Attachment.objects.filter(note__in=kept):
        rows.setdefault(row.note, []).append(row)
    for mark in kept:
        found = rows.get(mark, [])
        if len(found) != 1:
            faults.append(f"an acknowledged upload is there {len(found)} times")
        elif not found[0].file.storage.exists(found[0].file.name):
            faults.append("an acknowledged upload has no file")
    return faults
