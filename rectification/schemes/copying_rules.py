"""Last year's scheme as the start of this year's: dates moved, what belonged to last year left behind."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

LEFT_BEHIND: Mapping[str, object] = {"state": "draft", "document_number": "", "in_force_at": None}
"""What a copied scheme starts with instead of last year's: it is a draft without number until it is issued."""

V = TypeVar("V")


def years_later(day: date, years: int) -> date:
    """The same month and day so many years on; 29 February is the 28th where there is none."""
    year = day.year + years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def tracked_until(closed_on: date, months: int) -> date:
    """The last day of tracking: so many months on, the 31st of a short month being its last day."""
    years, rest = divmod(months, 12)
    day = years_later(closed_on, years)
    if not rest:
        return day
    month = day.month - 1 + rest
    first = date(day.year + month // 12, month % 12 + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def moved_row(values: Mapping[str, V], years: int) -> dict[str, V | date]:
    """A row's values with every date moved; what runs into the next year (15 January) still does."""
    return {
        name: years_later(value, years) if isinstance(value, date) else value
        for name, value in values.items()
    }


def moved_title(title: str, year: int, to_year: int) -> str:
    """The title with its own year replaced, also where it names it as the year before (上年度 stays words)."""
    return title.replace(f"{year}年", f"{to_year}年")


def copied_head(values: Mapping[str, object], *, year: int, to_year: int) -> dict[str, object]:
    """What a copied scheme says once: dates moved, title of the new year, statuses reset."""
    head: dict[str, object] = dict(moved_row(values, to_year - year)) | {
        name: value for name, value in LEFT_BEHIND.items() if name in values
    }
    if isinstance(title := head.get("title"), str):
        head["title"] = moved_title(title, year, to_year)
    if "year" in head:
        head["year"] = to_year
    return head
