"""`make bench`: every workload of bench/w*.py, one line each. `only=NAME` runs one.

A workload module has WORKLOADS, a list; see bench/measure.py. Anything under the small profile runs every day and is
noted in bench/results-small.md; BENCH_SIZE=large runs on the whole country and is noted in bench/results.md. Whatever
ran replaces its own rows there, also when a later workload fails.
"""

import importlib
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from bench.measure import Result, Workload, measure, set_up_django

FOLDER = Path(__file__).resolve().parent
SIZE = os.environ.get("BENCH_SIZE", "small")
HEADINGS = ["name", "ours/floor", "goal", "ours/peer", "goal", "verdict"]
HEADINGS += ["floor, ours, peer (s)", "peak of ours (MB)", "when, commit"]


def workloads(only: str) -> list[Workload]:
    """All, or those whose name contains the word, or whose module is called so (w1, tree: not w10 beside w1)."""
    found = []
    for path in sorted(FOLDER.glob("w*.py"), key=lambda path: place((path.stem[1:], ""))):
        module = importlib.import_module(f"bench.{path.stem}")
        called = {path.stem, *path.stem.split("_")}
        found += [item for item in module.WORKLOADS if only in item.name or only in called]
    return found


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def commit() -> str:
    asked = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=FOLDER, capture_output=True, text=True
    )
    return asked.stdout.strip() or "no commit"


def line(result: Result) -> str:
    """One workload as a row of the table, with when and at what size it was measured."""
    medians = ", ".join(f"{result.median(part):.3g}" for part in result.seconds)
    peak = f"{result.peak_kib['ours'] / 1024:.0f}" if result.peak_kib["ours"] else "–"
    when = f"{datetime.now():%Y-%m-%d %H:%M}, {commit()}"
    return f"| {' | '.join([*result.cells(), medians, peak, when])} |"


def kept_lines(path: Path) -> dict[str, str]:
    """The rows of an earlier report by the name of their workload."""
    known = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    rows = [row for row in known if row.startswith("| ") and not row.startswith(f"| {HEADINGS[0]} |")]
    return {row.split(" | ")[0].removeprefix("| "): row for row in rows}


def place(row: tuple[str, str]) -> tuple[int, str]:
    """Where a row stands: by the number its workload has in the design, then by name."""
    number = "".join(takewhile(str.isdecimal, row[0]))
    return int(number or 0), row[0]


def report(lines: Mapping[str, str]) -> str:
    """The whole file: what was measured on which machine."""
    head = [
        f"# Ratios measured side by side, profile {SIZE}",
        "",
        f"{machine()}. Medians of interleaved rounds; `noisy` judges nothing. A row is replaced when its workload",
        "runs again; bench/notes.md explains what falls short.",
        "",
        f"| {' | '.join(HEADINGS)} |",
        f"|{'---|' * len(HEADINGS)}",
    ]
    return "\n".join([*head, *lines.values()]) + "\n"


def main(words: list[str]) -> int:
    only = next((word.removeprefix("only=") for word in words if word.startswith("only=")), "")
    chosen = workloads(only)
    if not chosen:
        print(f"没有名称包含 {only!r} 的项目。", file=sys.stderr)
        return 2
    path = FOLDER / ("results.md" if SIZE == "large" else f"results-{SIZE}.md")
    lines = kept_lines(path)
    for workload in chosen:
        result = measure(workload)
        name, floor, goal, peer, peer_goal, verdict = result.cells()
        shown = verdict.upper() if verdict == "noisy" else verdict
        print(
            f"{name:<28} ours/floor {floor} (goal {goal})  ours/peer {peer} (goal {peer_goal})  {shown}",
            flush=True,
        )
        lines[name] = line(result)
        path.write_text(report(dict(sorted(lines.items(), key=place))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    set_up_django()
    sys.exit(main(sys.argv[1:]))
