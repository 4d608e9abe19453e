"""The days on which a duty rule falls due in a year: rhythm, phase, working days and grace (issue 3)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from rectification.schemes.calendar_rules import IsWorking, Shift, shifted, working_days_after
from rectification.schemes.terms import Rhythm, words

WITHIN = Rhythm.WITHIN
"""The rhythm of what is owed so many days after an event (a vacancy, a notice)."""
SERIES = (Rhythm.HALF_MONTH, Rhythm.MONTHLY, Rhythm.QUARTERLY)


class Span(NamedTuple):
    """Days from the first to the last, both counted; `name` is the phase's."""

    first: date
    last: date
    name: str = ""


@dataclass(frozen=True)
class DateRule:
    """What a duty rule says of its days.

    `due_on` is the day of a single duty and the last possible one of a series; `starts_on` the first of a series.
    `day` is the day of the month (of the half month: 1–15), 0 the last; `month` the month of the quarter, 0 the last.
    A count is done `times` times in every `every` (a rhythm; empty: until `due_on`). `within_days` after `event`
    count calendar days, or worked ones with `in_working_days`. `shift` moves a day off free days; `grace_days`
    later it counts as overdue.
    """

    title: str
    rhythm: str
    due_on: date | None = None
    starts_on: date | None = None
    times: int = 1
    every: str = ""
    day: int = 0
    month: int = 0
    within_days: int = 0
    in_working_days: bool = False
    event: str = ""
    shift: str = ""
    grace_days: int = 0


class DueDay(NamedTuple):
    """One day on which a duty falls due.

    `nominal` is the day before it was moved off a free day, `until` the last day that still counts as in time,
    `period` what it is about, `times` how often by then.
    """

    on: date
    nominal: date
    until: date
    period: Span
    times: int


class Made(NamedTuple):
    """The days a rule makes, from first to last; or why it makes none, in words; and what to know of them."""

    days: tuple[DueDay, ...]
    refusal: str | None = None
    note: str = ""


def due_days(
    rule: DateRule,
    *,
    year: int,
    phase: Span | None = None,
    is_working: IsWorking | None = None,
    events: Sequence[date] = (),
) -> Made:
    """All days a rule makes in a scheme's year.

    `phase` limits them to a phase's dates. A series without bounds runs from 1 January to 31 December, in a phase
    from its first to its last day; its last period ends with it. A rule that makes no day is refused in words; only
    one that waits for its event has none yet, which its note says. A moved day may leave year and phase: it is the
    same duty, a little earlier or later.
    """
    if refused := rule_refusal(rule, has_calendar=is_working is not None):
        return Made((), refused)
    if rule.rhythm == WITHIN:
        return _after_events(rule, phase, is_working, events)
    bounds, refused = _bounds(rule, year, phase)
    if bounds is None:
        return Made((), refused)
    found = _single(rule, bounds) if is_single(rule) else list(_series(rule, bounds))
    if not found:
        return Made((), f"“{rule.title}”在{words(bounds.first)}至{words(bounds.last)}之间不产生任何日期")
    return Made(_placed(rule, found, is_working))


def rule_refusal(rule: DateRule, *, has_calendar: bool = True) -> str | None:
    """What is wrong with a rule before any date is looked for, or None."""
    longest = 15 if Rhythm.HALF_MONTH in (rule.rhythm, rule.every) else 31
    waits, counts = rule.rhythm == WITHIN, rule.rhythm == Rhythm.COUNT
    faults = (
        (rule.rhythm not in set(Rhythm), f"的频次“{rule.rhythm}”无效"),
        (counts and rule.times < 1, "按次数计，次数应至少为 1"),
        (counts and bool(rule.every) and rule.every not in SERIES, f"的计次周期“{rule.every}”无效"),
        (not 0 <= rule.day <= longest, f"的日期“{rule.day}日”应在 1 与 {longest} 之间"),
        (not 0 <= rule.month <= 3, f"的“季度第 {rule.month} 个月”应在 1 与 3 之间"),
        (rule.grace_days < 0, "的宽限天数不能为负数"),
        (waits and rule.within_days < 1, "没有写在多少天之内"),
        (waits and not rule.event.strip(), "没有写自何事起算"),
        (bool(rule.shift) and rule.shift not in set(Shift), f"的休息日处理“{rule.shift}”无效"),
        (bool(rule.shift or rule.in_working_days) and not has_calendar, "按工作日计算，但没有工作日历"),
    )
    return next((f"“{rule.title}”{fault}" for wrong, fault in faults if wrong), None)


def is_single(rule: DateRule) -> bool:
    """Whether a rule asks for one thing in the whole year (once, or so many times until its day)."""
    return rule.rhythm == Rhythm.ONCE or (rule.rhythm == Rhythm.COUNT and not rule.every)


def _bounds(rule: DateRule, year: int, phase: Span | None) -> tuple[Span | None, str | None]:
    """From when to when a rule runs, or why it runs never."""
    if is_single(rule) and rule.due_on is None and phase is None:
        return None, f"“{rule.title}”没有截止日期"
    first, last = rule.starts_on or date(year, 1, 1), rule.due_on or date(year, 12, 31)
    if is_single(rule):
        first = min(rule.starts_on or last, last)
    if phase is not None:
        if rule.due_on is not None and is_single(rule) and not phase.first <= rule.due_on <= phase.last:
            span = f"（{words(phase.first)}至{words(phase.last)}）"
            return None, f"“{rule.title}”的截止日期 {words(rule.due_on)} 不在阶段“{phase.name}”{span}之内"
        first = phase.first if is_single(rule) else max(first, phase.first)
        last = min(last, phase.last)
    if last < first:
        return None, f"“{rule.title}”的最后日期 {words(last)} 早于开始日期 {words(first)}，不产生任何日期"
    return Span(first, last), None


def _single(rule: DateRule, bounds: Span) -> list[tuple[date, Span]]:
    return [(bounds.last, bounds)]


def _series(rule: DateRule, bounds: Span) -> Iterator[tuple[date, Span]]:
    """The day in each period that lies within the bounds; without a set day a cut last period ends with them."""
    rhythm = rule.every or rule.rhythm
    for period in _periods(rhythm, bounds):
        on = _day_in(rule, rhythm, period)
        if not rule.day and not rule.month:
            on = min(on, bounds.last)
        if bounds.first <= on <= bounds.last:
            yield on, Span(max(period.first, bounds.first), min(period.last, bounds.last))


def _periods(rhythm: str, bounds: Span) -> Iterator[Span]:
    """The whole half months, months or quarters that the bounds touch."""
    length = 3 if rhythm == Rhythm.QUARTERLY else 1
    number = (bounds.first.year * 12 + bounds.first.month - 1) // length
    while (first := _month(number * length)) <= bounds.last:
        last = _month((number + 1) * length) - timedelta(days=1)
        number += 1
        spans = [Span(first, last)]
        if rhythm == Rhythm.HALF_MONTH:
            spans = [Span(first, first.replace(day=15)), Span(first.replace(day=16), last)]
        for span in spans:
            if span.last >= bounds.first and span.first <= bounds.last:
                yield span


def _month(number: int) -> date:
    """The first day of a month counted from the year 0."""
    return date(number // 12, number % 12 + 1, 1)


def _day_in(rule: DateRule, rhythm: str, period: Span) -> date:
    """The set day of a period; the 31st of a shorter month is its last day."""
    if rhythm == Rhythm.HALF_MONTH:
        if not rule.day:
            return period.last
        return min(period.first + timedelta(days=rule.day - 1), period.last)
    months = (rule.month or 3) - 1 if rhythm == Rhythm.QUARTERLY else 0
    month = _month(period.first.year * 12 + period.first.month - 1 + months)
    longest = monthrange(month.year, month.month)[1]
    return month.replace(day=min(rule.day or longest, longest))


def _placed(
    rule: DateRule, found: Sequence[tuple[date, Span]], is_working: IsWorking | None
) -> tuple[DueDay, ...]:
    """Days moved off free days, with their grace; what falls together by moving stays one duty each."""
    days = []
    for nominal, period in found:
        on = shifted(nominal, rule.shift, is_working) if rule.shift and is_working else nominal
        until = on + timedelta(days=rule.grace_days)
        if rule.shift and rule.grace_days and is_working:
            until = shifted(until, Shift.LATER, is_working)
        days.append(DueDay(on, nominal, until, period, rule.times if rule.rhythm == Rhythm.COUNT else 1))
    return tuple(days)


FRESH_DAYS = 30
"""How long a newcomer has for what was due before it came, where no phase says it."""


def newcomers_day(
    rule: DateRule, day: DueDay, *, since: date, phases: Sequence[Span], is_working: IsWorking | None
) -> DueDay:
    """The day of a single duty for whoever came after it (a case determined in mid-year): nobody is late at birth.

    They have as many days from `since` as the others had from the beginning of the phase the day lies in. A day not
    yet past stays as it is.
    """
    if day.on >= since:
        return day
    starts = [phase.first for phase in phases if phase.first < day.nominal <= phase.last]
    given = day.nominal - min(starts) if starts else timedelta(days=FRESH_DAYS)
    (moved,) = _placed(rule, [(since + given, day.period)], is_working)
    return moved


_QUARTERS = "一二三四"


def period_words(rule: DateRule, period: Span, *, year: int) -> str:
    """What a duty of a series is about: 5月上半月, 5月, 第二季度; with its year where it is not the scheme's."""
    rhythm, last = rule.every or rule.rhythm, period.last
    if rhythm == Rhythm.QUARTERLY:
        text = f"第{_QUARTERS[(last.month - 1) // 3]}季度"
    elif rhythm == Rhythm.HALF_MONTH:
        text = f"{last.month}月{'上' if last.day <= 15 else '下'}半月"
    else:
        text = f"{last.month}月"
    return text if last.year == year else f"{last.year}年{text}"


_SAYS_RHYTHM = re.compile("（每(半月|月|季度?)(一次|首月\\d*日?|末月\\d*日?)?(报送)?）$")


def titled(rule: DateRule, period: Span, *, year: int) -> str:
    """A duty's title with its period: 5月上半月进展报告; a rhythm in brackets at its end is then said already."""
    if is_single(rule) or rule.rhythm == WITHIN:
        return rule.title
    return period_words(rule, period, year=year) + _SAYS_RHYTHM.sub("", rule.title)


def _after_events(
    rule: DateRule, phase: Span | None, is_working: IsWorking | None, events: Sequence[date]
) -> Made:
    counted = [day for day in sorted(set(events)) if phase is None or phase.first <= day <= phase.last]
    kind = "个工作日" if rule.in_working_days else "天"
    note = f"自“{rule.event}”起 {rule.within_days} {kind}内"
    if not counted:
        return Made((), None, f"{note}，发生后产生")
    found = []
    for day in counted:
        if rule.in_working_days and is_working:
            on = working_days_after(day, rule.within_days, is_working)
        else:
            on = day + timedelta(days=rule.within_days)
        found.append((on, Span(day, on, rule.event)))
    return Made(_placed(rule, found, is_working), None, note)


def rhythm_words(rule: DateRule) -> str:
    """A rule's rhythm as a person says it: 每季度首月15日前, 每半月, 全年4次, 发现空缺后10个工作日内."""
    day = f"{rule.day}日前" if rule.day else ""
    if rule.rhythm == WITHIN:
        return f"{rule.event}后{rule.within_days}{'个工作日' if rule.in_working_days else '天'}内"
    if rule.rhythm == Rhythm.QUARTERLY:
        which = {1: "首月", 2: "第二个月"}.get(rule.month, "末月" if rule.day or rule.month else "")
        return f"每季度{which}{day}"
    if rule.rhythm == Rhythm.COUNT:
        per = Rhythm(rule.every).label if rule.every else "累计"
        return f"{per}{rule.times}次"
    if rule.rhythm == Rhythm.HALF_MONTH and rule.day:
        return f"每半月第{rule.day}日前"
    return f"{Rhythm(rule.rhythm).label}{day}"
