"""整顿档案: what the page says, to whom, and at what price."""

import pytest

from rectification.remediation import closing_actions, plan_actions, progress_actions
from rectification.remediation.models import Measure, Problem
from rectification.remediation.support import people_actions, project_actions, staying_actions
from tests.cast import NOW, TODAY
from tests.rectification.remediation.conftest import approve
from tests.rectification.remediation.target_steps import progress, start

TABS = ["overview", "problems", "support", "activities", "files", "acceptance", "history"]


def page(client, case, tab="overview"):
    answer = client.get(f"/remediation/cases/{case.uid}/?tab={tab}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_case_leads_to_its_page(case):
    assert case.get_absolute_url() == f"/remediation/cases/{case.uid}/"


@pytest.mark.parametrize("tab", TABS)
def test_every_part_opens_for_everyone_on_the_case(
    approved, tab, as_post, on_case, helper, county_officer, village_reporter, city_reviewer
):
    for post in (helper, county_officer, village_reporter, city_reviewer):
        assert "石桥村" in page(as_post(post), approved, tab)


@pytest.mark.parametrize("role", ["department", "system_admin", "auditor"])
def test_roles_that_read_no_cases_are_refused(case, role, as_post, request):
    client = as_post(request.getfixturevalue(role))
    assert client.get(case.get_absolute_url()).status_code == 403


def test_strangers_do_not_find_the_case(case, as_post, other_county_officer, other_township_officer, helper):
    for post in (other_county_officer, other_township_officer, helper):
        assert as_post(post).get(case.get_absolute_url()).status_code == 404


def test_the_head_says_who_is_next_all_the_way(case, as_post, township_officer, county_officer):
    client = as_post(county_officer)
    assert "拟订整顿方案并呈报" in page(client, case)
    approve(case, township_officer, county_officer)
    assert "落实 1 条措施" in page(client, case)
    measure = Measure.objects.get(problem__case=case)
    progress_actions.report_done(measure_id=measure.pk, result="好", on=TODAY, by=township_officer, at=NOW)
    assert "确认 1 个问题销号" in page(client, case)
    problem = Problem.objects.get(case=case)
    closing_actions.close_problems(uids=[problem.uid], by=county_officer, at=NOW)
    assert "提请验收" in page(client, case)


def test_a_plan_in_review_stands_with_the_county(drawn_up, as_post, township_officer, county_officer):
    plan_actions.submit_plan(case_id=drawn_up.pk, version=None, by=township_officer, at=NOW)
    assert "审批方案" in page(as_post(county_officer), drawn_up)
    assert "审批方案" not in page(as_post(township_officer), drawn_up)


def test_the_history_shows_steps_and_before_and_after(approved, as_post, township_officer, county_officer):
    client = as_post(county_officer)
    as_post(township_officer).post(
        f"/remediation/cases/{approved.uid}/plan/revise/", {"reason": "补充账目问题"}
    )
    said = page(client, approved, "history")
    assert "确定为整顿对象" in said
    assert "补充账目问题" in said
    assert "<del>已批准</del>" in said
    assert "zhen同志" in said


def test_the_history_tells_what_the_case_was_given_and_what_became_of_it(
    case, as_post, county_officer, township_officer
):
    given = {"case_id": case.pk, "from_on": TODAY, "by": county_officer, "at": NOW}
    secretary = people_actions.join(kind="first_secretary", name="孙某", **given)
    ordered = {"to_on": TODAY, "reason": "组织调动", "document": "青组〔2026〕9号"}
    people_actions.leave(member_id=secretary.pk, by=county_officer, at=NOW, **ordered)
    staying_actions.add_unit(name="县水利局", contact="老周", **given)
    facts = {"name": "通组路硬化", "progress": "路基完成"}
    project_actions.add_project(case_id=case.pk, facts=facts, by=county_officer, at=NOW)
    drive = start(county_officer, case)
    progress(drive, case, county_officer, found=3, solved=1)
    said = page(as_post(county_officer), case, "history")
    assert "帮扶人员“孙某”离开，岗位空缺" in said and "青组〔2026〕9号" in said
    assert "新增帮扶单位" in said and "联系人：老周" in said
    assert "新增帮扶项目" in said and "进展：路基完成" in said
    assert "新增专项整治进度" in said and "专项整治：村级财务清理审计；" in said
    assert "contact：" not in said and "helper：" not in said


# What reads many kinds of row asks once for each of them
LIMITS = {"support": 24, "history": 36}


@pytest.mark.parametrize("tab", TABS)
def test_the_page_keeps_its_price_with_many_measures(
    case, tab, as_post, township_officer, county_officer, django_assert_max_num_queries
):
    approve(case, township_officer, county_officer, problems=[f"问题{n}" for n in range(5)], measures=4)
    client = as_post(county_officer)
    page(client, case, tab)
    with django_assert_max_num_queries(LIMITS.get(tab, 20)):
        page(client, case, tab)
