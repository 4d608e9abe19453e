"""When a determination needs a reason or a consent."""

from decimal import Decimal

from rectification.schemes.terms import Criterion
from rectification.survey.determination_rules import (
    determination_refusal,
    quota_refusal,
    township_reason_needed,
)
from rectification.survey.rules import select
from rectification.survey.terms import Assessment, Selection

CRITERIA = [
    Criterion(1, "班子配备不齐", Decimal(10)),
    Criterion(2, "群众满意率低", Decimal(10), threshold=Decimal(5)),
    Criterion(3, "换届拉票贿选", Decimal(10), hard=True),
]


def ranked(quota: int = 2) -> Selection:
    """1 leads, 2 and 3 tie, 4 reaches a threshold only, 5 has nothing."""
    offs = {1: {1: 9}, 2: {1: 7}, 3: {1: 7}, 4: {2: 5}, 5: {}}
    villages = [
        Assessment(key, f"{key}号村", {order: Decimal(off) for order, off in row.items()})
        for key, row in offs.items()
    ]
    return select(villages, criteria=CRITERIA, mode="quota", quota=quota, full_marks=Decimal(100))


def one(assessment: Assessment, quota: int = 1) -> Selection:
    return select([assessment], criteria=CRITERIA, mode="quota", quota=quota, full_marks=Decimal(100))


def reason_for(selection: Selection, key: int) -> str | None:
    place = next(place for place in selection.places if place.key == key)
    return township_reason_needed(place, proposed=False, criteria=CRITERIA)


def test_taking_all_ties_needs_no_reason() -> None:
    assert determination_refusal(ranked(), {1, 2, 3}) is None


def test_choosing_among_ties_needs_a_reason() -> None:
    refusal = determination_refusal(ranked(), {1, 2}) or ""
    assert "“2号村”、“3号村”并列倒排第 2 名（比例内还需 1 个）" in refusal
    assert determination_refusal(ranked(), {1, 2}, tie_reason="3号村已于2月换届") is None


def test_fewer_than_the_quota_needs_a_reason_and_the_superiors_consent() -> None:
    refusal = determination_refusal(ranked(), {1}, tie_reason="已自行整改") or ""
    assert refusal == "认定 1 个，少于应定的 2 个，须写明理由并登记上级同意意见"
    assert "登记上级同意意见" in (
        determination_refusal(ranked(), {1}, tie_reason="x", shortfall_reason="y") or ""
    )
    assert (
        determination_refusal(
            ranked(), {1}, tie_reason="x", shortfall_reason="y", consent="市组函〔2015〕8号"
        )
        is None
    )


def test_a_shortfall_for_want_of_deductions_needs_consent_too() -> None:
    assert "少于应定的 6 个" in (determination_refusal(ranked(6), {1, 2, 3, 4}) or "")


def test_blank_words_are_no_reason() -> None:
    assert quota_refusal(1, 2, shortfall_reason="  ", consent="\n") is not None


def test_more_than_the_quota_is_allowed() -> None:
    assert determination_refusal(ranked(), {1, 2, 3, 4}) is None


def test_passing_over_a_listed_organization_needs_a_reason() -> None:
    refusal = determination_refusal(ranked(), {2, 3}) or ""
    assert "“1号村”已列入拟整顿对象而未认定" in refusal
    assert determination_refusal(ranked(), {2, 3}, passed_over_reason="已合并撤销") is None


def test_an_organization_without_any_ground_cannot_be_determined() -> None:
    assert "“5号村”没有扣分" in (determination_refusal(ranked(), {1, 2, 3, 5}) or "")


def test_an_organization_outside_the_group_is_refused() -> None:
    assert "不在本组" in (determination_refusal(ranked(), {1, 99}) or "")


def test_who_failed_the_lookback_cannot_be_left_out_by_any_reason() -> None:
    carried = one(Assessment(1, "1号村", failed_lookback=True))
    refusal = (
        determination_refusal(carried, set(), passed_over_reason="x", shortfall_reason="x", consent="x") or ""
    )
    assert "必须列为续整对象" in refusal


def test_the_township_explains_leaving_out_what_stands_above_the_cut_line() -> None:
    assert "倒排第 1 名" in (reason_for(ranked(), 1) or "")
    assert "倒排第 2 名" in (reason_for(ranked(), 3) or "")


def test_the_township_explains_leaving_out_a_reached_threshold() -> None:
    assert reason_for(ranked(), 4) == "“4号村”②群众满意率低扣分达到起点，不提名须写明理由"


def test_the_township_explains_leaving_out_a_hard_criterion() -> None:
    hard = one(Assessment(1, "1号村", {3: Decimal(1)}))
    assert "符合硬性情形③换届拉票贿选" in (reason_for(hard, 1) or "")


def test_the_township_explains_nothing_else() -> None:
    assert reason_for(ranked(), 5) is None
    first = ranked().places[0]
    assert township_reason_needed(first, proposed=True, criteria=CRITERIA) is None
