"""What a plan draws from elsewhere, suggested measures, the 五个明确, and every version that was sent."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import Refused
from organizations.record_models import LeaderPost
from rectification.remediation import plan_actions, problem_actions
from rectification.remediation.models import Measure, Plan, Problem
from rectification.schemes.models import ItemKind
from tests.cast import NOW
from tests.rectification.remediation.conftest import MEASURE, WORDS, draw_up


def url(case, name="plan"):
    return f"/remediation/cases/{case.uid}/{name}/"


def test_the_first_words_name_the_secretary_and_what_stands_empty(case, as_post, township_officer):
    village = case.organization
    for title, holder, secretary in (("支部书记", "周某", True), ("支部委员", "", False)):
        LeaderPost.objects.create(
            organization=village,
            org_path=village.path,
            title=title,
            holder=holder,
            secretary=secretary,
            since_on=date(2023, 4, 1),
        )
    page = as_post(township_officer).get(url(case)).content.decode()
    assert "党组织班子职数2个，支部书记周某，2023年4月任职，空缺1个：支部委员（2023年4月1日起）。" in page


def test_a_suggested_measure_is_taken_into_the_form_and_worded_there(case, as_post, township_officer):
    criterion = case.scheme.criteria.get(order=1)
    problem = problem_actions.save_problem(
        case_id=case.pk, text="书记空缺", criterion=criterion, by=township_officer, at=NOW
    )
    client = as_post(township_officer)
    page = client.get(url(case, "problems")).content.decode()
    mine = case.scheme.items.filter(kind=ItemKind.STARTER, criterion=1).first()
    other = case.scheme.items.filter(kind=ItemKind.STARTER, criterion=10).first()
    assert mine.text in page and other.text not in page
    answer = client.get(f"/remediation/problems/{problem.uid}/starters/{mine.order}/")
    assert answer.status_code == 200
    assert f"{mine.text}</textarea>" in answer.content.decode()
    assert not Measure.objects.exists()


def test_a_measure_keeps_its_kind_and_that_it_is_for_the_long_term(case, as_post, township_officer):
    problem = problem_actions.save_problem(
        case_id=case.pk, text="三会一课不正常", criterion=None, by=township_officer, at=NOW
    )
    given = {name: value for name, value in MEASURE.items() if name != "collective_economy"}
    answer = as_post(township_officer).post(
        f"/remediation/problems/{problem.uid}/measures/", given | {"kind": "rules", "long_term": "on"}
    )
    assert answer.status_code == 302
    measure = Measure.objects.get()
    assert (measure.kind, measure.long_term, measure.leader) == ("rules", True, MEASURE["leader"])


def test_where_the_scheme_asks_for_five_clear_points_the_requirement_is_one(drawn_up, township_officer):
    Measure.objects.update(requirement="")
    assert plan_actions.missing_of(drawn_up, Plan.objects.get()) == []
    drawn_up.scheme.items.create(kind=ItemKind.PROVISION, key="five_clear", text="五个明确", order=99)
    with pytest.raises(Refused, match="问题 1的措施 1缺要求"):
        plan_actions.submit_plan(case_id=drawn_up.pk, version=None, by=township_officer, at=NOW)


def test_every_version_sent_stays_readable_beside_the_one_before(
    drawn_up, as_post, township_officer, county_officer
):
    submit = {"case_id": drawn_up.pk, "version": None, "by": township_officer, "at": NOW}
    first = plan_actions.submit_plan(**submit)
    plan_actions.return_plan(
        review_id=first.review_id, by=county_officer, at=NOW, opinion="目标不具体", fields=["goal"]
    )
    plan = Plan.objects.get()
    words = WORDS | {"goal": "六月底前配齐"}
    plan_actions.save_plan(case_id=drawn_up.pk, version=plan.version, by=township_officer, at=NOW, **words)
    plan_actions.submit_plan(**submit)
    plan_actions.pass_plan(review_id=first.review_id, by=county_officer, at=NOW)
    plan_actions.revise_plan(case_id=drawn_up.pk, reason="新发现问题", by=township_officer, at=NOW)
    problem_actions.save_measure(
        problem_id=Problem.objects.get().pk, by=township_officer, at=NOW, **MEASURE | {"text": "增派干部"}
    )
    plan_actions.submit_plan(**submit)
    client = as_post(county_officer)
    assert WORDS["goal"] in client.get(url(drawn_up, "plan/versions") + "?n=1").content.decode()
    second = client.get(url(drawn_up, "plan/versions") + "?n=2").content.decode()
    assert f"<del>{WORDS['goal']}</del> <ins>六月底前配齐</ins>" in second and "已通过" in second
    third = client.get(url(drawn_up, "plan/versions")).content.decode()
    assert "<ins>增派干部</ins>" in third and "审批中" in third and "六月底前配齐</ins>" not in third


def test_more_problems_take_no_more_questions(case, as_post, township_officer):
    client, address = as_post(township_officer), url(case, "problems")

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(address).status_code == 200
        return len(found)

    draw_up(case, township_officer, problems=("一",))
    before = asked()
    for number in range(4):
        problem = problem_actions.save_problem(
            case_id=case.pk, text=f"问题{number}", criterion=None, by=township_officer, at=NOW
        )
        problem_actions.save_measure(problem_id=problem.pk, by=township_officer, at=NOW, **MEASURE)
    assert asked() <= before
