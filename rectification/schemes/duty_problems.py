"""What is wrong with duty rules, each fault at its column: a rule must make a date and be owed by someone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from accounts.roles import LABELS
from organizations.rules import OFFICER, Level
from rectification.schemes.calendar_rules import WEEKENDS, Shift
from rectification.schemes.date_rules import SERIES, DateRule, Span, due_days
from rectification.schemes.terms import Event, Phase, Problem, Rhythm

_ALIKE = (
    "title",
    "rhythm",
    "due_on",
    "starts_on",
    "times",
    "every",
    "day",
    "month",
    "within_days",
    "in_working_days",
    "shift",
    "grace_days",
)


def date_rule(row: Any) -> DateRule:
    """A rule's row as its dates see it; what is not filled in yet counts as empty."""
    empty: dict[str, Any] = {"times": 1} | dict.fromkeys(("title", "rhythm", "every", "shift"), "")
    filled: dict[str, Any] = {
        name: empty.get(name, None if name.endswith("_on") else 0) if value is None else value
        for name in _ALIKE
        for value in [getattr(row, name)]
    }
    return DateRule(**filled, event=Event(row.event).label if row.event in set(Event) else row.event or "")


def span_of(phases: Sequence[Phase], stage: str) -> Span | None:
    """From the first to the last day of a stage's phases; None where it has none or no stage is named."""
    here = [
        Span(phase.starts_on, phase.ends_on, phase.name)
        for phase in phases
        if phase.stage == stage and phase.starts_on and phase.ends_on
    ]
    if not stage or not here:
        return None
    first, last = min(span.first for span in here), max(span.last for span in here)
    return Span(first, last, "、".join(span.name for span in here))


def duty_rule_problems(
    rules: Sequence[Any], *, phases: Sequence[Phase] = (), year: int | None = None
) -> Iterator[Problem]:
    """Every rule has a key of its own, a title, a debtor that fits, and makes at least one date in the year."""
    for key, times in Counter(rule.key for rule in rules).items():
        if times > 1:
            yield Problem("duty_rules", f"时限任务编号“{key}”重复 {times} 次")
    for number, rule in enumerate(rules):
        for name, message in _faults(rule, number, phases, year or _year_of(rule, phases)):
            yield Problem(f"duty_rules.{number}.{name}", message)


def _year_of(rule: Any, phases: Sequence[Phase]) -> int:
    """The year the rule stands in, where the caller does not say it; only the lengths of months depend on it."""
    days = [rule.due_on, rule.starts_on, *(phase.starts_on for phase in phases)]
    return next((day.year for day in days if day), 2000)


def _faults(row: Any, number: int, phases: Sequence[Phase], year: int) -> Iterator[tuple[str, str]]:
    if not (row.title or "").strip():
        yield "title", f"第 {number + 1} 项时限任务没有名称"
        return
    name = f"时限任务“{row.title}”"
    if row.rhythm not in set(Rhythm):
        yield "rhythm", f"{name}的频次“{row.rhythm}”无效"
        return
    rule = date_rule(row)
    found = [(column, f"{name}{words}") for column, words in (*_of_columns(rule), *_of_debtor(row))]
    phase = span_of(phases, row.stage)
    if row.stage and phase is None:
        found.append(("stage", f"{name}限于的环节，方案里还没有相应的阶段"))
    yield from found
    if not found:
        made = due_days(rule, year=year, phase=phase, is_working=WEEKENDS)
        if made.refusal:
            yield "due_on", f"时限任务{made.refusal}"


def _of_columns(rule: DateRule) -> Iterator[tuple[str, str]]:
    """Numbers out of their range and columns the rhythm needs."""
    waits, counts = rule.rhythm == Rhythm.WITHIN, rule.rhythm == Rhythm.COUNT
    longest = 15 if Rhythm.HALF_MONTH in (rule.rhythm, rule.every) else 31
    faults = (
        (counts and rule.times < 1, "times", "按次数计，次数应至少为 1"),
        (counts and bool(rule.every) and rule.every not in SERIES, "every", f"的计次周期“{rule.every}”无效"),
        (not 0 <= rule.day <= longest, "day", f"的日期“{rule.day}日”应在 1 与 {longest} 之间"),
        (not 0 <= rule.month <= 3, "month", f"的“季度第 {rule.month} 个月”应在 1 与 3 之间"),
        (rule.grace_days < 0, "grace_days", "的宽限天数不能为负数"),
        (waits and rule.within_days < 1, "within_days", "没有写在多少天之内，应至少为 1 天"),
        (waits and not rule.event, "event", "没有选自何事起算"),
        (bool(rule.shift) and rule.shift not in set(Shift), "shift", f"的休息日处理“{rule.shift}”无效"),
    )
    return ((column, words) for wrong, column, words in faults if wrong)


def _of_debtor(row: Any) -> Iterator[tuple[str, str]]:
    """An event and the people of a case need a case."""
    if row.event and row.subject == "unit":
        yield "subject", "自某事起算，对象应选“每个整顿对象”或“有整顿对象的单位”"
    if row.debtor and row.subject != "case":
        yield "debtor", "由帮扶人员承担，对象应选“每个整顿对象”"
    level, role = row.owner_level, getattr(row, "owner_role", "")
    if row.subject == "case" and level in (Level.CITY, Level.PROVINCE):
        yield "owner_level", "以整顿对象为对象，责任层级应选县、乡镇或基层"
    elif (
        role in OFFICER.values()
        and level in set(Level)
        and not row.debtor
        and OFFICER.get(Level(level)) != role
    ):
        named = LABELS[OFFICER[Level(level)]] if Level(level) in OFFICER else ""
        yield "owner_role", f"的责任岗位与责任层级不符，{Level(level).label}级由{named}承担"
