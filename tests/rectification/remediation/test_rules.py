"""Measures, problems, plans."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectification.remediation.rules import (
    CLOSED,
    CONFIRMED,
    REPORTED,
    Measure,
    Problem,
    acceptance_refusal,
    case_percent,
    close_problem_refusal,
    close_problems_refusals,
    confirm_refusal,
    measure_findings,
    percent_refusal,
    plan_missing,
    report_done_refusal,
    separation_refusal,
)

WHOLE = Measure(
    "配齐支委", "支委配齐3人", "镇党委", "王某", starts_on=date(2015, 5, 1), due_on=date(2015, 6, 30)
)
DONE = replace(WHOLE, state=CONFIRMED, percent=100, result="已补选2人")
PROBLEM = Problem(1, "班子缺员")


def test_a_measure_due_before_it_begins_names_both_days() -> None:
    (finding,) = measure_findings(replace(WHOLE, due_on=date(2015, 4, 30)))
    assert (finding.field, finding.is_error) == ("due_on", True)
    assert finding.message == "完成时限 2015年4月30日 早于开始日期 2015年5月1日"


def test_a_measure_due_on_its_first_day_stands() -> None:
    assert measure_findings(replace(WHOLE, due_on=WHOLE.starts_on)) == []


def test_a_measure_due_after_the_last_phase_is_a_warning() -> None:
    (finding,) = measure_findings(WHOLE, last_day=date(2015, 5, 31))
    assert finding.is_error is False


@pytest.mark.parametrize(("percent", "refused"), [(-1, True), (0, False), (100, False), (101, True)])
def test_progress_lies_between_nought_and_a_hundred(percent: int, refused: bool) -> None:
    assert (percent_refusal(percent) is not None) == refused


def test_reporting_done_needs_a_written_result() -> None:
    assert report_done_refusal(WHOLE, result=" ") == "报完成须写明完成结果"
    assert report_done_refusal(WHOLE, result="已补选") is None
    assert report_done_refusal(DONE, result="已补选") is not None


def test_only_what_was_reported_is_confirmed() -> None:
    assert "不能确认" in (confirm_refusal(WHOLE) or "")
    assert confirm_refusal(replace(DONE, state=REPORTED)) is None
    assert "已经确认" in (confirm_refusal(DONE) or "")


def test_nobody_approves_in_one_unit_what_they_sent_from_another() -> None:
    assert separation_refusal(by_person=1, by_unit=20, submitter=1, submitter_unit=30) is not None
    assert separation_refusal(by_person=2, by_unit=20, submitter=1, submitter_unit=30) is None


def test_a_one_person_office_may_enter_and_confirm() -> None:
    assert separation_refusal(by_person=1, by_unit=30, submitter=1, submitter_unit=30) is None


def test_a_problem_closes_when_all_its_measures_are_confirmed() -> None:
    assert close_problem_refusal(PROBLEM, [DONE, DONE]) is None


def test_an_unconfirmed_measure_stands_in_the_way_by_name() -> None:
    refusal = close_problem_refusal(PROBLEM, [DONE, replace(DONE, state=REPORTED, text="建章立制")])
    assert refusal == "问题 1“班子缺员”的措施“建章立制”还没有确认完成"


def test_a_problem_without_measures_does_not_close() -> None:
    assert "没有整顿措施" in (close_problem_refusal(PROBLEM, []) or "")


def test_in_bulk_only_the_refused_ones_are_named() -> None:
    refusals = close_problems_refusals({7: (PROBLEM, [DONE]), 8: (PROBLEM, [WHOLE]), 9: (PROBLEM, [])})
    assert set(refusals) == {8, 9}


def test_case_progress_is_the_mean_of_its_measures() -> None:
    assert case_percent([100, 50, 0]) == 50
    assert case_percent([]) == 0


@given(st.lists(st.integers(0, 100), min_size=1))
def test_case_progress_is_a_hundred_only_when_every_measure_is(percents: list[int]) -> None:
    assert (case_percent(percents) == 100) == all(percent == 100 for percent in percents)


def test_a_case_with_all_problems_closed_enters_acceptance() -> None:
    assert acceptance_refusal([replace(PROBLEM, state=CLOSED)], reason="") is None


def test_open_problems_are_listed_and_a_reason_lets_the_case_in() -> None:
    refusal = acceptance_refusal([PROBLEM, Problem(2, "账目不清", state=CLOSED)], reason="") or ""
    assert "问题 1“班子缺员”尚未销号" in refusal
    assert "账目不清" not in refusal
    assert acceptance_refusal([PROBLEM], reason="土地确权待法院判决") is None


def test_a_case_without_any_problem_does_not_enter_acceptance() -> None:
    assert "没有问题清单" in (acceptance_refusal([], reason="x") or "")


def test_a_whole_plan_may_be_submitted() -> None:
    assert plan_missing([(PROBLEM, [WHOLE])]) == []


def test_a_plan_needs_a_problem() -> None:
    assert plan_missing([]) == ["还没有列出突出问题，至少要有一个"]


def test_what_a_plan_lacks_is_named_exactly() -> None:
    bare = replace(WHOLE, goal="", person=" ", due_on=None)
    missing = plan_missing([(PROBLEM, [WHOLE, bare]), (Problem(2, "账目不清"), [])])
    assert missing == ["问题 1的措施 2缺目标、时限、责任人", "问题 2“账目不清”没有整顿措施"]


def test_a_plan_with_a_measure_due_before_it_begins_is_not_submitted() -> None:
    wrong = replace(WHOLE, due_on=date(2015, 4, 30))
    assert "早于开始日期" in "".join(plan_missing([(PROBLEM, [wrong])]))


def test_a_poor_village_needs_a_measure_for_its_collective_economy() -> None:
    assert "集体经济" in "".join(plan_missing([(PROBLEM, [WHOLE])], needs_collective_economy=True))
