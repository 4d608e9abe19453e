"""A scheme as it is read: its parts in order, grouped as papers do, with the timeline of its phases."""

from datetime import date
from itertools import groupby
from typing import Any

from rectification.schemes.models import Process, Scheme
from rectification.schemes.parts import HEAD_FIELDS, PARTS, shown

LISTS = ("lookback", "support", "help", "contact", "campaign")


def parts_of(scheme: Scheme) -> dict[str, list[Any]]:
    """The rows of every part by its key."""
    return {key: part.rows(scheme) for key, part in PARTS.items()}


def head_of(scheme: Scheme) -> list[dict[str, Any]]:
    """The single values as label, text and whether it is still a starter."""
    return [
        {
            "label": Scheme._meta.get_field(name).verbose_name,
            "text": shown(Scheme, name, getattr(scheme, name)),
            "starter": name in scheme.starter_values,
        }
        for name in HEAD_FIELDS
        if name != "title"
    ]


def lists_of(parts: dict[str, list[Any]], support_name: str) -> list[dict[str, Any]]:
    """The parts that are only listed words, with their titles (帮扶力量 under the scheme's own name)."""
    return [
        {"key": key, "title": support_name if key == "support" else PARTS[key].title, "rows": parts[key]}
        for key in LISTS
    ]


def chains_of(rows: list[Any]) -> list[dict[str, Any]]:
    """The chain steps by process, in the order of the year."""
    order = {process: number for number, process in enumerate(Process.values)}
    rows = sorted(rows, key=lambda row: (order[row.process], row.order))
    return [
        {"title": Process(process).label, "steps": list(steps)}
        for process, steps in groupby(rows, key=lambda row: row.process)
    ]


def timeline(phases: list[Any], year: int) -> list[dict[str, Any]]:
    """Each phase as a bar of the year: left and width in percent of its days."""
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    bars = []
    for phase in phases:
        left = max((phase.starts_on - first).days, 0)
        right = min((phase.ends_on - first).days + 1, length)
        bars.append(
            {
                "phase": phase,
                "x": round(left * 100 / length, 2),
                "width": round(max(right - left, 1) * 100 / length, 2),
                "y": 24 + len(bars) * 26,
            }
        )
    return bars


MONTHS = [{"x": round(month * 100 / 12, 2), "name": f"{month + 1}月"} for month in range(12)]
