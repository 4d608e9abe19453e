"""A township whose own scheme determines by itself holds its survey; the county's leaves its organizations out."""

import pytest

from accounts.errors import Refused
from accounts.roles import Role
from organizations.rules import Field
from rectification.schemes import actions as schemes
from rectification.schemes.models import Process
from rectification.survey import actions, holders, opening, overview, ranking
from rectification.survey.models import Assessment, Survey
from tests import cast


def township_scheme(township, officer, preset="d_chalu_2017"):
    made = schemes.create_from_preset(
        preset_key=preset, issuer=township, year=cast.YEAR, by=officer, at=cast.NOW
    )
    return cast.start_with_reasons(made, officer)


@pytest.fixture
def own_scheme(scheme, township, township_officer):
    """Preset D, issued by the township under the city's scheme, in force."""
    return township_scheme(township, township_officer)


def open_own(own_scheme, township, township_officer):
    return actions.open_survey(scheme=own_scheme, holder=township, by=township_officer, at=cast.NOW)


def test_a_township_that_decides_itself_holds_its_survey(own_scheme, township, village):
    assert holders.decides_itself(own_scheme)
    assert holders.holder_of(own_scheme, village) == township


def test_under_a_scheme_that_the_county_decides_the_county_holds(
    scheme, county, township, township_officer, village
):
    sub_district = township_scheme(township, township_officer, "c_suxian_2017")
    assert not holders.decides_itself(sub_district)
    assert holders.holder_of(sub_district, village) == county
    refused = opening.opening_refusal(sub_district, township, township_officer)
    assert refused == "摸排由青禾县委组织部开展"


def test_a_report_up_after_the_decision_does_not_take_the_survey_away(own_scheme):
    own_scheme.chain.filter(process=Process.DETERMINATION).update(decides=True)
    own_scheme.chain.create(
        process=Process.DETERMINATION, order=2, name="报县委组织部备案", level="county", role="county_officer"
    )
    assert holders.decides_itself(own_scheme)


def test_without_a_scheme_of_its_own_a_township_opens_none(scheme, county, township, township_officer):
    with pytest.raises(Refused, match="由青禾县委组织部开展"):
        open_own(scheme, township, township_officer)


def test_the_township_scores_what_it_surveys(own_scheme, township, township_officer, villages):
    survey = open_own(own_scheme, township, township_officer)
    rows = survey.assessments.select_related("scorer")
    assert rows.count() == 6 and {row.scorer for row in rows} == {township}
    assert [sheet.organization for sheet in survey.sheets.all()] == [township]


def test_opening_takes_its_villages_out_of_the_open_survey_of_the_county(
    year, township, other_township, township_officer
):
    survey = open_own(township_scheme(township, township_officer), township, township_officer)
    out = Assessment.objects.filter(survey=year.survey, scorer=township)
    assert set(out.values_list("excluded", flat=True)) == {"由柳溪镇按本级方案摸排"}
    assert Assessment.objects.of(year.survey).count() == 6
    assert [(one, one.organizations) for one in overview.held_below(year.survey)] == [(survey, 6)]


def test_opening_is_refused_once_the_county_has_closed_the_scoring(year, township, township_officer):
    year.close_scoring()
    own = township_scheme(township, township_officer)
    with pytest.raises(Refused, match="青禾县委组织部已封存评分"):
        open_own(own, township, township_officer)
    assert not Survey.objects.filter(organization=township).exists()


def test_a_survey_of_the_county_opened_later_leaves_the_township_out(
    own_scheme, scheme, county, county_officer, township, township_officer, villages
):
    open_own(own_scheme, township, township_officer)
    survey = actions.open_survey(scheme=scheme, holder=county, by=county_officer, at=cast.NOW)
    assert survey.assessments.count() == 6
    assert actions.refresh(survey_id=survey.pk, by=county_officer, at=cast.NOW) == (0, 0)


def test_what_a_township_surveys_counts_in_the_base_and_what_it_determined_towards_the_share(
    year, township, township_officer
):
    own = open_own(township_scheme(township, township_officer), township, township_officer)
    groups = ranking.groups_of(year.survey)
    village = next(group for group in groups if Field.VILLAGE in group.of.fields)
    assert (village.organizations, village.of.apart.organizations, village.selection.quota) == (6, 6, 2)
    row = own.assessments.select_related("organization").first()
    row.case = _case(own, row, year.county, township_officer)
    row.save()
    village = next(group for group in ranking.groups_of(year.survey) if Field.VILLAGE in group.of.fields)
    assert village.of.apart.determined == 1 and village.selection.quota == 1


def _case(survey, row, county, officer):
    from tests.conftest import make_case

    return make_case(survey.scheme, row.organization, county, officer)


def test_the_county_officer_does_not_work_a_townships_survey(
    own_scheme, county_officer, township, township_officer, villages
):
    survey = open_own(own_scheme, township, township_officer)
    with pytest.raises(Refused, match="由柳溪镇党委经办人办理"):
        actions.freeze(survey_id=survey.pk, by=county_officer, at=cast.NOW, reason="x")


def test_a_township_works_its_survey_on_the_pages_of_the_holder(
    own_scheme, township, township_officer, other_township_officer, county_officer, villages, as_post
):
    browser = as_post(township_officer)
    assert "自行认定" in browser.get("/survey/").content.decode()
    assert browser.post("/survey/open/", {"base_on": "2026-3-1"}).status_code == 302
    survey = Survey.objects.get(organization=township)
    page = browser.get("/survey/").content.decode()
    assert "本级评分" in page and "封存评分" in page
    assert browser.get(f"/survey/{survey.uid}/ranking/").status_code == 200
    assert as_post(county_officer).get(f"/survey/{survey.uid}/ranking/").status_code == 200
    assert as_post(other_township_officer).get(f"/survey/{survey.uid}/ranking/").status_code == 404


def test_the_county_reads_which_townships_survey_by_themselves(year, township, township_officer, as_post):
    open_own(township_scheme(township, township_officer), township, township_officer)
    page = as_post(year.officer).get("/survey/").content.decode()
    assert "自行摸排认定" in page and "另有 6 个由乡镇自行摸排" in page


def test_a_village_is_in_its_townships_survey(year, own_scheme_of_township, village_reporter_post, as_post):
    own, reporter = own_scheme_of_township, village_reporter_post
    assert holders.nearest(Survey.objects.visible_to(reporter), reporter) == own


@pytest.fixture
def own_scheme_of_township(year, township, township_officer):
    return open_own(township_scheme(township, township_officer), township, township_officer)


@pytest.fixture
def village_reporter_post(villages):
    return cast.post_at(villages[0], Role.VILLAGE_REPORTER, "cun9")
