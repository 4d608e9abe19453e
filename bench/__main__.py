"""`make bench`: every workload of bench/w*.py, one line each, and bench/results.md. `only=NAME` runs one.

A workload module has WORKLOADS, a list; see bench/measure.py. Anything under the small profile runs every day; set
BENCH_SIZE=large for the whole country.
"""

import importlib
import os
import platform
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from bench.measure import Result, Workload, measure, set_up_django

FOLDER = Path(__file__).resolve().parent
HEADINGS = ["name", "ours/floor", "goal", "ours/peer", "goal", "verdict"]


def workloads(only: str) -> list[Workload]:
    """All, or those whose name or module contains the word."""
    found = []
    for path in sorted(FOLDER.glob("w*.py")):
        module = importlib.import_module(f"bench.{path.stem}")
        found += [item for item in module.WORKLOADS if only in item.name or only in path.stem]
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


def report(results: list[Result]) -> str:
    size = os.environ.get("BENCH_SIZE", "small")
    lines = [
        "# Ratios measured side by side",
        "",
        f"{datetime.now():%Y-%m-%d %H:%M}, {machine()}, commit {commit()}, profile {size}.",
        "Medians of interleaved rounds; `noisy` judges nothing.",
        "",
        f"| {' | '.join(HEADINGS)} | floor, ours, peer (s) | peak of ours (MB) |",
        f"|{'---|' * (len(HEADINGS) + 2)}",
    ]
    for result in results:
        medians = ", ".join(f"{result.median(part):.3g}" for part in result.seconds)
        peak = f"{result.peak_kib['ours'] / 1024:.0f}" if result.peak_kib["ours"] else "–"
        lines.append(f"| {' | '.join(result.cells())} | {medians} | {peak} |")
    return "\n".join(lines) + "\n"


def main(words: list[str]) -> int:
    only = next((word.removeprefix("only=") for word in words if word.startswith("only=")), "")
    chosen = workloads(only)
    if not chosen:
        print(f"没有名称包含 {only!r} 的项目。", file=sys.stderr)
        return 2
    results = []
    for workload in chosen:
        results.append(measure(workload))
        name, floor, goal, peer, peer_goal, verdict = results[-1].cells()
        shown = verdict.upper() if verdict == "noisy" else verdict
        print(
            f"{name:<24} ours/floor {floor} (goal {goal})  ours/peer {peer} (goal {peer_goal})  {shown}",
            flush=True,
        )
    if not only:  # a partial run does not replace the whole picture
        (FOLDER / "results.md").write_text(report(results), encoding="utf-8")
    return 0


if __name__ == "__main__":
    set_up_django()
    sys.exit(main(sys.argv[1:]))
