"""The pages of the determination in a real browser: opened, accessible, no wider than the screen, at both sizes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.roles import Role
from rectification.cases.models import Case
from rectification.survey import changes, joint_review, publicity
from rectification.survey.change_rules import Decision
from tests import cast
from tests.browser.chromium import walk
from tests.cast import NOW, TODAY
from tests.rectification.survey.chains import COUNTY, JOINT, MEETING, PUBLISH, on_its_way
from tests.rectification.survey.conftest import NAMES, Year

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ASKED = ("县纪委监委", "县信访局", "县民政局", "县委政法委", "县农业农村局")


@pytest.fixture
def discipline(county):
    return cast.post_at(county, Role.DEPARTMENT, "jiwei", department="县纪委监委")


@pytest.fixture
def year(scheme, county, county_officer, township, other_township, township_officer, other_township_officer):
    for number, unit in enumerate((township, other_township)):
        for index, name in enumerate(NAMES):
            cast.village_in(unit, f"{'新' * number}{name}委会", f"{unit.code}2{index:02}")
    townships = {post.organization_id: post for post in (township_officer, other_township_officer)}
    return Year(scheme, county, county_officer, townships)


@pytest.fixture
def joint(year, discipline):
    """Five departments asked, one has answered with an objection, one on paper."""
    on_its_way(year, JOINT, COUNTY, MEETING, PUBLISH)
    now = {"by": year.officer, "at": NOW}
    made = joint_review.ask(
        survey_id=year.survey.pk, names=ASKED, answer_by_on=TODAY + timedelta(days=5), **now
    )
    one, other = (str(year.row(name).uid) for name in ("石桥村", "新枫林村"))
    said = {one: ("objects", "该村书记正在接受核查，建议待结论后再研究"), other: ("agrees", "")}
    joint_review.give(joint_id=made.pk, answers=said, by=discipline, at=NOW)
    asked = made.asked.get(name="县信访局")
    agreed = {one: ("agrees", ""), other: ("unknown", "")}
    joint_review.give_on_paper(joint_id=made.pk, asked_id=asked.pk, answers=agreed, given_on=TODAY, **now)
    return made


def through(year, joint):
    """From the joint review to the publication with an objection, a case added and one on its way out."""
    now = {"by": year.officer, "at": NOW}
    joint_review.settle(
        joint_id=joint.pk,
        assessment_uid=str(year.row("石桥村").uid),
        how="会同县纪委监委研究，予以保留",
        settled_on=TODAY,
        **now,
    )
    joint_review.close(joint_id=joint.pk, silence_reason="两次催办未复", **now)
    review = year.survey.review
    review.steps.filter(name=COUNTY[0]).update(decision="passed", by=year.officer, at=NOW, opinion="同意")
    year.determine(review)
    shown = publicity.publish(
        survey_id=year.survey.pk, place="各村党务公开栏", starts_on=TODAY, ends_on=TODAY, **now
    )
    publicity.object_to(
        publicity_id=shown.pk,
        assessment_uid=str(year.row("石桥村").uid),
        text="反映支部委员已配齐",
        raised_on=TODAY,
        **now,
    )
    changes.add_case(
        survey_id=year.survey.pk,
        organization_id=year.row("白马村").organization_id,
        criteria=[1],
        primary_id=year.scheme.criteria.get(order=1).pk,
        national_type=None,
        reason="书记被查处",
        decision=Decision("县委常委会", TODAY, "青常纪〔2026〕9号"),
        **now,
    )
    return shown


def url(name, one, query=""):
    return reverse(f"survey:{name}", args=[one.uid]) + query


def test_the_departments_pages(page_of, joint, discipline):
    addresses = [
        reverse("survey:joint_reviews"),
        joint.get_absolute_url(),
        reverse("reports:workbench"),
    ]
    assert walk(page_of(discipline), addresses) == {}


def test_the_countys_pages_during_the_joint_review(page_of, year, joint):
    addresses = [
        url("determination", year.survey.review),
        joint.get_absolute_url(),
        url("ask", year.survey),
        url("joint_paper", joint, "?department=县民政局"),
        reverse("reports:workbench"),
    ]
    assert walk(page_of(year.officer), addresses) == {}


def test_the_countys_pages_after_the_decision(page_of, year, joint):
    shown = through(year, joint)
    unit, case = year.row("青山村").organization, Case.objects.get(organization__short_name="石桥村")
    addresses = [
        url("determination", year.survey.review),
        shown.get_absolute_url(),
        url("publish", year.survey),
        url("changes", year.survey),
        url("add_case", year.survey, "?q=青山"),
        url("add_case", year.survey, f"?organization={unit.uid}"),
        url("withdraw_case", case),
    ]
    assert walk(page_of(year.officer), addresses) == {}
