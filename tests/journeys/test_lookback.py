"""回头看 on the real roster of 岳阳 in a county that used no system last year, by HTTP as each role.

Which villages were weak last year is made up by their place in the file and says nothing about any of them.
"""

import pytest

from tests.journeys import steps_lookback, steps_people, steps_roster, steps_scheme
from tests.journeys.office import Office


@pytest.fixture
def office(db, clock, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Office(clock)


def test_last_years_cases_are_brought_in_looked_back_on_and_filed(office):
    steps_roster.import_the_roster(office)
    steps_people.first_administrator(office)
    steps_people.everybody_else(office)
    steps_scheme.draw_up(office)
    steps_scheme.put_in_force(office)
    steps_lookback.last_year_comes_in(office)
    steps_lookback.three_parties_look(office)
    steps_lookback.the_county_concludes(office)
    steps_lookback.the_table_goes_up(office)
    steps_lookback.what_failed_is_in_this_years_list(office)
