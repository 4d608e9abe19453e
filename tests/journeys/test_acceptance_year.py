"""A county's acceptance: one passes, one passes with consolidation, one fails by the masses' veto though its points
suffice, one fails by points; the city looks again at a sample; next year begins with the right ones."""

from datetime import datetime

import pytest
from django.urls import reverse

from accounts.roles import Role
from rectification.acceptance.checks.models import Check, CheckResult
from rectification.cases import actions as cases
from rectification.cases.models import Case, CaseMember
from rectification.duties import actions as duties
from rectification.duties.models import Duty
from rectification.remediation.models import Plan, Problem
from rectification.schemes.models import Process, Scheme
from rectification.survey.models import Survey
from tests.cast import SHANGHAI, YEAR, village_in
from tests.journeys import steps_closing
from tests.journeys.office import Office, said, typed
from tests.journeys.steps_closing import sheet_of

pytestmark = pytest.mark.django_db
NEXT = YEAR + 1
LOST = {"枫林村": 30, "白马村": 50}
MASSES = {"石桥村": [40, 5, 2, 1], "枫林村": [40, 5, 2, 1], "青山村": [10, 5, 35, 0], "白马村": [40, 5, 2, 1]}


@pytest.fixture
def office(clock, city_reviewer, county_officer, township_officer, village_reporter):
    posts = {"shi": city_reviewer, "xian": county_officer, "zhen": township_officer, "cun": village_reporter}
    return Office(clock, posts=posts)


@pytest.fixture
def four(office, scheme, county, township, village):
    """Four villages at the end of October: plans approved, what was wrong mended but for two."""
    scheme.chain.create(
        process=Process.SIGN_OFF,
        order=1,
        name="县委常委会审定",
        level="county",
        role=Role.COUNTY_OFFICER,
        mode="record",
        source="本县",
    )
    office.on(5, 20)
    officer, at = office.posts["xian"], datetime(YEAR, 5, 20, 9, tzinfo=SHANGHAI)
    made = {}
    for number, name in enumerate(MASSES):
        place = village if not number else village_in(township, f"{name}委会", f"{township.code}3{number:02}")
        facts = {"primary": scheme.criteria.first(), "determined_on": at.date(), "criteria": [1]}
        case = cases.open_case(scheme=scheme, organization=place, county=county, by=officer, at=at, **facts)
        duties.open_case_duties(case=case, at=at)
        Plan.objects.create(case=case, state="approved", approved_on=at.date())
        done = {"state": "closed", "closed_on": at.date(), "criterion": scheme.criteria.first()}
        Problem.objects.create(case=case, order=1, text="班子缺员", **done)
        if number < 2:
            helper = {"kind": "first_secretary", "name": f"书记{number}", "unit": "县委办", "username": ""}
            office.send("xian", "remediation:member_add", case.uid, data=helper | {"from_on": "2026-5-20"})
        else:
            Problem.objects.create(
                case=case, order=2, text="通组路未修", criterion=scheme.criteria.get(order=2)
            )
        team = {
            "kind": "team",
            "name": f"组长{number}",
            "unit": "县人社局",
            "leads": "on",
            "from_on": "2026-5-20",
        }
        office.send("xian", "remediation:member_add", case.uid, data=team)
        made[name] = case
    return made


def test_a_countys_acceptance_and_the_year_after(office, four):
    steps_closing.asked_with_reasons(office, four)
    steps_closing.checked_and_scored(office, four, LOST)
    steps_closing.counted(office, four, MASSES)
    steps_closing.asked_by_telephone(office, four["石桥村"])
    steps_closing.signed(office, four)
    steps_closing.signed_off(office, four["石桥村"])
    support_stays(office, four)
    the_consolidated_one_asks_again(office, four["枫林村"])
    the_city_draws_a_sample(office, four)
    watched(office, four["石桥村"])
    printed(office)
    next_year_begins(office, four)


def support_stays(office: Office, four: dict[str, Case]) -> None:
    """不换点、不撤离: neither from the one that consolidates nor from those that failed; from the closed one yes."""
    leave = {"to_on": "2026-11-26", "end_reason": "期满", "end_document": ""}
    office.on(11, 26)
    for name in ("枫林村", "青山村", "白马村"):
        team = CaseMember.objects.get(case=four[name], kind="team")
        assert office.tries("xian", "remediation:member_end", team.uid, data=leave).status_code == 422, name
    team = CaseMember.objects.get(case=four["石桥村"], kind="team")
    office.send("xian", "remediation:member_end", team.uid, data=leave)


def the_consolidated_one_asks_again(office: Office, case: Case) -> None:
    """By its date the township owes it; the second time it is closed."""
    again = Duty.objects.open().get(case=case, effective_due_on=f"{YEAR}-12-20")
    assert again.organization == case.township
    office.on(12, 10)
    office.send("zhen", "acceptance:ask", case.uid, data={})
    again.refresh_from_db()
    assert again.state == "done"
    second = {"枫林村": case}
    steps_closing.checked_and_scored(office, second, {})
    steps_closing.counted(office, second, MASSES)
    office.on(12, 12)
    given = steps_closing.sign_data(case, "pass") | {"signed_on": "2026-12-12"}
    office.send("xian", "acceptance:sign", sheet_of(case).uid, data=given)
    case.refresh_from_db()
    review = sheet_of(case).review
    decision = {
        "do": "pass",
        "body": "县委常委会",
        "decided_on": "2026-12-12",
        "document": "纪要〔2026〕22号",
    }
    data = steps_closing.opened_data(office, review) | decision
    office.send("xian", "acceptance:sign_off", review.uid, data=data)
    case.refresh_from_db()
    assert (case.stage, case.outcome) == ("tracking", "pass")


def the_city_draws_a_sample(office: Office, four: dict[str, Case]) -> None:
    """One of those accepted, drawn with a seed; the county sees nothing before it is said."""
    office.on(12, 20)
    given = {"title": "抽查", "starts_on": "2026-12-20", "ends_on": "2026-12-22", "how": "draw", "size": "1"}
    office.send("shi", "acceptance:check_add", data=given)
    check = Check.objects.get()
    assert check.draw["seed"] and check.results.count() == 1
    row = check.results.get()
    assert office.at("xian").get(row_address(row)).status_code == 404
    seen = {"on": "2026-12-20", "words": "与材料相符", "verdict": "upheld", "_version": str(row.version)}
    office.send("shi", "acceptance:check_result_edit", row.uid, data=seen)
    check.refresh_from_db()
    office.send("shi", "acceptance:check_finish", check.uid, data={"_version": str(check.version)})
    assert "认可" in said(office.at("xian").get(row_address(row)))


def row_address(row: CheckResult) -> str:
    """The page of what the city said of one case."""
    return reverse("acceptance:check_result", args=[row.uid])


def watched(office: Office, case: Case) -> None:
    """A look in the year of watching answers what is owed for that quarter."""
    owed = case.duties.open().filter(rule__event="closed").count()
    look = {"on": "2026-12-20", "words": "班子运行正常"}
    office.send("zhen", "acceptance:tracking_case", case.uid, data=look)
    assert case.tracking_checks.count() == 1
    assert case.duties.open().filter(rule__event="closed").count() == owed - 1


def printed(office: Office) -> None:
    """The year's last ledgers hold what was typed on the way, and the numbers of the statistics their lists."""
    assert "石桥村" in said(office.page("xian", "reports:ledger", "acceptance"))
    assert "石桥村" in said(office.page("xian", "reports:ledger", "tallies"))
    for key in ("county_summary", "party_statistics"):
        office.page("xian", "reports:ledger", key)


def next_year_begins(office: Office, four: dict[str, Case]) -> None:
    """The two that failed are in the new year's list without a finding, with their open problems and their people."""
    office.on(1, 15, year=NEXT)
    old = Scheme.objects.get(year=YEAR)
    office.send("shi", "schemes:new", data={"source": f"scheme:{old.uid}", "year": str(NEXT), "title": ""})
    scheme = Scheme.objects.get(year=NEXT)
    office.send("shi", "duties:start", scheme.uid, data={"_version": str(scheme.version)})
    office.on(3, 2, year=NEXT)
    office.send("xian", "survey:open", data={"base_on": f"{NEXT}-3-1"})
    survey = Survey.objects.get(year=NEXT)
    carried = list(survey.assessments.filter(carried=True).order_by("org_path"))
    failed = [four["青山村"], four["白马村"]]
    assert [row.organization for row in carried] == [case.organization for case in failed]
    office.send("xian", "survey:freeze", survey.uid, data={"reason": "乡镇书面报告，其余没有扣分情形"})
    criterion = survey.scheme.criteria.get(order=1)
    chosen = {
        "chosen": [str(row.uid) for row in carried],
        "fewer_reason": "整体好转",
        "fewer_consent": "市委同意",
    }
    chosen |= {f"primary-{row.uid}": str(criterion.pk) for row in carried}
    office.send("xian", "survey:propose", survey.uid, data=chosen)
    survey.refresh_from_db()
    decided = {"body": "县委组织部部务会", "decided_on": f"{NEXT}-3-2", "document": "部务纪要〔2027〕2号"}
    office.send("xian", "survey:determination", survey.review.uid, data=decided)
    for old_case in failed:
        case = Case.objects.get(year=NEXT, organization=old_case.organization)
        assert (case.source, case.previous) == ("carried", old_case)
        assert set(case.members.values_list("name")) == set(old_case.members.values_list("name"))
        page = office.page("zhen", "remediation:plan", case.uid)
        sent = typed(page.context["form"]) | {"_version": str(page.context["version"])}
        office.send("zhen", "remediation:plan", case.uid, data=sent)
        assert [problem.text for problem in case.problems.all()] == ["通组路未修"]
    assert Case.objects.filter(year=NEXT).count() == 2
