"""`make drill`: every drill of drills/d_*.py, one line each, and drills/results.md.

only=NAME runs those whose name contains the word; size=0.1 does a tenth of each count; minutes=6 is the limit of one
drill, at which it is ended and called short. See drills/frame.py for how to write one.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.__main__ import commit, machine
from config.processes import die_with_parent
from drills.frame import Outcome, refuse_what_is_not_ours

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "results.md"
HEADINGS = ["drill", "asked", "seen", "verdict", "size", "seconds", "load before", "when, commit"]


@dataclass(frozen=True)
class Line:
    """A row of the results: what one run of one drill came to."""

    name: str
    asked: str
    outcome: Outcome
    size: float
    seconds: float
    load: float

    def cells(self) -> list[str]:
        """As written to results.md."""
        seen = self.outcome.words().replace("|", "/").replace("\n", " ")
        when = f"{datetime.now():%Y-%m-%d %H:%M}, {commit()}"
        figures = [f"{self.size:g}", f"{self.seconds:.0f}", f"{self.load:.1f}"]
        return [self.name, self.asked, seen, self.outcome.verdict, *figures, when]


def drills(only: str) -> list[str]:
    """The modules whose name contains the word."""
    return [path.stem for path in sorted(FOLDER.glob("d_*.py")) if only in path.stem]


def play(module: str, size: float, limit: float) -> Line:
    """Run one drill as a child, ended at the limit with everything it started."""
    asked = importlib.import_module(f"drills.{module}").ASKED
    load, started = os.getloadavg()[0], time.monotonic()
    log = Path(os.environ["VAR_DIR"]) / f"{module}.log"
    with log.open("w") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "drills.one", module, str(size), str(limit)],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        try:
            said, _ = child.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            said = ""
    seconds = time.monotonic() - started
    return Line(module.removeprefix("d_"), asked, heard(said, seconds, log), size, seconds, load)


def heard(said: str, seconds: float, log: Path) -> Outcome:
    """The outcome a drill told by its last line."""
    last = said.strip().rsplit("\n", 1)[-1]
    try:
        return Outcome(**json.loads(last))
    except (ValueError, TypeError):
        return Outcome(f"ended without a word after {seconds:.0f} s", [f"see {log.name}"])


def kept(text: str) -> dict[str, list[str]]:
    """The rows of an earlier results.md by drill."""
    rows = [line.strip().strip("|").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in row] for row in rows if len(row) == len(HEADINGS)]
    return {row[0]: row for row in cells if row[0] != HEADINGS[0]}


def report(lines: list[Line], before: str) -> str:
    """results.md with these lines in it; a smaller run does not replace a larger one of the same drill."""
    rows = kept(before)
    for line in lines:
        if line.name not in rows or float(rows[line.name][4]) <= line.size:
            rows[line.name] = line.cells()
    table = "\n".join(f"| {' | '.join(rows[name])} |" for name in sorted(rows))
    head = f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}"
    about = "Size 1 is what was asked for. `load before` is the machine's load when the drill began."
    return f"# Drills\n\n{machine()}. {about}\n\n{head}\n{table}\n"


def main(words: list[str]) -> int:
    given = dict(word.split("=", 1) for word in words if "=" in word)
    chosen = drills(given.get("only", ""))
    if not chosen:
        print(f"没有名称包含 {given['only']!r} 的演练。", file=sys.stderr)
        return 2
    refuse_what_is_not_ours(dict(os.environ))
    lines = []
    for module in chosen:
        line = play(module, float(given.get("size") or 1), 60 * float(given.get("minutes") or 6))
        lines.append(line)
        print(f"{line.name:<12} asked: {line.asked}", flush=True)
        print(f"{'':<12} seen:  {line.outcome.words()}  [{line.seconds:.0f} s]", flush=True)
        print(f"{'':<12} {line.outcome.verdict}", flush=True)
        before = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
        RESULTS.write_text(report([line], before), encoding="utf-8")
    return 1 if any(line.outcome.faults for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
