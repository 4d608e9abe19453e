"""报送情况: how one thing that was due stands, and the words of a period; values in, words out."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Standing(StrEnum):
    """What became of one thing a unit owed; every cell is exactly one of these."""

    ON_TIME = "on_time"
    LATE = "late"
    RETURNED = "returned"
    MISSING = "missing"
    NOT_DUE = "not_due"

    @property
    def label(self) -> str:
        """As the page says it."""
        return LABELS[self]


LABELS = {
    Standing.ON_TIME: "按时",
    Standing.LATE: "迟报",
    Standing.RETURNED: "已退回",
    Standing.MISSING: "逾期未报",
    Standing.NOT_DUE: "未到期",
}
TONES = {
    Standing.ON_TIME: "green",
    Standing.LATE: "yellow",
    Standing.RETURNED: "red",
    Standing.MISSING: "red",
    Standing.NOT_DUE: "grey",
}
OWED = frozenset({Standing.RETURNED, Standing.MISSING})
"""What the unit is reminded of: past its day, or sent back and not filed again."""
RECEIVED = "received"
"""Beside the standings: filed and taken by the receiver, whether in time or late."""


class State(NamedTuple):
    """A cell's standing and whether the receiver has taken it; None where it was recorded by hand."""

    standing: Standing
    received: bool | None
    words: str


def state_of(*, last_on: date, done_on: date | None, review: str, today: date) -> State:
    """How it stands: by the duty's own dates, so that lights, reminders and this table say the same.

    last_on: the last day in time, grace and extensions counted. done_on: the day it was filed, None while it is owed.
    review: pending, passed, returned, withdrawn or "" of the newest copy.
    """
    if done_on is not None:
        standing = Standing.LATE if done_on > last_on else Standing.ON_TIME
        received = {"passed": True, "pending": False}.get(review)
        then = {True: "，已接收", False: "，待接收", None: "，已登记"}[received]
        return State(standing, received, standing.label + then)
    over = today > last_on
    if review == "returned":
        return State(Standing.RETURNED, None, "已退回，已逾期" if over else "已退回，待重报")
    standing = Standing.MISSING if over else Standing.NOT_DUE
    return State(standing, None, standing.label)


def span_words(first: date | None, last: date | None) -> str:
    """A period as a column is headed: 5月, 5月上半月, 第2季度, else its days; "" where it is about the whole year."""
    if first is None or last is None:
        return ""
    whole = last.day == monthrange(last.year, last.month)[1]
    same = (first.year, first.month) == (last.year, last.month)
    if same and first.day == 1 and whole:
        return f"{last.month}月"
    if same and (first.day, last.day) == (1, 15):
        return f"{last.month}月上半月"
    if same and first.day == 16 and whole:
        return f"{last.month}月下半月"
    if first.day == 1 and whole and last.month % 3 == 0 and last.month - first.month == 2:
        return f"第{last.month // 3}季度"
    return f"{first.month}月{first.day}日—{last.month}月{last.day}日"


def month_of(day: date) -> str:
    """The month of a day as an address has it: 2026-05."""
    return f"{day.year}-{day.month:02d}"


def period_in(ends: list[date], month: str) -> list[date]:
    """Which of a rule's periods a month shows: those that end in it, else the last before it, else the first."""
    within = [end for end in ends if month_of(end) == month]
    before = [end for end in ends if month_of(end) < month]
    return within or before[-1:] or ends[:1]
