"""The figures as tables, printed and kept in load/results.md."""

import os
import statistics
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

from bench.__main__ import commit, machine
from load.mix import Seen
from load.play import Result

RESULTS = Path(__file__).resolve().parent / "results.md"
GOALS = {"p95": 1.0, "p99": 3.0}


def about() -> str:
    """When and where."""
    load = os.getloadavg()[0]
    return f"{datetime.now():%Y-%m-%d %H:%M}, {machine()}, commit {commit()}, load of the machine {load:.1f}"


def quantile(seconds: list[float], share: float) -> float:
    """The time within which this share of them was answered."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _cells(kind: str, rows: list[Seen], lasted: float) -> str:
    took = [row.seconds for row in rows]
    faults = sum(bool(row.fault) for row in rows)
    figures = [statistics.median(took), quantile(took, 0.95), quantile(took, 0.99), max(took)]
    words = " | ".join(f"{figure:.2f}" for figure in figures)
    return f"| {kind} | {len(rows)} | {len(rows) / lasted:.2f} | {words} | {faults} |"


def hour(result: Result, about: str) -> list[str]:
    """The hour's tables: requests by kind, goals, CPU, jobs, faults."""
    kinds: dict[str, list[Seen]] = defaultdict(list)
    for row in result.rows:
        kinds[row.kind].append(row)
    asked = [row for row in result.rows if not row.kind.endswith("*")]
    took = [row.seconds for row in asked]
    lines = [about + ".", "", "| kind | requests | a second | p50 s | p95 s | p99 s | longest s | errors |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    lines += [_cells(kind, kinds[kind], result.seconds) for kind in sorted(kinds)]
    lines += [_cells("**all**", asked, result.seconds), ""]
    found = {name: quantile(took, float(f"0.{name[1:]}")) for name in GOALS}
    lines += [
        f"- {name} {seconds:.2f} s, goal ≤ {GOALS[name]:g} s: {'ok' if seconds <= GOALS[name] else 'short'}"
        for name, seconds in found.items()
    ]
    bad = faults(result)
    lines += [f"- errors {len(bad)}, goal 0: {'short' if bad else 'ok'}"]
    lines += [f"  - {count} × {fault}" for fault, count in Counter(bad).most_common(8)]
    used = ", ".join(f"{name} {seconds / result.seconds:.2f}" for name, seconds in result.cpu.items())
    each = ", ".join(
        f"{name} {1000 * result.cpu[name] / len(asked):.0f} ms" for name in ("web", "database", "player")
    )
    lines += [f"- CPU in cores (of {os.cpu_count()}) over {result.seconds:.0f} s: {used}; a request: {each}"]
    lines += [f"- {line}" for line in result.jobs]
    lines += [
        "- A time counts from when the request was due, so a late player is no help. Kinds with * are no requests."
    ]
    return lines


def faults(result: Result) -> list[str]:
    """Everything that was not as it should be."""
    return [f"{row.kind}: {row.fault}" for row in result.rows if row.fault] + result.faults


def keep(path: Path, title: str, lines: list[str]) -> None:
    """Put a section into the results, in the place of an earlier one of the same title."""
    text = path.read_text(encoding="utf-8") if path.exists() else "# Under load\n"
    head, *sections = text.split("\n## ")
    kept = [section for section in sections if section.split("\n", 1)[0] != title]
    body = "\n".join([title, "", *lines])
    path.write_text("\n## ".join([head.rstrip() + "\n", *(one.rstrip() + "\n" for one in (*kept, body))]))
