"""One real roster through one whole year, by HTTP as each role.

The roster is the official one of 岳阳 (2,049 units); which villages score low is made up by a plain rule over their
codes and says nothing about any of them. Everything goes through the pages, with two exceptions: of 平江县's 25
townships three type their scores in a browser and the officers of the other 22 call the same actions (as does the one
township of 汨罗市 that found something), and files are made by calling the worker's task.
"""

import pytest

from tests.journeys import (
    steps_acceptance,
    steps_filing,
    steps_next_year,
    steps_people,
    steps_plan,
    steps_roster,
    steps_scheme,
    steps_survey,
    steps_work,
)
from tests.journeys.office import Office


@pytest.fixture
def office(db, clock, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Office(clock)


def test_one_real_roster_through_one_whole_year(office):
    steps_roster.import_the_roster(office)
    steps_people.first_administrator(office)
    steps_people.everybody_else(office)
    steps_roster.decide_what_names_do_not_tell(office)
    steps_scheme.draw_up(office)
    steps_scheme.edit(office)
    steps_scheme.put_in_force(office)
    steps_survey.open_surveys(office)
    steps_survey.townships_score(office)
    steps_survey.county_ranks(office)
    steps_survey.county_proposes(office)
    steps_survey.decision_is_recorded(office)
    steps_survey.neighbour_determines_fewer(office)
    steps_filing.reminders_fall(office)
    steps_plan.draw_up(office)
    steps_plan.submitted_and_returned(office)
    steps_plan.resubmitted_and_approved(office)
    steps_work.helper_comes(office)
    steps_work.helper_reports_and_the_township_confirms(office)
    steps_work.township_finishes(office)
    steps_work.county_extends(office)
    steps_work.county_closes_in_bulk(office)
    steps_acceptance.one_is_accepted(office)
    steps_acceptance.one_fails(office)
    steps_next_year.ledger_as_excel(office)
    steps_next_year.next_scheme(office)
    steps_next_year.carried_over(office)
    steps_next_year.its_open_problems_come_along(office)
