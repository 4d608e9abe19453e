"""The hour before the deadline: a timetable of visits, a crowd of threads that keep to it, and what was seen."""

import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random

from accounts.roles import Role
from load import files
from load.mix import Book, Mix, Seen
from load.people import Person
from load.stack import Running

RATE = 30.0  # requests a second
THREADS = 120
REQUESTS_A_VISIT = 1.37  # measured; a form is three requests
BUSY_MINUTES, BROUGHT = 10, 150  # so many imports and so many uploads in so many minutes
EXPORTS = 20
PATIENCE = 600  # seconds the workers get for what is left at the end


@dataclass
class Result:
    """What came of it. seconds: until the last one was answered; cpu: seconds of CPU in that time by part."""

    rows: list[Seen]
    seconds: float
    cpu: dict[str, float]
    faults: list[str] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Visit:
    """Something somebody does, so many seconds from the start."""

    at: float
    do: Callable[[float], None]


def timetable(mix: Mix, crowd: list[Person], seconds: float, rate: float, rng: Random) -> list[Visit]:
    """Everything that will happen: visits at random moments, and in the busy minutes what people bring along."""
    visits = []
    at = rng.expovariate(rate / REQUESTS_A_VISIT)
    while at < seconds:
        kind, who = mix.drawn(), rng.choice(crowd)
        visits.append(Visit(at, lambda due, k=kind, w=who: mix.visits[k](w, due)))
        at += rng.expovariate(rate / REQUESTS_A_VISIT)
    visits += _brought(mix, crowd, seconds, rng)
    return sorted(visits, key=lambda visit: visit.at)


def _brought(mix: Mix, crowd: list[Person], seconds: float, rng: Random) -> list[Visit]:
    """Imports, uploads and exports: in the middle ten minutes of a long run, all along a short one."""
    busy = min(seconds, BUSY_MINUTES * 60)
    start, count = (seconds - busy) / 2, round(BROUGHT * busy / (BUSY_MINUTES * 60))
    townships = [who for who in crowd if who.role == Role.TOWNSHIP_OFFICER]
    rng.shuffle(townships)
    books = {who.unit: files.workbook(_unit(who)) for who in townships[:count]}
    papers = [("photo.jpg", files.photo()), ("scan.pdf", files.paper())]
    owners = [
        who for who in crowd if who.cases and who.role in (Role.TOWNSHIP_OFFICER, Role.VILLAGE_REPORTER)
    ]
    reviewers = [who for who in crowd if who.role == Role.CITY_REVIEWER]
    visits = []
    for number in range(count):
        who = townships[number % len(townships)]
        book = books[who.unit]
        at = start + rng.random() * busy
        visits.append(Visit(at, lambda due, w=who, b=book: mix.bring_workbook(w, b, due)))
        who, (name, content) = rng.choice(owners), papers[number % 2]
        at = start + rng.random() * busy
        visits.append(Visit(at, lambda due, w=who, n=name, c=content: mix.bring_file(w, n, c, due)))
    for number in range(EXPORTS):
        who = reviewers[number % len(reviewers)]
        visits.append(Visit(start + busy / 3, lambda due, w=who: mix.ask_export(w, due)))
    return visits


def _unit(who: Person):
    from organizations.models import Organization

    return Organization.objects.get(uid=who.unit)


def play(visits: list[Visit], book: Book, stack: Running, seconds: float) -> Result:
    """Keep to the timetable whatever the site does: a slow answer delays nobody else's request."""
    before, own = stack.cpu(), _own_cpu()
    book.started = started = time.monotonic()
    faults: list[str] = []

    def visit(one: Visit) -> None:
        try:
            one.do(started + one.at)
        except Exception as broken:  # the player's own slip must not pass for a quiet minute
            faults.append(f"{type(broken).__name__}: {broken}")

    with ThreadPoolExecutor(THREADS) as threads:
        for one in visits:
            time.sleep(max(0.0, started + one.at - time.monotonic()))
            threads.submit(visit, one)
    time.sleep(max(0.0, started + seconds - time.monotonic()))
    lasted = time.monotonic() - started
    cpu = {name: used - before.get(name, 0) for name, used in stack.cpu().items()}
    cpu["player"] = _own_cpu() - own
    faults += [f"{name} ended" for name in stack.ended()]
    return Result(book.rows, lasted, cpu, faults)


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def wait_for_jobs(result: Result, since) -> None:
    """Let the workers end what was asked for, and note how long each sort of job waited and took."""
    from django.db.models import Max

    from organizations.models import ImportBatch
    from reports.models import Export

    for model, name in ((ImportBatch, "imports read"), (Export, "exports")):
        rows = model.objects.filter(created_at__gte=since)
        until = time.monotonic() + PATIENCE
        while rows.filter(state__in=("waiting", "running")).exists() and time.monotonic() < until:
            time.sleep(1)
        took = sorted(
            (row.finished_at - row.created_at).total_seconds()
            for row in rows.only("created_at", "finished_at")
            if row.finished_at
        )
        states = ", ".join(
            f"{rows.filter(state=state).count()} {state}" for state in ("done", "failed", "waiting")
        )
        last = (
            f"; asked to done: median {took[len(took) // 2]:.1f} s, longest {took[-1]:.1f} s" if took else ""
        )
        result.jobs.append(f"{name}: {states}{last}")
        if model is Export:
            result.jobs[-1] += f"; rows each {rows.aggregate(most=Max('rows'))['most']}"
        result.faults += [f"{name}: a job is not done"] * rows.exclude(state="done").count()
