"""The meeting's tally: typed by hand, summed, corrected with its history kept."""

from datetime import UTC

import pytest
from django.urls import reverse

from accounts.errors import Invalid
from rectification.acceptance.actions import lines_of
from rectification.acceptance.ballots.actions import save_tally
from rectification.acceptance.rules import dissatisfied_veto
from tests.cast import NOW
from tests.rectification.acceptance.test_actions import (
    acceptance,
    asked,
    problem,
    tally_both,
    tally_of,
)

__all__ = ["acceptance", "asked", "problem"]


def test_a_tally_that_does_not_add_up_is_refused_with_its_numbers(acceptance, county_officer):
    with pytest.raises(Invalid, match="不等于收回票"):
        tally_both(acceptance, county_officer, invalid=3)


def test_a_tally_held_today_is_entered_before_eight_in_the_morning(acceptance, county_officer):
    early = NOW.replace(hour=0, minute=30).astimezone(UTC)
    tally = tally_of("members")
    save_tally(acceptance_id=acceptance.pk, by=county_officer, at=early, version=None, tally=tally)
    assert acceptance.tallies.count() == 1


BALLOTS = {
    "members-held_on": "2026-5-18",
    "members-place": "村部",
    "members-entitled": "24",
    "members-present": "21",
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
