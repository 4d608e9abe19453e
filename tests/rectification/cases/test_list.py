"""The list of cases: scope, filters in the address, sorting, lights, price."""

from datetime import timedelta

import pytest

from accounts.keyset import Slice, slice_of
from rectification.cases.models import Case
from rectification.cases.rules import light_of as light_of_case
from rectification.duties.models import Duty
from rectification.duties.rules import light_of
from tests.cast import TODAY, village_in
from tests.conftest import make_case
from tests.stage import on_stage

LIST = "/cases/"


@on_stage
def second(scheme, other_village, county, county_officer):
    """Another case of the same township."""
    return make_case(scheme, other_village, county, county_officer, primary=scheme.criteria.all()[2])


def names(client, query=""):
    page = client.get(f"{LIST}{query}")
    assert page.status_code == 200
    return [row.organization__short_name for row in page.context["page"].object_list]


def test_everyone_sees_the_cases_of_their_place(
    case, second, foreign_case, as_post, city_reviewer, county_officer, village_reporter
):
    assert names(as_post(city_reviewer)) == ["石桥村", "枫林村", "沙洲村"]
    assert names(as_post(county_officer)) == ["石桥村", "枫林村"]
    assert names(as_post(village_reporter)) == ["石桥村"]


def test_filters_stand_in_the_address(case, second, foreign_case, as_post, city_reviewer):
    client = as_post(city_reviewer)
    assert names(client, "?text=flc") == ["枫林村"]
    assert names(client, f"?unit={foreign_case.county.uid}") == ["沙洲村"]
    assert names(client, f"?type={second.primary.uid}") == ["枫林村"]
    assert names(client, "?stage=acceptance") == []
    assert names(client, "?year=2026&stage=remediation&text=石桥") == ["石桥村"]


def test_nonsense_in_the_address_filters_nothing_and_breaks_nothing(case, as_post, county_officer):
    client = as_post(county_officer)
    assert names(client, "?year=abc&unit=1&stage=x&type=%01&light=blue&sort=;drop&page=999") == ["石桥村"]


def test_sorting_stands_in_the_address(case, second, as_post, county_officer):
    Case.objects.filter(pk=second.pk).update(progress=80)
    assert names(as_post(county_officer), "?sort=-progress") == ["枫林村", "石桥村"]


@pytest.mark.parametrize("days", [-3, -1, 0, 6, 7, 8, 40])
def test_the_light_of_a_list_is_the_light_of_the_rule(case, days):
    due = TODAY + timedelta(days=days)
    Case.objects.filter(pk=case.pk).update(next_due_on=due)
    lit = Case.objects.with_light(TODAY).get(pk=case.pk)
    rule = {"today": TODAY, "yellow_days": case.scheme.yellow_days}
    assert lit.light == light_of_case(due, **rule) == light_of(due, **rule).light


def test_a_case_without_dates_has_no_light(case, as_post, county_officer):
    Duty.objects.filter(case=case).update(state="cancelled")
    Case.objects.filter(pk=case.pk).update(next_due_on=None)
    assert (
        Case.objects.with_light(TODAY).get(pk=case.pk).light
        == light_of_case(None, today=TODAY, yellow_days=7)
        == ""
    )
    assert names(as_post(county_officer), "?light=green") == []


def test_an_empty_list_says_what_comes_first(county, county_officer, as_post):
    assert "还没有整顿对象" in as_post(county_officer).get(LIST).content.decode()


def test_the_list_keeps_its_price_with_many_cases(scheme, township, county, county_officer, as_post):
    client = as_post(county_officer)
    prices = []
    for number in range(2):
        for step in range(1 + 8 * number):
            unit = village_in(township, f"试{number}{step}村委会", f"9901211013{number}{step}")
            make_case(scheme, unit, county, county_officer)
        client.get(LIST)
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        prices.append(len(asked))
    assert prices[0] == prices[1] <= 17


def test_a_list_of_more_than_a_city_goes_on_where_the_page_before_ended(case, second, foreign_case):
    rows = Case.objects.all()
    pages, after = [], ""
    while not pages or after:
        page = slice_of(rows, after=after, before="", size=1)
        pages.append(page)
        after = page.after
    assert [page.object_list for page in pages] == [[one] for one in rows.order_by("org_path", "pk")]
    back = slice_of(rows, after="", before="last", size=2)
    assert [back.object_list[-1], back.after, back.count] == [pages[-1].object_list[0], "", 3]
    assert slice_of(rows, after="", before=back.before, size=2).object_list == pages[0].object_list
    assert slice_of(rows, after="ZZZZ.1", before="", size=2).object_list[0] == pages[0].object_list[0]


def test_above_a_city_nothing_counts_through_all_of_it(case, second, city, as_post, city_reviewer):
    type(city).objects.filter(pk=city.pk).update(level="province")
    client = as_post(city_reviewer)
    page = client.get(f"{LIST}?unit={case.county.uid}")
    assert isinstance(page.context["page"], Slice) and page.context["count"] == 2
    assert names(client, "?sort=-progress") and "共 2 条" not in page.content.decode()
