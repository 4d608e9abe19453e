"""A scheme under another one: stricter as it likes, laxer only with a reason."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectification.schemes.copying_rules import copied_head, moved_row, years_later
from rectification.schemes.difference_rules import Compared, Difference
from rectification.schemes.inheritance_rules import (
    Whole,
    differences,
    inheritance_refusal,
    unexplained,
)
from rectification.schemes.terms import AcceptanceItem, Criterion, DutyRule, Phase, Quota, SchemeHead

HEAD = SchemeHead("市方案", "quota", Decimal(100), Decimal(80), Decimal(60), Decimal(80), Decimal(50))
ABOVE = Whole(
    HEAD,
    "city",
    phases=[Phase("集中整顿阶段", "remediation", date(2025, 4, 1), date(2025, 10, 31))],
    criteria=[
        Criterion(1, "党组织班子配备不齐的", Decimal(10), "班子不齐"),
        Criterion(2, "村务居务财务不公开和民主管理混乱的", Decimal(10), "管理混乱", threshold=Decimal(5)),
    ],
    quotas=[Quota(["village"], Decimal(10)), Quota(["agency", "school"], Decimal(5))],
    duty_rules=[
        DutyRule("plan", "整顿方案", "once", date(2025, 4, 30), owner_level="township"),
        DutyRule("visits", "到点指导", "count", date(2025, 12, 31), 4, owner_level="township"),
        DutyRule("ledger_county", "县台账", "once", date(2025, 3, 26), owner_level="county"),
        DutyRule("report", "月报告", "monthly", date(2025, 10, 31), owner_level="township"),
    ],
    acceptance_items=[AcceptanceItem("班子健全", Decimal(60)), AcceptanceItem("群众满意", Decimal(40))],
    listed={"回头看要点": ["整改措施是否落实", "党员群众是否满意"]},
    satisfied_options=["满意", "基本满意"],
    tracking_months=12,
)
HERE = replace(ABOVE, level="county")


def changed(here: Whole, above: Whole = ABOVE) -> dict[str, Compared]:
    return {one.key: one.compared for one in differences(here, above) if one.compared is not Compared.SAME}


def head(**values: object) -> Whole:
    return replace(HERE, head=replace(HEAD, **values))  # type: ignore[arg-type]


def row(here: Whole, key: str) -> Difference:
    return next(one for one in differences(here, ABOVE) if one.key == key)


def rules(**change: object) -> Whole:
    """The lower scheme with its first duty rule changed."""
    first = replace(ABOVE.duty_rules[0], **change)  # type: ignore[arg-type]
    return replace(HERE, duty_rules=[first, *ABOVE.duty_rules[1:]])


def test_a_copy_differs_in_nothing() -> None:
    assert changed(HERE) == {}
    assert inheritance_refusal(differences(HERE, ABOVE), {}) is None


@pytest.mark.parametrize(
    ("here", "key", "compared"),
    [
        (head(pass_line=Decimal(85)), "pass_line", Compared.STRICTER),
        (head(pass_line=Decimal(75)), "pass_line", Compared.LAXER),
        (head(satisfaction_line=None), "satisfaction_line", Compared.LAXER),
        (head(dissatisfied_veto=Decimal(30)), "dissatisfied_veto", Compared.STRICTER),
        (head(dissatisfied_veto=None), "dissatisfied_veto", Compared.LAXER),
        (replace(HERE, satisfied_options=["满意"]), "satisfied_options", Compared.STRICTER),
        (replace(HERE, satisfied_options=["满意", "基本满意", "一般"]), "satisfied_options", Compared.LAXER),
        (replace(HERE, tracking_months=6), "tracking_months", Compared.LAXER),
        (rules(due_on=date(2025, 4, 20)), "duty:plan", Compared.STRICTER),
        (rules(due_on=date(2025, 5, 10)), "duty:plan", Compared.LAXER),
        (rules(due_on=None), "duty:plan", Compared.LAXER),
    ],
)
def test_a_value_is_stricter_or_laxer(here: Whole, key: str, compared: Compared) -> None:
    assert changed(here) == {key: compared}


def test_lines_are_compared_as_shares_of_all_points() -> None:
    items = [AcceptanceItem("班子健全", Decimal(120)), AcceptanceItem("群众满意", Decimal(80))]
    here = replace(head(pass_line=Decimal(160), basic_line=Decimal(120)), acceptance_items=items)
    assert "pass_line" not in changed(here)


def test_an_earlier_end_of_a_phase_is_stricter_and_a_later_one_laxer() -> None:
    for end, compared in ((date(2025, 9, 30), Compared.STRICTER), (date(2025, 11, 30), Compared.LAXER)):
        here = replace(HERE, phases=[replace(ABOVE.phases[0], ends_on=end)])
        assert changed(here) == {"phase:remediation": compared}


def test_a_criterion_more_is_stricter_and_one_less_laxer() -> None:
    more = replace(HERE, criteria=[*ABOVE.criteria, Criterion(3, "无固定活动场所的", Decimal(10))])
    assert changed(more) == {"own-criterion:3": Compared.STRICTER}
    assert changed(replace(HERE, criteria=ABOVE.criteria[:1])) == {"criterion:2": Compared.LAXER}


def test_a_criterion_in_a_sub_districts_words_is_the_same_one_reworded() -> None:
    own = replace(ABOVE.criteria[1], text="居务财务不公开和民主管理混乱的")
    here = replace(HERE, criteria=[ABOVE.criteria[0], own])
    assert changed(here) == {"criterion:2": Compared.OTHER}


@pytest.mark.parametrize(
    ("change", "compared"),
    [
        ({"hard": True}, Compared.STRICTER),
        ({"threshold": Decimal(3)}, Compared.STRICTER),
        ({"threshold": Decimal(8)}, Compared.LAXER),
        ({"fields": ["village"]}, Compared.LAXER),
        ({"points": Decimal(15)}, Compared.OTHER),
        ({"hard": True, "fields": ["village"]}, Compared.LAXER),
    ],
)
def test_what_a_criterion_asks_is_compared_and_the_laxest_counts(
    change: dict[str, object], compared: Compared
) -> None:
    own = replace(ABOVE.criteria[1], **change)  # type: ignore[arg-type]
    assert changed(replace(HERE, criteria=[ABOVE.criteria[0], own])) == {"criterion:2": compared}


def test_a_higher_share_is_stricter_and_names_the_field() -> None:
    here = replace(HERE, quotas=[Quota(["village"], Decimal(12)), ABOVE.quotas[1]])
    found = row(here, "quota:village")
    assert found == Difference("quota:village", "村倒排比例不低于", "10%", "12%", Compared.STRICTER)


def test_splitting_a_pool_of_fields_is_stricter_because_each_part_is_rounded_up() -> None:
    apart = [ABOVE.quotas[0], Quota(["agency"], Decimal(5)), Quota(["school"], Decimal(5))]
    assert set(changed(replace(HERE, quotas=apart)).values()) == {Compared.STRICTER}


def test_leaving_the_ratio_is_laxer_in_the_mode_and_in_each_share() -> None:
    found = changed(head(mode="ranked"))
    assert found["mode"] is Compared.LAXER
    assert found["quota:village"] is Compared.LAXER


def test_more_visits_and_a_denser_report_are_stricter() -> None:
    plan, visits, ledger, report = ABOVE.duty_rules
    here = replace(
        HERE, duty_rules=[plan, replace(visits, times=6), ledger, replace(report, rhythm="half_month")]
    )
    assert changed(here) == {"duty:visits": Compared.STRICTER, "duty:report": Compared.STRICTER}


def test_a_series_that_ends_earlier_is_laxer() -> None:
    *others, report = ABOVE.duty_rules
    here = replace(HERE, duty_rules=[*others, replace(report, due_on=date(2025, 8, 31))])
    assert changed(here) == {"duty:report": Compared.LAXER}


def test_a_township_is_not_asked_for_the_countys_own_duties() -> None:
    plan, visits, _, report = ABOVE.duty_rules
    assert changed(replace(HERE, level="township", duty_rules=[plan, visits, report])) == {}


def test_acceptance_items_and_lookback_points_left_out_are_laxer() -> None:
    here = replace(
        HERE,
        acceptance_items=[
            AcceptanceItem("班子健全", Decimal(60), veto=True),
            AcceptanceItem("新项", Decimal(40)),
        ],
        listed={"回头看要点": ["整改措施是否落实"]},
    )
    assert changed(here) == {
        "acceptance:班子健全": Compared.STRICTER,
        "acceptance:群众满意": Compared.LAXER,
        "acceptance:新项": Compared.STRICTER,
        "listed:回头看要点:党员群众是否满意": Compared.LAXER,
    }


def test_laxer_items_come_first() -> None:
    here = replace(head(pass_line=Decimal(75)), tracking_months=24)
    assert [one.compared for one in differences(here, ABOVE)][:2] == [Compared.LAXER, Compared.STRICTER]


def test_a_laxer_item_is_refused_until_its_reason_is_written() -> None:
    found = differences(rules(due_on=date(2025, 5, 10)), ABOVE)
    assert inheritance_refusal(found, {"duty:plan": " "}) == (
        "比上级方案更宽的须逐项写明理由：时限任务“整顿方案”"
        "（上级：一次，2025年4月30日前，本级：一次，2025年5月10日前）"
    )
    assert inheritance_refusal(found, {"duty:plan": "换届推迟，县委研究同意"}) is None


def test_the_refusal_names_three_and_counts_the_rest() -> None:
    found = differences(replace(HERE, duty_rules=[]), ABOVE)
    assert len(unexplained(found, {})) == 4
    assert "等 4 项" in (inheritance_refusal(found, {}) or "")


def test_a_leap_day_moves_to_the_28th() -> None:
    assert years_later(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert years_later(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_a_row_that_runs_into_the_next_year_still_does() -> None:
    moved = moved_row({"name": "验收", "starts_on": date(2025, 11, 1), "ends_on": date(2026, 1, 15)}, 1)
    assert moved == {"name": "验收", "starts_on": date(2026, 11, 1), "ends_on": date(2027, 1, 15)}


def test_a_copied_head_is_a_draft_of_the_new_year_without_number() -> None:
    old = {
        "year": 2025,
        "title": "2025年度实施方案",
        "state": "in_force",
        "document_number": "岳组发〔2025〕3号",
        "survey_base_on": date(2025, 3, 1),
        "pass_line": Decimal(80),
    }
    assert copied_head(old, year=2025, to_year=2026) == {
        "year": 2026,
        "title": "2026年度实施方案",
        "state": "draft",
        "document_number": "",
        "survey_base_on": date(2026, 3, 1),
        "pass_line": Decimal(80),
    }


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.integers(-20, 20))
def test_a_moved_day_keeps_its_month_and_at_most_loses_the_leap_day(day: date, years: int) -> None:
    moved = years_later(day, years)
    assert (moved.year, moved.month) == (day.year + years, day.month)
    assert day.day - moved.day == (1 if (day.month, day.day, moved.day) == (2, 29, 28) else 0)
