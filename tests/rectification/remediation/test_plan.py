"""The plan: drawn up, sent, returned once, approved with the differences marked."""

import pytest

from accounts.errors import Refused, StaleVersion
from rectification.duties.models import Duty
from rectification.remediation import plan_actions, problem_actions
from rectification.remediation.models import Measure, Plan, Problem
from tests.cast import NOW
from tests.rectification.remediation.conftest import MEASURE, WORDS, draw_up


def url(case, name="plan"):
    return f"/remediation/cases/{case.uid}/{name}/"


def test_the_plan_starts_with_what_is_known_of_the_village(case, as_post, township_officer):
    page = as_post(township_officer).get(url(case)).content.decode()
    assert "石桥村现有320户、1180人、党员46名" in page
    assert not Plan.objects.filter(case=case).exists()


def test_what_the_plan_lacks_is_named_and_the_words_are_kept(case, as_post, township_officer):
    answer = as_post(township_officer).post(url(case), WORDS | {"_version": "0", "do": "submit", "goal": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有写整顿目标" in page
    assert "还没有列出突出问题" in page
    assert Plan.objects.get(case=case).steps == WORDS["steps"]


def test_a_poor_village_needs_a_measure_for_its_collective_economy(drawn_up, township_officer):
    drawn_up.organization.poor_village = True
    drawn_up.organization.save()
    with pytest.raises(Refused, match="集体经济"):
        plan_actions.submit_plan(case_id=drawn_up.pk, version=None, by=township_officer, at=NOW)


def test_submitted_goes_to_the_county_with_everything_frozen(drawn_up, township_officer, county_officer):
    plan = plan_actions.submit_plan(case_id=drawn_up.pk, version=None, by=township_officer, at=NOW)
    assert plan.review.at_unit == county_officer.organization
    assert plan.review.content["goal"] == WORDS["goal"]
    assert plan.review.content["problems"][0]["measures"][0]["due_on"] == "2026年6月30日"


def test_a_plan_under_review_is_not_changed(drawn_up, township_officer):
    plan_actions.submit_plan(case_id=drawn_up.pk, version=None, by=township_officer, at=NOW)
    with pytest.raises(Refused, match="已呈报"):
        problem_actions.save_problem(
            case_id=drawn_up.pk, text="新问题", criterion=None, by=township_officer, at=NOW
        )


def test_a_plan_is_taken_back_only_before_it_was_read(drawn_up, as_post, township_officer, county_officer):
    plan = plan_actions.submit_plan(case_id=drawn_up.pk, version=None, by=township_officer, at=NOW)
    as_post(township_officer).post(url(drawn_up, "plan/withdraw"))
    assert Plan.objects.get(case=drawn_up).state == "draft"
    plan_actions.submit_plan(case_id=drawn_up.pk, version=None, by=township_officer, at=NOW)
    as_post(county_officer).get(f"/remediation/plans/{plan.review.uid}/")
    as_post(township_officer).post(url(drawn_up, "plan/withdraw"))
    assert Plan.objects.get(case=drawn_up).state == "submitted"


def test_returned_once_then_approved_with_the_differences_marked(
    drawn_up, as_post, township_officer, county_officer
):
    township, county = as_post(township_officer), as_post(county_officer)
    township.post(url(drawn_up), WORDS | {"_version": "2", "do": "submit"})
    review = Plan.objects.get(case=drawn_up).review
    decide = f"/remediation/plans/{review.uid}/decide/"

    assert "退回须写明理由" in county.post(decide, {"do": "return"}).content.decode()
    county.post(decide, {"do": "return", "opinion": "目标不具体", "fields_to_change": ["goal"]})
    page = township.get(url(drawn_up)).content.decode()
    assert "目标不具体" in page
    assert "须修改：整顿目标" in page

    version = Plan.objects.get(case=drawn_up).version
    problem = Problem.objects.get(case=drawn_up)
    problem_actions.save_measure(
        problem_id=problem.pk, by=township_officer, at=NOW, **MEASURE | {"text": "再派1名干部"}
    )
    township.post(url(drawn_up), WORDS | {"_version": version, "do": "submit", "goal": "6月底前支委配齐3人"})
    page = county.get(f"/remediation/plans/{review.uid}/").content.decode()
    assert "<ins>6月底前支委配齐3人</ins>" in page
    assert f"<del>{WORDS['goal']}</del>" in page
    assert "新增" in page

    county.post(decide, {"do": "pass", "opinion": "同意"})
    plan = Plan.objects.get(case=drawn_up)
    assert (plan.state, str(plan.approved_on)) == ("approved", "2026-05-20")


def test_approval_discharges_the_plan_and_makes_each_measure_owed(approved, township_officer):
    assert Duty.objects.get(case=approved, key="plan").state == "done"
    measure = Measure.objects.get(problem__case=approved)
    assert measure.duty.organization == township_officer.organization
    assert (measure.duty.owner_role, measure.duty.due_on) == ("township_officer", measure.due_on)


def test_the_township_cannot_approve_its_own_plan(drawn_up, as_post, township_officer):
    plan = plan_actions.submit_plan(case_id=drawn_up.pk, version=None, by=township_officer, at=NOW)
    decide = f"/remediation/plans/{plan.review.uid}/decide/"
    page = as_post(township_officer).post(decide, {"do": "pass"}).content.decode()
    assert "该呈报现由青禾县办理" in page
    assert Plan.objects.get(case=drawn_up).state == "submitted"


def test_another_county_does_not_find_plan_or_review(
    drawn_up, as_post, township_officer, other_county_officer
):
    plan = plan_actions.submit_plan(case_id=drawn_up.pk, version=None, by=township_officer, at=NOW)
    stranger = as_post(other_county_officer)
    for address in (url(drawn_up), f"/remediation/plans/{plan.review.uid}/", url(drawn_up, "problems")):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"/remediation/plans/{plan.review.uid}/decide/", {"do": "pass"}).status_code == 404


def test_two_officers_saving_the_same_plan_see_both_versions(drawn_up, as_post, township_officer):
    first = as_post(township_officer)
    first.post(url(drawn_up), WORDS | {"_version": "2", "goal": "先保存的目标"})
    answer = first.post(url(drawn_up), WORDS | {"_version": "2", "goal": "后填写的目标"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "先保存的目标" in page
    assert "后填写的目标" in page
    assert Plan.objects.get(case=drawn_up).goal == "先保存的目标"


def test_a_stale_version_is_an_error_of_its_own(case, township_officer):
    draw_up(case, township_officer)
    with pytest.raises(StaleVersion):
        plan_actions.save_plan(case_id=case.pk, version=1, by=township_officer, at=NOW, **WORDS)


def test_a_village_or_helper_reads_the_plan_and_does_not_write_it(case, as_post, village_reporter):
    page = as_post(village_reporter).get(url(case)).content.decode()
    assert "整顿方案由柳溪镇" in page
    assert "保存并呈报" not in page
    assert as_post(village_reporter).post(url(case), WORDS | {"_version": "0"}).status_code in (403, 422)
    assert not Plan.objects.filter(case=case).exists()


def test_an_approved_plan_is_opened_again_only_with_a_reason_and_keeps_what_is_in_force(
    approved, as_post, township_officer
):
    client = as_post(township_officer)
    assert "须写明理由" in client.post(url(approved, "plan/revise"), {"reason": ""}).content.decode()
    client.post(url(approved, "plan/revise"), {"reason": "新发现账目问题"})
    assert Plan.objects.get(case=approved).state == "draft"
    measure = Measure.objects.get(problem__case=approved)
    client.post(f"/remediation/measures/{measure.uid}/remove/")
    assert Measure.objects.filter(pk=measure.pk).exists()
    with pytest.raises(Refused, match="不再改写"):
        problem_actions.save_measure(
            problem_id=measure.problem_id,
            measure_id=measure.pk,
            version=measure.version,
            by=township_officer,
            at=NOW,
            **MEASURE,
        )
