"""The days on which duties fall: rhythms, phases, working days, grace."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectification.schemes.calendar_rules import (
    CalendarRow,
    WorkingDays,
    shifted,
    working_days,
    working_days_after,
)
from rectification.schemes.date_rules import WITHIN, DateRule, Made, Span, due_days, rhythm_words

YEAR = 2025
REMEDIATION = Span(date(2025, 4, 1), date(2025, 10, 31), "集中整顿阶段")
# 2025: 五一 1–5 May free, Sunday 27 April worked; 国庆 1–8 October free, Sunday 28 September worked
CALENDAR = working_days(
    [CalendarRow(date(2025, 5, day), False, "劳动节") for day in range(1, 6)]
    + [CalendarRow(date(2025, 10, day), False, "国庆节") for day in range(1, 9)]
    + [CalendarRow(date(2025, 4, 27), True), CalendarRow(date(2025, 9, 28), True)]
)


def days(rule: DateRule, **more: object) -> list[date]:
    return [day.on for day in made(rule, **more).days]


def made(rule: DateRule, **more: object) -> Made:
    return due_days(rule, year=YEAR, **more)  # type: ignore[arg-type]


def test_once_falls_on_its_day() -> None:
    assert days(DateRule("台账", "once", date(2025, 3, 26))) == [date(2025, 3, 26)]


def test_once_without_a_day_falls_on_its_phases_last() -> None:
    assert days(DateRule("整顿", "once"), phase=REMEDIATION) == [date(2025, 10, 31)]


def test_once_without_day_and_phase_makes_no_date_and_says_so() -> None:
    assert made(DateRule("台账", "once")).refusal == "“台账”没有截止日期"


def test_once_outside_its_phase_is_refused_with_both() -> None:
    refusal = made(DateRule("台账", "once", date(2025, 3, 26)), phase=REMEDIATION).refusal or ""
    assert "2025年3月26日 不在阶段“集中整顿阶段”" in refusal


def test_half_monthly_falls_on_the_15th_and_the_last_day() -> None:
    rule = DateRule("半月报", "half_month", date(2025, 3, 31), starts_on=date(2025, 2, 1))
    assert days(rule) == [date(2025, 2, 15), date(2025, 2, 28), date(2025, 3, 15), date(2025, 3, 31)]


def test_half_monthly_may_have_its_day_in_each_half() -> None:
    rule = DateRule("半月报", "half_month", date(2025, 3, 31), starts_on=date(2025, 3, 1), day=5)
    assert days(rule) == [date(2025, 3, 5), date(2025, 3, 20)]


def test_monthly_without_bounds_has_twelve_days_a_year() -> None:
    assert len(days(DateRule("月报", "monthly"))) == 12


def test_monthly_stays_within_its_phase() -> None:
    found = days(DateRule("月报", "monthly", day=25), phase=REMEDIATION)
    assert (found[0], found[-1], len(found)) == (date(2025, 4, 25), date(2025, 10, 25), 7)


def test_the_31st_of_a_short_month_is_its_last_day() -> None:
    assert days(DateRule("月报", "monthly", day=31))[:4] == [
        date(2025, 1, 31),
        date(2025, 2, 28),
        date(2025, 3, 31),
        date(2025, 4, 30),
    ]


def test_a_last_period_that_is_cut_short_ends_with_the_rule() -> None:
    rule = DateRule("联席会议", "monthly", date(2026, 1, 15), starts_on=date(2025, 11, 5))
    assert days(rule) == [date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 15)]


def test_the_accounts_are_published_on_the_15th_of_each_quarters_first_month() -> None:
    rule = DateRule("公开财务收入", "quarterly", day=15, month=1)
    assert days(rule) == [date(2025, month, 15) for month in (1, 4, 7, 10)]


def test_a_quarterly_rule_falls_by_itself_on_the_quarters_last_day() -> None:
    assert days(DateRule("季评估", "quarterly")) == [
        date(2025, 3, 31),
        date(2025, 6, 30),
        date(2025, 9, 30),
        date(2025, 12, 31),
    ]


def test_a_set_day_before_the_start_is_left_out() -> None:
    rule = DateRule(
        "公开", "quarterly", starts_on=date(2025, 3, 1), due_on=date(2025, 5, 30), day=15, month=1
    )
    assert days(rule) == [date(2025, 4, 15)]


def test_a_count_has_one_day_and_its_number() -> None:
    (day,) = made(DateRule("到点指导", "count", date(2025, 12, 31), times=4)).days
    assert (day.on, day.times) == (date(2025, 12, 31), 4)


def test_a_count_in_every_quarter_has_a_day_in_each() -> None:
    found = made(DateRule("督导", "count", times=2, every="quarterly")).days
    assert [(day.on.month, day.times) for day in found] == [(3, 2), (6, 2), (9, 2), (12, 2)]


def test_within_so_many_days_of_an_event_counts_from_the_day_after() -> None:
    rule = DateRule("补派第一书记", WITHIN, within_days=10, event="第一书记空缺")
    assert days(rule, events=[date(2025, 6, 20)]) == [date(2025, 6, 30)]


def test_within_working_days_skips_the_holiday() -> None:
    rule = DateRule("补派", WITHIN, within_days=3, event="空缺", in_working_days=True)
    assert days(rule, events=[date(2025, 4, 30)], is_working=CALENDAR) == [date(2025, 5, 8)]


def test_a_rule_that_waits_for_its_event_is_no_error() -> None:
    result = made(DateRule("补派", WITHIN, within_days=10, event="第一书记空缺"))
    assert (result.days, result.refusal) == ((), None)
    assert "自“第一书记空缺”起 10 天内，发生后产生" in result.note


def test_an_event_outside_the_phase_makes_nothing() -> None:
    rule = DateRule("补派", WITHIN, within_days=10, event="空缺")
    assert days(rule, events=[date(2025, 3, 1), date(2025, 5, 10)], phase=REMEDIATION) == [date(2025, 5, 20)]


def test_a_free_day_is_moved_later_past_the_whole_holiday() -> None:
    (day,) = made(DateRule("台账", "once", date(2025, 5, 1), shift="later"), is_working=CALENDAR).days
    assert (day.on, day.nominal) == (date(2025, 5, 6), date(2025, 5, 1))


def test_a_free_day_is_moved_earlier() -> None:
    rule = DateRule("台账", "once", date(2025, 5, 2), shift="earlier")
    assert days(rule, is_working=CALENDAR) == [date(2025, 4, 30)]


def test_a_weekend_worked_instead_stays() -> None:
    rule = DateRule("台账", "once", date(2025, 4, 27), shift="later")
    assert days(rule, is_working=CALENDAR) == [date(2025, 4, 27)]


def test_grace_delays_only_when_it_counts_as_overdue() -> None:
    (day,) = made(DateRule("月报", "once", date(2025, 6, 30), grace_days=3)).days
    assert (day.on, day.until) == (date(2025, 6, 30), date(2025, 7, 3))


def test_grace_that_ends_on_a_free_day_ends_on_the_next_worked_one() -> None:
    rule = DateRule("月报", "once", date(2025, 9, 30), shift="later", grace_days=3)
    (day,) = made(rule, is_working=CALENDAR).days
    assert day.until == date(2025, 10, 9)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (DateRule("月报", "weekly"), "频次“weekly”无效"),
        (DateRule("督导", "count", date(2025, 12, 31), times=0), "次数应至少为 1"),
        (DateRule("督导", "count", times=2, every="once"), "计次周期“once”无效"),
        (DateRule("月报", "monthly", day=32), "应在 1 与 31 之间"),
        (DateRule("半月报", "half_month", day=16), "应在 1 与 15 之间"),
        (DateRule("季报", "quarterly", month=4), "应在 1 与 3 之间"),
        (DateRule("补派", WITHIN, event="空缺"), "没有写在多少天之内"),
        (DateRule("补派", WITHIN, within_days=5, event=" "), "没有写自何事起算"),
        (DateRule("台账", "once", date(2025, 5, 1), shift="later"), "没有工作日历"),
        (DateRule("月报", "monthly", date(2025, 3, 1), starts_on=date(2025, 4, 1)), "不产生任何日期"),
        (
            DateRule("月报", "monthly", date(2025, 3, 20), starts_on=date(2025, 3, 10), day=5),
            "2025年3月10日至2025年3月20日之间不产生任何日期",
        ),
    ],
)
def test_a_rule_that_makes_no_date_is_refused_in_words(rule: DateRule, message: str) -> None:
    result = made(rule)
    assert result.days == ()
    assert message in (result.refusal or "")


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (DateRule("x", "quarterly", day=15, month=1), "每季度首月15日前"),
        (DateRule("x", "quarterly"), "每季度"),
        (DateRule("x", "half_month"), "每半月"),
        (DateRule("x", "count", times=4), "累计4次"),
        (DateRule("x", "count", times=2, every="monthly"), "每月2次"),
        (DateRule("x", WITHIN, within_days=10, event="空缺", in_working_days=True), "空缺后10个工作日内"),
    ],
)
def test_a_rhythm_is_said_as_people_say_it(rule: DateRule, text: str) -> None:
    assert rhythm_words(rule) == text


def test_of_a_year_without_an_order_only_the_weekends_are_known_and_said() -> None:
    assert CALENDAR(date(2027, 5, 3))
    assert not CALENDAR(date(2027, 5, 1))
    assert CALENDAR.doubt([date(2025, 5, 1), date(2027, 5, 3)]) == (
        "2027年的放假调休安排尚未录入，只按周末推算工作日"
    )
    assert CALENDAR.doubt([date(2025, 5, 1)]) is None


def test_a_day_given_as_free_and_as_worked_is_refused() -> None:
    rows = [CalendarRow(date(2025, 5, 1), False), CalendarRow(date(2025, 5, 1), True)]
    with pytest.raises(ValueError, match="2025年5月1日既列为休息日又列为工作日"):
        working_days(rows)


def test_a_calendar_without_working_days_is_told_apart_from_an_endless_search() -> None:
    with pytest.raises(ValueError, match="请核对工作日历"):
        shifted(date(2025, 5, 1), "later", lambda day: False)


@given(
    rhythm=st.sampled_from(["half_month", "monthly", "quarterly"]),
    first=st.dates(date(2024, 1, 1), date(2025, 12, 31)),
    length=st.integers(0, 500),
    day=st.integers(0, 15),
    month=st.integers(0, 3),
)
def test_a_series_is_ordered_never_double_and_never_leaves_its_bounds(
    rhythm: str, first: date, length: int, day: int, month: int
) -> None:
    last = first + timedelta(days=length)
    result = made(DateRule("x", rhythm, last, first, day=day, month=month))
    found = [one.on for one in result.days]
    assert found == sorted(set(found))
    assert all(first <= on <= last for on in found)
    assert bool(found) != bool(result.refusal)
    if not day and not month:
        assert found[-1] == last


@given(day=st.dates(date(2025, 1, 1), date(2026, 12, 31)), shift=st.sampled_from(["earlier", "later"]))
def test_a_moved_day_is_worked_and_moves_no_further_than_it_must(day: date, shift: str) -> None:
    moved = shifted(day, shift, CALENDAR)
    assert CALENDAR(moved)
    between = range(1, abs((moved - day).days))
    step = 1 if shift == "later" else -1
    assert not any(CALENDAR(day + timedelta(days=n * step)) for n in between)
    assert moved == day or not CALENDAR(day)


@given(count=st.integers(1, 30), day=st.dates(date(2025, 1, 1), date(2026, 6, 30)))
def test_so_many_working_days_after_are_so_many_worked_days(count: int, day: date) -> None:
    end = working_days_after(day, count, CALENDAR)
    worked = [n for n in range(1, (end - day).days + 1) if CALENDAR(day + timedelta(days=n))]
    assert len(worked) == count


def test_a_plain_calendar_knows_only_weekends() -> None:
    assert [WorkingDays()(date(2025, 5, day)) for day in (1, 3)] == [True, False]
