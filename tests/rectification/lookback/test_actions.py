"""Opening, entering and concluding a lookback, and what follows for the case, the survey and the duty."""

from datetime import date

import pytest

from accounts.errors import Invalid, Refused, StaleVersion
from rectification.cases.models import Case, Source, Tracking
from rectification.duties import completing
from rectification.duties.models import Duty
from rectification.lookback import actions, opening
from rectification.lookback.lineage import lineage_of
from rectification.lookback.models import Checkpoint, Lookback, LookbackView
from rectification.lookback.rules import Party
from rectification.remediation.carrying import take_over
from rectification.survey import opening as survey
from rectification.survey.models import Assessment
from rectification.workflow import Stage
from tests import cast
from tests.conftest import make_case
from tests.rectification.lookback.conftest import CLOSED_ON, PROBLEMS, answer, decide, of_last_year, opened

pytestmark = pytest.mark.django_db


def open_(scheme, county, by):
    return opening.open_lookbacks(scheme=scheme, county=county, by=by, at=cast.NOW)


# --- opening -----------------------------------------------------------------------------------------------------


def test_each_of_last_years_cases_gets_the_seven_points_and_its_own_problems(lookback):
    texts = list(lookback.checkpoints.values_list("text", flat=True))
    assert len(texts) == 7 + len(PROBLEMS)
    assert texts[0] == "整改措施是否落实" and tuple(texts[7:]) == PROBLEMS
    assert lookback.year == cast.YEAR and lookback.case.year == cast.YEAR - 1


def test_opening_again_takes_in_only_what_is_new(scheme, county, county_officer, lookback, failed):
    assert open_(scheme, county, county_officer) == 1
    with pytest.raises(Refused, match="没有尚未纳入回头看"):
        open_(scheme, county, county_officer)
    assert Lookback.objects.count() == 2


def test_a_case_without_a_result_and_another_countys_are_left_out(
    scheme, village, county, county_officer, failed, foreign_village, other_county, other_county_officer
):
    of_last_year(scheme, village, county, county_officer, Stage.REMEDIATION)
    of_last_year(scheme, foreign_village, other_county, other_county_officer)
    assert open_(scheme, county, county_officer) == 1
    assert Lookback.objects.get().case == failed
    assert opening.to_open(scheme, county, cast.YEAR).unaccepted == 1


def test_only_the_countys_own_officer_opens_it(
    scheme, county, last_year, township_officer, other_county_officer
):
    for post in (township_officer, other_county_officer):
        with pytest.raises(Refused, match="组织部经办人开展"):
            open_(scheme, county, post)


def test_a_scheme_without_points_says_so(scheme, county, county_officer, last_year):
    scheme.items.filter(kind="lookback").delete()
    with pytest.raises(Refused, match="没有列回头看要点"):
        open_(scheme, county, county_officer)


def test_words_stay_as_asked_when_the_scheme_loses_a_point(scheme, lookback):
    scheme.items.filter(kind="lookback").first().delete()
    assert lookback.checkpoints.get(order=1).text == "整改措施是否落实"


# --- entering ----------------------------------------------------------------------------------------------------


def test_each_party_enters_its_own_part_and_the_township_the_villages_too(
    lookback, village_reporter, township_officer, county_officer
):
    assert actions.parties_of(lookback, village_reporter) == [Party.SELF]
    assert actions.parties_of(lookback, township_officer) == [Party.SUPERIOR, Party.SELF]
    assert actions.parties_of(lookback, county_officer) == [Party.DEPARTMENT]
    answer(lookback, "self", village_reporter)
    with pytest.raises(Refused, match="不由您的岗位填写"):
        answer(lookback, "superior", village_reporter)


def test_where_no_township_stands_between_the_county_enters_all_three(scheme, county, county_officer):
    school = cast.village_in(county, "青禾县职业中专", "990121991")
    lookback = opened(scheme, county, county_officer, of_last_year(scheme, school, county, county_officer))
    assert set(actions.parties_of(lookback, county_officer)) == set(Party)


def test_what_slipped_needs_words_at_its_field_and_nothing_is_saved(lookback, township_officer):
    point = lookback.checkpoints.get(order=2)
    with pytest.raises(Invalid) as raised:
        answer(lookback, "superior", township_officer, p2=("slipped", " "))
    assert list(raised.value.errors) == [f"finding-{point.pk}"]
    assert not LookbackView.objects.exists()


def test_words_without_a_state_are_asked_for_it(lookback, township_officer):
    with pytest.raises(Invalid, match="请同时选择"):
        answer(lookback, "superior", township_officer, p1=("", "班子已配齐"))


def test_an_emptied_answer_is_taken_back_and_an_unchanged_one_keeps_its_author(
    lookback, township_officer, village_reporter
):
    answer(lookback, "self", village_reporter)
    answer(lookback, "self", township_officer, p1=("", ""))
    assert LookbackView.objects.filter(party="self").count() == lookback.checkpoints.count() - 1
    assert not LookbackView.objects.filter(by=township_officer).exists()


def test_an_older_version_is_refused(lookback, township_officer):
    answer(lookback, "superior", township_officer)
    with pytest.raises(StaleVersion):
        actions.save_views(
            lookback_id=lookback.pk,
            party=Party.SUPERIOR,
            answers={},
            by=township_officer,
            at=cast.NOW,
            version=lookback.version,
        )


def test_another_county_cannot_reach_it(lookback, other_county_officer):
    with pytest.raises(Lookback.DoesNotExist):
        answer(lookback, "department", other_county_officer)


# --- concluding --------------------------------------------------------------------------------------------------


def test_turned_round_is_watched_for_a_year_from_the_lookback_on(lookback, county_officer):
    answer(lookback, "department", county_officer)
    decide(lookback, county_officer, "closed")
    case = Case.objects.get(pk=lookback.case_id)
    assert case.stage == Stage.TRACKING
    assert case.tracking.ends_on == date(cast.YEAR + 1, 5, 20)
    assert case.steps.last().step == "lookback_close"


def test_a_watching_that_goes_on_longer_owes_the_looks_of_the_added_time(scheme, lookback, county_officer):
    rules = scheme.duty_rules.filter(key="tracking_check")
    rules.update(scheme=lookback.case.scheme)  # last year's scheme of the cast asks nothing
    span = {"starts_on": CLOSED_ON, "ends_on": date(cast.YEAR, 9, 1)}
    Tracking.objects.update_or_create(case=lookback.case, defaults=span)
    answer(lookback, "department", county_officer)
    decide(lookback, county_officer, "closed")
    owed = Duty.objects.filter(case=lookback.case, key="tracking_check").open()
    days = list(owed.order_by("due_on").values_list("due_on", flat=True))
    until = Tracking.objects.get(case=lookback.case).ends_on
    assert days and min(days) >= cast.TODAY and max(days) == until


def test_a_failed_case_turned_round_since_is_closed_on_the_day(scheme, county, county_officer, failed):
    lookback = opened(scheme, county, county_officer, failed)
    answer(lookback, "department", county_officer)
    decide(lookback, county_officer, "closed")
    failed.refresh_from_db()
    assert (failed.stage, failed.closed_on) == (Stage.TRACKING, cast.TODAY)
    assert failed.tracking.starts_on == cast.TODAY


def test_a_case_closed_too_soon_and_failed_after_is_watched_anew(scheme, county, county_officer, failed):
    """A check took its first 销号 back; the watching of then says nothing of the one the lookback begins."""
    Tracking.objects.create(case=failed, starts_on=CLOSED_ON, ends_on=CLOSED_ON, note="跟踪终止")
    lookback = opened(scheme, county, county_officer, failed)
    answer(lookback, "department", county_officer)
    decide(lookback, county_officer, "closed")
    assert Tracking.objects.get(case=failed).starts_on == cast.TODAY


def test_a_relapse_ends_the_watching_and_is_carried_into_this_years_survey(
    scheme, county, county_officer, lookback, other_village
):
    answer(lookback, "department", county_officer, p3=("relapsed", "书记再次缺位"))
    decide(lookback, county_officer, "carried")
    case = Case.objects.get(pk=lookback.case_id)
    assert case.stage == Stage.CARRIED and case.tracking.ends_on == cast.TODAY
    opened_ = survey.open_survey(scheme=scheme, holder=county, by=county_officer, at=cast.NOW)
    carried = Assessment.objects.filter(survey=opened_, carried=True)
    assert [row.organization_id for row in carried] == [case.organization_id]


def test_a_conclusion_after_the_survey_opened_comes_in_with_its_refresh(
    scheme, county, county_officer, lookback
):
    held = survey.open_survey(scheme=scheme, holder=county, by=county_officer, at=cast.NOW)
    answer(lookback, "department", county_officer, p3=("relapsed", "书记再次缺位"))
    decide(lookback, county_officer, "carried")
    survey.refresh(survey_id=held.pk, by=county_officer, at=cast.NOW)
    assert Assessment.objects.get(survey=held, organization=lookback.organization).carried


def test_a_failed_case_turned_round_is_no_longer_carried(scheme, county, county_officer, failed):
    lookback = opened(scheme, county, county_officer, failed)
    answer(lookback, "department", county_officer)
    decide(lookback, county_officer, "closed")
    held = survey.open_survey(scheme=scheme, holder=county, by=county_officer, at=cast.NOW)
    assert not Assessment.objects.filter(survey=held, carried=True).exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reasons": " "}, "须写明理由"),
        ({"decided_on": None}, "日期"),
        ({"decided_on": date(cast.YEAR, 5, 21)}, "晚于今天"),
        ({"decided_on": date(cast.YEAR - 1, 11, 1)}, "早于上年销号日期"),
        ({"body": ""}, "决定机关"),
        ({"outcome": "perhaps"}, "请选择"),
    ],
)
def test_an_incomplete_conclusion_is_refused_and_nothing_moves(lookback, county_officer, given, said):
    answer(lookback, "department", county_officer)
    with pytest.raises(Refused, match=said):
        decide(lookback, county_officer, **{"outcome": "closed", **given})
    lookback.refresh_from_db()
    assert not lookback.decided and lookback.case.steps.last().step == "determine"


def test_without_the_departments_part_there_is_no_conclusion(lookback, county_officer, township_officer):
    answer(lookback, "superior", township_officer)
    with pytest.raises(Refused, match="考核验收还有 9 项没有填写"):
        decide(lookback, county_officer, "closed")


def test_a_township_does_not_conclude(lookback, county_officer, township_officer):
    answer(lookback, "department", county_officer)
    with pytest.raises(Refused, match="组织部经办人"):
        decide(lookback, township_officer, "closed")


def test_after_the_conclusion_nobody_enters_or_concludes(lookback, county_officer, township_officer):
    answer(lookback, "department", county_officer)
    decide(lookback, county_officer, "closed")
    with pytest.raises(Refused, match="已经作出结论"):
        answer(lookback, "superior", township_officer)
    with pytest.raises(Refused, match="已经作出结论"):
        decide(lookback, county_officer, "carried")


# --- what follows ------------------------------------------------------------------------------------------------


def test_the_lineage_of_a_relapse_names_both_years(scheme, county, county_officer, lookback):
    answer(lookback, "department", county_officer, p3=("relapsed", "书记再次缺位"))
    decide(lookback, county_officer, "carried")
    make_case(
        scheme, lookback.organization, county, county_officer, source=Source.CARRIED, previous=lookback.case
    )
    first, second = lineage_of(lookback.organization, county_officer)
    assert second.row.relapse and f"{cast.YEAR}年反弹：{cast.YEAR - 1}年" in second.row.text
    assert first.case == lookback.case


def test_problems_that_came_back_are_taken_into_this_years_case(scheme, county, county_officer, lookback):
    answer(lookback, "department", county_officer, p8=("relapsed", "书记再次缺位"), p9=("held", ""))
    decide(lookback, county_officer, "carried")
    case = make_case(scheme, lookback.organization, county, county_officer, previous=lookback.case)
    assert take_over(case) == 1
    assert case.problems.get().text == PROBLEMS[0]


def test_the_report_is_owed_as_a_ledger_once_there_is_something_to_look_back_on(
    county, other_county, lookback
):
    own = Duty.objects.get(organization=county, key="lookback_report")
    other = Duty.objects.get(organization=other_county, key="lookback_report")
    assert not completing.by_hand(own)
    assert completing.by_hand(other)


def test_checkpoints_are_seen_only_with_their_lookback(lookback, county_officer, other_county_officer):
    assert Checkpoint.objects.visible_to(county_officer).count() == lookback.checkpoints.count()
    assert not Checkpoint.objects.visible_to(other_county_officer).exists()
