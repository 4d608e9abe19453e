"""The meeting's tally: typed by hand, summed, corrected with its history kept."""

from datetime import UTC

import pytest
from django.urls import reverse

from accounts.errors import Invalid
from rectification.acceptance.ballots.actions import save_tally
from rectification.acceptance.results import lines_of
from rectification.acceptance.rules import dissatisfied_veto
from tests.cast import NOW
from tests.rectification.acceptance.meeting import acceptance, tally_of

__all__ = ["acceptance"]


def save(acceptance, by, tally, **how):
    given = {"acceptance_id": acceptance.pk, "by": by, "at": NOW, "version": None} | how
    return save_tally(tally=tally, **given)


def test_everything_that_does_not_add_up_is_told_with_its_numbers(acceptance, county_officer):
    with pytest.raises(Invalid) as invalid:
        save(acceptance, county_officer, tally_of("members", invalid=3, entitled=20, present=22))
    text = str(invalid.value)
    assert "党员测评：有效票 26 + 无效票 3 = 29，不等于收回票 26" in text
    assert "实到人数 22 大于应到人数 20" in text and "发出票 26 大于实到人数 22" in text


def test_two_who_open_the_same_meeting_do_not_overwrite_each_other(acceptance, county_officer, as_post):
    url = reverse("acceptance:tally", args=[acceptance.uid, "members"])
    browser = as_post(county_officer)
    opened = browser.get(url).context["version"]
    save(acceptance, county_officer, tally_of("members"))
    page = browser.post(url, BALLOTS | {"members-option-0": "20", "_version": str(opened)})
    text = page.content.decode()
    assert page.status_code == 422 and "已被他人修改" in text and "您填写的内容" in text
    assert acceptance.tallies.get().counts["总体评价"]["满意"] == 20


def test_a_correction_shows_who_changed_which_number(acceptance, county_officer, township_officer, as_post):
    save(acceptance, township_officer, tally_of("members"))
    save(acceptance, county_officer, tally_of("members", good=19, fair=6))
    url = reverse("acceptance:tally", args=[acceptance.uid, "members"])
    entry, first = as_post(county_officer).get(url).context["changes"]
    assert [(c.label, c.before, c.after) for c in entry.changes] == [
        ("“总体评价”满意", "20", "19"),
        ("“总体评价”基本满意", "5", "6"),
    ]
    assert first.title == "建立"


def test_who_only_reads_sees_the_meeting_and_enters_none(
    acceptance, county_officer, village_reporter, as_post
):
    save(acceptance, county_officer, tally_of("members"))
    url = reverse("acceptance:tally", args=[acceptance.uid, "members"])
    reader = as_post(village_reporter)
    page = reader.get(url).content.decode()
    assert "（满意 20 + 基本满意 5）÷ 有效票 26" in page and "data-tally" not in page
    assert reader.post(url, BALLOTS | {"members-option-0": "20"}).status_code == 422
    assert acceptance.tallies.get().valid == 26


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
