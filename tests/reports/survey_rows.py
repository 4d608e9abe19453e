"""A survey as rows: what village, township, departments and committee said of one candidate, and another without."""

from datetime import date
from decimal import Decimal

from accounts.roles import Role
from organizations.models import LeaderPost
from rectification.reviews.models import Review, ReviewStep
from rectification.schemes.models import Process
from rectification.survey.joint_models import (
    AskedDepartment,
    JointReview,
    Objection,
    Opinion,
    Publicity,
    Settlement,
)
from rectification.survey.models import Assessment, Finding, Sheet, Survey
from rectification.survey.note_models import SheetStep, SurveyNote
from tests import cast

CHAIN = (
    ("村（社区）自查", "grassroots", Role.VILLAGE_REPORTER, "handle", False),
    ("乡镇党委初定", "township", Role.TOWNSHIP_OFFICER, "record", False),
    ("部门联审", "county", Role.DEPARTMENT, "joint", False),
    ("县委组织部审核", "county", Role.COUNTY_OFFICER, "handle", False),
    ("县委常委会审定", "county", Role.COUNTY_OFFICER, "record", True),
    ("公布", "county", Role.COUNTY_OFFICER, "publish", False),
)


def chain_of(scheme):
    """The chain of domain §5.2 in the scheme."""
    cast.determination_chain(scheme, CHAIN)


def survey_in(scheme, county, state="frozen"):
    """A survey of a county, as a row."""
    return Survey.objects.create(
        organization=county, scheme=scheme, year=cast.YEAR, state=state, base_on=date(cast.YEAR, 3, 1)
    )


def assessed(survey, village, scorer, deductions=(), by=None, **facts):
    """An organization's score with its findings: criterion number → points and words."""
    taken = {**dict(deductions)}
    total = sum((points for points, _words in taken.values()), Decimal(0))
    one = Assessment.objects.create(
        survey=survey,
        organization=village,
        scorer=scorer,
        field=village.field,
        deducted=total,
        score=100 - total,
        **facts,
    )
    for order, (points, words) in taken.items():
        criterion = survey.scheme.criteria.get(order=order)
        Finding.objects.create(
            assessment=one, criterion=criterion, deduction=points, words=words, by=by, at=cast.NOW
        )
    return one


def everything_said(one, county_officer, township_officer, department):
    """Self-check, township step, two departments, committee, publication with an objection."""
    survey = one.survey
    who = {"by": county_officer, "at": cast.NOW}
    _village_said(one, survey, township_officer)
    _township_said(one, survey, township_officer, who)
    _departments_said(one, survey, who)
    _decided(survey, county_officer)
    _published(one, survey, who)


def _village_said(one, survey, township_officer):
    LeaderPost.objects.create(
        organization=one.organization,
        title="书记",
        secretary=True,
        holder="周明远",
        since_on=date(2021, 3, 6),
    )
    SurveyNote.objects.create(
        survey=survey,
        organization=one.organization,
        kind="self_check",
        criteria=[1],
        conclusion="班子缺额，自认工作滞后",
        made_on=date(cast.YEAR, 3, 4),
        submitted_at=cast.NOW,
        by=township_officer,
        at=cast.NOW,
    )


def _township_said(one, survey, township_officer, who):
    sheet = Sheet.objects.create(
        survey=survey,
        organization=one.scorer,
        state="submitted",
        submitted_at=cast.NOW,
        submitted_by=township_officer,
    )
    SheetStep.objects.create(
        sheet=sheet,
        order=2,
        name="乡镇党委初定",
        mode="record",
        body="柳溪镇党委会",
        decided_on=date(cast.YEAR, 3, 10),
        document="柳党纪〔2026〕3号",
        **who,
    )


def _departments_said(one, survey, who):
    joint = JointReview.objects.create(
        survey=survey, organization=survey.organization, asked_on=cast.TODAY, answer_by_on=cast.TODAY, **who
    )
    for name, stance, reason in (("县纪委监委", "agrees", ""), ("县信访局", "objects", "近期矛盾已化解")):
        asked = AskedDepartment.objects.create(review=joint, name=name)
        Opinion.objects.create(
            asked=asked, assessment=one, stance=stance, reason=reason, given_on=date(cast.YEAR, 3, 14), **who
        )
    Settlement.objects.create(
        review=joint, assessment=one, how="复核后维持列入", settled_on=cast.TODAY, **who
    )


def _published(one, survey, who):
    published = Publicity.objects.create(
        survey=survey,
        organization=survey.organization,
        place="县党建网、各村公开栏",
        starts_on=date(cast.YEAR, 3, 21),
        ends_on=date(cast.YEAR, 3, 27),
        document="青组发(2026)5号",
        **who,
    )
    Objection.objects.create(
        publicity=published,
        assessment=one,
        text="认为得分偏低",
        raised_on=date(cast.YEAR, 3, 23),
        handling="复核评分无误",
        handled_on=date(cast.YEAR, 3, 25),
        upheld=False,
        **who,
    )


def _decided(survey, by):
    review = Review.objects.create(
        process=Process.DETERMINATION,
        title="名单",
        organization=survey.organization,
        state="passed",
        submitted_by=by,
        submitted_at=cast.NOW,
    )
    ReviewStep.objects.create(
        review=review,
        order=1,
        name="县委常委会审定",
        unit=survey.organization,
        role=Role.COUNTY_OFFICER,
        mode="record",
        decision="passed",
        opinion="同意列为整顿对象",
        body="青禾县委常委会",
        document="青常纪〔2026〕6号",
        decided_on=date(cast.YEAR, 3, 20),
        decides=True,
        by=by,
        at=cast.NOW,
    )
    survey.review, survey.state = review, "determined"
    survey.save()
