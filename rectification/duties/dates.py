"""What an amended rule does to the duties of one debtor: which stay, which are cancelled, which days are made anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from rectification.schemes.date_rules import DueDay


class Standing(NamedTuple):
    """A duty of a rule that exists: its first due day, the one in force (after extensions), whether it is open, and
    the first day of its period (None where a rule asks for one thing only)."""

    key: int
    due_on: date
    effective_due_on: date
    open: bool
    period: date | None = None


class Redating(NamedTuple):
    """What an amendment does: duties that stay (by key), those cancelled, and the days to be made anew."""

    kept: tuple[int, ...]
    cancelled: tuple[int, ...]
    made: tuple[DueDay, ...]


def redated(
    standing: Iterable[Standing], days: Sequence[DueDay], *, today: date, single: bool = False
) -> Redating:
    """What one debtor's duties of an amended rule become: only future ones are made anew (issue 3).

    What is done, cancelled or due before today stays as it is, and its period (with `single` the whole rule) is not
    asked for again; no new day is made in the past. A future duty whose day and period are still asked for stays, with
    its extension; so does one already extended to its new day or beyond, in that day's place (nobody's granted time is
    taken away). The other future ones are cancelled.
    """
    wanted = [day for day in days if day.on >= today]
    settled = [one for one in standing if not one.open or one.effective_due_on < today]
    future = [one for one in standing if one.open and one.effective_due_on >= today]
    kept = [one.key for one in settled]
    for one in settled:
        wanted = [
            day
            for day in wanted
            if not single and day.on != one.due_on and (one.period is None or day.period.first != one.period)
        ]
    loose = []
    for one in future:
        if match := next((day for day in wanted if day.on == one.due_on and _about(one, day)), None):
            kept.append(one.key)
            wanted.remove(match)
        else:
            loose.append(one)
    cancelled = []
    for one in loose:
        reached = [day for day in wanted if _about(one, day) and _granted(one, day)]
        if reached:
            kept.append(one.key)
            wanted.remove(max(reached, key=lambda day: day.on))
        else:
            cancelled.append(one.key)
    return Redating(tuple(kept), tuple(cancelled), tuple(sorted(wanted, key=lambda day: day.on)))


def _about(one: Standing, day: DueDay) -> bool:
    """Whether a day is about the same period as the duty."""
    return one.period is None or one.period == day.period.first


def _granted(one: Standing, day: DueDay) -> bool:
    """Whether the duty was extended to the day or beyond."""
    return one.effective_due_on > one.due_on and day.on <= one.effective_due_on
