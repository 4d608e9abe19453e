"""Who takes which step on the list is data of the scheme, and a running chain keeps its own."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.errors import Refused
from accounts.roles import Role
from rectification.cases.models import Case
from rectification.reviews.chains import unstaffed
from rectification.reviews.differences import changed_items
from rectification.schemes.models import Criterion, Process
from rectification.survey import actions
from rectification.survey.models import SurveyState
from rectification.survey.proposal import chain_after
from rectification.survey.ranking import groups_of
from tests import cast

# --- who decides is data of the scheme -------------------------------------------------------------------------


def chain(scheme, *steps):
    """Replace the determination's chain: (name, level, role, mode)."""
    cast.determination_chain(scheme, [(*step, False) for step in steps])


TOWNSHIP = ("乡镇党委初定", "township", "township_officer", "handle")
COUNTY = ("县委组织部提出", "county", "county_officer", "handle")
MEETING = ("县委常委会审定", "county", "county_officer", "record")
CITY = ("市委组织部备案", "city", "city_reviewer", "handle")


JOINT = ("部门联审", "county", "county_officer", "joint")
PUBLISH = ("公布", "county", "county_officer", "publish")
OLD_JOINT = ("部门联合审查", "county", "department", "handle")


@pytest.mark.parametrize(
    ("steps", "ahead", "decides"),
    [
        ((TOWNSHIP, COUNTY, MEETING), ["县委常委会审定"], "县委常委会审定"),
        ((MEETING,), ["县委常委会审定"], "县委常委会审定"),
        ((TOWNSHIP, COUNTY), ["县委组织部提出"], "县委组织部提出"),
        ((JOINT, COUNTY, MEETING), ["部门联审", "县委组织部提出", "县委常委会审定"], "县委常委会审定"),
        ((COUNTY, JOINT, MEETING, PUBLISH), ["部门联审", "县委常委会审定", "公布"], "县委常委会审定"),
        ((PUBLISH, MEETING), ["公布", "县委常委会审定"], "县委常委会审定"),
    ],
)
def test_only_the_steps_after_the_proposers_own_are_ahead(scheme, county_officer, steps, ahead, decides):
    chain(scheme, *steps)
    found = chain_after(scheme, county_officer)
    assert [step.name for step in found] == ahead
    assert [step.name for step in found if step.decides] == [decides]


def test_the_step_the_scheme_marks_decides_and_what_follows_does_not(scheme, county_officer):
    chain(scheme, COUNTY, MEETING, CITY)
    scheme.chain.filter(name=MEETING[0]).update(decides=True)
    assert [step.decides for step in chain_after(scheme, county_officer)] == [True, False]


def test_a_departments_step_of_an_older_scheme_is_a_joint_review_the_county_closes(scheme, county_officer):
    chain(scheme, OLD_JOINT, MEETING)
    first = chain_after(scheme, county_officer)[0]
    assert (first.mode, first.role) == ("joint", "county_officer")


def test_a_scheme_that_names_no_step_is_said_so(scheme, county_officer):
    chain(scheme)
    with pytest.raises(Refused, match="没有规定整顿对象由谁审定"):
        chain_after(scheme, county_officer)


def chained(year, *steps, decides=MEETING[0]):
    """Two villages proposed under a chain."""
    chain(year.scheme, *steps)
    year.scheme.chain.filter(process=Process.DETERMINATION, name=decides).update(decides=True)
    for name, points in (("石桥村", 9), ("新枫林村", 8)):
        year.score(name, c1=points)
    year.close_scoring()
    return year.propose("石桥村", "新枫林村")


def test_the_cases_are_made_with_the_deciding_step_and_the_city_files_beside_the_work(year, city_reviewer):
    review = chained(year, COUNTY, MEETING, CITY)
    year.determine(review)
    assert Case.objects.count() == 2 and year.survey.state == SurveyState.DETERMINED
    review.refresh_from_db()
    assert review.state == "pending" and review.at_role == "city_reviewer"
    filed = actions.record_determination(review_id=review.pk, by=city_reviewer, at=cast.NOW, opinion="已备案")
    assert filed.state == "passed" and Case.objects.count() == 2


def test_after_the_decision_the_list_is_not_returned_any_more(year, city_reviewer):
    review = chained(year, COUNTY, MEETING, CITY)
    year.determine(review)
    with pytest.raises(Refused, match="名单不再退回"):
        actions.return_determination(review_id=review.pk, by=city_reviewer, at=cast.NOW, opinion="请核对")


def test_a_running_chain_keeps_its_steps_when_the_scheme_changes(year, county_officer):
    review = chained(year, COUNTY, MEETING)
    chain(year.scheme, COUNTY, CITY)
    year.determine(review)
    assert [step.name for step in review.steps.all()] == ["县委常委会审定"]
    assert Case.objects.count() == 2


def test_a_successor_in_the_post_goes_on_where_the_chain_stands(year, county):
    review = chained(year, COUNTY, MEETING)
    year.officer.to_on = cast.TODAY.replace(day=1)
    year.officer.save()
    year.officer = cast.post_at(county, Role.COUNTY_OFFICER, "xin")
    year.determine(review)
    assert Case.objects.count() == 2


def test_a_step_nobody_is_appointed_to_is_flagged_before_the_list_goes_up(year, as_post, city):
    chain(year.scheme, COUNTY, MEETING, CITY)
    for post in city.appointment_set.filter(role="city_reviewer"):
        post.to_on = cast.TODAY.replace(day=1)
        post.save()
    found = unstaffed(chain_after(year.scheme, year.officer), year.county, cast.TODAY)
    assert found == ["“市委组织部备案”：云泽市没有安排市委组织部审核员"]
    year.score("石桥村", c1=9)
    year.close_scoring()
    page = as_post(year.officer).get(reverse("survey:ranking", args=[year.survey.uid])).content.decode()
    assert "云泽市没有安排市委组织部审核员" in page


def test_a_recorded_step_of_the_holder_needs_only_the_holders_officer(year):
    chain(year.scheme, COUNTY, MEETING)
    assert unstaffed(chain_after(year.scheme, year.officer), year.county, cast.TODAY) == []


def test_one_person_may_propose_and_record_the_meetings_decision(year):
    """A one-person office is never stuck: separation holds between units."""
    review = chained(year, COUNTY, MEETING)
    year.determine(review)
    assert review.submitted_by == year.officer and Case.objects.count() == 2


def test_whoever_proposed_the_list_does_not_pass_it_for_the_city(year, city):
    review = chained(year, COUNTY, CITY, decides=CITY[0])
    second = cast.post_at(city, Role.CITY_REVIEWER, year.officer.user.username)
    with pytest.raises(Refused, match="不能审批本人呈报的事项"):
        actions.record_determination(
            review_id=review.pk, by=second, at=cast.NOW, body="市委", document="1号", decided_on=cast.TODAY
        )


def test_a_step_says_something_of_its_own_of_one_candidate(year):
    review = chained(year, JOINT, COUNTY, MEETING)
    review.steps.filter(mode="joint").update(decision="passed")
    one = review.content["list"][0]["uid"]
    actions.record_determination(
        review_id=review.pk,
        by=year.officer,
        at=cast.NOW,
        opinion="同意",
        items={one: "班子空缺半年，应列入", "不在名单": "x"},
    )
    assert review.steps.get(name=COUNTY[0]).items == {one: "班子空缺半年，应列入"}


def test_a_return_names_candidates_and_comes_straight_back_to_the_returner(year, city_reviewer):
    review = chained(year, COUNTY, MEETING, CITY, decides=CITY[0])
    actions.record_determination(
        review_id=review.pk,
        by=year.officer,
        at=cast.NOW,
        body="县委常委会",
        document="6号",
        decided_on=cast.TODAY,
    )
    about = review.content["list"][1]["uid"]
    actions.return_determination(
        review_id=review.pk, by=city_reviewer, at=cast.NOW, opinion="主要类型不准", about=[about]
    )
    again = year.propose("石桥村", "新枫林村")
    assert (again.at_unit_id, again.at_role) == (city_reviewer.organization_id, "city_reviewer")
    assert again.steps.get(name=MEETING[0]).decision == "passed"
    assert again.remarks.get().fields == [about]


def test_what_changed_is_marked_candidate_by_candidate(year):
    review = chained(year, COUNTY, MEETING)
    actions.return_determination(review_id=review.pk, by=year.officer, at=cast.NOW, opinion="换一个")
    Criterion.objects.filter(scheme=year.scheme, order=1).update(short="班子缺人")
    row = year.row("石桥村")
    again = year.propose("石桥村", fewer_reason="情况不实", fewer_consent="市委组织部同意")
    gone = year.row("新枫林村")
    assert changed_items(again, "list") == {
        str(gone.uid): ["gone"],
        str(row.uid): ["primary", "findings"],
    }


def test_a_criterion_without_points_is_met_by_its_words_alone(year, township_officer):
    year.scheme.criteria.filter(order=3).update(points=0, hard=True)
    row = year.row("石桥村")
    actions.save_findings(
        assessment_id=row.pk,
        deductions={3: (Decimal(0), "班子长期不团结")},
        by=township_officer,
        at=cast.NOW,
        version=row.version,
    )
    place = next(one for one in groups_of(year.survey)[0].selection.places if one.key == row.pk)
    assert place.criteria == (3,) and place.listed


def test_a_village_merged_away_on_the_way_is_not_determined(year):
    review = chained(year, COUNTY, MEETING)
    unit = year.row("石桥村").organization
    unit.closed_on, unit.closed_reason = cast.TODAY, "并入枫林村"
    unit.save(update_fields=["closed_on", "closed_reason"])
    with pytest.raises(Refused, match="石桥村已撤并，不能认定；请退回名单修改"):
        year.determine(review)
    assert not Case.objects.exists()
