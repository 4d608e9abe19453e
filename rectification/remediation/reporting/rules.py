"""What a report counts of one case in a period: pure, as of the period's end (domain §5.7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from rectification.remediation.activities.household_rules import coverage
from rectification.remediation.reporting.logged import (
    ActivityRow,
    CaseRow,
    EntryRow,
    Logged,
    MeasureRow,
    ProblemRow,
    ProjectRow,
    TargetAsked,
    TargetRow,
    Window,
)
from rectification.remediation.rules import case_percent

DEED, RULES = "deed", "rules"
LONGEST = 60
"""How many characters of a logged text a report quotes."""
NUMBERS = (
    *("problems", "new", "closed", "closed_all", "open"),
    *("measures", "done", "done_all", "late", "next", "rules", "deeds"),
    *("households", "households_all", "phoned", "projects"),
)
"""The numbers of a line that add up over cases."""
MONEY = ("planned", "arrived", "spent")
Line = dict[str, Any]


def line_of(case: CaseRow, logged: Logged, targets: Sequence[TargetAsked], window: Window) -> Line:
    """One case as plain values that can be frozen: numbers, and the texts the words are written from."""
    measures = [one for one in logged.measures if one.made_on <= window.until]
    entries = [one for one in logged.entries if one.on <= window.until]
    line: Line = {
        "uid": case.uid,
        "name": case.name,
        "township": case.township,
        "stage": "已销号" if case.closed_on and case.closed_on <= window.until else case.stage,
        "planned": case.planned,
        **_problems(logged.problems, measures, window),
        **_measures(measures, entries, window),
        **_activities(logged.activities, case.households, window),
        **_money(logged.projects),
        "targets": [_target(asked, logged.targets, window) for asked in targets],
    }
    line["texts"]["open"] = line.pop("open_texts")
    line["texts"]["activities"] = line.pop("activity_texts")
    return line


def _during(day: date | None, window: Window) -> bool:
    return day is not None and window.since <= day <= window.until


def _by(day: date | None, window: Window) -> bool:
    return day is not None and day <= window.until


def _problems(rows: Sequence[ProblemRow], measures: Sequence[MeasureRow], window: Window) -> Line:
    listed: dict[int, date] = {}
    for one in measures:
        listed[one.problem] = min(listed.get(one.problem, one.made_on), one.made_on)
    standing = [row for row in rows if row.key in listed]
    open_ = [row for row in standing if not _by(row.closed_on, window)]
    return {
        "problems": len(standing),
        "new": sum(_during(listed[row.key], window) for row in standing),
        "closed": sum(_during(row.closed_on, window) for row in standing),
        "closed_all": len(standing) - len(open_),
        "open": len(open_),
        "open_texts": [short(row.text) for row in open_],
    }


def _measures(rows: Sequence[MeasureRow], entries: Sequence[EntryRow], window: Window) -> Line:
    done = [row for row in rows if _during(row.done_on, window)]
    left = [row for row in rows if not _by(row.done_on, window)]
    late = [row for row in left if row.due_on < window.until]
    soon = [row for row in left if window.until <= row.due_on <= window.next_until]
    done_keys = {row.key for row in done}
    return {
        "measures": len(rows),
        "done": len(done),
        "done_all": len(rows) - len(left),
        "late": len(late),
        "next": len(soon),
        "rules": sum(row.kind == RULES for row in done),
        "deeds": sum(row.kind == DEED for row in done),
        "percent": _percent(rows, entries, window),
        "texts": {
            "done": [{"text": short(row.text), "result": short(row.result)} for row in done],
            "progress": _said(rows, entries, window, done_keys),
            "late": [_due(row) for row in sorted(late, key=lambda row: row.due_on)],
            "next": [_due(row) for row in sorted(soon, key=lambda row: row.due_on)],
        },
    }


def _due(row: MeasureRow) -> dict[str, str]:
    return {"text": short(row.text), "due_on": row.due_on.isoformat(), "unit": row.unit}


def _percent(rows: Iterable[MeasureRow], entries: Iterable[EntryRow], window: Window) -> int:
    """The mean of what was reached by then; what is kept up for good reports no share."""
    last = {
        one.measure: one.percent for one in sorted(entries, key=lambda one: one.on) if one.percent is not None
    }
    return case_percent(
        100 if _by(row.done_on, window) else last.get(row.key, 0)
        for row in rows
        if not row.long_term or _by(row.done_on, window)
    )


def _said(
    rows: Sequence[MeasureRow], entries: Iterable[EntryRow], window: Window, done: set[int]
) -> list[dict[str, str]]:
    """The last words of each measure that moved in the period and is not done; entries without words say nothing."""
    texts = {row.key: row.text for row in rows}
    said = {
        one.measure: one.words
        for one in sorted(entries, key=lambda one: one.on)
        if one.words and _during(one.on, window) and one.measure in texts and one.measure not in done
    }
    return [{"text": short(texts[key]), "words": short(words)} for key, words in said.items()]


def _activities(rows: Sequence[ActivityRow], total: int | None, window: Window) -> Line:
    inside = [row for row in rows if _during(row.on, window)]
    so_far = [row for row in rows if row.on <= window.until]
    kinds = Counter(row.kind for row in inside)
    return {
        "activities": dict(sorted(kinds.items())),
        "households": _reached(inside, total).visited,
        "phoned": _reached(inside, total).phoned,
        "households_all": _reached(so_far, total).visited,
        "households_total": total,
        "activity_texts": [
            short(row.what) for row in sorted(inside, key=lambda row: row.on, reverse=True)[:2]
        ],
    }


def _reached(rows: Iterable[ActivityRow], total: int | None) -> Any:
    kept = list(rows)
    return coverage(
        (one for row in kept for one in row.households), (one for row in kept for one in row.phoned), total
    )


def _money(rows: Sequence[ProjectRow]) -> Line:
    sums = {name: sum((getattr(row, name) for row in rows), Decimal(0)) for name in MONEY}
    return {"projects": len(rows), **{name: f"{value:.2f}" for name, value in sums.items()}}


def _target(asked: TargetAsked, rows: Iterable[TargetRow], window: Window) -> Line:
    own = [row for row in rows if row.target == asked.key and row.on <= window.until]
    return {
        "title": asked.title,
        "unit": asked.unit,
        "now": sum(row.number for row in own if _during(row.on, window)),
        "all": sum(row.number for row in own),
        "least": asked.least,
    }


def short(text: str, length: int = LONGEST) -> str:
    """A logged text on one line, without its last full stop, cut where it is long."""
    plain = " ".join(text.split()).rstrip("。；;.，, ")
    return plain if len(plain) <= length else plain[: length - 1] + "…"


def total_of(lines: Sequence[Line]) -> Line:
    """The sum of some cases' lines; progress is the mean of the cases."""
    total: Line = {name: sum(line[name] for line in lines) for name in NUMBERS}
    total |= {name: f"{sum((Decimal(line[name]) for line in lines), Decimal(0)):.2f}" for name in MONEY}
    kinds: Counter[str] = Counter()
    for line in lines:
        kinds.update(line["activities"])
    total["cases"] = len(lines)
    total["turned"] = sum(line["stage"] == "已销号" for line in lines)
    total["activities"] = dict(sorted(kinds.items()))
    total["percent"] = case_percent(line["percent"] for line in lines)
    known = [line["households_total"] for line in lines]
    total["households_total"] = sum(known) if known and None not in known else None
    total["targets"] = _targets(lines)
    return total


def _targets(lines: Sequence[Line]) -> list[Line]:
    found: dict[str, Line] = {}
    for line in lines:
        for one in line["targets"]:
            kept = found.setdefault(one["title"], one | {"now": 0, "all": 0, "least": 0})
            kept["now"] += one["now"]
            kept["all"] += one["all"]
            kept["least"] += one["least"] or 0
    return list(found.values())


def grouped(lines: Iterable[Line], by: Callable[[Line], str]) -> list[Line]:
    """Lines summed by place, in the order they come."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(by(line), []).append(line)
    return [
        total_of(own) | {"name": name, "names": [one["name"] for one in own]} for name, own in found.items()
    ]


def line_in(facts: Mapping[str, Any], uid: str) -> Line | None:
    """The line of one case in frozen facts, or None."""
    return next((line for line in facts.get("lines", ()) if line["uid"] == uid), None)
