"""The actions themselves refuse a wrong post, whatever page or script calls them."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from accounts.errors import Refused
from accounts.roles import Role
from rectification.survey import actions, amendments, changes, joint_review, opening, publicity
from rectification.survey.change_rules import Decision
from rectification.survey.entries import Entry
from tests import cast
from tests.rectification.survey.asking import LATER, answers, ask
from tests.rectification.survey.chains import JOINT, MEETING, PUBLISH, on_its_way

WRONG = (
    "other_county_officer",
    "township_officer",
    "other_township_officer",
    "city_reviewer",
    "village_reporter",
    "department",
    "helper",
    "system_admin",
    "auditor",
)


def refused(act, **said):
    """Whether an action refuses in words or does not know the thing at all."""
    try:
        act(at=cast.NOW, **said)
    except (Refused, ObjectDoesNotExist):
        return True
    return False


@pytest.fixture
def village(villages):
    """The reporter's village is one of those surveyed."""
    return villages[0]


@pytest.fixture(params=WRONG)
def wrong(request):
    return request.getfixturevalue(request.param)


def test_a_wrong_post_neither_scores_closes_nor_proposes(year, wrong):
    survey = year.survey.pk
    assert refused(opening.freeze, survey_id=survey, by=wrong, reason="先行封存")
    assert refused(opening.refresh, survey_id=survey, by=wrong)
    year.close_scoring()
    row = year.row("石桥村")
    assert refused(opening.unfreeze, survey_id=survey, by=wrong, reason="重开")
    assert refused(actions.propose, survey_id=survey, chosen={row.pk: None}, by=wrong)
    assert refused(
        amendments.amend_score,
        assessment_id=row.pk,
        entries={1: Entry(3, "更正")},
        reason="漏扣",
        by=wrong,
        version=row.version,
    )


def test_a_wrong_post_has_no_part_in_the_joint_review(year, wrong, county):
    cast.post_at(county, Role.DEPARTMENT, "jiwei", department="县纪委监委")
    on_its_way(year, JOINT, MEETING)
    joint = ask(year, "县纪委监委")
    about = {"joint_id": joint.pk, "by": wrong}
    said = answers(year, 石桥村="agrees")
    uid = str(year.row("石桥村").uid)
    asked = joint.asked.get().pk
    assert refused(
        joint_review.ask, survey_id=year.survey.pk, names=["县民政局"], answer_by_on=LATER, by=wrong
    )
    assert refused(joint_review.give, answers=said, **about)
    assert refused(joint_review.give_on_paper, answers=said, asked_id=asked, given_on=cast.TODAY, **about)
    assert refused(joint_review.drop, asked_id=asked, **about)
    assert refused(joint_review.settle, assessment_uid=uid, how="保留", settled_on=cast.TODAY, **about)
    assert refused(joint_review.close, silence_reason="不等", **about)
    assert refused(joint_review.ask, survey_id=year.survey.pk, names=[], answer_by_on=LATER, by=wrong)


def test_a_wrong_post_neither_decides_nor_returns_the_list(year, wrong):
    review = on_its_way(year, MEETING, PUBLISH)
    decided = {"body": "某会", "document": "1号", "decided_on": cast.TODAY}
    assert refused(actions.record_determination, review_id=review.pk, by=wrong, **decided)
    assert refused(actions.return_determination, review_id=review.pk, by=wrong, opinion="重报")


def test_a_wrong_post_neither_publishes_nor_hears_objections_nor_changes_the_list(year, wrong, county):
    review = on_its_way(year, MEETING, PUBLISH)
    year.determine(review)
    period = {"place": "公开栏", "starts_on": cast.TODAY, "ends_on": LATER}
    assert refused(publicity.publish, survey_id=year.survey.pk, by=wrong, **period)
    one = publicity.publish(survey_id=year.survey.pk, by=year.officer, at=cast.NOW, **period)
    words = {"assessment_uid": str(year.row("石桥村").uid), "text": "不实", "raised_on": cast.TODAY}
    assert refused(publicity.object_to, publicity_id=one.pk, by=wrong, **words)
    objection = publicity.object_to(publicity_id=one.pk, by=year.officer, at=cast.NOW, **words)
    handled = {"handling": "核实", "handled_on": cast.TODAY, "upheld": False}
    assert refused(publicity.handle, objection_id=objection.pk, by=wrong, **handled)
    assert refused(publicity.close, publicity_id=one.pk, by=wrong)
    assert refused(
        changes.add_case,
        survey_id=year.survey.pk,
        organization_id=year.row("下塘村").organization_id,
        criteria=[1],
        primary_id=year.scheme.criteria.get(order=1).pk,
        national_type=None,
        reason="新发现",
        decision=Decision("县委常委会", cast.TODAY, "9号"),
        by=wrong,
    )
