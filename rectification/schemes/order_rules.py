"""A holiday order as it is pasted: the words of the official notice, or a table of days, read into calendar rows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from rectification.schemes.calendar_rules import CalendarRow
from rectification.schemes.terms import words

_DAY = r"(?:(\d{4})\s*[年./-]\s*)?(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?(?:\([^)]*\))?"
_TO = r"(?:至|到|—+|–|~|-)"
_UNTIL = (
    r"(?:\s*"
    + _TO
    + r"\s*(?:(?:(\d{4})\s*[年./-]\s*)?(\d{1,2})\s*[月./-]\s*)?(\d{1,2})\s*日?(?:\([^)]*\))?)?"
)
_SPAN = re.compile(_DAY + _UNTIL)
_WEEK = "一二三四五六日"
_LONGEST = 20
"""More days than any official break; a longer one is a slip of the pen."""


class Order(NamedTuple):
    """What was read: the days against the plain weekend, and every line that could not be, with the reason."""

    rows: tuple[CalendarRow, ...]
    errors: tuple[str, ...]


def weekday_words(day: date) -> str:
    """星期三."""
    return f"星期{_WEEK[day.weekday()]}"


def read_order(text: str, *, year: int) -> Order:
    """Read lines such as 元旦：1月1日（周四）至3日（周六）放假，共3天。1月4日（周日）上班 or 2026-10-10 上班 国庆节.

    A date without a year is of `year`. Free weekends are no news and are left out; a working day called worked is a
    slip and refused, so is a day called both, a day of another year and a line without a date.
    """
    found: dict[date, CalendarRow] = {}
    errors: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        name = ""
        for clause in re.split(r"[。;；]", unicodedata.normalize("NFKC", line)):
            if not clause.strip():
                continue
            name = _name(clause) or name
            try:
                rows = list(_read(clause, year, name))
            except ValueError as wrong:
                errors.append(f"第 {number} 行“{clause.strip()[:30]}”：{wrong}")
                continue
            for row in rows:
                if found.setdefault(row.day, row).working != row.working:
                    errors.append(f"第 {number} 行：{words(row.day)}既写了放假又写了上班")
    return Order(tuple(found[day] for day in sorted(found)), tuple(errors))


def _name(clause: str) -> str:
    """The holiday's name: what stands before the first date (一、元旦:), or the last word after the kind."""
    head = _SPAN.split(clause, maxsplit=1)[0]
    head = re.sub(r"^\s*[一二三四五六七八九十\d]+\s*[、.]\s*", "", head).strip(" :,，\t")
    tail = re.split(r"放假调休|放假|上班|休息|调休", clause)[-1].strip(" ,，.\t")
    tail = "" if re.match(r"共\s*\d+\s*天", tail) else tail
    return (head or tail)[:40]


def _read(clause: str, year: int, name: str) -> Iterator[CalendarRow]:
    spans = list(_SPAN.finditer(clause))
    if not spans:
        raise ValueError("没有日期，应如 10月1日至7日放假 或 2026-10-10 上班")
    works, free = "上班" in clause, re.search(r"放假|休", clause.replace("调休上班", "上班")) is not None
    if works == free:
        raise ValueError("看不出是放假还是上班，请分行写明")
    for span in spans:
        for day in _days(span, year):
            if day.year != year:
                raise ValueError(f"{words(day)}不是{year}年的日期")
            weekend = day.weekday() >= 5
            if works and not weekend:
                raise ValueError(f"{words(day)}是{weekday_words(day)}，本来就上班")
            if works == weekend:
                yield CalendarRow(day, works, name)


def _days(span: re.Match[str], year: int) -> Iterator[date]:
    first_year, month, day, last_year, last_month, last_day = span.groups()
    try:
        first = date(int(first_year or year), int(month), int(day))
        last = first
        if last_day:
            last = date(int(last_year or first.year), int(last_month or month), int(last_day))
    except ValueError:
        raise ValueError(f"“{span.group().strip()}”不是日期") from None
    if not 0 <= (last - first).days <= _LONGEST:
        raise ValueError(f"{words(first)}至{words(last)}起止不对，最多 {_LONGEST} 天")
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
