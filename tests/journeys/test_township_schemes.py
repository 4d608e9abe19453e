"""C and D of the seeds as townships' own schemes under a county's, by HTTP as the officers who take each step.

D (岔路镇, S2): a township for one village, five dated steps, determined, closed and accepted by its own party
committee. C (苏仙, S2): a sub-district whose cases the county determines; plan in April, accepted first by the
sub-district, then by the district's department.
"""

import pytest

from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.remediation.models import Plan, Problem
from rectification.schemes.models import Scheme
from rectification.survey.models import Survey
from tests.journeys.office import Office, said, typed
from tests.journeys.steps_township import (
    EXPLAINED,
    begin,
    done,
    explain,
    issue,
    plan,
    score,
    sign,
    tallies,
)


@pytest.fixture
def office(clock, county_officer, township_officer, other_township_officer, village, other_village):
    posts = {"xian": county_officer, "zhen": township_officer, "zhen2": other_township_officer}
    return Office(clock, posts=posts)


def test_a_township_takes_every_step_for_one_village_under_the_countys_scheme(office, village, other_village):
    """D: the township's own scheme from its survey to the acceptance, in the five steps of S2."""
    office.on(1, 20)
    county = begin(office, "xian", issue(office, "xian", "preset:b_fufeng_2023"))
    scheme = drawn_up_and_laxer(office, county)
    case = surveyed_and_determined(office, scheme, village, other_village)
    planned_and_done(office, case)
    accepted_by_itself(office, case)
    nobody_else_sees_it(office, scheme, case)


def drawn_up_and_laxer(office: Office, county: Scheme) -> Scheme:
    """Not in force before every laxer item has its reason; then the county reads the reasons."""
    office.on(2, 20)
    scheme = issue(office, "zhen", "preset:d_chalu_2017")
    assert scheme.based_on == county
    page = office.page("zhen", "duties:start", scheme.uid)
    assert "比上级方案更宽的须逐项写明理由" in said(page)
    refused = office.tries("zhen", "duties:start", scheme.uid, data={"_version": str(scheme.version)})
    assert refused.status_code == 422
    explain(office, "zhen", scheme, "decides:determination", "只整顿一个村，从简办理")
    scheme = begin(office, "zhen", scheme)
    assert "市县要求由本级直接负责" in said(office.page("xian", "schemes:differences", scheme.uid))
    assert [str(phase.starts_on) for phase in scheme.phases.all()] == [
        "2026-03-01",
        "2026-03-07",
        "2026-03-21",
        "2026-04-22",
        "2026-05-22",
    ]
    twice = Duty.objects.open().filter(case=None, organization=scheme.issuer).values_list("key", "due_on")
    assert len(twice) == len(set(twice))
    return scheme


def surveyed_and_determined(office: Office, scheme: Scheme, village, other_village) -> Case:
    """The township surveys its two villages, lists both, returns the list to itself, and determines one."""
    office.on(3, 7)
    assert "自行认定" in said(office.page("zhen", "survey:list"))
    assert office.tries("xian", "survey:open", data={"base_on": "2026-3-1"}).status_code == 302
    assert Survey.objects.get().assessments.filter(excluded="").count() == 2
    office.send("zhen", "survey:open", data={"base_on": "2026-3-1"})
    survey = Survey.objects.get(organization=scheme.issuer)
    assert "柳溪镇 （2 个" in said(office.page("xian", "survey:list"))
    rows = {row.organization_id: row for row in survey.assessments.all()}
    own, other = rows[village.pk], rows[other_village.pk]
    words = {f"w-{own.uid}-1": "重大事项没有公开", f"w-{own.uid}-2": "监委会全年没有活动"}
    words |= {f"w-{other.uid}-2": "监督记录不全", f"v-{own.uid}": "1", f"v-{other.uid}": "1"}
    office.send("zhen", "survey:grid", survey.uid, data=words)
    office.send("zhen", "survey:submit", survey.uid, data={"proposed": [str(own.uid), str(other.uid)]})
    office.send("zhen", "survey:freeze", survey.uid, data={"reason": ""})
    return determined(office, survey, own, other)


def determined(office: Office, survey: Survey, own, other) -> Case:
    office.on(3, 12)
    first = survey.scheme.criteria.get(order=2)
    both = {"chosen": [str(own.uid), str(other.uid)], f"primary-{own.uid}": first.pk}
    office.send("zhen", "survey:propose", survey.uid, data=both | {f"primary-{other.uid}": first.pk})
    survey.refresh_from_db()
    review = survey.review
    office.send("zhen", "survey:return_list", review.uid, data={"reason": "枫林村情节轻微，党委意见不列入"})
    one = {"chosen": [str(own.uid)], f"primary-{own.uid}": first.pk}
    office.send("zhen", "survey:propose", survey.uid, data=one | {"passed_over_reason": "情节轻微，限期自改"})
    assert "党委意见不列入" in said(office.page("zhen", "survey:determination", review.uid))
    given = {"body": "柳溪镇党委会议", "decided_on": "2026-3-11", "document": "柳党纪〔2026〕3号"}
    office.send("zhen", "survey:determination", review.uid, data=given)
    case = Case.objects.get()
    assert (case.scheme, case.determined_by) == (survey.scheme, "柳溪镇党委会议")
    assert case.county.short_name == "青禾县" and case.criteria == [1, 2]
    return case


def planned_and_done(office: Office, case: Case) -> None:
    """The party committee passes its own plan; what is done the township closes, after one return."""
    office.on(4, 8)
    plan(office, "zhen", case, "2026-5-10")
    review = Plan.objects.get(case=case).review
    assert (review.at_unit, review.at_role) == (case.township, "township_officer")
    given = {"do": "pass", "opinion": "同意", "body": "柳溪镇党委会议", "document": "柳党纪〔2026〕5号"}
    office.send("zhen", "remediation:plan_decide", review.uid, data=given | {"decided_on": "2026-4-8"})
    office.on(5, 12)
    done(office, "zhen", case, "2026-5-9")
    solved = list(Problem.objects.solved())
    assert len(solved) == 2
    waiting = said(office.page("zhen", "remediation:closing"))
    assert "共 2 个问题待销号" in waiting
    assert "没有待销号的问题" in said(office.page("xian", "remediation:closing"))
    above = office.tries("xian", "remediation:close", data={"problem": [str(solved[0].uid)]})
    assert above.status_code == 422 and "由柳溪镇党委确认" in said(above)
    measure = solved[0].measures.get()
    back = {"measures": [str(measure.uid)], "reason": "缺四月监督记录"}
    office.send("zhen", "remediation:problem_return", solved[0].uid, data=back)
    office.send(
        "zhen",
        "remediation:measure_done",
        measure.uid,
        data={"result": "已补四月记录", "done_on": "2026-5-12"},
    )
    office.send("zhen", "remediation:close", data={"problem": [str(one.uid) for one in solved]})
    case.refresh_from_db()
    assert (case.problems_closed, case.problems_total) == (2, 2)


def accepted_by_itself(office: Office, case: Case) -> None:
    """One side only; the county reads and cannot sign."""
    office.on(5, 24)
    assert "柳溪镇党委" in said(office.page("zhen", "remediation:case", case.uid))
    office.send("zhen", "acceptance:ask", case.uid, data=EXPLAINED)
    sheet = case.acceptances.get()
    page = office.page("zhen", "acceptance:case", case.uid)
    assert page.context["may_decide"] and "乡镇评分" not in said(page)
    office_above = office.tries("xian", "acceptance:scores", sheet.uid, data={"_version": str(sheet.version)})
    assert office_above.status_code == 422 and "由柳溪镇党委登记" in said(office_above)
    score(office, "zhen", sheet)
    tallies(office, "zhen", sheet, "2026-5-23")
    assert sign(office, "xian", sheet, "2026-5-24").status_code == 422
    assert sign(office, "zhen", sheet, "2026-5-24").status_code == 302
    case.refresh_from_db()
    assert (case.stage, case.outcome) == ("tracking", "pass")
    assert not Duty.objects.filter(case=case).exclude(key="tracking_check").open().exists()


def nobody_else_sees_it(office: Office, scheme: Scheme, case: Case) -> None:
    """To the township beside it the scheme, the survey and the case are absent; the county reads them."""
    survey = Survey.objects.get(organization=scheme.issuer)
    for name, uid in (
        ("schemes:detail", scheme.uid),
        ("schemes:differences", scheme.uid),
        ("survey:ranking", survey.uid),
        ("remediation:case", case.uid),
        ("acceptance:case", case.uid),
    ):
        assert office.page("xian", name, uid)
        assert office.tries("zhen2", name, uid, data={}).status_code in (404, 405)
    assert str(case.organization) not in said(office.page("zhen2", "cases:list"))


def test_a_sub_district_works_its_cases_on_its_own_dates_and_is_accepted_twice(
    office, village, other_village
):
    """C: determined by the county, planned in April, accepted by the sub-district and then by the county."""
    office.on(1, 20)
    county = begin(office, "xian", issue(office, "xian", "preset:a_yueyang_2015"))
    office.on(2, 20)
    scheme = issue(office, "zhen", "preset:c_suxian_2017")
    explain(office, "zhen", scheme, "mode", "街道社区少，符合情形即列入")
    scheme = begin(office, "zhen", scheme)
    case = determined_by_the_county(office, county, scheme, village, other_village)
    approved_by_the_county(office, case)
    office.on(9, 20)
    done(office, "zhen", case, "2026-9-18")
    solved = [str(uid) for uid in Problem.objects.solved().values_list("uid", flat=True)]
    office.send("xian", "remediation:close", data={"problem": solved})
    accepted_twice(office, case)


def determined_by_the_county(office: Office, county: Scheme, scheme: Scheme, village, other_village) -> Case:
    """The county's survey; the case is worked under the sub-district's scheme, its plan owed in April."""
    office.on(3, 3)
    refused = office.tries("zhen", "survey:open", data={"base_on": "2026-3-1"})
    assert refused.status_code == 422 and "由青禾县委组织部开展" in said(refused)
    office.send("xian", "survey:open", data={"base_on": "2026-3-1"})
    survey = Survey.objects.get()
    row = survey.assessments.get(organization=village)
    points = {f"p-{row.uid}-4": "8", f"w-{row.uid}-4": "全年没有开过党员大会", f"v-{row.uid}": "1"}
    office.send("zhen", "survey:grid", survey.uid, data=points)
    office.send("zhen", "survey:submit", survey.uid, data={"proposed": [str(row.uid)]})
    office.send("xian", "survey:freeze", survey.uid, data={"reason": ""})
    sent = {"chosen": [str(row.uid)], f"primary-{row.uid}": county.criteria.get(order=4).pk}
    office.send("xian", "survey:propose", survey.uid, data=sent)
    survey.refresh_from_db()
    given = {"body": "县委组织部部务会", "decided_on": "2026-3-3", "document": "部务纪要〔2026〕2号"}
    office.send("xian", "survey:determination", survey.review.uid, data=given)
    case = Case.objects.get()
    assert case.scheme == scheme and case.primary == scheme.criteria.get(order=4)
    owed = Duty.objects.get(case=case, key="plan")
    assert (str(owed.due_on), owed.scheme) == ("2026-04-30", scheme)
    return case


def approved_by_the_county(office: Office, case: Case) -> None:
    """The county gives the plan back once and approves it then."""
    office.on(4, 8)
    plan(office, "zhen", case, "2026-9-30")
    review = Plan.objects.get(case=case).review
    given = {"do": "return", "opinion": "目标要可检查", "fields_to_change": ["goal"]}
    office.send("xian", "remediation:plan_decide", review.uid, data=given)
    page = office.page("zhen", "remediation:plan", case.uid)
    sent = typed(page.context["form"]) | {"goal": "每月一次主题党日，全年党员大会不少于四次"}
    sent |= {"_version": str(page.context["version"]), "do": "submit"}
    office.send("zhen", "remediation:plan", case.uid, data=sent)
    office.send("xian", "remediation:plan_decide", review.uid, data={"do": "pass", "opinion": "同意"})
    assert Duty.objects.get(case=case, key="plan").state == "done"


def accepted_twice(office: Office, case: Case) -> None:
    """November: the sub-district's own score first, sent back once by the county, then the county's."""
    office.on(11, 12)
    office.send("zhen", "acceptance:ask", case.uid, data=EXPLAINED)
    sheet = case.acceptances.get()
    score(office, "zhen", sheet)
    refused = sign(office, "zhen", sheet, "2026-11-12")
    assert refused.status_code == 422
    sheet.refresh_from_db()
    back = {"reason": "初步考核缺群众测评", "_version": str(sheet.version)}
    office.send("xian", "acceptance:send_back", sheet.uid, data=back)
    office.on(11, 20)
    office.send("zhen", "acceptance:ask", case.uid, data=EXPLAINED)
    sheet = case.acceptances.get(number=2)
    early = office.page("xian", "acceptance:case", case.uid)
    assert "“街道党工委初步考核”还没有评分" in said(early)
    score(office, "zhen", sheet)
    tallies(office, "zhen", sheet, "2026-11-18")
    score(office, "xian", sheet)
    assert {row.township_score == row.county_score for row in sheet.scores.all()} == {True}
    assert sign(office, "xian", sheet, "2026-11-20").status_code == 302
    case.refresh_from_db()
    assert (case.stage, case.outcome) == ("tracking", "pass")
