"""Lights, reminders and extensions of what is owed (issue 2 §8, architecture: Duties)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from accounts.roles import OFFICERS, Role
from rectification.schemes.terms import words

OVERDUE = -1
"""The reminder rule of an overdue duty, beside the days in advance (7, 3, 1, 0)."""


class Light(StrEnum):
    """The colour of a duty; always shown with its word."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class LightState(NamedTuple):
    """A duty's light: colour, word, days left (negative when overdue; None when it is done), and the whole text."""

    light: Light
    word: str
    days_left: int | None
    text: str


def light_of(
    effective_due_on: date,
    *,
    today: date,
    yellow_days: int,
    done_on: date | None = None,
    late_after_on: date | None = None,
) -> LightState:
    """Green while there is time, yellow from `yellow_days` before the day, on it and in its days of grace, red after.

    `late_after_on` is the last day of grace; an extension beyond it leaves nothing of it. A done duty is green whether
    in time or late; the text keeps how late it was.
    """
    last = max(effective_due_on, late_after_on or effective_due_on)
    if done_on is not None:
        late = (done_on - effective_due_on).days
        if late <= 0:
            return LightState(Light.GREEN, "办结", None, "已按时办结")
        text = f"已办结，逾期 {late} 天" if done_on > last else "已在宽限期内办结"
        return LightState(Light.GREEN, "办结", None, text)
    left = (effective_due_on - today).days
    if today > last:
        return LightState(Light.RED, "逾期", left, f"逾期 {-left} 天")
    if left < 0:
        return LightState(Light.YELLOW, "宽限", left, f"宽限期内，至{last.month}月{last.day}日")
    text = "今天到期" if left == 0 else f"还有 {left} 天"
    if left <= yellow_days:
        return LightState(Light.YELLOW, "临期", left, text)
    return LightState(Light.GREEN, "正常", left, text)


def reminder_due(
    effective_due_on: date,
    *,
    today: date,
    days: Iterable[int],
    sent: Collection[int],
    since: date,
    done: bool = False,
    late_after_on: date | None = None,
) -> int | None:
    """The one reminder rule to give today: days in advance, `OVERDUE`, or None.

    `days` are the scheme's (7, 3, 1, 0); `sent` the rules already given *for this effective due date*, so an
    extension starts afresh; `since` is the day this due date came to hold (made or extended on).

    Each rule falls once, however often this is asked, overdue too: once per effective due date. After an outage only
    the latest missed one is made up, never a heap of them. What would have fallen before `since` was never due: a
    duty made five days ahead is first reminded at three; one made already overdue is reminded of that. In the days of
    grace (until `late_after_on`) nothing is overdue yet.
    """
    if done:
        return None
    if today > max(effective_due_on, late_after_on or effective_due_on):
        return None if OVERDUE in sent else OVERDUE
    reached = [
        ahead for ahead in days if ahead >= 0 and today >= effective_due_on - timedelta(days=ahead) >= since
    ]
    if not reached or min(reached) in sent:
        return None
    return min(reached)


def reminder_text(
    title: str, effective_due_on: date, *, today: date, late_after_on: date | None = None
) -> str:
    """The words of a reminder, with the days as they are today (after an outage not those of the rule)."""
    left = (effective_due_on - today).days
    if left < 0 and late_after_on and today <= late_after_on:
        return f"“{title}”已过截止日期 {words(effective_due_on)}，宽限至 {words(late_after_on)}"
    if left < 0:
        return f"“{title}”已逾期 {-left} 天（截止 {words(effective_due_on)}）"
    when = "今天到期" if left == 0 else f"还有 {left} 天到期"
    return f"“{title}”{when}（截止 {words(effective_due_on)}）"


def extension_refusal(
    *,
    reason: str,
    due_on: date,
    effective_due_on: date,
    until_on: date | None,
    cap_days: int | None,
    done: bool = False,
) -> str | None:
    """Why a duty cannot be extended so, or None.

    It needs a reason and a day after the one in force; all extensions together stay within the scheme's
    `cap_days` after the first due day `due_on`, which never moves (architecture, mechanism 4). None is no cap.
    """
    if done:
        return "任务已经办结，不能延期"
    if not reason.strip():
        return "延期须写明理由"
    if until_on is None:
        return "没有填延期至哪一天"
    if until_on <= effective_due_on:
        return f"延期日期 {words(until_on)} 应晚于现行截止日期 {words(effective_due_on)}"
    if cap_days is not None and until_on > (last := due_on + timedelta(days=cap_days)):
        return f"延期日期 {words(until_on)} 超过上限：按方案最多延期 {cap_days} 天，即至 {words(last)}"
    return None


def extender_refusal(
    *, role: Role, post_path: str, unit_path: str, of_case: bool, unit: str = "该单位"
) -> str | None:
    """Why a post may not extend a duty of a unit, or None: the unit above does, for a case at least the county.

    Nobody extends what they owe themselves (domain §1, separation).
    """
    if role not in OFFICERS:
        return "延期由上级党委组织部门或乡镇（街道）组织委员办理"
    if not unit_path.startswith(post_path) or unit_path == post_path:
        return f"{unit}的任务由其上级单位延期，本单位不能给自己延期"
    if of_case and role is Role.TOWNSHIP_OFFICER:
        return "整顿对象的任务由县（市、区）委组织部延期"
    return None
