"""The pages people open most ask the database no more than fifteen times (make load only=pages walks all of them)."""

from django.urls import reverse

from load.pages import QUERIES, asked
from organizations.models import Organization
from reports import work

MOST_USED = (
    "reports:workbench",
    "reports:queue",
    "cases:list",
    "duties:list",
    "accounts:inbox",
    "remediation:diary",
    "reports:ledgers",
    "filings:list",
    "organizations:tree",
    "schemes:list",
    "reports:quota",
)
LEDGERS = ("work", "task_lists", "activities", "targets", "acceptance", "party_statistics")


def over_budget(browser, pages):
    """The pages that ask more often, with how often."""
    counted = {page: len(asked(page, browser)[1]) for page in pages}
    return {page: count for page, count in counted.items() if count > QUERIES}


def test_the_pages_people_open_most_stay_within_their_questions(case, county_officer, as_post):
    browser = as_post(county_officer)
    pages = [reverse(name) for name in MOST_USED]
    pages += [f"{case.get_absolute_url()}?tab={tab}" for tab in ("", "problems")]
    pages += [reverse("reports:ledger", args=[key]) for key in LEDGERS]
    assert all(browser.get(page).status_code == 200 for page in pages)
    assert over_budget(browser, pages) == {}


def test_a_workbench_stays_within_them_for_those_who_write_too(
    case, township_officer, village_reporter, city_reviewer, as_post
):
    page = reverse("reports:workbench")
    for post in (township_officer, village_reporter, city_reviewer):
        assert over_budget(as_post(post), [page]) == {}, post.role


def test_a_page_that_asks_too_often_is_named(case, county_officer, as_post, monkeypatch):
    page, once = reverse("reports:workbench"), work.to_do

    def wordy(*given):
        for _line in range(QUERIES):
            Organization.objects.exists()
        return once(*given)

    monkeypatch.setattr(work, "to_do", wordy)
    assert page in over_budget(as_post(county_officer), [page])
