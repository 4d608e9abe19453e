"""Several small questions asked as one."""

import pytest

from accounts.together import ask, column, number, plain, tuples, whole
from organizations.models import Organization

pytestmark = pytest.mark.django_db


def test_each_question_has_its_own_answer(city, county, township, django_assert_num_queries):
    units = Organization.objects.filter(pk__in=[city.pk, county.pk]).order_by("path")
    with django_assert_num_queries(1):
        many, names, rows, found = ask(
            number(units), column(units.values("name")), plain(units.values("depth", "name")), whole(units)
        )
    assert (many, names) == (2, [city.name, county.name])
    assert rows == [{"depth": unit.depth, "name": unit.name} for unit in (city, county)]
    assert found == [city, county]
    (rows,) = ask(tuples(units.values_list("uid", "name", "income", "closed_on")))
    assert rows == list(units.values_list("uid", "name", "income", "closed_on"))
    assert found[0].__dict__ == units[0].__dict__ | {"_state": found[0]._state}


def test_what_has_no_rows_is_none_of_the_others_business(city):
    none = Organization.objects.filter(pk=-1)
    assert ask(number(none), column(none.values("name")), plain(none.values("name")), whole(none)) == [
        0,
        [],
        [],
        [],
    ]


def test_a_list_known_to_be_empty_is_not_asked_for(city):
    never = Organization.objects.none()
    assert ask(
        number(never), column(never.values("name")), number(Organization.objects.filter(pk=city.pk))
    ) == [
        0,
        [],
        1,
    ]


def test_a_percent_sign_in_a_value_stays_one(city):
    city.name = "100%s"
    city.save()
    assert ask(number(Organization.objects.filter(name__contains="%s")))[0] == 1
