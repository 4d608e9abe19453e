"""The acceptance page: what was signed stays readable, and an address for forms is no blank page."""

from django.urls import reverse

from rectification.acceptance.actions import lines_of
from rectification.acceptance.rules import dissatisfied_veto
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


BALLOTS = {
    "members-held_on": "2026-5-18",
    "members-place": "村部",
    "members-issued": "20",
    "members-returned": "20",
    "members-valid": "20",
    "members-invalid": "0",
    "members-teller": "甲",
    "members-supervisor": "乙",
}


def _two_items(scheme):
    scheme.satisfaction_items = ["班子建设", "为民服务"]
    scheme.other_options, scheme.dissatisfied_options = ["一般"], ["不满意", "很不满意"]
    scheme.save()


def test_every_item_the_scheme_asks_is_counted_by_itself(acceptance, scheme, county_officer, as_post):
    _two_items(scheme)
    url = reverse("acceptance:tally", args=[acceptance.uid, "members"])
    # 满意、基本满意、一般、不满意、很不满意、未选 of the first item, then of the second
    votes = dict(enumerate([15, 3, 1, 1, 0, 0, 4, 2, 1, 10, 3, 0]))
    data = BALLOTS | {f"members-option-{number}": str(count) for number, count in votes.items()}
    client = as_post(county_officer)
    wrong = client.post(url, data | {"members-option-11": "1"})
    assert wrong.status_code in (200, 422)
    assert "“为民服务”各选项合计 21" in wrong.content.decode()
    assert client.post(url, data).status_code == 302
    tally = acceptance.tallies.get(group="members")
    assert tally.counts["班子建设"]["满意"] == 15
    assert tally.counts["为民服务"] == {
        "满意": 4,
        "基本满意": 2,
        "一般": 1,
        "不满意": 10,
        "很不满意": 3,
        "未选": 0,
    }


def test_what_counts_as_dissatisfied_is_the_schemes_own(acceptance, scheme, county_officer):
    _two_items(scheme)
    acceptance.refresh_from_db()
    lines = lines_of(acceptance.case.scheme)
    votes = {"满意": 4, "基本满意": 2, "一般": 1, "不满意": 10, "很不满意": 3, "未选": 0}
    assert "不满意 13 票" in (dissatisfied_veto(votes, lines.dissatisfied, lines.dissatisfied_veto) or "")
