"""Tallies, scores, results, signatures."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectification.acceptance.rules import (
    BASIC,
    FAIL,
    PASS,
    Lines,
    ScoredItem,
    Tally,
    Verdict,
    ballot_items,
    ballot_options,
    dissatisfied_veto,
    satisfaction_rate,
    score_errors,
    sign_refusal,
    tally_errors,
    verdict,
)

COUNTS = {"满意": 52, "基本满意": 30, "不满意": 6, "未选": 2}
GOOD = Tally(issued=100, returned=95, valid=90, invalid=5, counts={"总体评价": COUNTS})
LINES = Lines(Decimal(80), Decimal(60), Decimal(80), Decimal(50), ["满意", "基本满意"], ["不满意"])
ITEMS = [
    ScoredItem(1, "领导班子健全", Decimal(50), Decimal(50)),
    ScoredItem(2, "党员群众满意", Decimal(50), Decimal(40), "活动少"),
]


def votes(satisfied: int, dissatisfied: int) -> Tally:
    total = satisfied + dissatisfied
    return Tally(total, total, total, 0, {"总体评价": {"满意": satisfied, "不满意": dissatisfied}})


def scored(total: int) -> list[ScoredItem]:
    return [ScoredItem(1, "整改", Decimal(100), Decimal(total), "有欠缺")]


def test_a_tally_that_adds_up_has_no_error() -> None:
    assert tally_errors(GOOD, group="群众", entitled=120, present=100) == []


@pytest.mark.parametrize(
    ("tally", "message"),
    [
        (replace(GOOD, issued=94), "群众测评：收回票 95 大于发出票 94"),
        (replace(GOOD, invalid=4), "有效票 90 + 无效票 4 = 94，不等于收回票 95"),
        (
            replace(GOOD, counts={"总体评价": {**COUNTS, "未选": 0}}),
            "“总体评价”各选项合计 88（满意 52 + 基本满意 30 + 不满意 6 + 未选 0），不等于有效票 90",
        ),
        (replace(GOOD, counts={"总体评价": {**COUNTS, "未选": -2, "满意": 56}}), "“未选” -2 不能为负数"),
        (replace(GOOD, counts={}), "没有填各选项票数"),
    ],
)
def test_a_tally_that_does_not_add_up_names_item_and_numbers(tally: Tally, message: str) -> None:
    errors = tally_errors(tally, group="群众")
    assert len(errors) == 1
    assert message in errors[0]


def test_more_present_than_entitled_or_more_ballots_than_present_is_an_error() -> None:
    assert tally_errors(GOOD, entitled=90, present=95) == [
        "测评：实到人数 95 大于应到人数 90",
        "测评：发出票 100 大于实到人数 95",
    ]


def test_the_satisfaction_rate_shows_its_formula() -> None:
    rate = satisfaction_rate(COUNTS, ["满意", "基本满意"])
    assert rate is not None
    assert rate.percent == Decimal("91.11")
    assert rate.formula == "（满意 52 + 基本满意 30）÷ 有效票 90 × 100% = 91.11%"


def test_without_a_valid_vote_there_is_no_rate() -> None:
    assert satisfaction_rate({"满意": 0}, ["满意"]) is None


@given(st.dictionaries(st.sampled_from(["满意", "基本满意", "不满意", "未选"]), st.integers(0, 5000)))
def test_a_rate_lies_between_nought_and_a_hundred(options: dict[str, int]) -> None:
    rate = satisfaction_rate(options, ["满意", "基本满意"])
    assert rate is None or 0 <= rate.percent <= 100


def test_more_than_half_dissatisfied_is_a_veto_and_exactly_half_is_none() -> None:
    assert dissatisfied_veto({"满意": 50, "不满意": 50}, ["不满意"], Decimal(50)) is None
    assert "不满意 51 票" in (dissatisfied_veto({"满意": 49, "不满意": 51}, ["不满意"], Decimal(50)) or "")


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (replace(ITEMS[0], score=None), "还没有评分"),
        (replace(ITEMS[0], score=Decimal(51)), "评分 51 应在 0 与标准分 50 之间"),
        (replace(ITEMS[0], score=Decimal(-1)), "应在 0 与标准分"),
        (replace(ITEMS[0], score=Decimal(47)), "“领导班子健全”扣了 3 分，须写明扣分理由"),
        (replace(ITEMS[0], vetoed=True), "作为否决项，须写明理由"),
    ],
)
def test_a_score_that_cannot_stand_names_its_item(item: ScoredItem, message: str) -> None:
    assert message in score_errors([item])[1]


def test_full_marks_need_no_reason() -> None:
    assert score_errors(ITEMS) == {}


@pytest.mark.parametrize(
    ("total", "outcome"), [(100, PASS), (80, PASS), (79, BASIC), (60, BASIC), (59, FAIL), (0, FAIL)]
)
def test_the_points_decide_between_the_lines(total: int, outcome: str) -> None:
    assert verdict(scored(total), {}, LINES).outcome == outcome


def test_every_reason_is_listed() -> None:
    result = verdict(ITEMS, {"群众": GOOD}, LINES)
    assert result.outcome == PASS
    assert result.reasons == (
        "得分 90，达到合格线 80",
        "“党员群众满意”扣 10 分：活动少",
        "群众“总体评价”满意率 = （满意 52 + 基本满意 30）÷ 有效票 90 × 100% = 91.11%，达到满意率线 80%",
    )


def test_a_rate_below_its_line_holds_the_result_at_basic() -> None:
    result = verdict(ITEMS, {"党员": votes(95, 5), "群众": votes(70, 30)}, LINES)
    assert result.outcome == BASIC
    assert result.reasons[-1] == "满意率未达到要求，结果不高于基本合格"


def test_members_and_masses_are_not_added_up() -> None:
    assert verdict(ITEMS, {"党员": votes(10, 0), "群众": votes(40, 60)}, LINES).outcome == FAIL


def test_a_veto_fails_whatever_the_points() -> None:
    by_votes = verdict(scored(100), {"群众": votes(40, 60)}, LINES)
    by_item = verdict([replace(ITEMS[0], vetoed=True, reason="书记仍空缺"), ITEMS[1]], {}, LINES)
    assert (by_votes.outcome, by_votes.vetoed) == (FAIL, True)
    assert (by_item.outcome, by_item.vetoed) == (FAIL, True)
    assert "否决：“领导班子健全”，书记仍空缺" in by_item.reasons


def test_no_result_follows_from_what_does_not_add_up() -> None:
    with pytest.raises(ValueError, match="不等于收回票"):
        verdict(ITEMS, {"群众": replace(GOOD, invalid=0)}, LINES)
    with pytest.raises(ValueError, match="没有验收项目"):
        verdict([], {}, LINES)


TODAY = date(2015, 12, 20)


def signing(
    suggested: Verdict, outcome: str, signer: str = "李某", on: date | None = TODAY, why: str = ""
) -> str:
    refusal = sign_refusal(
        suggested, outcome=outcome, signer=signer, signed_on=on, today=TODAY, different_reason=why
    )
    return refusal or ""


def test_a_person_signs_with_name_and_day() -> None:
    suggested = verdict(scored(90), {}, LINES)
    assert signing(suggested, PASS) == ""
    assert "须由人签署" in signing(suggested, PASS, signer=" ")
    assert "没有填签署日期" in signing(suggested, PASS, on=None)
    assert "晚于今天" in signing(suggested, PASS, on=date(2015, 12, 21))
    assert "请选择" in signing(suggested, "")


def test_signing_otherwise_than_follows_needs_a_reason() -> None:
    suggested = verdict(scored(79), {}, LINES)
    assert signing(suggested, PASS) == "按规则应为基本合格，签署为合格须写明理由"
    assert signing(suggested, PASS, why="复核后整改到位") == ""


def test_a_veto_cannot_be_signed_away() -> None:
    suggested = verdict(scored(100), {"群众": votes(40, 60)}, LINES)
    assert "否决" in signing(suggested, PASS, why="领导意见")
    assert signing(suggested, FAIL) == ""


def test_a_ballot_has_the_schemes_options_once_each_with_unchosen_last() -> None:
    assert ballot_options(["满意", "基本满意"], ["一般", "未选"], ["不满意", "很不满意"]) == [
        "满意",
        "基本满意",
        "一般",
        "不满意",
        "很不满意",
        "未选",
    ]


def test_a_scheme_that_says_nothing_of_the_ballot_asks_for_the_whole_and_counts_the_dissatisfied() -> None:
    assert ballot_items([]) == ["总体评价"]
    assert ballot_options(["满意"], [], []) == ["满意", "不满意", "未选"]
