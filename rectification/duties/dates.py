"""The dates of duties: made by the scheme's rules (`schemes.date_rules`), and made anew when a rule is amended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from rectification.schemes.calendar_rules import WorkingDays, working_days
from rectification.schemes.date_rules import DateRule, DueDay, Made, Span, due_days, rhythm_words
from rectification.schemes.terms import words

__all__ = [
    "DateRule",
    "DueDay",
    "Made",
    "Span",
    "Standing",
    "WorkingDays",
    "due_days",
    "previewed",
    "redated",
    "rhythm_words",
    "working_days",
]


class Standing(NamedTuple):
    """A duty of a rule that exists: its first due day, the one in force (after extensions), whether it is open."""

    key: int
    due_on: date
    effective_due_on: date
    open: bool


class Redating(NamedTuple):
    """What an amendment does: duties that stay (by key), those cancelled, and the days to be made anew."""

    kept: tuple[int, ...]
    cancelled: tuple[int, ...]
    made: tuple[DueDay, ...]


def redated(standing: Iterable[Standing], days: Sequence[DueDay], *, today: date) -> Redating:
    """What one debtor's duties of an amended rule become: only future ones are made anew (issue 3).

    What is done, cancelled or due before today stays as it is, and no new day is made in the past. A future duty whose
    day is still asked for stays, with its extension; so does one already extended to a new day or beyond it, in that
    day's place (nobody's granted time is taken away). The other future ones are cancelled.
    """
    wanted = {day.on: day for day in days if day.on >= today}
    kept, loose = [], []
    for one in standing:
        if one.due_on in wanted or not one.open or one.effective_due_on < today:
            kept.append(one.key)
            wanted.pop(one.due_on, None)
        else:
            loose.append(one)
    cancelled = []
    for one in loose:
        reached = [on for on in wanted if one.due_on < on <= one.effective_due_on]
        if not reached:
            cancelled.append(one.key)
            continue
        kept.append(one.key)
        wanted.pop(max(reached))
    return Redating(tuple(kept), tuple(cancelled), tuple(wanted[on] for on in sorted(wanted)))


def previewed(made: Made, *, most: int = 6) -> str:
    """The days of a rule in one line for the editor: how many, the first ones, what was moved."""
    if made.refusal:
        return made.refusal
    if not made.days:
        return made.note
    shown = "、".join(_said(day) for day in made.days[:most])
    more = "……" if len(made.days) > most else ""
    return f"共 {len(made.days)} 次：{shown}{more}" if len(made.days) > 1 else shown


def _said(day: DueDay) -> str:
    text = words(day.on)
    if day.on != day.nominal:
        text += f"（原为{words(day.nominal)}，休息日）"
    if day.until > day.on:
        text += f"（宽限至{words(day.until)}）"
    return text
