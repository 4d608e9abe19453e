"""Chinese working days as values: weekends, the official holidays and the weekends worked instead of them (调休)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from rectification.schemes.terms import words

IsWorking: TypeAlias = Callable[[date], bool]
_LONGEST_BREAK = 31
"""No official break comes near it; a calendar with a longer one is broken."""


class Shift(StrEnum):
    """Where a date on a free day goes."""

    EARLIER = "earlier"
    LATER = "later"

    @property
    def label(self) -> str:
        """The shift's words on screen."""
        return {"earlier": "遇休息日提前", "later": "遇休息日顺延"}[self.value]


@dataclass(frozen=True)
class WorkingDays:
    """The official calendar; may be asked like a function: `calendar(day)`.

    `holidays` are free days by order (weekdays among them), `makeup_days` weekends worked instead. Only the
    `known_years` have had their order entered; of others only the weekends are known, and `doubt` says so.
    """

    holidays: frozenset[date] = frozenset()
    makeup_days: frozenset[date] = frozenset()
    known_years: frozenset[int] = frozenset()

    def __call__(self, day: date) -> bool:
        """Whether a day is worked."""
        if day.year in self.known_years:
            if day in self.makeup_days:
                return True
            if day in self.holidays:
                return False
        return day.weekday() < 5

    def doubt(self, days: Iterable[date]) -> str | None:
        """What to say where days fall in years without an order, or None."""
        unknown = sorted({day.year for day in days} - self.known_years)
        if not unknown:
            return None
        return f"{'、'.join(str(year) for year in unknown)}年的放假调休安排尚未录入，只按周末推算工作日"


WEEKENDS = WorkingDays()
"""No order known of any year."""


class CalendarRow(NamedTuple):
    """A day of the editable table: worked or free against the plain weekend, and why (春节)."""

    day: date
    working: bool
    name: str = ""


def working_days(rows: Iterable[CalendarRow], known_years: Iterable[int] = ()) -> WorkingDays:
    """The calendar of a table's rows; a year with any row is known, others by `known_years`.

    Raises ValueError with Chinese words where a day is given as both.
    """
    given: dict[date, bool] = {}
    for row in rows:
        if given.setdefault(row.day, row.working) != row.working:
            raise ValueError(f"{words(row.day)}既列为休息日又列为工作日")
    return WorkingDays(
        holidays=frozenset(day for day, working in given.items() if not working),
        makeup_days=frozenset(day for day, working in given.items() if working),
        known_years=frozenset(known_years) | {day.year for day in given},
    )


def shifted(day: date, shift: str, is_working: IsWorking) -> date:
    """The day itself when it is worked, else the nearest worked one before or after it.

    Raises ValueError when there is none within a month: such a calendar is broken.
    """
    step = timedelta(days=-1 if shift == Shift.EARLIER else 1)
    for _ in range(_LONGEST_BREAK):
        if is_working(day):
            return day
        day += step
    raise ValueError(f"{words(day)}前后一个月都不是工作日，请核对工作日历")


def working_days_after(day: date, count: int, is_working: IsWorking) -> date:
    """The `count`-th worked day after a day, which is itself not counted; 0 is the day itself."""
    for _ in range(count):
        day = shifted(day + timedelta(days=1), Shift.LATER, is_working)
    return day
