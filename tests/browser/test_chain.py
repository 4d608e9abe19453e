"""The whole chain of a determination in a real browser: each step by its role, with a return on the way."""

from datetime import datetime

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.roles import Role
from rectification.cases.models import Case
from rectification.survey import opening
from rectification.survey.joint_models import JointReview
from rectification.survey.models import Assessment, Sheet
from tests import cast
from tests.browser.chromium import DESK, PHONE
from tests.cast import NOW, SHANGHAI

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHAIN = (
    ("村自查", "grassroots", Role.VILLAGE_REPORTER, "handle", False),
    ("乡镇党委初定", "township", Role.TOWNSHIP_OFFICER, "record", False),
    ("部门联审", "county", Role.COUNTY_OFFICER, "joint", False),
    ("县委组织部研究", "county", Role.COUNTY_OFFICER, "handle", False),
    ("县委常委会审定", "county", Role.COUNTY_OFFICER, "record", True),
    ("在一定范围内公布", "county", Role.COUNTY_OFFICER, "publish", False),
    ("报市委组织部备案", "city", Role.CITY_REVIEWER, "handle", False),
)


@pytest.fixture
def survey(scheme, county, county_officer, village):
    """A survey under the whole chain of domain §2, just opened, in a county with one reviewing department."""
    cast.determination_chain(scheme, CHAIN)
    return opening.open_survey(scheme=scheme, holder=county, by=county_officer, at=NOW)


@pytest.fixture
def at_desk(page, page_of):
    """The browser signed in in a post, at a desk or with a phone in hand, on a page; it is sure when asked."""
    page.on("dialog", lambda question: question.accept())

    def opened(post, address: str, size=DESK) -> Page:
        page = page_of(post)
        page.set_viewport_size(size)
        page.goto(address)
        return page

    return opened


def url(name: str, one) -> str:
    return reverse(f"survey:{name}", args=[one.uid])


def press(page: Page, name: str) -> None:
    """Press a button; the page then says what was done."""
    page.get_by_role("button", name=name, exact=True).first.click()
    expect(page.locator("#messages")).to_contain_text("已")


def test_every_step_of_the_chain_is_taken_in_the_browser_by_its_role(
    survey, at_desk, clock, county, city_reviewer, county_officer, township_officer, village_reporter
):
    department = cast.post_at(county, Role.DEPARTMENT, "xinfang", department="县信访局")
    row = Assessment.objects.get(survey=survey, organization__short_name="石桥村")
    village_checks_itself(at_desk, village_reporter, row)
    township_scores_and_proposes(at_desk, township_officer, survey, row)
    county_puts_up_the_list(at_desk, county_officer, survey)
    department_is_asked_and_objects(at_desk, county_officer, department, survey)
    list_returns_once(at_desk, county_officer, survey)
    standing_committee_decides(at_desk, county_officer, survey)
    list_is_published(at_desk, clock, county_officer, survey)
    city_takes_note(at_desk, city_reviewer, survey)


def village_checks_itself(at_desk, reporter, row):
    page = at_desk(reporter, url("self_check", row), PHONE)
    for card in page.locator(".criterion-card").all():
        card.get_by_label("否", exact=True).first.check()
    first = page.locator(".criterion-card").first
    first.get_by_label("是", exact=True).check()
    first.locator("textarea").fill("支部委员缺一名，书记空缺八个月")
    page.get_by_label("参加人员").fill("支委会成员和党员代表 9 人")
    press(page, page.locator("form.note-form .btn-primary").inner_text())


def township_scores_and_proposes(at_desk, officer, survey, row):
    page = at_desk(officer, url("grid", survey))
    cell = page.get_by_label("石桥村①扣分")
    cell.fill("6")
    cell.press("Enter")
    expect(page.locator("[data-state]")).to_contain_text("已全部保存", timeout=10_000)
    page.goto(url("submit", survey))
    page.get_by_label("提名石桥村", exact=True).check()
    page.get_by_label("决定机关").fill("柳溪镇党委会")
    page.locator("[name$=decided_on]").fill("2026年5月20日")
    page.get_by_label("纪要号").fill("柳党纪〔2026〕3号")
    press(page, page.locator("main form .btn-primary").inner_text())
    assert Sheet.objects.get(organization=officer.organization).state == "submitted"


def county_puts_up_the_list(at_desk, officer, survey):
    page = at_desk(officer, f"{reverse('survey:list')}?year={survey.year}")
    press(page, "封存评分，排定名次")
    page.goto(url("ranking", survey))
    chosen = page.get_by_label("列入柳溪镇石桥村", exact=True)
    if not chosen.is_checked():
        chosen.check()
    press(page, "提交审定")
    survey.refresh_from_db()
    expect(page.locator("main")).to_contain_text("部门联审")


def department_is_asked_and_objects(at_desk, officer, department, survey):
    page = at_desk(officer, url("ask", survey))
    page.locator("[name=others]").fill("县信访局")
    page.locator("[name=answer_by_on]").fill("2026年5月28日")
    press(page, "征求意见并通知各部门")
    joint = JointReview.objects.get(survey=survey)
    page = at_desk(department, reverse("survey:joint_reviews"), PHONE)
    page.locator(f"a[href='{joint.get_absolute_url()}']").first.click()
    page.get_by_label("有异议", exact=True).check()
    page.locator("textarea").first.fill("该村积案正在化解")
    press(page, "保存意见")
    page = at_desk(officer, joint.get_absolute_url())
    expect(page.locator("main")).to_contain_text("有异议待研究")
    page.get_by_text("登记研究处理情况").first.click()
    page.locator("[name=how]").fill("会同信访局到村核实，班子缺职属实，予以保留")
    press(page, "登记")
    page.goto(joint.get_absolute_url())
    press(page, "办结联审")


def list_returns_once(at_desk, officer, survey):
    page = at_desk(officer, url("determination", survey.review))
    page.locator("[name=reason]").fill("主要类型再核实一次")
    press(page, "退回名单")
    page.goto(url("ranking", survey))
    expect(page.locator("main")).to_contain_text("主要类型再核实一次")
    press(page, "修改后重新提交")
    page.goto(url("determination", survey.review))
    expect(page.locator("main")).to_contain_text("县委组织部研究")
    page.locator("#step-form [name=opinion]").fill("同意提请常委会")
    press(page, "通过")


def standing_committee_decides(at_desk, officer, survey):
    page = at_desk(officer, url("determination", survey.review))
    page.locator("#step-form [name=body]").fill("青禾县委常委会")
    page.locator("#step-form [name=decided_on]").fill("2026年5月20日")
    page.locator("#step-form [name=document]").fill("青常纪〔2026〕4号")
    press(page, "登记决定，认定整顿对象")
    assert Case.objects.get(organization__short_name="石桥村").minutes == "青常纪〔2026〕4号"


def list_is_published(at_desk, clock, officer, survey):
    page = at_desk(officer, url("publish", survey))
    page.locator("[name=place]").fill("各村党务公开栏")
    page.locator("[name=starts_on]").fill("2026年5月20日")
    page.locator("[name=ends_on]").fill("2026年5月26日")
    press(page, "登记公布")
    clock.move_to(datetime(2026, 5, 27, 9, tzinfo=SHANGHAI))
    survey.refresh_from_db()
    page = at_desk(officer, url("publicity", survey.publicity))
    press(page, "办结公布")


def city_takes_note(at_desk, reviewer, survey):
    page = at_desk(reviewer, reverse("reports:queue"))
    page.locator(f"a[href='{url('determination', survey.review)}']").first.click()
    page.locator("#step-form [name=opinion]").fill("已备案")
    press(page, "通过")
    survey.review.refresh_from_db()
    assert survey.review.state == "passed"
