"""The pages of a scheme in a real browser: opened, accessible, no wider than the screen, a step added with a click."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rectification.schemes import actions
from tests.browser.chromium import walk
from tests.cast import NOW, YEAR

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(county_officer):
    """A draft with empty places and all kinds of parts."""
    return actions.create_from_preset(
        preset_key="b_meixian_2023", issuer=county_officer.organization, year=YEAR, by=county_officer, at=NOW
    )


def addresses(draft) -> list[str]:
    compare = reverse("schemes:compare_presets")
    parts = ("head", "chain", "leadership", "survey_forms", "targets", "inspection_rules", "criteria")
    return [
        reverse("schemes:presets"),
        f"{compare}?preset=a_yueyang_2015",
        f"{compare}?preset=a_yueyang_2015&preset=b_meixian_2023&preset=d_chalu_2017",
        f"{reverse('schemes:new')}?source=preset:b_meixian_2023",
        draft.get_absolute_url(),
        *[reverse("schemes:edit", args=[draft.uid, part]) for part in parts],
        reverse("duties:end", args=[draft.uid]),
    ]


def test_every_page_of_a_scheme_opens_accessible_and_no_wider_than_the_screen(page_of, draft, county_officer):
    assert walk(page_of(county_officer), addresses(draft)) == {}


def test_an_offered_step_joins_the_chain_with_one_click(page_of, live_server, draft, county_officer):
    page = page_of(county_officer)
    page.goto(live_server.url + reverse("schemes:edit", args=[draft.uid, "chain"]))
    page.locator("button[value$=':在一定范围内公布']").click()
    expect(page.get_by_text("环节已加入并保存")).to_be_visible()
    assert draft.chain.filter(name="在一定范围内公布", mode="publish").exists()


def test_enter_in_a_field_saves_and_adds_nothing(page_of, live_server, draft, county_officer):
    page = page_of(county_officer)
    before = draft.chain.count()
    page.goto(live_server.url + reverse("schemes:edit", args=[draft.uid, "chain"]))
    page.locator("#id_rows-0-name").press("Enter")
    page.wait_for_url("**#chain")
    assert draft.chain.count() == before
