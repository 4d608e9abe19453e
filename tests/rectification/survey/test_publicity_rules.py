"""公布、公示: period, objections, order."""

from dataclasses import replace
from datetime import date

import pytest

from rectification.survey.publicity_rules import (
    Dates,
    Objection,
    closing_refusal,
    objection_errors,
    order_errors,
    period_errors,
    upheld,
)

START, END = date(2025, 3, 20), date(2025, 3, 26)
RAISED = Objection("石桥村", "反映班子已经调整", date(2025, 3, 22))
HANDLED = replace(RAISED, handling="经核查，3月10日已补选书记", handled_on=date(2025, 3, 25), upheld=True)
DATES = Dates(
    proposed_on=date(2025, 3, 5),
    reviewed_on=date(2025, 3, 12),
    publicity_from=START,
    publicity_to=END,
    determined_on=date(2025, 3, 18),
    noticed_on=date(2025, 3, 19),
    filed_on=date(2025, 3, 26),
)


def test_a_whole_period_stands() -> None:
    assert period_errors(START, END, "县政府网站") == {}


def test_a_period_of_one_day_stands() -> None:
    assert period_errors(START, START, "村务公开栏") == {}


def test_a_period_that_ends_before_it_begins_is_refused_at_its_end() -> None:
    assert period_errors(END, START, "网站") == {
        "ends_on": "公布结束日期 2025年3月20日 早于开始日期 2025年3月26日"
    }


def test_place_and_days_are_asked_for_at_their_fields() -> None:
    assert set(period_errors(None, None, " ")) == {"place", "starts_on", "ends_on"}


def test_a_period_shorter_than_the_scheme_asks_is_refused() -> None:
    assert "公布 7 天，少于方案要求的 10 天" in period_errors(START, END, "网站", least_days=10)["ends_on"]
    assert period_errors(START, END, "网站", least_days=7) == {}


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"text": " "}, "text", "没有填异议内容"),
        ({"raised_on": date(2025, 3, 19)}, "raised_on", "早于公布开始日期"),
        ({"raised_on": date(2025, 3, 30)}, "raised_on", "晚于今天"),
        ({"handled_on": date(2025, 3, 21)}, "handled_on", "早于提出日期"),
        ({"upheld": None}, "handling", "还缺处理结论"),
        ({"handling": "", "upheld": None}, "handling", "还缺处理情况、处理结论"),
    ],
)
def test_an_objection_that_cannot_stand_says_where(
    change: dict[str, object], field: str, message: str
) -> None:
    one = replace(HANDLED, **change)  # type: ignore[arg-type]
    assert message in objection_errors(one, starts_on=START, today=date(2025, 3, 28))[field]


def test_an_objection_may_be_recorded_before_it_is_handled() -> None:
    assert objection_errors(RAISED, starts_on=START, today=END) == {}


def test_a_publicity_ends_after_its_last_day() -> None:
    assert "期满后才能办结" in (closing_refusal(END, [], today=END) or "")
    assert closing_refusal(END, [], today=date(2025, 3, 27)) is None


def test_every_objection_is_handled_before_the_publicity_is_closed() -> None:
    after = date(2025, 3, 27)
    assert closing_refusal(END, [RAISED, HANDLED], today=after) == "还有 1 件异议没有处理：“石桥村”"
    assert closing_refusal(END, [HANDLED], today=after) is None


def test_upheld_objections_name_who_must_be_looked_at_again() -> None:
    assert upheld([HANDLED, replace(HANDLED, about="柳溪村", upheld=False), HANDLED]) == ["石桥村"]


def test_days_in_order_stand() -> None:
    assert order_errors(DATES) == {}


def test_steps_on_one_day_stand() -> None:
    day = date(2025, 3, 18)
    assert order_errors(Dates(day, day, day, day, day, day, day)) == {}


def test_steps_left_out_by_the_scheme_are_no_error() -> None:
    assert order_errors(Dates(determined_on=date(2025, 3, 18))) == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reviewed_on": date(2025, 3, 1)}, "reviewed_on"),
        ({"determined_on": date(2025, 3, 10)}, "determined_on"),
        ({"noticed_on": date(2025, 3, 17)}, "noticed_on"),
        ({"filed_on": date(2025, 3, 15)}, "filed_on"),
        ({"publicity_from": date(2025, 3, 17)}, "publicity_from"),
    ],
)
def test_a_step_before_the_one_ahead_is_named_at_its_field(change: dict[str, date], field: str) -> None:
    assert list(order_errors(DATES._replace(**change))) == [field]


def test_a_step_is_compared_over_a_gap() -> None:
    errors = order_errors(Dates(proposed_on=date(2025, 3, 5), determined_on=date(2025, 3, 1)))
    assert errors == {"determined_on": "审定日期 2025年3月1日 早于乡镇初定日期 2025年3月5日"}


def test_where_the_publicity_comes_first_it_has_ended_by_the_determination() -> None:
    assert "早于公示结束日期" in order_errors(DATES, publicity_first=True)["determined_on"]
    later = DATES._replace(determined_on=date(2025, 3, 27), noticed_on=date(2025, 3, 28), filed_on=None)
    assert order_errors(later, publicity_first=True) == {}


def test_the_notice_waits_for_a_publicity_that_comes_first() -> None:
    dates = Dates(publicity_from=START, publicity_to=END, noticed_on=date(2025, 3, 25))
    assert list(order_errors(dates, publicity_first=True)) == ["noticed_on"]


def test_a_day_in_another_year_is_a_slip_of_the_pen():
    far = date(START.year + 180, 1, 1)
    assert set(period_errors(START, far, "网站", year=START.year)) == {"ends_on"}
    assert "核对年份" in period_errors(date(1900, 1, 1), END, "网站", year=START.year)["starts_on"]
    assert period_errors(START, date(START.year + 1, 1, 5), "网站", year=START.year) == {}
