"""Scores, ranks, quotas and who enters the list."""

import math
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectification.schemes.terms import Criterion
from rectification.survey.rules import (
    deduction_errors,
    group_quota,
    quota_size,
    ranks,
    score,
    select,
)
from rectification.survey.terms import Assessment, Ground, Place, Selection

FULL = Decimal(100)
PLAIN = Criterion(1, "班子配备不齐", Decimal(10), short="班子不齐")
SCALED = Criterion(2, "群众满意率低", Decimal(10), short="满意率低", threshold=Decimal(5))
HARD = Criterion(3, "换届拉票贿选", Decimal(10), short="拉票贿选", hard=True)
LOCAL = Criterion(4, "村务财务不公开", Decimal(10), fields=["village", "community"])
CRITERIA = [PLAIN, SCALED, HARD, LOCAL]


def village(key: int, off: float = 0, **more: object) -> Assessment:
    deductions = {1: Decimal(str(off))} if off else {}
    return Assessment(key, f"{key}号村", deductions, **more)  # type: ignore[arg-type]


def chosen(*villages: Assessment, quota: int | None = None, mode: str = "quota") -> Selection:
    return select(villages, criteria=CRITERIA, mode=mode, quota=quota, full_marks=FULL)


def grounds(selection: Selection) -> dict[int, tuple[Ground, ...]]:
    return {place.key: place.grounds for place in selection.listed}


def place(selection: Selection, key: int) -> Place:
    return next(one for one in selection.places if one.key == key)


def test_the_score_is_full_marks_less_the_deductions() -> None:
    assert score({1: Decimal("3.5"), 2: Decimal(2)}, FULL) == Decimal("94.5")


@pytest.mark.parametrize(
    ("order", "deduction", "message"),
    [
        (1, "-1", "“①班子不齐”的扣分 -1 不能为负数"),
        (1, "10.1", "“①班子不齐”的扣分 10.1 超过标准分 10"),
        (1, "0.55", "最多保留一位小数"),
        (1, "NaN", "不是数字"),
        (4, "3", "不适用于该领域"),
        (9, "1", "方案中没有第 9 种情形"),
    ],
)
def test_a_deduction_that_cannot_stand_names_its_criterion(order: int, deduction: str, message: str) -> None:
    assert message in deduction_errors({order: Decimal(deduction)}, CRITERIA, "agency")[order]


def test_deductions_from_nought_to_the_standard_points_stand() -> None:
    assert deduction_errors({1: Decimal(0), 2: Decimal(10), 4: Decimal("0.5")}, CRITERIA, "village") == {}


def test_equal_scores_share_a_rank_and_the_next_is_left_out() -> None:
    assert ranks({1: Decimal(90), 2: Decimal(85), 3: Decimal(85), 4: Decimal(80)}) == {4: 1, 2: 2, 3: 2, 1: 4}


@pytest.mark.parametrize(
    ("organizations", "percent", "size"),
    [(100, "10", 10), (101, "10", 11), (1, "5", 1), (0, "10", 0), (540, "10", 54)],
)
def test_the_quota_is_rounded_up(organizations: int, percent: str, size: int) -> None:
    assert quota_size(organizations, Decimal(percent)) == size


def test_the_quota_is_exact_where_floating_point_is_not() -> None:
    assert math.ceil(100 * 0.07) == 8
    assert quota_size(100, Decimal(7)) == 7


def test_pooled_fields_are_added_before_rounding_up() -> None:
    counts = {"school": 5, "soe": 5, "private": 9}
    assert group_quota(counts, ["school", "soe", "private"], Decimal(5)) == 1
    assert sum(group_quota(counts, [one], Decimal(5)) or 0 for one in counts) == 3
    assert group_quota(counts, ["school"], None) is None


@given(st.integers(0, 5000), st.decimals(0, 100, places=2))
def test_the_quota_is_the_least_number_that_reaches_the_share(organizations: int, percent: Decimal) -> None:
    size = quota_size(organizations, percent)
    assert size * 100 >= organizations * percent
    assert size == 0 or (size - 1) * 100 < organizations * percent


def test_the_lowest_scores_fill_the_quota() -> None:
    selection = chosen(village(1, 1), village(2, 5), village(3, 3), quota=2)
    assert grounds(selection) == {2: (Ground.RANK,), 3: (Ground.RANK,)}
    assert (selection.cut_score, selection.shortfall) == (Decimal(97), 0)
    assert place(selection, 1).why == "倒排第 3 名，在比例（应定 2 个）之外"


def test_a_place_carries_its_score_and_what_was_taken() -> None:
    one = place(chosen(village(1, 3.5), quota=1), 1)
    assert (one.score, one.deducted, one.criteria) == (Decimal("96.5"), Decimal("3.5"), (1,))


def test_all_equal_scores_at_the_border_enter_the_list() -> None:
    selection = chosen(village(1, 5), village(2, 3), village(3, 3), village(4, 1), quota=2)
    assert grounds(selection) == {1: (Ground.RANK,), 2: (Ground.TIE,), 3: (Ground.TIE,)}
    assert selection.tie_seats == 1


def test_equal_scores_that_all_fit_are_no_tie() -> None:
    selection = chosen(village(1, 3), village(2, 3), village(3, 1), quota=2)
    assert grounds(selection) == {1: (Ground.RANK,), 2: (Ground.RANK,)}
    assert selection.tie_seats == 0


def test_nobody_without_deduction_enters_by_rank_and_the_shortfall_shows() -> None:
    selection = chosen(village(1, 3), village(2), village(3), quota=2)
    assert grounds(selection) == {1: (Ground.RANK,)}
    assert selection.shortfall == 1
    assert place(selection, 2).why == "没有扣分，不因名次列入"


def test_a_hard_criterion_enters_regardless_of_rank_and_counts_towards_the_quota() -> None:
    hard = Assessment(9, "9号村", {3: Decimal("0.5")})
    selection = chosen(village(1, 9), village(2, 8), hard, quota=2)
    assert grounds(selection) == {1: (Ground.RANK,), 9: (Ground.HARD,)}
    assert place(selection, 9).why == "符合硬性情形：③拉票贿选"


def test_who_failed_the_lookback_enters_without_any_deduction() -> None:
    selection = chosen(village(1, 9), village(2, failed_lookback=True), quota=2)
    assert grounds(selection) == {1: (Ground.RANK,), 2: (Ground.LOOKBACK,)}
    assert selection.shortfall == 0


def test_binding_grounds_may_exceed_the_quota_and_then_nobody_enters_by_rank() -> None:
    carried = [village(key, failed_lookback=True) for key in (7, 8)]
    selection = chosen(village(1, 9), *carried, quota=1)
    assert set(grounds(selection)) == {7, 8}
    assert selection.cut_score is None


def test_a_reached_threshold_does_not_enter_by_itself_under_a_ratio() -> None:
    selection = chosen(village(1, 9), Assessment(2, "2号村", {2: Decimal(5)}), quota=1)
    assert set(grounds(selection)) == {1}
    assert place(selection, 2).threshold == (2,)


def test_without_a_ratio_a_reached_threshold_enters_and_the_rest_is_ranked_for_review() -> None:
    selection = chosen(village(1, 9), Assessment(2, "2号村", {2: Decimal(5)}), mode="ranked", quota=1)
    assert grounds(selection) == {2: (Ground.THRESHOLD,)}
    assert selection.quota is None
    assert "供研判" in place(selection, 1).why


def test_a_deduction_below_the_threshold_does_not_meet_the_criterion() -> None:
    selection = chosen(Assessment(2, "2号村", {2: Decimal("4.9")}), mode="criteria")
    assert grounds(selection) == {}


def test_by_criteria_whoever_meets_one_enters_even_unscored() -> None:
    selection = chosen(
        Assessment(1, "1号村", met=frozenset({3})),
        Assessment(2, "2号村", met=frozenset({1})),
        Assessment(3, "3号村"),
        mode="criteria",
    )
    assert grounds(selection) == {1: (Ground.HARD,), 2: (Ground.MEETS,)}


def test_both_grounds_are_told() -> None:
    both = Assessment(1, "1号村", {3: Decimal(2)}, failed_lookback=True)
    assert place(chosen(both, quota=1), 1).why == "上年整顿未转化到位，续整；符合硬性情形：③拉票贿选"


def test_an_empty_group_has_nobody_and_no_cut() -> None:
    assert chosen(quota=0) == Selection((), 0, None, 0, 0)


offs = st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.booleans()), max_size=25)


@given(offs, st.integers(0, 25))
def test_the_list_reaches_the_quota_or_names_the_shortfall(
    rows: list[tuple[int, bool, bool]], quota: int
) -> None:
    villages = [
        Assessment(
            key,
            f"{key}号村",
            {1: Decimal(off), 3: Decimal(1 if hard else 0)},
            failed_lookback=carried,
        )
        for key, (off, hard, carried) in enumerate(rows)
    ]
    selection = chosen(*villages, quota=quota)
    assert len(selection.listed) + selection.shortfall >= quota
    assert selection.shortfall == max(0, quota - len(selection.listed))
    for one in selection.places:
        if not one.deducted:
            assert set(one.grounds) <= {Ground.LOOKBACK}
    by_rank = [one.score for one in selection.listed if not any(ground.binding for ground in one.grounds)]
    out = [one.score for one in selection.places if not one.listed]
    assert not by_rank or not out or max(by_rank) < min(out)
    certain = [one for one in selection.listed if not one.tied]
    assert not selection.ties or len(certain) + selection.tie_seats == quota
    assert not selection.ties or 0 < selection.tie_seats < len(selection.ties)


def test_a_city_of_1899_organizations_is_ranked_at_once() -> None:
    villages = [village(key, key % 97 / 10) for key in range(1899)]
    begun = time.perf_counter()
    selection = chosen(*villages, quota=quota_size(1899, Decimal(10)))
    assert time.perf_counter() - begun < 0.5
    assert len(selection.listed) >= 190
