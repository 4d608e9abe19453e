"""The frame: who sees which entry, how far the year is."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.policy import policies
from accounts.roles import OFFICERS
from rectification.reviews.models import Review
from rectification.schemes.models import Phase
from reports.context import ADMINISTRATION, QUEUE, YEAR, PhaseView, with_key
from tests import cast


def rail(browser):
    """The addresses of the rail's entries on a page everybody has."""
    html = browser.get("/me/").content.decode()
    part = html[html.index('id="rail"') : html.index("</nav>", html.index('id="rail"'))]
    return {name for name, _, _ in YEAR + ADMINISTRATION if f'href="{reverse(name)}"' in part}


ROLES = [
    "city_reviewer",
    "county_officer",
    "department",
    "township_officer",
    "village_reporter",
    "helper",
    "system_admin",
    "security_admin",
    "auditor",
]


@pytest.mark.parametrize("role", ROLES)
def test_the_rail_offers_exactly_what_the_routes_admit(role, request, as_post):
    post = request.getfixturevalue(role)
    browser = as_post(post)
    admitted = {name for name, _, _ in YEAR + ADMINISTRATION if post.role in policies()[name].roles}
    nothing_waits = set() if post.role in OFFICERS else {QUEUE}
    assert rail(browser) == admitted - nothing_waits
    assert all(browser.get(reverse(name)).status_code == 200 for name in admitted)


def test_a_department_finds_its_queue_once_a_step_stands_with_it(department, county_officer, as_post):
    assert QUEUE not in rail(as_post(department))
    Review.objects.create(
        process="determination",
        title="拟整顿对象名单",
        organization=county_officer.organization,
        submitted_by=county_officer,
        at_unit=department.organization,
        at_role=department.role,
    )
    assert QUEUE in rail(as_post(department))


def test_every_entry_leads_to_a_route():
    assert {name for name, _, _ in YEAR + ADMINISTRATION} <= set(policies())


def phase(starts_on, ends_on):
    return PhaseView.of(Phase(name="集中整顿", starts_on=starts_on, ends_on=ends_on), date(2026, 5, 20))


def test_a_phase_says_how_many_days_are_left():
    assert phase(date(2026, 5, 1), date(2026, 5, 30)).words == "还剩10天"
    assert phase(date(2026, 5, 1), date(2026, 5, 20)).words == "今天截止"
    assert phase(date(2026, 5, 21), date(2026, 5, 30)).words == "1天后开始"
    assert phase(date(2026, 4, 1), date(2026, 5, 19)).state == "past"


def test_a_phone_shows_what_runs_now_else_what_comes_next_else_the_last():
    past, now, later = ((4, 4), (5, 6), (11, 12))
    spans = {
        "running": ([past, now, later], [1]),
        "between": ([past, later], [1]),
        "over": ([past, past], [1]),
        "none": ([], []),
    }
    for months, expected in spans.values():
        shown = with_key([phase(date(2026, a, 1), date(2026, b, 28)) for a, b in months])
        assert [number for number, each in enumerate(shown) if each.key] == expected


def test_the_rail_of_the_year_follows_the_scheme_that_governs_the_unit(scheme, township_officer, as_post):
    html = as_post(township_officer).get("/me/").content.decode()
    assert 'class="phase phase-now phase-key"' in html
    assert f"{cast.YEAR}年" in html


def test_the_year_is_the_one_chosen_in_the_bar(scheme, township_officer, as_post):
    browser = as_post(township_officer)
    browser.post("/year/", {"year": "2025"})
    html = browser.get("/me/").content.decode()
    assert "2025年" in html
    assert "phase-now" not in html


def test_a_helper_and_an_administrator_get_a_page_without_a_scheme(helper, auditor, as_post):
    for post in (helper, auditor):
        assert as_post(post).get("/me/").status_code == 200


def test_the_frame_costs_few_questions(scheme, township_officer, as_post, django_assert_max_num_queries):
    browser = as_post(township_officer)
    browser.get("/me/")
    # session, person, posts, years, scheme, phases, unread, queue, notices of the session
    with django_assert_max_num_queries(9):
        browser.get("/me/")
