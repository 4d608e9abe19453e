"""部门联审: opinions, silence, contradictions."""

from datetime import date

import pytest

from rectification.survey.joint_review_rules import (
    Asked,
    Candidate,
    Kind,
    Opinion,
    Stance,
    Unsettled,
    asking_refusal,
    determination_refusal,
    opinion_error,
    settling_refusal,
    unsettled,
)

BY = date(2025, 3, 20)
BEFORE, AFTER = date(2025, 3, 18), date(2025, 3, 23)
ASKED = [Asked(1, "县纪委监委", BY), Asked(2, "县委政法委", BY)]
STONE, WILLOW = Candidate(10, "石桥村"), Candidate(11, "柳溪村")


def opinions(*stances: tuple[int, int, Stance]) -> list[Opinion]:
    return [
        Opinion(department, candidate, stance, "有未结的信访积案" if stance is Stance.OBJECTS else "")
        for department, candidate, stance in stances
    ]


def all_agree() -> list[Opinion]:
    return opinions(*((one, two, Stance.AGREES) for one in (1, 2) for two in (10, 11)))


def open_(given: list[Opinion], today: date = BEFORE, **more: object) -> list[Unsettled]:
    return unsettled(ASKED, [STONE, WILLOW], given, today=today, **more)  # type: ignore[arg-type]


def test_when_all_agree_nothing_is_open() -> None:
    assert open_(all_agree()) == []
    assert determination_refusal([]) is None


@pytest.mark.parametrize(
    ("stance", "reason", "message"),
    [("", "", "请选择意见"), ("objects", " ", "有异议的须写明理由"), ("maybe", "", "请选择意见")],
)
def test_an_opinion_that_cannot_stand_says_why(stance: str, reason: str, message: str) -> None:
    assert message in (opinion_error(stance, reason, given_on=BEFORE, today=BEFORE) or "")


def test_an_objection_with_its_reason_stands_and_so_does_not_knowing() -> None:
    assert opinion_error("objects", "正在立案审查", given_on=BEFORE, today=BEFORE) is None
    assert opinion_error("unknown", "", given_on=BEFORE, today=BEFORE) is None


def test_an_opinion_is_dated_and_not_of_tomorrow() -> None:
    assert "没有填" in (opinion_error("agrees", "", given_on=None, today=BEFORE) or "")
    assert "晚于今天" in (opinion_error("agrees", "", given_on=AFTER, today=BEFORE) or "")


def test_before_the_date_a_silent_department_is_waited_for() -> None:
    (one,) = open_([each for each in all_agree() if each.department == 1])
    assert (one.kind, one.candidate) == (Kind.WAITING, None)
    assert one.text == "县委政法委对 2 个拟整顿对象还没有反馈意见（截止2025年3月20日）"


def test_on_the_day_itself_it_is_not_late_yet() -> None:
    (one,) = open_([each for each in all_agree() if each.department == 1], BY)
    assert one.kind is Kind.WAITING


def test_after_the_date_silence_is_told_with_its_days() -> None:
    (one,) = open_(all_agree()[:-1], AFTER)
    assert (one.kind, one.candidate, one.departments) == (Kind.SILENCE, 11, (2,))
    assert "逾期 3 天" in one.text


def test_an_objection_against_agreement_is_a_contradiction_with_both_sides() -> None:
    (one,) = open_([*all_agree()[1:], *opinions((1, 10, Stance.OBJECTS))])
    assert (one.kind, one.candidate, one.departments) == (Kind.CONFLICT, 10, (1, 2))
    assert "县纪委监委：有未结的信访积案；县委政法委无异议" in one.text


def test_an_objection_nobody_speaks_against_is_to_be_looked_into() -> None:
    given = [*all_agree()[1:], *opinions((1, 10, Stance.OBJECTS), (2, 10, Stance.UNKNOWN))]
    (one,) = open_(given)
    assert (one.kind, one.departments) == (Kind.OBJECTION, (1,))


def test_a_later_opinion_replaces_the_earlier_one() -> None:
    assert open_([*opinions((1, 10, Stance.OBJECTS)), *all_agree()]) == []


def test_not_knowing_contradicts_nobody() -> None:
    assert open_([*all_agree(), *opinions((1, 10, Stance.UNKNOWN))]) == []


def test_what_no_department_knows_informs_and_does_not_block() -> None:
    (one,) = open_([*all_agree(), *opinions((1, 10, Stance.UNKNOWN), (2, 10, Stance.UNKNOWN))])
    assert one.kind is Kind.UNKNOWN_TO_ALL
    assert determination_refusal([one]) is None


def test_a_contradiction_blocks_the_determination_until_it_is_settled() -> None:
    given = [*all_agree()[1:], *opinions((1, 10, Stance.OBJECTS))]
    assert "部门联审还有未了事项：“石桥村”部门意见不一" in (determination_refusal(open_(given)) or "")
    assert open_(given, settled={10}) == []


def test_settling_needs_words() -> None:
    assert settling_refusal(" ") == "须写明异议如何研究处理"
    assert settling_refusal("经核查积案已化解") is None


def test_silence_may_be_passed_over_with_a_reason_but_not_an_objection() -> None:
    given = [*opinions((1, 10, Stance.OBJECTS), (1, 11, Stance.AGREES))]
    refused = determination_refusal(open_(given, AFTER), silence_reason="已电话催办两次") or ""
    assert "石桥村" in refused
    assert "还没有反馈" not in refused
    assert determination_refusal(open_(given, AFTER, settled={10}), silence_reason="已电话催办两次") is None


def test_blocking_things_come_first() -> None:
    given = [
        *opinions((1, 10, Stance.UNKNOWN), (2, 10, Stance.UNKNOWN), (1, 11, Stance.AGREES)),
    ]
    assert [one.kind for one in open_(given, AFTER)] == [Kind.SILENCE, Kind.UNKNOWN_TO_ALL]


def test_departments_are_asked_with_a_day_that_is_still_to_come() -> None:
    assert "至少选择一个" in (asking_refusal([], BY, today=BEFORE) or "")
    assert "没有填反馈截止日期" in (asking_refusal([1], None, today=BEFORE) or "")
    assert "早于今天" in (asking_refusal([1], BY, today=AFTER) or "")
    assert asking_refusal([1], BY, today=BY) is None
