"""量化目标: what each case is to reach in the year (S1 眉县), where it stands, and why an entry is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rectification.schemes.terms import words

# What is counted from the measures of the plan, by the kind of measure; everything else is entered by number
COUNTED: Mapping[str, str] = {"tasks": "task", "practical_matters": "deed"}
NUMBER_AT_MOST = 9999


@dataclass(frozen=True)
class Standing:
    """Where one target of one case stands.

    reached: how many there are. planned: how many the plan lists (None where entries count). short, over: how many
    are missing to the least, or beyond the most. met: None where the scheme only counts. text and tone: the light.
    """

    reached: int
    planned: int | None
    short: int
    over: int
    met: bool | None
    text: str
    tone: str


def standing(
    *,
    least: int | None,
    most: int | None,
    unit: str,
    reached: int,
    planned: int | None = None,
    late: bool = False,
) -> Standing:
    """Measure what was reached against least and most; `late` when the case is past its rectification.

    Where the scheme only counts (no least, no most) the plan's own number is the measure.
    """
    short = max((least or 0) - reached, 0)
    over = max(reached - most, 0) if most is not None else 0
    if least is None and most is None:
        return _only_counted(unit, reached, planned, late)
    said = _of_plan(reached, planned, unit)
    if short:
        listed = f"，方案只列 {planned} {unit}" if planned is not None and planned < (least or 0) else ""
        text, tone = f"{said}，还差 {short} {unit}{listed}", "red" if late else "yellow"
    elif over:
        text, tone = f"{said}，多于上限 {over} {unit}", "yellow"
    else:
        text, tone = f"{said}，已达标", "green"
    return Standing(reached, planned, short, over, not short and not over, text, tone)


def _of_plan(reached: int, planned: int | None, unit: str) -> str:
    return f"{reached} {unit}" if planned is None else f"计划 {planned} {unit}，完成 {reached} {unit}"


def _only_counted(unit: str, reached: int, planned: int | None, late: bool) -> Standing:
    if planned is None:
        return Standing(reached, None, 0, 0, None, f"{reached} {unit}", "grey")
    if not planned:
        return Standing(reached, 0, 0, 0, None, "方案还没有列出", "grey")
    left = max(planned - reached, 0)
    text = _of_plan(reached, planned, unit) + ("，全部完成" if not left else f"，还差 {left} {unit}")
    tone = "green" if not left else "red" if late else "blue"
    return Standing(reached, planned, left, 0, not left, text, tone)


def asked_words(least: int | None, most: int | None, unit: str) -> str:
    """What the scheme asks: 不少于 1 名, 3—5 名, 只计数."""
    if least is not None and most is not None:
        return f"{least}—{most} {unit}" if least != most else f"{least} {unit}"
    if least is not None:
        return f"不少于 {least} {unit}"
    return f"不多于 {most} {unit}" if most is not None else "只计数"


def day_refusal(on: date, *, today: date, began_on: date | None, ended_on: date | None) -> str | None:
    """Why nothing can have been reached on this day, or None."""
    if on > today:
        return f"{words(on)}在今天之后，只填已经完成的"
    if began_on is not None and on < began_on:
        return f"{words(on)}早于认定为整顿对象的日期{words(began_on)}，以前的不计入"
    if ended_on is not None and on > ended_on:
        return f"该对象已于{words(ended_on)}销号，之后的不计入"
    return None


def entry_errors(
    *, key: str, title: str, number: int, on: date, today: date, began_on: date | None, ended_on: date | None
) -> dict[str, list[str]]:
    """What is wrong with an entry, by field; empty when it may be kept."""
    found: dict[str, list[str]] = {}
    if key in COUNTED:
        found["target"] = [f"“{title}”由整改措施自动统计，不用另填"]
    if not 1 <= number <= NUMBER_AT_MOST:
        found["number"] = [f"完成数应为 1 到 {NUMBER_AT_MOST} 的整数；填错了请更正或撤回原来那条"]
    if refused := day_refusal(on, today=today, began_on=began_on, ended_on=ended_on):
        found["on"] = [refused]
    return found
