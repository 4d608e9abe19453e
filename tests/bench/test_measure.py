"""The bench judges ratios inside one run, and judges nothing when the floor itself wavers."""

import os

import pytest

from bench.measure import Result, Workload, measure

pytestmark = pytest.mark.real_clock


def result(floor: list[float], ours: list[float], peer: list[float] | None = None) -> Result:
    workload = Workload("w", floor=int, ours=int, goal=2, peer=int if peer else None, peer_goal=0.5)
    return Result(workload, {"floor": floor, "ours": ours} | ({"peer": peer} if peer else {}))


def test_within_both_goals_is_ok():
    assert result([1.0] * 5, [1.9] * 5, [4.0] * 5).verdict == "ok"


@pytest.mark.parametrize(("ours", "peer"), [(2.1, 100.0), (1.9, 3.0)])
def test_past_either_goal_is_short(ours, peer):
    assert result([1.0] * 5, [ours] * 5, [peer] * 5).verdict == "short"


def test_a_wavering_floor_judges_nothing():
    assert result([1.0, 1.0, 1.2, 1.9, 2.0], [9.0] * 5).verdict == "noisy"


def test_parts_take_turns_and_finish_runs_even_after_a_failure():
    turns = []

    def fail() -> None:
        turns.append("ours")
        if len(turns) > 4:
            raise ValueError

    workload = Workload(
        "w", lambda: turns.append("floor"), fail, goal=1, finish=lambda: turns.append("finish")
    )
    with pytest.raises(ValueError):
        measure(workload)
    assert turns == ["floor", "ours", "floor", "ours", "floor", "ours", "finish"]


def test_work_in_a_fresh_process_is_counted_there():
    workload = Workload("w", os.getpid, os.getpid, goal=9, fresh_process=True, django=False)
    measured = measure(workload)
    assert len(measured.seconds["ours"]) == 5
    assert measured.peak_kib["ours"] > 1000
