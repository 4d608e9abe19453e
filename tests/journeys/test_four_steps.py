"""眉县 (S1 “四步法”): four villages from plan to quarterly evaluation; typed once, counted everywhere. By HTTP, each
in the own post: leaders and teams, tasks and 实事, half-monthly reports, monthly inspections with ranking, targets."""

from datetime import datetime

import pytest
from django.urls import reverse

from rectification.cases import actions as cases
from rectification.cases.models import Case, CaseMember
from rectification.duties import actions as duties
from rectification.remediation.models import Measure, Plan
from rectification.schemes import actions as schemes
from rectification.supervision.inspections.models import Inspection
from tests import cast
from tests.cast import SHANGHAI, YEAR
from tests.journeys.office import Office, said, typed
from tests.journeys.steps_supervision import (
    answered,
    half_a_month_writes_itself,
    inspected,
    late_and_escalated,
    ranked,
)

pytestmark = pytest.mark.django_db
VILLAGES = ("石桥村", "枫林村", "青山村", "白马村")


@pytest.fixture
def office(clock, city_reviewer, county_officer, township_officer, other_township_officer, helper):
    posts = {"shi": city_reviewer, "xian": county_officer, "zhen": township_officer}
    return Office(clock, posts=posts | {"zhen2": other_township_officer, "bangfu": helper})


@pytest.fixture
def four(office, county, township, other_township):
    """Four villages of two townships under the county's own scheme, which publishes the ranking."""
    office.on(3, 2)
    officer, at = office.posts["xian"], datetime(YEAR, 3, 2, 9, tzinfo=SHANGHAI)
    scheme = schemes.create_from_preset(
        preset_key="b_meixian_2023", issuer=county, year=YEAR, by=officer, at=at
    )
    scheme.criteria.create(order=1, text="班子战斗力不强", short="班子不强", points=10)
    scheme.inspection_rules.filter(key="monthly_inspection").update(ranking=True)
    duties.start_year(scheme_id=scheme.pk, by=officer, at=at)
    office.on(4, 1)
    at, made = datetime(YEAR, 4, 1, 9, tzinfo=SHANGHAI), []
    for number, name in enumerate(VILLAGES):
        town = township if number < 2 else other_township
        village = cast.village_in(town, f"{name}委会", f"{town.code}2{number:02}", households=60)
        facts = {"primary": scheme.criteria.get(), "determined_on": at.date(), "criteria": [1]}
        case = cases.open_case(scheme=scheme, organization=village, county=county, by=officer, at=at, **facts)
        duties.open_case_duties(case=case, at=at)
        made.append(case)
    return made


def test_the_year_of_the_four_steps(office, four):
    people_come(office, four)
    a_plan_for_each(office, four)
    logged_from_the_village(office, four[0])
    half_a_month_writes_itself(office, four)
    inspected(office, four)
    answered(office)
    late_and_escalated(office)
    ranked(office)
    targets_are_counted(office, four[0])
    evaluated(office, four)
    printed(office)
    the_first_secretary_stays(office, four[0])


def people_come(office: Office, four: list[Case]) -> None:
    """包抓, 工作组, 组室, 蹲点 and a first secretary for each; who has none is on the list of gaps."""
    office.on(4, 3)
    who = {"leader": "常委", "office": "组室", "stationed": "蹲点", "first_secretary": "书记"}
    for number, case in enumerate(four):
        for kind, name in who.items():
            account = "bangfu" if (number, kind) == (0, "first_secretary") else ""
            given = {"kind": kind, "name": f"{name}{number}", "unit": "县委办", "username": account}
            office.send("xian", "remediation:member_add", case.uid, data=given | {"from_on": "2026-4-3"})
        team = {"kind": "team", "name": f"组长{number}", "unit": "县人社局", "leads": "on"}
        if number != 3:
            office.send("xian", "remediation:member_add", case.uid, data=team | {"from_on": "2026-4-3"})
        unit = {"name": "县教体局", "contact": "", "from_on": "2026-4-3"}
        office.send("xian", "remediation:helping_unit_add", case.uid, data=unit)
    page = said(office.page("xian", "remediation:support_gaps"))
    assert "柳溪镇 2 0 0 0 0 0 0 0 白岩乡 2 0 0 1 0 0 0 0 合计 4" in page and "白马村" in page


def a_plan_for_each(office: Office, four: list[Case]) -> None:
    """One task and one 实事 for each problem; approved, they are owed."""
    office.on(4, 10)
    for number, case in enumerate(four):
        town = "zhen" if number < 2 else "zhen2"
        office.send(town, "remediation:problem_add", case.uid, data={"text": f"{VILLAGES[number]}账目不清"})
        problem = case.problems.get()
        typed_in = {"goal": "清楚", "leader": "镇长", "unit": "镇党委", "person": f"书记{number}"}
        typed_in |= {"requirement": "公开透明", "starts_on": "2026-4-15", "due_on": "2026-6-30"}
        for kind, text in (("task", "清理账目并公开"), ("deed", "修好通组路")):
            data = typed_in | {"kind": kind, "text": text}
            office.send(town, "remediation:measure_add", problem.uid, data=data)
        plan = office.page(town, "remediation:plan", case.uid)
        words = {"goal": "转化提升", "steps": "摸清、整改、验收", "safeguards": "镇党委书记负责"}
        sent = typed(plan.context["form"]) | words | {"_version": str(plan.context["version"])}
        office.send(town, "remediation:plan", case.uid, data=sent | {"do": "submit"})
        review = Plan.objects.get(case=case).review
        office.send("xian", "remediation:plan_decide", review.uid, data={"do": "pass", "opinion": "同意"})
    assert Measure.objects.filter(duty__state="open").count() == 8


def logged_from_the_village(office: Office, case: Case) -> None:
    """The first secretary's visit and the township's calls; one deed is done and confirmed."""
    office.on(5, 8)
    first = CaseMember.objects.get(case=case, kind="first_secretary")
    visit = {"kind": "visit", "what": "与支委对账", "on": "2026-5-8", "members": [str(first.uid)]}
    page = office.page("bangfu", "remediation:activity_add", case.uid)
    office.send("bangfu", "remediation:activity_add", case.uid, data=typed(page.context["form"]) | visit)
    call = {"kind": "call", "what": "走访", "on": "2026-5-9", "households": "1组1至30", "others": "镇干部"}
    future = office.tries("zhen", "remediation:activity_add", case.uid, data=call)
    assert future.status_code == 422 and "在今天之后" in said(future)
    office.send("zhen", "remediation:activity_add", case.uid, data=call | {"on": "2026-5-8"})
    deed = Measure.objects.get(problem__case=case, kind="deed")
    office.send(
        "zhen", "remediation:measure_done", deed.uid, data={"result": "已通车", "done_on": "2026-5-8"}
    )
    deed.refresh_from_db()
    assert deed.state == "confirmed"


def targets_are_counted(office: Office, case: Case) -> None:
    """Members are entered as numbers, tasks and 实事 come from the measures."""
    office.on(6, 20)
    for key, number in (("new_members", 1), ("activists", 3)):
        target = case.scheme.targets.get(key=key)
        given = {"target": str(target.uid), "number": str(number), "on": "2026-6-20", "words": "支部大会"}
        office.send("zhen", "remediation:case_targets", case.uid, data=given)
    matrix = said(office.page("xian", "remediation:targets"))
    assert "新发展党员" in matrix and "实事" in matrix


def evaluated(office: Office, four: list[Case]) -> None:
    """At the quarter's end each case is graded; the townships read it afterwards."""
    office.on(6, 28)
    given = {"rule": "", "kind": "evaluation", "title": "第二季度评估", "announced": "yes", "how": "hand"}
    given |= {"starts_on": "2026-6-28", "ends_on": "2026-6-30", "cases": [str(case.uid) for case in four]}
    office.send("xian", "supervision:inspection_add", data=given)
    found = Inspection.objects.get(kind="evaluation")
    for row in found.results.all():
        seen = {"on": "2026-6-28", "words": "按进度推进", "grade": "fair", "rows": "1"}
        seen |= {"_version": str(row.version)}
        office.send("xian", "supervision:inspection_result_edit", row.uid, data=seen)
    found.refresh_from_db()
    office.send("xian", "supervision:inspection_finish", found.uid, data={"_version": str(found.version)})
    assert "较好" in said(office.page("zhen2", "supervision:inspections"))


def printed(office: Office) -> None:
    """The ledgers of the year hold what was typed on the way."""
    for key in ("support", "problems", "inspections", "activities", "targets"):
        page = said(office.page("xian", "reports:ledger", key))
        assert any(name in page for name in VILLAGES), key


def the_first_secretary_stays(office: Office, case: Case) -> None:
    """不转化不撤离: without a paper nobody leaves; with it the place lights up until somebody takes it."""
    first = CaseMember.objects.get(case=case, kind="first_secretary")
    leave = {"to_on": "2026-6-28", "end_reason": "轮岗", "end_document": ""}
    locked = office.tries("xian", "remediation:member_end", first.uid, data=leave)
    assert locked.status_code == 422 and "轮岗" in locked.content.decode()
    ordered = leave | {"end_document": "青组通〔2026〕9号"}
    office.send("xian", "remediation:member_end", first.uid, data=ordered)
    office.on(6, 29)
    assert "柳溪镇 2 1" in said(office.page("xian", "remediation:support_gaps"))
    assert office.at("bangfu").get(reverse("remediation:case", args=[case.uid])).status_code == 404
    new = {
        "kind": "first_secretary",
        "name": "新来",
        "unit": "县委办",
        "username": "",
        "from_on": "2026-6-29",
    }
    office.send("xian", "remediation:member_add", case.uid, data=new)
    assert "柳溪镇 2 0" in said(office.page("xian", "remediation:support_gaps"))
