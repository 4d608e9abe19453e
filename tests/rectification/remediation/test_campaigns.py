"""专项整治: started by the county, entries by county and township, of discipline counts and a number only."""

import pytest
from django.db import models
from django.urls import reverse

from accounts.errors import Invalid, Refused
from rectification.remediation.targets import campaign_actions as actions
from rectification.remediation.targets.campaign_actions import Drive
from rectification.remediation.targets.models import Campaign, CampaignEntry
from tests.cast import NOW, TODAY
from tests.rectification.remediation.target_steps import progress, start
from tests.stage import on_stage


@on_stage
def campaign(case, county_officer):
    return start(county_officer, case)


def test_the_county_starts_one_by_a_kind_of_the_scheme(case, scheme, county_officer, as_post):
    browser, item = as_post(county_officer), scheme.items.filter(kind="campaign").first()
    form = browser.get(reverse("remediation:campaign_add")).content.decode()
    assert item.text in form and "石桥村" in form
    typed = {
        "item": str(item.uid),
        "title": "财务清理",
        "lead": "县农业农村局",
        "starts_on": "2026-5-1",
        "cases": [str(case.uid)],
    }
    answer = browser.post(reverse("remediation:campaign_add"), typed)
    page = browser.get(answer["Location"]).content.decode()
    assert Campaign.objects.get().cases.get() == case and "石桥村" in page and item.text in page


def test_a_township_starts_none(township_officer, as_post):
    assert as_post(township_officer).get(reverse("remediation:campaign_add")).status_code == 403


def test_more_solved_than_found_is_refused_in_words_and_the_form_keeps_what_was_typed(
    campaign, case, township_officer, as_post
):
    progress(campaign, case, township_officer, found=3, solved=1)
    typed = {"case": str(case.uid), "on": "2026-5-20", "found": "1", "solved": "4"}
    answer = as_post(township_officer).post(reverse("remediation:campaign", args=[campaign.uid]), typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and "累计解决 5 个，多于累计发现的 4 个" in page and 'value="4"' in page


def test_what_was_found_is_not_withdrawn_from_under_what_was_solved(campaign, case, county_officer):
    found = progress(campaign, case, county_officer, found=3)
    progress(campaign, case, county_officer, solved=2)
    with pytest.raises(Refused, match="请先更正解决数"):
        actions.withdraw_entry(entry_id=found.pk, version=1, reason="重复", by=county_officer, at=NOW)


def test_a_matter_handed_over_needs_its_number(campaign, case, county_officer):
    with pytest.raises(Invalid, match="移送函号"):
        progress(campaign, case, county_officer, transferred=1)
    assert progress(campaign, case, county_officer, transferred=1, number="青组移〔2026〕3号").pk


def test_nothing_holds_the_story_of_a_discipline_matter():
    assert not [one.name for one in CampaignEntry._meta.fields if isinstance(one, models.TextField)]


def test_a_case_with_entries_stays_in_the_campaign(campaign, case, county_officer):
    progress(campaign, case, county_officer, found=1)
    drive = Drive(None, "财务清理", "县审计局", TODAY, None, [])
    with pytest.raises(Invalid, match="石桥村"):
        actions.change_campaign(campaign_id=campaign.pk, version=1, drive=drive, by=county_officer, at=NOW)


def test_a_case_of_another_county_cannot_be_put_in(case, foreign_case, county_officer):
    with pytest.raises(Invalid, match="本县"):
        start(county_officer, foreign_case)


def test_a_township_sees_the_campaign_only_with_its_own_cases(
    campaign, case, other_township_officer, township_officer, as_post
):
    url = reverse("remediation:campaign", args=[campaign.uid])
    assert as_post(township_officer).get(url).status_code == 200
    assert as_post(other_township_officer).get(url).status_code == 404


def test_the_case_page_names_its_campaigns(campaign, case, county_officer, as_post):
    progress(campaign, case, county_officer, found=3, solved=1)
    page = as_post(county_officer).get(case.get_absolute_url()).content.decode()
    assert "村级财务清理审计" in page and "发现问题 3 个，解决 1 个" in page


def test_the_list_asks_no_more_for_more_campaigns(
    campaign, case, county_officer, as_post, django_assert_max_num_queries
):
    browser, url = as_post(county_officer), reverse("remediation:campaigns")
    with django_assert_max_num_queries(20) as one:
        browser.get(url)
    start(county_officer, case, title="治安整治")
    with django_assert_max_num_queries(len(one.captured_queries)):
        assert "合计 2 项" in browser.get(url).content.decode()
