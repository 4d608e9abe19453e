"""跟踪管理: checks owed by the quarter, recorded and taken back, a relapse told, the end of the watching."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from accounts.errors import Invalid, Refused
from accounts.models import Message
from rectification.acceptance.tracking import actions
from rectification.acceptance.tracking.models import TrackingCheck
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.workflow import Stage
from tests.cast import NOW, SHANGHAI, TODAY
from tests.rectification.acceptance.test_actions import (
    acceptance,
    asked,
    problem,
    score_all,
    sign,
    tally_both,
)

__all__ = ["acceptance", "asked", "problem"]
OVER = datetime(2027, 6, 1, 9, tzinfo=SHANGHAI)


@pytest.fixture
def closed(acceptance, county_officer):
    """Signed 合格 today."""
    score_all(acceptance, county_officer)
    tally_both(acceptance, county_officer)
    sign(acceptance, county_officer, "pass")
    return Case.objects.get(pk=acceptance.case_id)


def look(case, by, on=TODAY, at=NOW, **more):
    return actions.record(case_id=case.pk, by=by, at=at, on=on, words="班子运行正常", **more)


def test_looks_are_owed_by_the_quarter_until_the_watching_ends(closed):
    rows = Duty.objects.filter(case=closed, key="tracking_check").order_by("due_on")
    assert [row.due_on for row in rows] == [
        date(2026, 6, 30),
        date(2026, 9, 30),
        date(2026, 12, 31),
        date(2027, 3, 31),
        date(2027, 5, 20),
    ]


def test_a_look_discharges_its_quarter_and_taken_back_it_is_owed_again(closed, township_officer):
    check = look(closed, township_officer)
    assert (check.duty.due_on, Duty.objects.get(pk=check.duty_id).state) == (date(2026, 6, 30), "done")
    actions.withdraw(check_id=check.pk, by=township_officer, at=NOW, version=None, reason="记错了村")
    assert Duty.objects.get(pk=check.duty_id).state == "open"
    assert TrackingCheck.objects.get().withdrawn_reason == "记错了村"


def test_a_relapse_is_told_to_the_county_and_shown(closed, township_officer, county_officer, as_post):
    look(closed, township_officer, relapse=True)
    assert Message.objects.filter(user=county_officer.user, title__contains="发现反弹").exists()
    page = as_post(county_officer).get(reverse("acceptance:tracking")).content.decode()
    assert "有反弹" in page
    page = (
        as_post(county_officer).get(reverse("acceptance:tracking_case", args=[closed.uid])).content.decode()
    )
    assert "增列" in page


def test_a_look_lies_within_the_time_of_watching(closed, township_officer):
    with pytest.raises(Invalid, match="早于销号日期"):
        look(closed, township_officer, on=date(2026, 1, 5))
    with pytest.raises(Invalid, match="晚于今天"):
        look(closed, township_officer, on=date(2026, 12, 1))


def test_who_only_reads_records_nothing(closed, city_reviewer, village_reporter):
    for by in (city_reviewer, village_reporter):
        with pytest.raises(Refused, match="由柳溪镇党委"):
            look(closed, by)


def test_the_watching_ends_when_its_time_is_over_for_many_at_once(closed, county_officer, township_officer):
    ended, left = actions.end(case_ids=[closed.pk], by=county_officer, at=NOW)
    assert ended == [] and "还没有期满" in left[0]
    ended, left = actions.end(case_ids=[closed.pk], by=county_officer, at=OVER)
    assert [case.stage for case in ended] == [Stage.CLOSED] and left == []
    assert not Duty.objects.filter(case=closed).open().exists()


def test_the_list_needs_no_more_queries_for_more_cases(
    closed, county_officer, as_post, django_assert_max_num_queries
):
    client = as_post(county_officer)
    client.get(reverse("acceptance:tracking"))
    with django_assert_max_num_queries(30):
        client.get(reverse("acceptance:tracking"))
    with django_assert_max_num_queries(40):
        assert client.get(reverse("acceptance:list") + "?group=closed").status_code == 200
