"""An amended rule re-makes future duties only; the editor sees the days beforehand."""

from datetime import date

from rectification.duties.dates import Standing, redated
from rectification.schemes.date_rules import DateRule, DueDay, Span, due_days
from rectification.schemes.previews import previewed

TODAY = date(2025, 6, 10)


def due(*days: date) -> list[DueDay]:
    return [DueDay(day, day, day, Span(day, day), 1) for day in days]


def standing(key: int, due_on: date, *, until: date | None = None, open_: bool = True) -> Standing:
    return Standing(key, due_on, until or due_on, open_)


def test_a_future_duty_on_another_day_is_cancelled_and_made_anew() -> None:
    result = redated([standing(1, date(2025, 6, 30))], due(date(2025, 7, 15)), today=TODAY)
    assert (result.cancelled, [day.on for day in result.made]) == ((1,), [date(2025, 7, 15)])


def test_what_is_overdue_or_done_stays() -> None:
    duties = [standing(1, date(2025, 5, 31)), standing(2, date(2025, 6, 30), open_=False)]
    result = redated(duties, due(date(2025, 7, 15)), today=TODAY)
    assert (result.kept, result.cancelled) == ((1, 2), ())


def test_a_done_duty_is_not_asked_for_a_second_time() -> None:
    duties = [standing(1, date(2025, 6, 30), open_=False)]
    assert redated(duties, due(date(2025, 6, 30)), today=TODAY).made == ()


def test_no_day_is_made_in_the_past() -> None:
    result = redated([], due(date(2025, 5, 31), TODAY, date(2025, 6, 30)), today=TODAY)
    assert [day.on for day in result.made] == [TODAY, date(2025, 6, 30)]


def test_a_duty_whose_day_is_still_asked_for_stays_with_its_extension() -> None:
    duties = [standing(1, date(2025, 6, 30), until=date(2025, 7, 10))]
    result = redated(duties, due(date(2025, 6, 30), date(2025, 7, 31)), today=TODAY)
    assert (result.kept, [day.on for day in result.made]) == ((1,), [date(2025, 7, 31)])


def test_a_duty_extended_to_the_new_day_or_beyond_takes_its_place() -> None:
    duties = [standing(1, date(2025, 6, 30), until=date(2025, 8, 1))]
    result = redated(duties, due(date(2025, 7, 15)), today=TODAY)
    assert (result.kept, result.cancelled, result.made) == ((1,), (), ())


def test_a_duty_extended_less_far_than_the_new_day_is_made_anew() -> None:
    duties = [standing(1, date(2025, 6, 30), until=date(2025, 7, 5))]
    result = redated(duties, due(date(2025, 7, 15)), today=TODAY)
    assert (result.cancelled, len(result.made)) == ((1,), 1)


def test_the_editor_sees_how_many_days_there_are_and_the_first_ones() -> None:
    text = previewed(due_days(DateRule("月报", "monthly"), year=2025), most=2)
    assert text == "共 12 次：2025年1月31日、2025年2月28日……"


def test_the_editor_sees_a_moved_day_with_the_day_it_had() -> None:
    rule = DateRule("台账", "once", date(2025, 3, 15), shift="later")
    text = previewed(due_days(rule, year=2025, is_working=lambda day: day.weekday() < 5))
    assert text == "2025年3月17日（原为2025年3月15日，休息日）"


def test_the_editor_sees_why_there_is_no_day() -> None:
    assert previewed(due_days(DateRule("台账", "once"), year=2025)) == "“台账”没有截止日期"
