"""After the scores are closed: amendments, mid-year changes, merged villages, recorded decisions."""

from datetime import date
from decimal import Decimal

import pytest

from rectification.schemes.terms import Criterion
from rectification.survey.change_rules import (
    Decision,
    addition_refusal,
    amendment_effects,
    amendment_refusal,
    decision_errors,
    merged_words,
    source_error,
    withdrawal_refusal,
)
from rectification.survey.rules import select
from rectification.survey.terms import Assessment, FindingSource, Selection

TODAY = date(2025, 3, 20)
FIVE, NINE = {1: Decimal(5)}, {1: Decimal(9)}


def amended(**change: object) -> str:
    given = {
        "frozen": True,
        "determined": False,
        "before": FIVE,
        "after": NINE,
        "reason": "核查后更正",
    } | change
    return amendment_refusal(**given) or ""  # type: ignore[arg-type]


def added(**change: object) -> str:
    given = {
        "name": "石桥村",
        "active": True,
        "in_scope": True,
        "has_case": False,
        "survey_determined": True,
        "criteria": 1,
        "reason": "六月发生集体上访",
    } | change
    return addition_refusal(**given) or ""  # type: ignore[arg-type]


def withdrawn(**change: object) -> str:
    given = {
        "name": "石桥村",
        "open_": True,
        "carried": False,
        "merged": False,
        "reason": "认定有误",
        "remaining": 10,
        "quota": 10,
    } | change
    return withdrawal_refusal(**given) or ""  # type: ignore[arg-type]


def ranked(first: int, second: int) -> Selection:
    villages = [
        Assessment(1, "石桥村", {1: Decimal(first)}),
        Assessment(2, "柳溪村", {1: Decimal(second)}),
    ]
    criteria = [Criterion(1, "班子不齐", Decimal(10))]
    return select(villages, criteria=criteria, mode="quota", quota=1, full_marks=Decimal(100))


def test_before_scoring_is_closed_a_change_needs_no_reason() -> None:
    assert amended(frozen=False, reason="") == ""


def test_afterwards_a_change_needs_its_reason() -> None:
    assert amended(reason=" ") == "评分已封存，更正须写明理由"
    assert amended() == ""


def test_nothing_changed_is_no_amendment() -> None:
    assert amended(after={1: Decimal(5), 2: Decimal(0)}) == "评分没有变化，不需要更正"


def test_after_the_determination_scores_stand() -> None:
    assert "年中增列或退出" in amended(determined=True, frozen=True)


def test_an_amendment_shows_score_rank_and_who_crosses_the_line() -> None:
    lines = amendment_effects(ranked(5, 3), ranked(5, 7))
    assert lines == [
        "“柳溪村”得分由 97 改为 93，倒排由第 2 名变为第 1 名",
        "“柳溪村”进入拟整顿对象：倒排第 1 名，在比例（应定 1 个）之内",
        "“石桥村”退出拟整顿对象：倒排第 2 名，在比例（应定 1 个）之外",
    ]


def test_an_amendment_without_effect_shows_nothing() -> None:
    assert amendment_effects(ranked(5, 3), ranked(5, 3)) == []


def test_an_addition_with_criterion_and_reason_stands() -> None:
    assert added() == ""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": ""}, "须写明理由"),
        ({"criteria": 0}, "至少选择一种对应情形"),
        ({"has_case": True}, "本年度已是整顿对象"),
        ({"active": False}, "已撤销"),
        ({"in_scope": False}, "不在本县"),
        ({"survey_determined": False}, "请在摸排中列入"),
    ],
)
def test_an_addition_that_cannot_be_says_why(change: dict[str, object], message: str) -> None:
    assert message in added(**change)


def test_a_withdrawal_needs_its_reason() -> None:
    assert withdrawn(reason=" ") == "“石桥村”退出整顿须写明理由"
    assert withdrawn() == ""


def test_a_closed_case_cannot_be_withdrawn() -> None:
    assert "已经销号或续整" in withdrawn(open_=False)


def test_who_failed_the_lookback_leaves_only_by_acceptance() -> None:
    assert "只能经考核验收销号" in withdrawn(carried=True)


def test_a_carried_case_whose_village_merged_away_may_be_withdrawn() -> None:
    assert withdrawn(carried=True, merged=True) == ""


def test_a_withdrawal_below_the_quota_needs_the_superiors_consent() -> None:
    assert withdrawn(remaining=9) == "认定 9 个，少于应定的 10 个，须登记上级同意意见"
    assert withdrawn(remaining=9, consent="市委组织部3月复函") == ""
    assert withdrawn(remaining=0, quota=None) == ""


def test_a_village_merged_after_the_base_date_is_told_with_its_heir() -> None:
    text = merged_words(
        "老屋村", date(2025, 3, 15), base_on=date(2025, 3, 1), successor="新屋村", scored=True
    )
    assert text == (
        "“老屋村”已于2025年3月15日撤并，仍计入基准日（2025年3月1日）基数，不再列为整顿对象，"
        "原有评分和具体表现保留备查，请在“新屋村”中一并摸排"
    )


def test_a_village_merged_before_the_base_date_is_no_matter_of_this_survey() -> None:
    base = date(2025, 3, 1)
    assert merged_words("老屋村", base, base_on=base, successor="", scored=False) is None


def test_a_recorded_decision_names_body_day_and_minutes() -> None:
    assert set(decision_errors(Decision("", None, ""), today=TODAY)) == {"body", "decided_on", "document"}
    assert decision_errors(Decision("县委常委会", TODAY, "〔2025〕6号"), today=TODAY) == {}


def test_a_decision_of_tomorrow_is_refused() -> None:
    late = Decision("县委常委会", date(2025, 3, 21), "〔2025〕6号")
    assert "晚于今天" in decision_errors(late, today=TODAY)["decided_on"]


def test_a_meeting_without_minutes_number_may_stand_where_the_scheme_asks_none() -> None:
    assert decision_errors(Decision("镇党委", TODAY, ""), today=TODAY, needs_document=False) == {}


def test_a_finding_has_one_of_seven_sources() -> None:
    assert [one.label for one in FindingSource] == [
        "自查",
        "走访",
        "述职评议考核",
        "信访",
        "分类定级",
        "考核三类村",
        "其他",
    ]
    assert "请选择" in (source_error("rumour", "") or "")


def test_another_source_says_which() -> None:
    assert "须写明来源" in (source_error("other", " ") or "")
    assert source_error("other", "巡察移交") is None
    assert source_error("petition", "") is None
