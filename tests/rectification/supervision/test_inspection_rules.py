"""The draw anyone can check, what weighs, and what a scheme's arrangement still lacks."""

import hashlib
from collections import Counter
from datetime import date

from rectification.supervision.inspections.rules import (
    Entry,
    Facts,
    draw,
    reasons_of,
    standing,
    weight_of,
)

POOL = [Entry("a", 1), Entry("b", 2), Entry("c", 9)]
YEAR = {"first": date(2026, 3, 1), "last": date(2026, 10, 31)}


def test_the_same_seed_and_pool_draw_the_same_in_any_order():
    assert [one.case for one in draw("种子", POOL, 2)] == [one.case for one in draw("种子", POOL[::-1], 2)]


def test_a_draw_is_what_the_page_says_it_is():
    first = draw("2026", POOL, 1)[0]
    remainder = int(hashlib.sha256(b"2026:1").hexdigest(), 16) % 12
    assert first.case == ("a" if remainder < 1 else "b" if remainder < 3 else "c")
    assert first.first <= remainder == first.remainder <= first.last


def test_over_many_seeds_each_is_drawn_as_it_weighs_and_none_twice():
    times = Counter(draw(str(seed), POOL, 1)[0].case for seed in range(2400))
    for entry in POOL:
        assert abs(times[entry.case] - 200 * entry.weight) < 120
    for seed in range(50):
        assert sorted(one.case for one in draw(str(seed), POOL, 9)) == ["a", "b", "c"]


def test_every_point_of_a_weight_has_its_reason():
    quiet = Facts(progress=90, since=10)
    assert reasons_of(quiet) == [] and weight_of([]) == 1
    bad = Facts(overdue=3, progress=10, returned=1, since=None, carried=True)
    assert [reason.points for reason in reasons_of(bad)] == [6, 3, 1, 2, 2]
    assert weight_of(reasons_of(bad)) == 15


def test_a_number_of_times_says_what_is_still_lacking():
    said = standing(rhythm="count", times=4, held=[date(2026, 4, 1)], today=date(2026, 5, 20), **YEAR)
    assert (said.lacking, said.tone) == (3, "yellow") and "还差3次" in said.words


def test_a_month_without_inspection_is_named():
    held = [date(2026, 3, 9), date(2026, 5, 4)]
    said = standing(rhythm="monthly", times=1, held=held, today=date(2026, 6, 2), **YEAR)
    assert (said.lacking, said.tone) == (2, "red")
    assert "4月没有督导" in said.words and "6月还差1次" in said.words
