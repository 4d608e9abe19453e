"""Lights, reminders and extensions."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectification.duties.rules import (
    OVERDUE,
    Light,
    extension_refusal,
    light_of,
    reminder_due,
    reminder_text,
)

DUE = date(2015, 3, 26)
MADE = date(2015, 3, 1)
DAYS = (7, 3, 1, 0)


def on(left: int) -> date:
    """The day with so many days left."""
    return DUE - timedelta(days=left)


def reminder(left: int, *sent: int, since: date = MADE, done: bool = False) -> int | None:
    return reminder_due(DUE, today=on(left), days=DAYS, sent=sent, since=since, done=done)


@pytest.mark.parametrize(
    ("left", "light", "word", "text"),
    [
        (8, Light.GREEN, "正常", "还有 8 天"),
        (7, Light.YELLOW, "临期", "还有 7 天"),
        (0, Light.YELLOW, "临期", "今天到期"),
        (-1, Light.RED, "逾期", "逾期 1 天"),
    ],
)
def test_the_light_follows_the_days_left(left: int, light: Light, word: str, text: str) -> None:
    state = light_of(DUE, today=on(left), yellow_days=7)
    assert state == (light, word, left, text)


def test_a_done_duty_is_green_and_keeps_how_late_it_was() -> None:
    assert light_of(DUE, today=on(-9), yellow_days=7, done_on=DUE).text == "已按时办结"
    late = light_of(DUE, today=on(-9), yellow_days=7, done_on=on(-2))
    assert (late.light, late.text) == (Light.GREEN, "已办结，逾期 2 天")


@pytest.mark.parametrize("left", [7, 3, 1, 0])
def test_reminders_fall_on_the_schemes_days(left: int) -> None:
    earlier = [day for day in DAYS if day > left]
    assert reminder(left, *earlier) == left


@pytest.mark.parametrize("left", [30, 8])
def test_nothing_falls_before_the_first_day(left: int) -> None:
    assert reminder(left) is None


def test_a_reminder_given_is_not_given_again_until_the_next() -> None:
    assert reminder(7, 7) is None
    assert reminder(5, 7) is None


def test_overdue_is_reminded_once() -> None:
    assert reminder(-1, *DAYS) == OVERDUE
    assert reminder(-30, *DAYS, OVERDUE) is None


def test_after_an_outage_only_the_latest_missed_one_is_made_up() -> None:
    assert reminder(2, 7) == 3
    assert reminder(1) == 1
    assert reminder(0, 1) == 0


def test_after_a_long_outage_only_the_overdue_one_falls() -> None:
    assert reminder(-20) == OVERDUE


def test_a_day_before_the_duty_was_made_was_never_missed() -> None:
    assert reminder(5, since=on(5)) is None
    assert reminder(3, since=on(5)) == 3
    assert reminder(7, since=on(7)) == 7


def test_a_done_duty_is_never_reminded() -> None:
    assert reminder(0, done=True) is None
    assert reminder(-5, done=True) is None


@given(st.sets(st.integers(-40, 40), min_size=1), st.integers(0, 40))
def test_whichever_days_the_task_runs_each_rule_falls_at_most_once(lefts: set[int], made: int) -> None:
    sent: list[int] = []
    for left in sorted(lefts, reverse=True):
        for _ in range(2):
            rule = reminder(left, *sent, since=on(made))
            if rule is not None:
                sent.append(rule)
    assert len(sent) == len(set(sent)) <= 5
    assert sent == sorted(sent, reverse=True)


def test_a_reminder_says_the_days_as_they_are() -> None:
    assert reminder_text("报送台账", DUE, today=on(2)) == "“报送台账”还有 2 天到期（截止 2015年3月26日）"
    assert "今天到期" in reminder_text("报送台账", DUE, today=DUE)
    assert "已逾期 4 天" in reminder_text("报送台账", DUE, today=on(-4))


def extension(
    reason: str = "换届推迟", until: date | None = None, cap: int | None = 30, done: bool = False
) -> str:
    until = until or on(-20)
    refusal = extension_refusal(
        reason=reason, due_on=DUE, effective_due_on=on(-10), until_on=until, cap_days=cap, done=done
    )
    return refusal or ""


def test_an_extension_with_a_reason_and_a_later_day_is_granted() -> None:
    assert extension() == ""


def test_an_extension_needs_a_reason() -> None:
    assert extension(reason="  ") == "延期须写明理由"


def test_an_extension_goes_beyond_the_day_in_force_and_not_only_the_first() -> None:
    assert "应晚于现行截止日期 2015年4月5日" in extension(until=on(-10))


def test_all_extensions_together_stay_within_the_cap_from_the_first_day() -> None:
    assert extension(until=on(-30)) == ""
    assert "最多延期 30 天，即至 2015年4月25日" in extension(until=on(-31))
    assert extension(until=on(-300), cap=None) == ""


def test_a_done_duty_is_not_extended() -> None:
    assert "已经办结" in extension(done=True)


def test_an_extension_names_its_day() -> None:
    assert "哪一天" in (
        extension_refusal(reason="x", due_on=DUE, effective_due_on=DUE, until_on=None, cap_days=None) or ""
    )
