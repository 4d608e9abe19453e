"""呈报审批: up a chain, back with a reason, straight back to whoever returned it."""

import pytest

from accounts.errors import Refused
from accounts.models import Message
from accounts.roles import Role
from rectification.reviews import actions
from rectification.reviews.chains import unstaffed
from rectification.reviews.models import ReviewState
from rectification.schemes.models import ChainStep
from tests.cast import NOW, TODAY, post_at
from tests.stage import on_stage

CHAIN = [
    ChainStep(name="县委组织部审核", level="county", role=Role.COUNTY_OFFICER, mode="handle"),
    ChainStep(name="市委组织部审定", level="city", role=Role.CITY_REVIEWER, mode="record"),
]


@on_stage
def review(township, township_officer, county_officer, city_reviewer):
    return actions.submit(
        process="plan",
        title="石桥村整顿方案",
        organization=township,
        chain=CHAIN,
        content={"目标": "配齐班子", "步骤": "四月完成"},
        by=township_officer,
        at=NOW,
    )


def test_a_submission_stands_with_the_first_step_of_its_chain(review, county):
    assert (review.at_unit, review.at_role) == (county, Role.COUNTY_OFFICER)


def test_the_one_it_stands_with_is_told(review, county_officer):
    assert Message.objects.filter(user=county_officer.user, title__contains="待审批").count() == 1


def test_passing_a_step_hands_it_to_the_next(review, county_officer, city):
    assert actions.pass_step(review_id=review.pk, by=county_officer, at=NOW).at_unit == city


def test_a_recorded_decision_needs_body_date_and_number(review, county_officer, city_reviewer):
    actions.pass_step(review_id=review.pk, by=county_officer, at=NOW)
    with pytest.raises(Refused, match="纪要号"):
        actions.pass_step(review_id=review.pk, by=city_reviewer, at=NOW, body="市委常委会")


def test_the_last_step_passes_the_whole(review, county_officer, city_reviewer):
    actions.pass_step(review_id=review.pk, by=county_officer, at=NOW)
    done = actions.pass_step(
        review_id=review.pk,
        by=city_reviewer,
        at=NOW,
        body="市委常委会",
        document="〔2026〕3号",
        decided_on=TODAY,
    )
    assert (done.state, done.at_unit) == (ReviewState.PASSED, None)


def test_a_return_needs_a_reason(review, county_officer):
    with pytest.raises(Refused, match="理由"):
        actions.return_(review_id=review.pk, by=county_officer, at=NOW, opinion="  ")


def test_a_resubmission_goes_straight_to_whoever_returned_it(
    review, county_officer, city_reviewer, township_officer
):
    actions.pass_step(review_id=review.pk, by=county_officer, at=NOW)
    actions.return_(review_id=review.pk, by=city_reviewer, at=NOW, opinion="时限不明", fields=["步骤"])
    again = _resubmit(review, township_officer)
    assert again.at_unit == city_reviewer.organization


def test_a_resubmission_marks_what_has_changed(review, county_officer, township_officer):
    actions.return_(review_id=review.pk, by=county_officer, at=NOW, opinion="时限不明", fields=["步骤"])
    assert actions.changed_fields(_resubmit(review, township_officer)) == ["步骤"]


def test_the_words_of_a_return_stay_after_the_resubmission(review, county_officer, township_officer):
    actions.return_(review_id=review.pk, by=county_officer, at=NOW, opinion="时限不明", fields=["步骤"])
    assert [remark.opinion for remark in _resubmit(review, township_officer).remarks.all()] == ["时限不明"]


def test_another_county_cannot_decide(review, other_county_officer):
    with pytest.raises(actions.NotYours):
        actions.pass_step(review_id=review.pk, by=other_county_officer, at=NOW)


def test_nobody_approves_at_the_county_what_they_submitted_at_the_township(review, county, township_officer):
    same_person = post_at(county, Role.COUNTY_OFFICER, township_officer.user.username)
    with pytest.raises(actions.NotYours, match="本人"):
        actions.pass_step(review_id=review.pk, by=same_person, at=NOW)


def test_what_was_read_cannot_be_withdrawn(review, county_officer, township_officer):
    actions.mark_read(review=review, by=county_officer, at=NOW)
    with pytest.raises(Refused, match="已审阅"):
        actions.withdraw(review_id=review.pk, by=township_officer, at=NOW)


def test_what_nobody_has_read_can_be_withdrawn(review, township_officer):
    assert actions.withdraw(review_id=review.pk, by=township_officer, at=NOW).state == ReviewState.WITHDRAWN


def test_a_chain_without_a_unit_for_a_step_is_refused_by_name(city, city_reviewer):
    with pytest.raises(Refused, match="县委组织部审核"):
        actions.submit(
            process="plan", title="试", organization=city, chain=CHAIN, content={}, by=city_reviewer, at=NOW
        )


def _resubmit(review, post):
    return actions.submit(
        process="plan",
        title=review.title,
        organization=review.organization,
        chain=[],
        content={"目标": "配齐班子", "步骤": "四月底完成"},
        by=post,
        at=NOW,
        review=review,
    )


def test_a_decision_meant_for_an_earlier_round_is_not_carried_out(review, county_officer, township_officer):
    opened = actions.opened_as(review)
    actions.return_(review_id=review.pk, by=county_officer, at=NOW, opinion="重写")
    _resubmit(review, township_officer)
    with pytest.raises(Refused, match="打开之后"):
        actions.pass_step(review_id=review.pk, by=county_officer, at=NOW, opened=opened)
    review.refresh_from_db()
    actions.pass_step(review_id=review.pk, by=county_officer, at=NOW, opened=actions.opened_as(review))


def test_a_step_whose_unit_has_nobody_in_the_post_is_named(township, township_officer, county_officer, city):
    assert unstaffed(CHAIN, township, TODAY) == ["“市委组织部审定”：云泽市没有安排市委组织部审核员"]


def test_a_step_without_a_unit_above_is_named_too(city, city_reviewer):
    assert unstaffed(CHAIN, city, TODAY) == ["“县委组织部审核”：云泽市之上没有县（市、区）一级单位"]


def test_what_is_called_off_waits_for_nobody(review, county_officer):
    actions.call_off(review=review, by=county_officer, at=NOW, reason="退出整顿")
    review.refresh_from_db()
    assert (review.state, review.at_unit) == (ReviewState.WITHDRAWN, None)
    with pytest.raises(Refused):
        actions.pass_step(review_id=review.pk, by=county_officer, at=NOW)


def test_the_chain_keeps_which_step_decides(township, township_officer, county_officer, city_reviewer):
    marked = [ChainStep(name="审定", level="county", role=Role.COUNTY_OFFICER, mode="record", decides=True)]
    made = actions.submit(
        process="determination",
        title="名单",
        organization=township,
        chain=[*marked, CHAIN[1]],
        content={},
        by=township_officer,
        at=NOW,
    )
    assert list(made.steps.values_list("decides", flat=True)) == [True, False]
