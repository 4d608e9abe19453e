"""Schemes before they are put in force."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rectification.schemes.rules import (
    criteria_problems,
    document_number_refusal,
    duty_rule_problems,
    edit_refusal,
    in_force_refusal,
    phase_problems,
    quota_problems,
    scheme_problems,
)
from rectification.schemes.terms import AcceptanceItem, Criterion, DutyRule, Phase, Problem, Quota, SchemeHead

HEAD = SchemeHead("2015年度实施方案", "quota", Decimal(100), Decimal(80), Decimal(60))
PHASES = [
    Phase("摸排", "survey", date(2015, 3, 1), date(2015, 3, 31)),
    Phase("整顿", "remediation", date(2015, 4, 1), date(2015, 10, 31)),
]
CRITERIA = [Criterion(number, "情形", Decimal(10)) for number in range(1, 11)]
QUOTAS = [Quota(["village"], Decimal(10)), Quota(["community", "school"], Decimal(5))]
RULES = [DutyRule("plan", "整顿方案", "once", date(2015, 4, 30))]
ITEMS = [AcceptanceItem("班子健全", Decimal(100))]


def problems(head: SchemeHead = HEAD, **parts: object) -> list[Problem]:
    whole = {
        "phases": PHASES,
        "criteria": CRITERIA,
        "quotas": QUOTAS,
        "duty_rules": RULES,
        "acceptance_items": ITEMS,
    } | parts
    return scheme_problems(head, **whole)  # type: ignore[arg-type]


def test_a_whole_scheme_has_no_problem_and_may_be_put_in_force() -> None:
    assert problems() == []
    assert in_force_refusal(problems()) is None


def test_phases_may_share_a_day() -> None:
    shared = [PHASES[0], replace(PHASES[1], starts_on=date(2015, 3, 31))]
    assert list(phase_problems(shared)) == []


def test_phases_may_overlap() -> None:
    inside = [PHASES[1], replace(PHASES[0], starts_on=date(2015, 5, 1), ends_on=date(2015, 12, 31))]
    assert list(phase_problems(inside)) == []


def test_a_phase_may_not_end_before_it_starts() -> None:
    (problem,) = phase_problems([replace(PHASES[0], ends_on=date(2015, 2, 28))])
    assert problem.path == "phases.0.ends_on"
    assert "2015年2月28日 早于开始日期 2015年3月1日" in problem.message


def test_a_phase_may_not_start_before_the_one_ahead() -> None:
    (problem,) = phase_problems(list(reversed(PHASES)))
    assert problem.path == "phases.1.starts_on"
    assert "阶段“摸排”" in problem.message
    assert "“整顿”" in problem.message


def test_points_that_miss_the_full_marks_are_a_warning_only() -> None:
    (problem,) = criteria_problems(CRITERIA[:9], Decimal(100))
    assert (problem.path, problem.is_error) == ("criteria", False)
    assert "合计 90，与满分 100 不一致" in problem.message
    assert in_force_refusal([problem]) is None


def test_a_threshold_above_the_standard_points_names_the_criterion() -> None:
    wrong = replace(CRITERIA[0], threshold=Decimal(11))
    assert "①情形" in problems(criteria=[wrong, *CRITERIA[1:]])[0].message


@pytest.mark.parametrize("percent", [Decimal(0), Decimal(-1), Decimal("100.01")])
def test_a_quota_lies_above_nought_and_up_to_a_hundred_percent(percent: Decimal) -> None:
    (problem,) = quota_problems([Quota(["village"], percent)], "quota")
    assert problem.path == "quotas.0.percent"


def test_a_field_has_one_quota() -> None:
    (problem,) = quota_problems([*QUOTAS, Quota(["school"], Decimal(5))], "quota")
    assert "学校" in problem.message


def test_without_a_ratio_no_quota_is_asked_for() -> None:
    assert list(quota_problems([], "ranked")) == []
    assert list(quota_problems([], "criteria")) == []
    assert [problem.path for problem in quota_problems([], "quota")] == ["quotas"]


def test_a_duty_rule_without_a_date_is_named() -> None:
    (problem,) = duty_rule_problems([replace(RULES[0], due_on=None)])
    assert problem == Problem("duty_rules.0.due_on", "时限任务“整顿方案”没有截止日期")


def test_the_pass_line_may_not_exceed_the_total() -> None:
    (problem,) = problems(replace(HEAD, pass_line=Decimal(101)))
    assert problem == Problem("pass_line", "合格线 101 超过考核验收总分 100")


def test_the_basic_line_may_not_exceed_the_pass_line() -> None:
    assert problems(replace(HEAD, basic_line=Decimal(81)))[0].path == "basic_line"


def test_an_item_without_points_is_named() -> None:
    assert any(
        "班子健全" in problem.message
        for problem in problems(acceptance_items=[AcceptanceItem("班子健全", None)])
    )


def test_errors_come_before_warnings() -> None:
    found = problems(criteria=CRITERIA[:9], duty_rules=[replace(RULES[0], due_on=None)])
    assert [problem.severity for problem in found] == ["error", "warning"]


def test_putting_in_force_names_three_errors_and_counts_the_rest() -> None:
    refusal = in_force_refusal(problems(phases=[], criteria=[], quotas=[], acceptance_items=[])) or ""
    assert refusal.startswith("方案还不能执行：至少要有一个阶段；")
    assert "等 4 处" in refusal


def test_a_scheme_in_force_changes_only_by_amendment() -> None:
    assert "修订" in (edit_refusal(in_force=True, amendment=" ") or "")
    assert edit_refusal(in_force=True, amendment="市委通知调整") is None
    assert edit_refusal(in_force=False, amendment="") is None
    assert in_force_refusal([], in_force=True) is not None


@pytest.mark.parametrize("number", ["岳组发〔2015〕3号", "湘组〔2015〕6号", "中组发〔2014〕13号"])
def test_real_document_numbers_are_accepted(number: str) -> None:
    assert document_number_refusal(number) is None


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("苏组发[2017]7号", "六角括号"),
        ("岳组发（2015）3号", "六角括号"),
        ("岳组发〔2015〕第3号", "不加“第”字"),
        ("岳组发〔2015〕003号", "不编虚位"),
        ("岳组发〔15〕3号", "格式不对"),
        ("3号", "格式不对"),
        ("", "格式不对"),
    ],
)
def test_a_wrong_document_number_is_told_what_is_wrong(number: str, reason: str) -> None:
    assert reason in (document_number_refusal(number) or "")
