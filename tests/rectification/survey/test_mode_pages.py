"""The page of the three modes side by side."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rectification.survey.models import Assessment, Finding
from tests import cast


def address(year):
    return reverse("survey:modes", args=[year.survey.uid])


@pytest.fixture
def scored(year):
    """By rank 石桥村 and 新枫林村; 上塘村 reaches a threshold; 下塘村 meets a hard criterion."""
    year.scheme.criteria.filter(order=2).update(threshold=1)
    year.scheme.criteria.filter(order=3).update(hard=True)
    for name, points in (
        ("石桥村", {"c1": 9}),
        ("新枫林村", {"c1": 8}),
        ("上塘村", {"c2": 2}),
        ("下塘村", {"c3": 1}),
    ):
        year.score(name, **points)
    return year


def test_each_mode_shows_who_is_in_and_who_would_enter_or_leave(as_post, scored):
    answer = as_post(scored.officer).get(address(scored))
    columns = {column.of.mode: column for column in answer.context["columns"]}

    def names(pairs):
        return [place.name for place, _ in pairs]

    assert [len(columns[mode].of.listed) for mode in ("quota", "ranked", "criteria")] == [2, 2, 4]
    assert names(columns["ranked"].enter) == ["柳溪镇上塘村"]
    assert names(columns["ranked"].leave) == ["柳溪镇石桥村"]
    assert names(columns["criteria"].leave) == []
    text = answer.content.decode()
    assert "硬情形" in text and reverse("survey:organization", args=[scored.row("石桥村").uid]) in text


def test_another_mode_may_be_what_the_others_are_held_against(as_post, scored):
    answer = as_post(scored.officer).get(address(scored), {"mode": "criteria"})
    columns = {column.of.mode: column for column in answer.context["columns"]}
    assert len(columns["quota"].of.leave) == 2
    assert "与“符合一个认定一个”相比" in answer.content.decode()


def test_every_organization_can_be_listed_and_the_list_filtered(as_post, scored):
    client = as_post(scored.officer)
    assert len(client.get(address(scored)).context["lines"]) == 4
    assert len(client.get(address(scored), {"show": "all"}).context["lines"]) == 12
    assert len(client.get(address(scored), {"show": "all", "township": "白岩乡"}).context["lines"]) == 6
    assert len(client.get(address(scored), {"show": "differs", "name": "塘"}).context["lines"]) == 1


def test_a_township_without_a_survey_of_its_own_does_not_see_the_whole(as_post, scored, township_officer):
    assert as_post(township_officer).get(address(scored)).status_code == 404


def test_many_villages_cost_as_many_queries_as_twelve(as_post, scored, township):
    client = as_post(scored.officer)
    client.get(address(scored))
    with CaptureQueriesContext(connection) as few:
        client.get(address(scored), {"show": "all"})
    units = [cast.village_in(township, f"远山{n}村委会", f"{township.code}3{n:03}") for n in range(40)]
    made = [
        Assessment(
            survey=scored.survey, organization=unit, org_path=unit.path, scorer=township, field=unit.field
        )
        for unit in units
    ]
    Assessment.objects.bulk_create(made)
    with CaptureQueriesContext(connection) as many:
        answer = client.get(address(scored), {"show": "all"})
    assert len(answer.context["lines"]) == 52
    assert len(many) == len(few) <= 20


@pytest.mark.slow
def test_five_hundred_villages_stand_side_by_side_within_a_second(
    as_post, scored, township, township_officer
):
    """The processor's own time, so that a busy machine tells no lies; half of the villages have findings."""
    units = [cast.village_in(township, f"远山{n}村委会", f"{township.code}4{n:03}") for n in range(488)]
    shared = {"survey": scored.survey, "scorer": township, "field": "village"}
    rows = Assessment.objects.bulk_create(
        Assessment(organization=unit, org_path=unit.path, **shared) for unit in units
    )
    criterion = scored.scheme.criteria.get(order=1)
    Finding.objects.bulk_create(
        Finding(assessment=row, criterion=criterion, deduction=n % 9 + 1, by=township_officer, at=cast.NOW)
        for n, row in enumerate(rows[::2])
    )
    client = as_post(scored.officer)
    client.get(address(scored))
    started = time.process_time()
    answer = client.get(address(scored), {"show": "all"})
    assert len(answer.context["lines"]) == 500
    assert time.process_time() - started < 1
