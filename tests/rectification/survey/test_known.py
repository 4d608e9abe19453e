"""What a survey shows beside a score of a case closed before and still watched."""

from datetime import date

import pytest

from rectification.cases.models import Case, Tracking
from rectification.survey.known import TRACKED, known_of
from rectification.survey.sheet import short_input
from rectification.workflow import Stage
from tests import cast
from tests.rectification.lookback.conftest import of_last_year


@pytest.fixture
def watched(scheme, village, county, county_officer):
    """The cast's village, closed last November and tracked until this November."""
    return of_last_year(scheme, village, county, county_officer)


def line_of(unit):
    return next((one for one in known_of([unit.pk], cast.YEAR)[unit.pk] if one.label == TRACKED), None)


def test_a_case_closed_last_year_and_still_watched_asks_for_attention(watched, village):
    one = line_of(village)
    assert one.value == f"{cast.YEAR - 1}年销号，跟踪至{cast.YEAR}年11月20日" and one.tone == "yellow"
    assert short_input(one) == "已销号"


def test_watching_that_is_over_is_not_shown(watched, village):
    Tracking.objects.update(ends_on=date(cast.YEAR, 1, 31))
    assert line_of(village) is None


def test_a_case_taken_into_this_year_is_not_watched(watched, village):
    Case.objects.filter(pk=watched.pk).update(stage=Stage.CARRIED)
    assert line_of(village) is None


def test_any_number_of_organizations_takes_the_same_queries(
    watched, village, other_village, django_assert_num_queries
):
    with django_assert_num_queries(2):
        assert set(known_of([village.pk, other_village.pk], cast.YEAR)) == {village.pk, other_village.pk}
