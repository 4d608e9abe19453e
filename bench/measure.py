"""Measuring one workload: floor, ours and peer in turn, round after round, so that a noisy minute hits all alike."""

import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

ROUNDS = 5
NOISY_ABOVE = 0.3  # interquartile range of the floor over its median


@dataclass(frozen=True)
class Workload:
    """One line of the report. A part is a callable that does the work once.

    `goal` is the most ours may cost in units of the floor, `peer_goal` in units of the peer; None judges nothing. CPU
    work runs each time in a fresh process and counts that process's CPU seconds and its children's; what waits for a
    server counts wall time. A part that returns a float has measured itself, in seconds.
    `prepare` runs once before the rounds and `finish` after them, also when a round fails; `before` runs before each
    part and is not counted.
    """

    name: str
    floor: Callable[[], object]
    ours: Callable[[], object]
    goal: float | None
    peer: Callable[[], object] | None = None
    peer_goal: float | None = None
    fresh_process: bool = False
    django: bool = True  # whether a fresh process sets Django up first (two seconds, not counted)
    rounds: int = ROUNDS
    prepare: Callable[[], object] | None = None
    finish: Callable[[], object] | None = None
    before: Callable[[], object] | None = None
    warm: Callable[[], object] | None = (
        None  # imports a long-lived worker has done; not counted, for all parts alike
    )
    memory: bool = False  # compare peaks of memory (MB) instead of seconds; needs a fresh process


@dataclass
class Result:
    """What was measured, in seconds, and what it says."""

    workload: Workload
    seconds: dict[str, list[float]] = field(default_factory=dict)
    peak_kib: dict[str, int] = field(default_factory=dict)

    def median(self, part: str) -> float:
        return statistics.median(self.seconds[part])

    def ratio(self, other: str) -> float | None:
        return self.median("ours") / self.median(other) if other in self.seconds else None

    @property
    def spread(self) -> float:
        low, _middle, high = statistics.quantiles(self.seconds["floor"], n=4)
        return (high - low) / self.median("floor")

    @property
    def verdict(self) -> str:
        if self.spread > NOISY_ABOVE:
            return "noisy"
        pairs = [(self.ratio("floor"), self.workload.goal), (self.ratio("peer"), self.workload.peer_goal)]
        short = any(ratio > goal for ratio, goal in pairs if ratio is not None and goal is not None)
        return "short" if short else "ok"

    def cells(self) -> list[str]:
        peer, peer_goal = self.ratio("peer"), self.workload.peer_goal
        return [
            self.workload.name,
            f"{self.ratio('floor'):.3g}",
            "–" if self.workload.goal is None else f"≤ {self.workload.goal:g}",
            "–" if peer is None else f"{peer:.3g}",
            "–" if peer_goal is None else f"≤ {peer_goal:g}",
            self.verdict,
        ]


def measure(workload: Workload) -> Result:
    parts = {"floor": workload.floor, "ours": workload.ours, "peer": workload.peer}
    parts = {name: part for name, part in parts.items() if part}
    result = Result(workload, {name: [] for name in parts}, dict.fromkeys(parts, 0))
    if workload.prepare:
        workload.prepare()
    try:
        for _round in range(max(workload.rounds, ROUNDS)):
            for name, part in parts.items():
                if workload.before:
                    workload.before()
                seconds, peak = (
                    in_fresh_process(part, workload.django, workload.warm)
                    if workload.fresh_process
                    else here(part)
                )
                result.seconds[name].append(peak / 1024 if workload.memory else seconds)
                result.peak_kib[name] = max(result.peak_kib[name], peak)
    finally:
        if workload.finish:
            workload.finish()
    return result


def here(part: Callable[[], object]) -> tuple[float, int]:
    begin = time.perf_counter()
    own = part()
    return own if isinstance(own, float) else time.perf_counter() - begin, 0


def in_fresh_process(
    part: Callable[[], object], django: bool, warm: Callable[[], object] | None = None
) -> tuple[float, int]:
    """CPU seconds and peak memory of the work alone, in a process that has done nothing before.

    Spawned, not forked: a fork would inherit our memory as its peak. So `part` is a function of a module.
    """
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(part, django, warm, writer))
    process.start()
    writer.close()
    try:
        return reader.recv()
    except EOFError:
        raise RuntimeError(f"{part.__qualname__} ended without a result") from None
    finally:
        process.join()


def _report(part: Callable[[], object], django: bool, warm: Callable[[], object] | None, writer) -> None:
    if django:
        set_up_django()
    if warm:
        warm()
    begin = _cpu_seconds()
    part()
    seconds = _cpu_seconds() - begin
    writer.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def _cpu_seconds() -> float:
    """Of this process and of the children it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def set_up_django() -> None:
    import os

    import django

    from organizations.reach import EVERYTHING, see_outside

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    see_outside(EVERYTHING)
