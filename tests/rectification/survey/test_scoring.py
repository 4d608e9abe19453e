"""From the opening of a county's survey to its frozen scores, as the actions decide it."""

from decimal import Decimal

import pytest

from accounts.errors import Invalid, Refused, StaleVersion
from organizations.models import Organization
from rectification.schemes.models import Criterion
from rectification.survey import actions
from rectification.survey.models import Assessment, SheetState, SurveyState
from rectification.survey.opening import unclassified
from tests import cast


def harden(year, order=3):
    Criterion.objects.filter(scheme=year.scheme, order=order).update(hard=True)


# --- opening ---------------------------------------------------------------------------------------------------


def test_opening_makes_one_assessment_for_each_grassroots_organization_with_a_field(year):
    assert Assessment.objects.of(year.survey).count() == 12
    assert set(year.survey.sheets.values_list("organization__short_name", flat=True)) == {"柳溪镇", "白岩乡"}


def test_a_unit_without_field_is_counted_not_silently_left_out(year, township):
    cast.village_in(township, "红旗生活区", "990121101299", field="")
    assert unclassified(year.survey) == 1
    year.submit()
    with pytest.raises(Refused, match="有 1 个基层党组织未分类"):
        year.freeze()


def test_a_unit_classified_later_comes_in_with_a_refresh(year, township):
    unit = cast.village_in(township, "红旗生活区", "990121101299", field="")
    Organization.objects.filter(pk=unit.pk).update(field="community")
    assert actions.refresh(survey_id=year.survey.pk, by=year.officer, at=cast.NOW) == (1, 0)
    assert year.row(unit.short_name).field == "community"


def test_a_unit_closed_before_the_base_date_goes_out_with_a_refresh_and_its_scores_stay(year):
    year.score("石桥村", c1=5)
    Organization.objects.filter(short_name="石桥村").update(closed_on=year.survey.base_on)
    assert actions.refresh(survey_id=year.survey.pk, by=year.officer, at=cast.NOW) == (0, 1)
    assert Assessment.objects.of(year.survey).count() == 11
    assert year.row("石桥村").findings.count() == 1


def test_branches_below_a_village_are_not_counted(year, villages):
    cast.village_in(villages[0], "石桥村第一党小组", "990121101299")
    assert actions.refresh(survey_id=year.survey.pk, by=year.officer, at=cast.NOW) == (0, 0)


def test_a_survey_is_opened_once(year):
    with pytest.raises(Refused, match="已经开展"):
        actions.open_survey(scheme=year.scheme, holder=year.county, by=year.officer, at=cast.NOW)


def test_only_the_countys_own_officer_opens_it(year, other_county, township_officer):
    for officer in (year.officer, township_officer):
        with pytest.raises(Refused, match="东陵县委"):
            actions.open_survey(scheme=year.scheme, holder=other_county, by=officer, at=cast.NOW)


# --- scoring ---------------------------------------------------------------------------------------------------


def test_a_deduction_lowers_the_score_and_keeps_its_words(year):
    row = year.score("石桥村", c1=5, c4="2.5")
    assert (row.score, row.deducted) == (Decimal("92.5"), Decimal("7.5"))
    assert row.findings.get(criterion__order=1).words == "石桥村的表现"


def test_a_deduction_beyond_the_points_names_village_and_criterion(year):
    with pytest.raises(Invalid, match=r"石桥村：“①.*超过标准分 10"):
        year.score("石桥村", c1=11)
    assert year.row("石桥村").score == 100


def test_taking_points_and_words_away_takes_the_finding_away(year):
    row = year.score("石桥村", c1=5)
    row = actions.save_findings(
        assessment_id=row.pk,
        deductions={1: (Decimal(0), " ")},
        by=next(iter(year.townships.values())),
        at=cast.NOW,
        version=row.version,
    )
    assert row.score == 100 and not row.findings.exists()


def test_a_stale_row_is_refused_and_shows_what_stands(year, township_officer):
    opened = year.row("石桥村")
    year.score("石桥村", c1=5)
    with pytest.raises(StaleVersion) as stale:
        actions.save_findings(
            assessment_id=opened.pk,
            deductions={1: (Decimal(2), "")},
            by=township_officer,
            at=cast.NOW,
            version=opened.version,
        )
    assert stale.value.current.score == 95


def test_saving_what_stands_already_changes_nothing_whatever_the_version(year, township_officer):
    first = year.score("石桥村", c1=5)
    again = actions.save_findings(
        assessment_id=first.pk,
        deductions={1: (Decimal(5), "石桥村的表现")},
        by=township_officer,
        at=cast.NOW,
        version=1,
    )
    assert again.version == first.version


def test_another_township_cannot_score_a_village(year, other_township_officer):
    with pytest.raises(Assessment.DoesNotExist):
        year.score("石桥村", by=other_township_officer, c1=5)


def test_the_county_does_not_score_for_a_township(year):
    with pytest.raises(Refused, match="评分由柳溪镇党委"):
        year.score("石桥村", by=year.officer, c1=5)


# --- submission ------------------------------------------------------------------------------------------------


def test_after_submission_scores_stand_until_the_county_returns_them(year, township_officer):
    year.score("石桥村", c1=5)
    sheet = actions.submit_township(survey_id=year.survey.pk, by=township_officer, at=cast.NOW)
    with pytest.raises(Refused, match="评分已提交"):
        year.score("石桥村", c1=6)
    actions.return_township(sheet_id=sheet.pk, by=year.officer, at=cast.NOW, reason="④没有写具体表现")
    assert year.score("石桥村", c1=6).score == 94
    again = actions.submit_township(survey_id=year.survey.pk, by=township_officer, at=cast.NOW)
    assert again.state == SheetState.SUBMITTED
    assert again.remarks.get().reason == "④没有写具体表现"


def test_returning_a_township_needs_a_reason(year, township_officer):
    sheet = actions.submit_township(survey_id=year.survey.pk, by=township_officer, at=cast.NOW)
    with pytest.raises(Refused, match="须写明理由"):
        actions.return_township(sheet_id=sheet.pk, by=year.officer, at=cast.NOW, reason=" ")


def test_not_proposing_a_village_that_meets_a_hard_criterion_needs_a_reason(year, township_officer):
    harden(year)
    row = year.score("石桥村", c3=1)
    with pytest.raises(Invalid, match="“柳溪镇石桥村”符合硬性情形"):
        actions.submit_township(survey_id=year.survey.pk, by=township_officer, at=cast.NOW, proposed=[])
    actions.submit_township(
        survey_id=year.survey.pk,
        by=township_officer,
        at=cast.NOW,
        proposed=[],
        reasons={row.pk: "4月已换届"},
    )
    assert year.row("石桥村").township_reason == "4月已换届"


def test_a_village_without_deduction_cannot_be_proposed(year, township_officer):
    with pytest.raises(Invalid, match="不能提名"):
        actions.submit_township(
            survey_id=year.survey.pk, by=township_officer, at=cast.NOW, proposed=[year.row("石桥村").pk]
        )


# --- freezing --------------------------------------------------------------------------------------------------


def test_freezing_names_the_townships_that_have_not_submitted(year, township_officer):
    actions.submit_township(survey_id=year.survey.pk, by=township_officer, at=cast.NOW)
    with pytest.raises(Refused, match="白岩乡还没有提交评分"):
        year.freeze()
    year.freeze(reason="白岩乡干部全员抗旱，按现有评分封存")
    assert year.survey.remarks.get().what == "封存评分"


def test_freezing_stores_the_ranks_and_closes_the_scoring(year):
    year.score("石桥村", c1=5)
    year.score("新枫林村", c1=9)
    year.close_scoring()
    assert (year.row("新枫林村").rank, year.row("石桥村").rank, year.row("白马村").rank) == (1, 2, 3)
    with pytest.raises(Refused, match="已封存评分"):
        year.score("石桥村", c1=6)


def test_unfreezing_needs_a_reason_and_keeps_it(year):
    year.close_scoring()
    with pytest.raises(Refused, match="须写明理由"):
        actions.unfreeze(survey_id=year.survey.pk, by=year.officer, at=cast.NOW, reason="")
    actions.unfreeze(survey_id=year.survey.pk, by=year.officer, at=cast.NOW, reason="白岩乡漏报信访")
    year.survey.refresh_from_db()
    assert year.survey.state == SurveyState.SCORING
    assert year.row("石桥村").rank is None
    assert year.survey.remarks.last().reason == "白岩乡漏报信访"
