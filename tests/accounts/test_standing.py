"""Standing questions answer as the querysets they stand for."""

import pytest

from accounts.models import AuditEvent, User
from accounts.standing import Standing
from organizations.acting import POSTS
from organizations.models import Appointment
from tests.cast import TODAY, post_at


def test_a_standing_question_gives_the_rows_of_its_queryset_with_their_units(
    county, township, county_officer, township_officer, django_assert_num_queries
):
    post_at(township, "township_officer", "xian", rights=["unlock"])
    with django_assert_num_queries(1):
        given = POSTS.ask(user=county_officer.user_id, today=TODAY)
        units = [post.organization.income for post in given]
    asked = list(Appointment.objects.of(county_officer.user).current(TODAY).select_related("organization"))
    assert [vars(post) | {"_state": None} for post in given] == [
        vars(post) | {"_state": None} for post in asked
    ]
    assert units == [post.organization.income for post in asked]
    assert [vars(post.organization) | {"_state": None} for post in given] == [
        vars(post.organization) | {"_state": None} for post in asked
    ]


def test_values_change_from_asking_to_asking(county_officer, township_officer):
    for post in (county_officer, township_officer):
        assert POSTS.ask(user=post.user_id, today=TODAY) == [post]
    assert POSTS.ask(user=county_officer.user_id, today=TODAY.replace(year=2024)) == []


def test_a_question_it_could_not_answer_rightly_is_refused(db):
    with pytest.raises(TypeError, match="not what the database sends"):
        Standing(lambda one: AuditEvent.objects.filter(pk=one), one=-1).ask(one=1)
    with pytest.raises(TypeError, match="no place"):
        Standing(lambda one: User.objects.all(), one=-1).ask(one=1)
