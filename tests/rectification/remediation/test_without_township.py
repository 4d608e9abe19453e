"""A unit directly below the county has no township: the county draws up its plan and its own office decides."""

from organizations.rules import Field, Level
from rectification.remediation import plan_actions
from tests.cast import NOW, place
from tests.conftest import make_case
from tests.rectification.remediation.conftest import draw_up


def test_the_countys_own_plan_is_decided_by_the_countys_office(scheme, county, county_officer):
    bureau = place("县水利局", Level.GRASSROOTS, county, code="990121901", field=Field.AGENCY)
    case = make_case(scheme, bureau, county, county_officer)
    draw_up(case, county_officer)
    plan = plan_actions.submit_plan(case_id=case.pk, version=None, by=county_officer, at=NOW)
    assert plan_actions.pass_plan(review_id=plan.review_id, by=county_officer, at=NOW).approved_on
