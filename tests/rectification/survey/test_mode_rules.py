"""The three modes of selecting side by side."""

import time
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from rectification.schemes.terms import Criterion, Mode
from rectification.survey.mode_rules import ModeComparison, RankedGroup, compare_modes
from rectification.survey.rules import select
from rectification.survey.terms import Assessment

FULL = Decimal(100)
CRITERIA = [
    Criterion(1, "班子不齐", Decimal(10)),
    Criterion(2, "满意率低", Decimal(10), threshold=Decimal(5)),
    Criterion(3, "拉票贿选", Decimal(10), hard=True),
]


def village(key: int, *off: float, failed: bool = False) -> Assessment:
    deductions = {number: Decimal(str(points)) for number, points in enumerate(off, 1) if points}
    return Assessment(key, f"{key}号村", deductions, failed_lookback=failed)


def compared(*villages: Assessment, own: str = "quota", percent: str | None = "25") -> ModeComparison:
    group = RankedGroup(villages, None if percent is None else Decimal(percent))
    return compare_modes([group], criteria=CRITERIA, own_mode=own, full_marks=FULL)


def keys(places: object) -> list[int]:
    return [place.key for place in places]  # type: ignore[attr-defined]


VILLAGES = (village(1, 9), village(2, 1, 5), village(3), village(4, failed=True))


def test_every_mode_has_a_column_and_the_schemes_own_is_marked() -> None:
    found = compared(*VILLAGES)
    assert [(one.mode, one.own) for one in found.columns] == [
        (Mode.QUOTA, True),
        (Mode.RANKED, False),
        (Mode.CRITERIA, False),
    ]


def test_who_would_enter_and_leave_is_told_against_the_schemes_own_mode() -> None:
    found = compared(village(1, 9), village(2, 1, 5), village(3), village(4))
    assert keys(found.column("quota").listed) == [1]
    assert (keys(found.column("ranked").enter), keys(found.column("ranked").leave)) == ([2], [1])
    assert keys(found.column("criteria").enter) == [2]


def test_the_own_mode_changes_nothing_against_itself() -> None:
    column = compared(*VILLAGES).column("quota")
    assert (column.enter, column.leave) == ((), ())


def test_who_failed_the_lookback_or_meets_a_hard_criterion_is_in_under_every_mode() -> None:
    found = compared(*VILLAGES, village(5, 0, 0, 2))
    for column in found.columns:
        assert keys(column.carried) == [4]
        assert keys(column.hard) == [5]


def test_ties_at_the_border_are_told() -> None:
    column = compared(village(1, 5), village(2, 5), village(3), village(4)).column("quota")
    assert (keys(column.ties), column.tie_seats) == ([1, 2], 1)


def test_a_row_differs_where_the_modes_do() -> None:
    rows = {row.key: row.differs for row in compared(*VILLAGES).rows}
    assert rows == {1: True, 2: True, 4: False}


def test_who_is_in_under_no_mode_has_no_row() -> None:
    assert 3 not in {row.key for row in compared(*VILLAGES).rows}


def test_groups_are_ranked_apart_and_added_up() -> None:
    groups = [
        RankedGroup([village(number, number) for number in range(1, 5)], Decimal(10)),
        RankedGroup([village(number, 1) for number in range(11, 13)], Decimal(5)),
    ]
    column = compare_modes(groups, criteria=CRITERIA, own_mode="quota", full_marks=FULL).column("quota")
    assert column.quota == 2
    assert {place.key for place in column.listed} == {4, 11, 12}


def test_without_a_ratio_the_quota_mode_takes_nobody_by_rank() -> None:
    column = compared(village(1, 9), own="criteria", percent=None).column("quota")
    assert (column.quota, column.listed) == (None, ())
    assert keys(column.leave) == [1]


def test_five_hundred_villages_are_compared_in_well_under_a_second() -> None:
    villages = [
        village(number, number % 11, number % 7, 1 if number % 97 == 0 else 0) for number in range(500)
    ]
    begin = time.perf_counter()
    compared(*villages, percent="10")
    assert time.perf_counter() - begin < 1


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10), st.integers(0, 1)), max_size=25))
def test_every_column_is_what_its_mode_selects_alone(points: list[tuple[int, int, int]]) -> None:
    villages = [village(number, *off) for number, off in enumerate(points)]
    found = compared(*villages)
    for mode in Mode:
        quota = -(-len(villages) * 25 // 100)
        alone = select(villages, criteria=CRITERIA, mode=mode, quota=quota, full_marks=FULL)
        column = found.column(mode)
        assert {place.key for place in column.listed} == {place.key for place in alone.listed}
        own = {place.key for place in found.column("quota").listed}
        listed = {place.key for place in column.listed}
        assert {place.key for place in column.enter} == listed - own
        assert {place.key for place in column.leave} == own - listed
