"""What is wrong with a duty rule, at the column it is about."""

from dataclasses import replace
from datetime import date

import pytest

from rectification.schemes.duty_problems import duty_rule_problems, span_of
from rectification.schemes.terms import DutyRule, Phase

PHASES = [
    Phase("集中整顿", "remediation", date(2026, 5, 1), date(2026, 10, 31)),
    Phase("巩固", "consolidation", date(2026, 11, 1), date(2026, 11, 30)),
]
ONCE = DutyRule("plan", "方案", "once", date(2026, 4, 30), subject="case")
MONTHLY = replace(ONCE, rhythm="monthly", due_on=None)
WITHIN = replace(ONCE, rhythm="within", due_on=None, within_days=10, event="vacancy")


def found(rule: DutyRule) -> list[tuple[str, str]]:
    problems = duty_rule_problems([rule], phases=PHASES, year=2026)
    return [(problem.path.removeprefix("duty_rules.0."), problem.message) for problem in problems]


@pytest.mark.parametrize("rule", [ONCE, MONTHLY, WITHIN, replace(ONCE, due_on=None, stage="remediation")])
def test_a_rule_that_makes_a_date_or_waits_for_its_event_stands(rule: DutyRule) -> None:
    assert found(rule) == []


@pytest.mark.parametrize(
    ("rule", "column", "words"),
    [
        (replace(ONCE, title=" "), "title", "没有名称"),
        (replace(ONCE, rhythm="weekly"), "rhythm", "无效"),
        (replace(ONCE, due_on=None), "due_on", "没有截止日期"),
        (replace(MONTHLY, day=32), "day", "“32日”应在 1 与 31 之间"),
        (replace(MONTHLY, rhythm="half_month", day=16), "day", "应在 1 与 15 之间"),
        (replace(MONTHLY, rhythm="quarterly", month=4), "month", "应在 1 与 3 之间"),
        (replace(ONCE, rhythm="count", times=0), "times", "次数应至少为 1"),
        (replace(WITHIN, within_days=0), "within_days", "应至少为 1 天"),
        (replace(WITHIN, event=""), "event", "没有选自何事起算"),
        (replace(WITHIN, subject="unit"), "subject", "每个整顿对象"),
        (replace(MONTHLY, subject="unit", debtor="leader"), "debtor", "每个整顿对象"),
        (replace(MONTHLY, stage="lookback"), "stage", "还没有相应的阶段"),
        (replace(MONTHLY, starts_on=date(2026, 9, 1), due_on=date(2026, 3, 1)), "due_on", "早于开始日期"),
        (
            replace(MONTHLY, starts_on=date(2026, 5, 2), due_on=date(2026, 5, 9), day=20),
            "due_on",
            "不产生任何日期",
        ),
        (replace(ONCE, stage="consolidation"), "due_on", "不在阶段“巩固”"),
    ],
)
def test_a_rule_that_makes_no_date_says_why_at_the_column(rule: DutyRule, column: str, words: str) -> None:
    ((at, message),) = found(rule)
    assert at == column
    assert words in message


def test_two_rules_of_one_key_are_named() -> None:
    (problem,) = duty_rule_problems([ONCE, ONCE], phases=PHASES, year=2026)
    assert problem.path == "duty_rules"


def test_the_phases_of_a_stage_count_as_one_span() -> None:
    two = [*PHASES, Phase("再整顿", "remediation", date(2026, 11, 5), date(2026, 12, 1))]
    span = span_of(two, "remediation")
    assert span == (date(2026, 5, 1), date(2026, 12, 1), "集中整顿、再整顿")
    assert span_of(two, "lookback") is None
