"""Ranking of units and the words of a circular."""

from datetime import date
from decimal import Decimal

from rectification.supervision.circulars.rules import Unit, period_words, ranking


def test_equal_progress_shares_a_place_and_the_next_stays_empty():
    places = ranking([Unit("a", "甲", 2, 160), Unit("b", "乙", 1, 80), Unit("c", "丙", 3, 90)])
    assert [(one.key, one.rank, one.tied) for one in places] == [
        ("a", 1, True),
        ("b", 1, True),
        ("c", 3, False),
    ]


def test_a_unit_without_cases_takes_no_place_and_a_single_case_is_said():
    places = ranking([Unit("a", "甲", 0, 0), Unit("b", "乙", 1, 0)])
    assert [(one.key, one.rank, one.small) for one in places] == [("b", 1, True)]


def test_what_prints_alike_ranks_alike():
    assert Unit("a", "甲", 3, 100).mean == Decimal("33.3")
    third, same = Unit("a", "甲", 3, 100), Unit("b", "乙", 1000, 33300)
    assert {one.rank for one in ranking([third, same])} == {1}


def test_a_period_is_said_as_titles_say_it():
    assert period_words(date(2026, 5, 1), date(2026, 5, 31)) == "2026年5月"
    assert period_words(date(2026, 4, 1), date(2026, 6, 30)) == "2026年第二季度"
    assert period_words(date(2026, 4, 2), date(2026, 6, 30)) == "2026年4月2日至6月30日"
