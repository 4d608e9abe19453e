"""Departments are asked about the candidates; silence and objections stand against the decision until dealt with."""

from datetime import timedelta

import pytest
import time_machine

from accounts.errors import Invalid, Refused, StaleVersion
from accounts.models import Message
from accounts.roles import Role
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.survey import actions, joint_duties, joint_review
from rectification.survey.joint_models import JointReview, Opinion
from tests import cast
from tests.rectification.survey.asking import AFTER, LATER, all_agree, answers, ask, close, give, settle
from tests.rectification.survey.chains import COUNTY, JOINT, MEETING, on_its_way


@pytest.fixture
def discipline(county):
    return cast.post_at(county, Role.DEPARTMENT, "jiwei", department="县纪委监委")


@pytest.fixture
def petitions(county):
    return cast.post_at(county, Role.DEPARTMENT, "xinfang", department="县信访局")


@pytest.fixture
def review(year):
    return on_its_way(year, JOINT, MEETING)


@pytest.fixture
def joint(year, review, discipline, petitions):
    return ask(year)


# --- asking ----------------------------------------------------------------------------------------------------


def test_each_department_owes_its_opinion_by_the_date_and_is_told(joint, discipline, petitions):
    owed = Duty.objects.visible_to(discipline).open()
    assert [(one.department, one.effective_due_on) for one in owed] == [("县纪委监委", LATER)]
    assert Message.objects.filter(user=petitions.user).count() == 1


def test_a_department_sees_only_its_own_duty_and_the_reviews_it_is_asked_in(year, joint, discipline, county):
    stranger = cast.post_at(county, Role.DEPARTMENT, "minzheng", department="县民政局")
    nameless = cast.post_at(county, Role.DEPARTMENT, "kong")
    assert JointReview.objects.visible_to(discipline).get() == joint
    assert not JointReview.objects.visible_to(stranger).exists()
    assert not JointReview.objects.visible_to(nameless).exists()
    assert not Duty.objects.visible_to(nameless).exists()


def test_the_same_department_of_another_county_sees_nothing(joint, other_county):
    other = cast.post_at(other_county, Role.DEPARTMENT, "jiwei2", department="县纪委监委")
    assert not JointReview.objects.visible_to(other).exists()


def test_a_date_in_the_past_or_nobody_to_ask_is_refused(year, review):
    with pytest.raises(Refused, match="早于今天"):
        ask(year, by_on=cast.TODAY - timedelta(days=1))
    with pytest.raises(Refused, match="至少选择一个联审部门"):
        joint_review.ask(
            survey_id=year.survey.pk, names=[" "], answer_by_on=LATER, by=year.officer, at=cast.NOW
        )


def test_nobody_is_asked_before_the_list_went_up(year):
    with pytest.raises(Refused, match="名单还没有提交"):
        ask(year)


def test_another_date_moves_what_is_owed(year, joint, discipline):
    ask(year, "县纪委监委", by_on=LATER + timedelta(days=3))
    owed = Duty.objects.visible_to(discipline).open().get()
    assert owed.due_on == LATER + timedelta(days=3)


def test_a_department_asked_no_more_owes_nothing_and_sees_nothing(year, joint, petitions):
    asked = joint.asked.get(name="县信访局")
    joint_review.drop(joint_id=joint.pk, asked_id=asked.pk, by=year.officer, at=cast.NOW)
    assert not Duty.objects.visible_to(petitions).open().exists()
    assert not JointReview.objects.visible_to(petitions).exists()


# --- answering -------------------------------------------------------------------------------------------------


def test_an_answer_on_everyone_ends_what_the_department_owes(year, joint, discipline):
    give(year, joint, discipline, 石桥村="agrees")
    assert Duty.objects.visible_to(discipline).open().exists()
    give(year, joint, discipline, 新枫林村="unknown")
    assert not Duty.objects.visible_to(discipline).open().exists()


def test_the_county_is_told_once_when_a_department_has_answered_on_everyone(year, joint, discipline):
    give(year, joint, discipline, 石桥村="agrees")
    give(year, joint, discipline, 新枫林村="agrees")
    give(year, joint, discipline, 新枫林村="unknown")
    told = Message.objects.filter(user=year.officer.user, title="县纪委监委已反馈联审意见")
    assert told.count() == 1


def test_an_objection_says_why(year, joint, discipline):
    said = {str(year.row("石桥村").uid): ("objects", " ")}
    with pytest.raises(Invalid, match="有异议的须写明理由"):
        joint_review.give(joint_id=joint.pk, answers=said, by=discipline, at=cast.NOW)
    assert not Opinion.objects.exists()


def test_a_later_opinion_replaces_the_earlier(year, joint, discipline):
    give(year, joint, discipline, 石桥村="objects")
    give(year, joint, discipline, 石桥村="agrees")
    assert Opinion.objects.get().stance == "agrees"


def test_the_county_enters_a_paper_for_a_department(year, joint):
    asked = joint.asked.get(name="县信访局")
    joint_review.give_on_paper(
        joint_id=joint.pk,
        asked_id=asked.pk,
        answers=answers(year, 石桥村="agrees", 新枫林村="agrees"),
        given_on=cast.TODAY - timedelta(days=1),
        by=year.officer,
        at=cast.NOW,
    )
    assert asked.opinions.filter(on_paper=True, given_on=cast.TODAY - timedelta(days=1)).count() == 2


def test_an_opinion_of_tomorrow_is_refused(year, joint):
    asked = joint.asked.get(name="县信访局")
    with pytest.raises(Invalid, match="晚于今天"):
        joint_review.give_on_paper(
            joint_id=joint.pk,
            asked_id=asked.pk,
            answers=answers(year, 石桥村="agrees"),
            given_on=LATER,
            by=year.officer,
            at=cast.NOW,
        )


def test_a_department_does_not_enter_papers_settle_or_close(year, joint, discipline):
    asked = joint.asked.first()
    for act in (
        lambda: joint_review.drop(joint_id=joint.pk, asked_id=asked.pk, by=discipline, at=cast.NOW),
        lambda: joint_review.close(joint_id=joint.pk, by=discipline, at=cast.NOW, silence_reason="x"),
    ):
        with pytest.raises(Refused, match="经办人办理"):
            act()


# --- settling and closing --------------------------------------------------------------------------------------


def test_a_joint_review_without_objection_passes_its_step_with_the_result(year, joint, discipline, petitions):
    all_agree(year, joint, discipline, petitions)
    close(year, joint)
    step = year.survey.review.steps.get(mode="joint")
    assert step.decision == "passed" and step.opinion == "征求 2 个部门意见，2 个部门已反馈"
    assert set(step.items.values()) == {"县纪委监委、县信访局无异议"}


def test_an_objection_becomes_the_countys_duty_until_it_is_settled(year, joint, discipline, petitions):
    all_agree(year, joint, discipline)
    give(year, joint, petitions, 石桥村="objects", 新枫林村="agrees")
    duty = Duty.objects.get(key="joint_settle")
    assert duty.state == "open" and duty.owner_role == "county_officer"
    with pytest.raises(Refused, match="部门意见不一"):
        close(year, joint)
    settle(year, joint)
    duty.refresh_from_db()
    assert duty.state == "done"
    close(year, joint)
    words = year.survey.review.steps.get(mode="joint").items[str(year.row("石桥村").uid)]
    assert "县信访局有异议（信访件正在办理）" in words and "研究处理：经核实属实，予以保留" in words


def test_an_objection_after_the_settlement_is_open_again(year, joint, discipline, petitions):
    all_agree(year, joint, discipline)
    give(year, joint, petitions, 石桥村="objects", 新枫林村="agrees")
    settle(year, joint)
    later = cast.NOW + timedelta(minutes=5)
    said = {str(year.row("石桥村").uid): ("objects", "又有新的信访件")}
    joint_review.give(joint_id=joint.pk, answers=said, by=petitions, at=later)
    with pytest.raises(Refused, match="又有新的信访件"):
        close(year, joint, at=later)


def test_a_settlement_without_words_is_refused(year, joint, petitions):
    give(year, joint, petitions, 石桥村="objects")
    with pytest.raises(Invalid, match="须写明异议如何研究处理"):
        settle(year, joint, how=" ")


def test_silence_past_the_date_becomes_the_countys_duty_once(year, joint, discipline, petitions):
    all_agree(year, joint, discipline)
    with time_machine.travel(AFTER):
        for _ in range(2):
            joint_duties.note_silence(today=AFTER.date(), at=AFTER)
    assert Duty.objects.filter(key="joint_settle").open().count() == 1
    assert Duty.objects.visible_to(petitions).overdue(AFTER.date()).count() == 1


def test_before_the_date_silence_is_nobodys_fault(year, joint):
    assert joint_duties.note_silence(today=LATER, at=cast.NOW) == 0


def test_silence_is_passed_over_only_with_a_reason(year, joint, discipline):
    all_agree(year, joint, discipline)
    with pytest.raises(Refused, match="县信访局对 2 个拟整顿对象还没有反馈意见"):
        close(year, joint)
    close(year, joint, silence_reason="电话两次催办，县信访局口头答复无意见")
    step = year.survey.review.steps.get(mode="joint")
    assert "县信访局未反馈，理由：电话两次催办" in step.opinion


def test_a_reason_for_silence_does_not_pass_over_an_objection(year, joint, discipline):
    give(year, joint, discipline, 石桥村="objects", 新枫林村="agrees")
    with pytest.raises(Refused, match="有异议待研究"):
        close(year, joint, silence_reason="已催办")


def test_nothing_is_answered_after_closing_and_nobody_owes_any_more(year, joint, discipline, petitions):
    close(year, joint, silence_reason="急")
    with pytest.raises(Refused, match="已经办结"):
        give(year, joint, discipline, 石桥村="agrees")
    assert not Duty.objects.filter(key="joint_opinion").open().exists()


def test_the_page_closed_in_another_window_is_not_closed_twice(year, joint, discipline, petitions):
    all_agree(year, joint, discipline, petitions)
    with pytest.raises(StaleVersion):
        close(year, joint, version=joint.version + 1)


def test_the_decision_waits_for_the_joint_review(year, joint, discipline, petitions):
    review = year.survey.review
    with pytest.raises(Refused, match="部门联审在联审页面"):
        year.determine(review)
    all_agree(year, joint, discipline, petitions)
    close(year, joint)
    year.determine(review)
    assert Case.objects.count() == 2


def test_a_list_changed_on_the_way_asks_again_about_who_came_in(year, joint, discipline, petitions):
    all_agree(year, joint, discipline, petitions)
    actions.return_determination(
        review_id=year.survey.review_id, by=year.officer, at=cast.NOW, opinion="补列上塘村"
    )
    year.propose("石桥村", "新枫林村", "上塘村")
    assert Duty.objects.visible_to(discipline).open().count() == 1
    with pytest.raises(Refused, match="对 1 个拟整顿对象还没有反馈"):
        close(year, joint)


def test_departments_may_be_asked_beside_the_chain_and_then_the_decision_waits(year, discipline):
    review = on_its_way(year, COUNTY, MEETING)
    joint = ask(year, "县纪委监委")
    with pytest.raises(Refused, match="部门联审还没有办结"):
        year.determine(review)
    all_agree(year, joint, discipline)
    close(year, joint)
    year.determine(review)
    assert Case.objects.count() == 2


def test_a_closed_joint_review_is_opened_again_for_who_came_in(year, joint, discipline, petitions):
    all_agree(year, joint, discipline, petitions)
    close(year, joint)
    actions.return_determination(
        review_id=year.survey.review_id, by=year.officer, at=cast.NOW, opinion="补列上塘村"
    )
    year.propose("石桥村", "新枫林村", "上塘村")
    again = ask(year, "县纪委监委")
    assert again.pk == joint.pk and again.closed_at is None
    assert Duty.objects.visible_to(discipline).open().count() == 1
