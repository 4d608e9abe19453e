"""The acceptance page: what was signed stays readable, and an address for forms is no blank page."""

from django.urls import reverse

from tests.rectification.acceptance.test_actions import (
    acceptance,
    asked,
    problem,
    score_all,
    sign,
    tally_both,
)

__all__ = ["acceptance", "asked", "problem"]


def test_scores_and_ballots_stay_readable_after_the_signature(acceptance, county_officer, as_post):
    score_all(acceptance, county_officer)
    tally_both(acceptance, county_officer)
    sign(acceptance, county_officer, "pass")
    page = (
        as_post(county_officer).get(reverse("acceptance:case", args=[acceptance.case.uid])).content.decode()
    )
    assert "整改措施是否落实" in page and "有效票 26" in page


def test_what_is_missing_is_said_in_one_line_while_all_is_missing(acceptance, county_officer, as_post):
    page = (
        as_post(county_officer).get(reverse("acceptance:case", args=[acceptance.case.uid])).content.decode()
    )
    assert "还有 12 个项目没有县验收分" in page


def test_an_address_that_only_takes_forms_says_so(acceptance, county_officer, as_post):
    answer = as_post(county_officer).get(reverse("acceptance:scores", args=[acceptance.uid]))
    assert answer.status_code == 405 and "不能直接打开" in answer.content.decode()
