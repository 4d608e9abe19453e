"""Charts: every number equals the list its link opens, and never counts another county."""

from datetime import date

from django.urls import reverse

from rectification.cases.models import Case
from rectification.remediation.models import Problem, ProblemState
from reports import charts
from reports.years import Course, YearCase, courses
from tests.cast import TODAY, YEAR
from tests.stage import on_stage


@on_stage
def busy(case, other_case_in_county, county_officer):
    Problem.objects.create(case=case, order=1, text="班子不齐")
    closed = Problem(case=case, order=2, text="账目不清", state=ProblemState.CLOSED, closed_on=TODAY)
    closed.save()
    return case


@on_stage
def other_case_in_county(case, township):
    """A second case beside the first, in another stage."""
    from tests import cast

    village = cast.village_in(township, "柳林村委会", "990121101288")
    return Case.objects.create(
        scheme=case.scheme,
        year=case.year,
        organization=village,
        county=case.county,
        township=township,
        stage="tracking",
        primary=case.primary,
        determined_on=date(YEAR, 4, 1),
        closed_on=TODAY,
    )


def numbers_and_links(post):
    for chart in charts.charts_of(post, YEAR, TODAY):
        for row in chart.rows:
            for cell in row.cells:
                if cell.url:
                    yield chart.key, row.words, cell


def test_each_number_is_the_count_of_the_list_it_leads_to(as_post, county_officer, busy):
    page = as_post(county_officer)
    seen = set()
    for key, words, cell in numbers_and_links(county_officer):
        text = page.get(cell.url).content.decode()
        assert f"共 <strong>{cell.count}</strong> " in text, (key, words, cell)
        seen.add(key)
    assert seen == {"stages", "types", "problems", "duties", "filings"}


def test_another_county_sees_nothing_of_it(other_county_officer, busy):
    for chart in charts.charts_of(other_county_officer, YEAR, TODAY):
        assert chart.key in ("duties", "filings")  # its own
        assert all("柳溪" not in row.words for row in chart.rows)


def test_each_chart_stands_there_as_a_table(as_post, county_officer, busy):
    text = as_post(county_officer).get(reverse("reports:charts")).content.decode()
    for key in ("stages", "types", "problems", "duties"):
        assert f'id="table-{key}"' in text


def test_the_city_counts_by_county(case, foreign_case, as_post, city_reviewer):
    text = as_post(city_reviewer).get(reverse("reports:charts")).content.decode()
    assert "青禾县" in text and "东陵县" in text


def test_years_tell_new_carried_and_back_again():
    found = courses(
        [
            YearCase(1, 10, 2024, closed=True),
            YearCase(2, 11, 2024, closed=False),
            YearCase(3, 10, 2026, closed=False),
            YearCase(4, 11, 2025, closed=True),
            YearCase(5, 12, 2026, closed=False),
        ]
    )
    assert list(found) == [2026, 2025, 2024]
    assert found[2026] == {Course.NEW: [5], Course.CARRIED: [], Course.BACK: [3], Course.CLOSED: []}
    assert found[2025] == {Course.NEW: [], Course.CARRIED: [4], Course.BACK: [], Course.CLOSED: [4]}
    assert found[2024][Course.NEW] == [1, 2]


def test_the_list_behind_a_year_names_its_cases(as_post, county_officer, busy):
    address = reverse("reports:years")
    text = as_post(county_officer).get(address, {"year": YEAR, "course": "closed"}).content.decode()
    assert "柳林村" in text and f"{YEAR}年已销号（1）" in text
