"""The half months, months and quarters that reports are about."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from rectification.schemes.terms import Rhythm, day_words

ASKED_FOR = {
    "half_month_report": Rhythm.HALF_MONTH,
    "monthly_report": Rhythm.MONTHLY,
    "quarterly_report": Rhythm.QUARTERLY,
}
"""Keys of duty rules that ask for a progress report, and how often (presets B)."""
RHYTHMS = (Rhythm.HALF_MONTH, Rhythm.MONTHLY, Rhythm.QUARTERLY)
EARLY_DAYS = 3
"""How many days before its last day a period may be reported: an office hands in on the Friday before a Sunday."""
QUARTERS = "一二三四"


class Period(NamedTuple):
    """Days from the first to the last, both counted."""

    first: date
    last: date


def period_at(rhythm: str, day: date) -> Period:
    """The whole period of a rhythm a day lies in."""
    if rhythm == Rhythm.HALF_MONTH and day.day <= 15:
        return Period(day.replace(day=1), day.replace(day=15))
    last = day.replace(day=monthrange(day.year, day.month)[1])
    if rhythm == Rhythm.HALF_MONTH:
        return Period(day.replace(day=16), last)
    if rhythm == Rhythm.MONTHLY:
        return Period(day.replace(day=1), last)
    month = (day.month - 1) // 3 * 3 + 1
    end = day.replace(month=month + 2, day=1)
    return Period(day.replace(month=month, day=1), end.replace(day=monthrange(end.year, end.month)[1]))


def following(rhythm: str, last: date) -> Period:
    """The period after the one that ends on a day."""
    return period_at(rhythm, last + timedelta(days=1))


def before(rhythm: str, first: date) -> Period:
    """The period before the one that begins on a day."""
    return period_at(rhythm, first - timedelta(days=1))


def period_words(rhythm: str, last: date) -> str:
    """What a report is about: 5月上半月, 5月, 第二季度."""
    if rhythm == Rhythm.QUARTERLY:
        return f"第{QUARTERS[(last.month - 1) // 3]}季度"
    if rhythm == Rhythm.HALF_MONTH:
        return f"{last.month}月{'上' if last.day <= 15 else '下'}半月"
    return f"{last.month}月"


def early_refusal(last: date, today: date) -> str | None:
    """Why a period cannot be reported yet, or None: from three days before its last day on it can."""
    opens = last - timedelta(days=EARLY_DAYS)
    if today < opens:
        return f"本期到{day_words(last)}才结束，{day_words(opens)}起可以报送；现在可以先写好保存"
    return None
