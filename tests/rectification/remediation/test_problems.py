"""Problems and measures while the plan is drawn up, and cancelling afterwards."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.errors import Refused
from rectification.remediation import problem_actions
from rectification.remediation.models import Measure, Problem
from rectification.survey.models import Assessment, Finding, Survey
from tests.cast import NOW, TODAY, YEAR
from tests.rectification.remediation.conftest import MEASURE, approve, draw_up
from tests.stage import on_stage


@on_stage
def found(case, scheme, county, township_officer):
    """The survey found one thing of the cast's village."""
    survey = Survey.objects.create(organization=county, scheme=scheme, year=YEAR, base_on=TODAY)
    assessed = Assessment.objects.create(
        organization=case.organization,
        survey=survey,
        case=case,
        field="village",
        scorer=case.township,
    )
    return Finding.objects.create(
        assessment=assessed,
        criterion=scheme.criteria.first(),
        deduction=Decimal(6),
        words="支委缺1人，书记长期在外",
        by=township_officer,
        at=NOW,
    )


def page_of(case):
    return f"/remediation/cases/{case.uid}/problems/"


FORM = {key: str(value) for key, value in MEASURE.items() if key != "collective_economy"} | {
    "starts_on": "2026-5-10",
    "due_on": "2026年6月30日",
}


def test_what_the_survey_found_becomes_problems_without_typing(case, found, as_post, township_officer):
    client = as_post(township_officer)
    assert "书记长期在外" in client.get(page_of(case)).content.decode()
    client.post(f"{page_of(case)}take/")
    problem = Problem.objects.get(case=case)
    assert (problem.text, problem.criterion) == ("支委缺1人，书记长期在外", found.criterion)
    client.post(f"{page_of(case)}take/")
    assert Problem.objects.filter(case=case).count() == 1


def test_a_problem_and_a_measure_are_added_on_one_page(case, as_post, township_officer):
    client = as_post(township_officer)
    client.post(f"{page_of(case)}add/", {"text": "账目不清", "criterion": str(case.primary.uid)})
    problem = Problem.objects.get(case=case)
    client.post(f"/remediation/problems/{problem.uid}/measures/", FORM)
    measure = Measure.objects.get(problem=problem)
    assert (measure.due_on, measure.person) == (date(2026, 6, 30), "钱委员")
    case.refresh_from_db()
    assert case.problems_total == 1


def test_a_measure_due_before_it_begins_is_said_beside_its_date(drawn_up, as_post, township_officer):
    problem = Problem.objects.get(case=drawn_up)
    answer = as_post(township_officer).post(
        f"/remediation/problems/{problem.uid}/measures/", FORM | {"due_on": "2026-5-1", "text": "不会丢的字"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "完成时限 2026年5月1日 早于开始日期 2026年5月10日" in page
    assert "不会丢的字" in page
    assert Measure.objects.filter(problem=problem).count() == 1


def test_a_stale_measure_shows_both_versions(drawn_up, as_post, township_officer):
    measure = Measure.objects.get(problem__case=drawn_up)
    client = as_post(township_officer)
    edit = f"/remediation/measures/{measure.uid}/edit/"
    client.post(edit, FORM | {"_version": measure.version, "person": "甲同志"})
    page = client.post(edit, FORM | {"_version": measure.version, "person": "乙同志"}).content.decode()
    assert "甲同志" in page
    assert "乙同志" in page
    measure.refresh_from_db()
    assert measure.person == "甲同志"


def test_before_the_first_approval_problem_and_measure_may_be_struck(drawn_up, as_post, township_officer):
    problem = Problem.objects.get(case=drawn_up)
    as_post(township_officer).post(f"/remediation/problems/{problem.uid}/remove/")
    assert not Problem.objects.filter(case=drawn_up).exists()


def test_the_other_township_finds_nothing(drawn_up, as_post, other_township_officer):
    problem, measure = Problem.objects.get(case=drawn_up), Measure.objects.get(problem__case=drawn_up)
    stranger = as_post(other_township_officer)
    for address in (
        f"{page_of(drawn_up)}add/",
        f"/remediation/problems/{problem.uid}/",
        f"/remediation/problems/{problem.uid}/remove/",
        f"/remediation/problems/{problem.uid}/measures/",
        f"/remediation/measures/{measure.uid}/edit/",
        f"/remediation/measures/{measure.uid}/remove/",
        f"/remediation/measures/{measure.uid}/cancel/",
    ):
        assert stranger.post(address, FORM).status_code == 404


def test_the_county_does_not_write_the_townships_plan(drawn_up, as_post, county_officer):
    as_post(county_officer).post(f"{page_of(drawn_up)}add/", {"text": "县里加的"})
    assert Problem.objects.filter(case=drawn_up).count() == 1


def test_only_the_county_cancels_what_is_in_force_and_says_why(
    case, as_post, township_officer, county_officer
):
    approve(case, township_officer, county_officer, measures=2)
    measure = Measure.objects.filter(problem__case=case).first()
    cancel = f"/remediation/measures/{measure.uid}/cancel/"
    assert "县委组织部取消" in as_post(township_officer).post(cancel, {"reason": "x"}).content.decode()
    assert "须写明原因" in as_post(county_officer).post(cancel, {"reason": " "}).content.decode()
    as_post(county_officer).post(cancel, {"reason": "土地已收回"})
    measure.refresh_from_db()
    assert (measure.state, measure.duty.state) == ("cancelled", "cancelled")


def test_the_only_measure_of_a_problem_is_not_cancelled(measure, county_officer):
    with pytest.raises(Refused, match="唯一的措施"):
        problem_actions.cancel_measure(measure_id=measure.pk, reason="不做了", by=county_officer, at=NOW)


def test_the_edit_page_asks_the_database_the_same_for_many_problems(
    case, as_post, township_officer, django_assert_max_num_queries
):
    draw_up(case, township_officer, problems=[f"问题{n}" for n in range(6)], measures=3)
    client = as_post(township_officer)
    client.get(page_of(case))
    with django_assert_max_num_queries(17):
        client.get(page_of(case))


def test_who_may_not_write_the_list_is_led_to_read_it(approved, as_post, county_officer):
    answer = as_post(county_officer).get(page_of(approved))
    assert answer["Location"] == f"{approved.get_absolute_url()}?tab=problems"
