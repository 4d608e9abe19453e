"""The main pages of township and county in a real browser: opened, accessible, no wider than the screen, worked."""

import json

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.roles import Role
from rectification.survey import opening
from rectification.survey.models import Assessment
from tests.browser.chromium import walk
from tests.cast import NOW
from tests.matrix.world import World, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(db) -> World:
    """A year with something of everything (tests/matrix/world.py)."""
    return build()


def common(world: World) -> list[str]:
    """Pages that township and county both work from."""
    case, at = world.objects["case"]["own"], world.objects
    tabs = ("overview", "problems", "support", "activities", "files", "acceptance", "history")
    return [
        reverse("reports:workbench"),
        reverse("reports:queue"),
        reverse("survey:list"),
        reverse("cases:list"),
        *[f"{case.get_absolute_url()}?tab={tab}" for tab in tabs],
        reverse("remediation:measure", args=[at["measure"]["own"].uid]),
        reverse("remediation:diary"),
        reverse("remediation:activity_sheet"),
        reverse("remediation:activity_add", args=[case.uid]),
        reverse("remediation:activity", args=[at["activity"]["own"].uid]),
        reverse("acceptance:list"),
        reverse("acceptance:case", args=[case.uid]),
        reverse("duties:list"),
        reverse("duties:detail", args=[at["duty"]["own"].uid]),
        reverse("reports:ledgers"),
        reverse("reports:ledger", args=["work"]),
        reverse("reports:exports"),
        reverse("filings:list"),
        reverse("filings:detail", args=[at["filing"]["own"].uid]),
        reverse("schemes:list"),
        reverse("schemes:detail", args=[world.scheme.uid]),
        reverse("organizations:tree"),
        reverse("organizations:detail", args=[at["organization"]["own"].uid]),
    ]


def township_pages(world: World) -> list[str]:
    case, survey = world.objects["case"]["own"], world.objects["survey"]["own"]
    return [
        *common(world),
        reverse("survey:grid", args=[survey.uid]),
        reverse("remediation:plan", args=[case.uid]),
    ]


def county_pages(world: World) -> list[str]:
    at = world.objects
    return [
        *common(world),
        reverse("survey:ranking", args=[at["survey"]["own"].uid]),
        reverse("survey:determination", args=[at["determination"]["own"].uid]),
        reverse("remediation:plan_review", args=[at["review"]["own"].uid]),
        reverse("remediation:closing"),
    ]


@pytest.mark.parametrize(
    ("role", "pages_of"), [(Role.TOWNSHIP_OFFICER, township_pages), (Role.COUNTY_OFFICER, county_pages)]
)
def test_the_main_pages_open_and_read_well_at_desk_and_on_a_phone(world, page_of, role, pages_of):
    page = page_of(world.posts[role])
    found = walk(page, pages_of(world))
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)


def test_a_township_scores_by_keyboard_and_the_row_is_kept(
    village, county, county_officer, township_officer, scheme, page_of
):
    survey = opening.open_survey(scheme=scheme, holder=county, by=county_officer, at=NOW)
    page = page_of(township_officer)
    page.goto(reverse("survey:grid", args=[survey.uid]))
    cell = page.get_by_label("石桥村①扣分")
    cell.fill("6")
    cell.press("F2")
    page.locator("[data-bar-words]").fill("支部书记空缺八个月")
    page.keyboard.press("Escape")
    cell.press("Enter")
    expect(page.locator("[data-score]").first).to_have_text("94")
    expect(page.locator("[data-state]")).to_contain_text("已全部保存", timeout=10_000)
    row = Assessment.objects.get(organization=village)
    assert (row.score, row.findings.get().words) == (94, "支部书记空缺八个月")


def test_a_county_returns_a_plan_and_the_township_reads_why(world, page_of):
    review, case = world.objects["review"]["own"], world.objects["case"]["own"]
    page = page_of(world.posts[Role.COUNTY_OFFICER])
    page.goto(reverse("remediation:plan_review", args=[review.uid]))
    page.locator("[name=opinion]").fill("时限不明确，请逐条补上")
    page.get_by_role("button", name="退回修改").click()
    expect(page.locator("#messages")).to_contain_text("退回")
    page = page_of(world.posts[Role.TOWNSHIP_OFFICER])
    page.goto(reverse("remediation:plan", args=[case.uid]))
    expect(page.locator("main")).to_contain_text("时限不明确，请逐条补上")
