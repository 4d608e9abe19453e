"""A scheme whose rules are the test's own."""

from datetime import date

import pytest

from rectification.duties import actions
from rectification.schemes import actions as schemes
from tests.cast import NOW, YEAR

RULE = {
    "subject": "unit_with_case",
    "owner_level": "township",
    "owner_role": "township_officer",
    "order": 90,
}


@pytest.fixture
def with_rules(city, city_reviewer, county, other_county, township):
    """Put preset A in force with these rules instead of its own; each a mapping of columns."""

    def make(*rules, at=NOW):
        made = schemes.create_from_preset(
            preset_key="a_yueyang_2015", issuer=city, year=YEAR, by=city_reviewer, at=NOW
        )
        made.duty_rules.all().delete()
        for number, rule in enumerate(rules):
            made.duty_rules.create(**{"key": f"rule-{number}", "title": "进展报告", **RULE, **rule})
        actions.start_year(scheme_id=made.pk, by=city_reviewer, at=at)
        made.refresh_from_db()
        return made

    return make


@pytest.fixture
def order_of_may():
    """The order of Labour Day: 1 to 5 May free, Saturday 9 May worked."""
    from rectification.schemes.duty_models import CalendarDay

    free = [CalendarDay(on=date(YEAR, 5, day), working=False, name="劳动节") for day in (1, 4, 5)]
    CalendarDay.objects.bulk_create([*free, CalendarDay(on=date(YEAR, 5, 9), working=True, name="劳动节")])
