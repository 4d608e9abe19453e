"""工作纪实, pure: households read and counted once, what counts for which duty, what will fall short."""

from datetime import date
from types import SimpleNamespace

import pytest

from rectification.remediation.activities.counting import (
    COUNTED,
    Entry,
    Reached,
    Window,
    allotted,
    before_words,
    forecast,
    reached,
)
from rectification.remediation.activities.household_rules import (
    as_words,
    coverage,
    households_refusal,
    read_households,
)
from rectification.remediation.activities.rules import Kind, Term, day_refusal, entry_errors
from rectification.remediation.activities.standing import _latest_of

TODAY = date(2026, 5, 20)
YEAR = Window(1, date(2026, 1, 1), date(2026, 12, 31), 4)
ZHAO = Term(1, "赵某", "leader", date(2026, 1, 1), None)


def visit(day: str, *people: int) -> Entry:
    return Entry(Kind.VISIT, date.fromisoformat(day), frozenset(people))


def visits(entries, people, windows=(YEAR,)):
    return reached(COUNTED["contact_visits"], windows, entries, people=people, households=320, today=TODAY)


# --- households --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("3组12号、15号", ("3组12号", "3组15号")),
        ("3组：12，15；4组 1", ("3组12号", "3组15号", "4组1号")),
        ("三组 12\n十二组 3", ("3组12号", "12组3号")),
        ("３组１２号", ("3组12号",)),
        ("3组1至3", ("3组1号", "3组2号", "3组3号")),
        ("张家湾组 7附1、08-2", ("张家湾组7附1号", "张家湾组8-2号")),
        ("5栋1203室", ("5栋1203号",)),
        ("3组12、12号、012", ("3组12号",)),
        ("", ()),
    ],
)
def test_households_are_read_as_people_write_them(text, read):
    assert read_households(text) == (read, ())


def test_a_name_is_no_household():
    reading = read_households("3组 张三、12")
    assert reading.households == ("3组12号",)
    assert "不写户主姓名" in reading.faults[0]


def test_a_door_without_its_group_is_asked_for():
    assert "是几组" in read_households("12、15").faults[0]


def test_an_endless_series_is_no_door():
    assert read_households("3组1至9000").faults


def test_households_go_back_into_the_words_they_came_from():
    text = as_words(("3组12号", "3组15号", "4组1号"))
    assert text == "3组：12、15；4组：1"
    assert read_households(text).households == ("3组12号", "3组15号", "4组1号")


def test_doors_in_a_row_are_drawn_together_and_read_again():
    doors = tuple(f"3组{number}号" for number in (1, 2, 3, 4, 9, 10))
    assert as_words(doors) == "3组：1至4、9、10"
    assert read_households(as_words(doors)).households == doors


def test_a_household_counts_once_and_the_telephone_apart():
    found = coverage(["3组1号", "3组1号", "3组2号"], ["3组2号", "3组9号"], 4)
    assert (found.visited, found.phoned, found.percent) == (2, 1, 75)


def test_a_hundred_per_cent_means_every_household():
    assert coverage([f"1组{n}号" for n in range(319)], [], 320).percent == 99
    assert coverage([f"1组{n}号" for n in range(320)], [], 320).percent == 100


def test_without_the_villages_number_there_is_no_percentage():
    found = coverage(["3组1号"], [], None)
    assert found.percent is None and "没有填户数" in found.words


def test_more_households_than_the_village_has_are_refused():
    refused = households_refusal(
        before={"1组1号", "1组2号"}, visited={"1组2号", "1组3号"}, phoned=(), total=2
    )
    assert "共走访 3 户，超过全村 2 户" in refused
    assert households_refusal(before={"1组1号"}, visited={"1组2号"}, phoned=(), total=2) is None
    assert households_refusal(before=(), visited={"1组2号"}, phoned=(), total=None) is None


# --- an entry ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 5, 21), "今天之后"),
        (date(2026, 3, 1), "早于认定"),
        (date(2026, 5, 20), None),
    ],
)
def test_a_day_lies_between_the_beginning_of_the_case_and_today(on, words):
    refused = day_refusal(on, today=TODAY, began_on=date(2026, 4, 1), ended_on=None)
    assert refused is None if words is None else words in refused


def test_what_was_done_after_the_case_was_closed_is_no_part_of_it():
    refused = day_refusal(TODAY, today=TODAY, began_on=None, ended_on=date(2026, 5, 10))
    assert "销号" in refused


def errors(**changed):
    given = {
        "kind": Kind.VISIT,
        "on": TODAY,
        "today": TODAY,
        "began_on": None,
        "ended_on": None,
        "people": [ZHAO],
        "others": "",
        "what": "谈心",
        "households": (),
        "phoned": (),
    }
    return entry_errors(**{**given, **changed})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({}, None),
        ({"what": " "}, "what"),
        ({"people": []}, "members"),
        ({"people": [], "others": "村支书"}, None),
        ({"kind": Kind.CALL}, "households"),
        ({"households": ("3组1号",)}, "kind"),
        ({"people": [Term(2, "钱某", "team", date(2026, 6, 1), None)]}, "members"),
        ({"people": [Term(2, "钱某", "team", date(2026, 1, 1), date(2026, 5, 1))]}, "members"),
    ],
)
def test_an_entry_says_what_it_lacks_at_its_field(changed, field):
    assert list(errors(**changed)) == ([field] if field else [])


# --- counting ----------------------------------------------------------------------------------------------------


def test_two_entries_of_one_day_are_one_visit():
    assert visits([visit("2026-03-01", 1), visit("2026-03-01", 1)], [ZHAO])[1].count == 1


def test_each_leader_owes_the_number_and_the_duty_stands_where_the_last_stands():
    qian = Term(2, "钱某", "leader", date(2026, 1, 1), None)
    found = visits([visit("2026-03-01", 1, 2), visit("2026-04-01", 1)], [ZHAO, qian])[1]
    assert (found.count, found.each) == (1, (("赵某", 2), ("钱某", 1)))


def test_who_comes_in_a_leaders_place_takes_over_the_visits():
    gone = Term(1, "赵某", "leader", date(2026, 1, 1), date(2026, 4, 30))
    new = Term(2, "孙某", "leader", date(2026, 5, 1), None)
    found = visits([visit("2026-03-01", 1), visit("2026-05-06", 2)], [gone, new])[1]
    assert found.each == (("孙某", 2),)


def test_a_first_secretarys_visit_is_not_the_leaders():
    secretary = Term(3, "李某", "first_secretary", date(2026, 1, 1), None)
    assert visits([visit("2026-03-01", 3)], [ZHAO, secretary])[1].count == 0


def test_without_a_leader_no_visit_is_done():
    assert visits([visit("2026-03-01")], [])[1].count == 0


def test_a_meeting_counts_for_one_month_only():
    may = Window(5, date(2026, 5, 1), date(2026, 6, 10), 1)
    june = Window(6, date(2026, 6, 1), date(2026, 6, 30), 1)
    assert allotted([date(2026, 6, 3)], [june, may]) == {6: 0, 5: 1}
    assert allotted([date(2026, 5, 7), date(2026, 6, 3)], [june, may]) == {6: 1, 5: 1}


def test_household_calls_are_counted_within_their_period():
    window = Window(1, date(2026, 1, 1), date(2026, 6, 30), 100)
    calls = [
        Entry(Kind.CALL, date(2026, 3, 1), frozenset(), ("1组1号",), ("1组2号",)),
        Entry(Kind.CALL, date(2026, 7, 1), frozenset(), ("1组3号",)),
    ]
    found = reached(COUNTED["household_calls"], [window], calls, people=[], households=4, today=TODAY)[1]
    assert (found.count, found.coverage.visited, found.coverage.phoned) == (50, 1, 1)


# --- what will fall short ------------------------------------------------------------------------------------------


def said(count, *, last=date(2026, 9, 30), today=TODAY, times=4, key="contact_visits", **found):
    window = Window(1, date(2026, 1, 1), last, times)
    return forecast(COUNTED[key], window, Reached(count, **found), today=today, yellow_days=7)


def test_the_forecast_says_what_is_missing_and_until_when():
    assert said(2).text == "9月底前还差2次（应4次，已2次）"
    assert before_words(date(2026, 9, 15)) == "9月15日前"
    assert before_words(date(2026, 2, 28)) == "2月底前"


@pytest.mark.parametrize(
    ("count", "today", "tone"),
    [
        (4, TODAY, "green"),
        (2, TODAY, "green"),
        (1, date(2026, 1, 2), "green"),
        (0, TODAY, "yellow"),
        (3, date(2026, 9, 25), "yellow"),
        (3, date(2026, 10, 1), "red"),
    ],
)
def test_it_warns_when_the_pace_is_slow_the_day_near_or_gone(count, today, tone):
    assert said(count, today=today).tone == tone


def test_it_names_which_of_several_leaders_is_late():
    assert "还差3次（钱某）" in said(1, each=(("赵某", 4), ("钱某", 1))).text


def test_missing_households_are_said_in_households():
    found = said(
        93, times=100, key="household_calls", coverage=coverage([f"1组{n}号" for n in range(300)], [], 320)
    )
    assert "还差20户" in found.text


def test_a_meeting_missed_month_after_month_is_said_once_with_how_often_before():
    months = [Window(1, date(2026, month, 1), date(2026, month, 28), 1) for month in (2, 3, 4)]
    lines = [
        SimpleNamespace(
            title="联席会议",
            window=window,
            forecast=forecast(COUNTED["joint_meeting"], window, Reached(0), today=TODAY, yellow_days=5),
        )
        for window in months
    ]
    (words,) = _latest_of(lines)
    assert words == "联席会议已过4月28日，差1次（应1次，已0次），此前2期也未完成"
