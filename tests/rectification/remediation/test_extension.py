"""Long-term measures, told in words; more time for a measure, asked for below and given above."""

from datetime import date

import pytest

from accounts.models import Message
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.remediation import progress_actions
from rectification.remediation.actions import refresh_counters
from rectification.remediation.models import Measure, Progress
from rectification.schemes.models import Process
from tests.cast import NOW, TODAY
from tests.rectification.remediation.conftest import approve

LATER = {"until_on": "2026-7-31", "reason": "换届选举须等汛期结束"}


def address(measure, verb="extend/"):
    return f"/remediation/measures/{measure.uid}/{verb}"


def report(measure, by, percent, words="按月开了支委会"):
    return progress_actions.add_progress(
        measure_id=measure.pk, percent=percent, words=words, on=TODAY, by=by, at=NOW
    )


def test_a_long_term_measure_is_told_in_words_and_does_not_lower_the_mean(
    case, as_post, township_officer, county_officer
):
    approve(case, township_officer, county_officer, measures=2)
    long, short = Measure.objects.order_by("order")
    Measure.objects.filter(pk=long.pk).update(long_term=True)
    report(short, township_officer, 80)
    client = as_post(township_officer)
    page = client.get(address(long, "")).content.decode()
    assert "阶段性成效" in page and "完成率（%）" not in page
    client.post(address(long, ""), {"words": "支委会按月召开", "on": "2026-5-20"})
    assert Progress.objects.get(measure=long).percent is None
    assert Case.objects.get(pk=case.pk).progress == 80
    progress_actions.report_done(
        measure_id=long.pk, result="制度已坚持", on=TODAY, by=township_officer, at=NOW
    )
    assert Case.objects.get(pk=case.pk).progress == 90
    progress_actions.reopen(Measure.objects.get(pk=long.pk), "没有坚持", county_officer, NOW)
    refresh_counters([case.pk])
    assert Case.objects.get(pk=case.pk).progress == 80


def test_who_carries_it_out_asks_and_the_county_is_told(measure, as_post, township_officer, county_officer):
    client = as_post(township_officer)
    assert "申请延期（由青禾县委组织部批准）" in client.get(address(measure, "")).content.decode()
    client.post(address(measure), LATER)
    entry = Progress.objects.get(measure=measure)
    assert (entry.percent, entry.words) == (None, "申请延期至2026年7月31日：换届选举须等汛期结束")
    message = Message.objects.get(user=county_officer.user, title__startswith="申请延期至")
    page = as_post(county_officer).get(message.url).content.decode()
    assert "换届选举须等汛期结束" in page and "批准延期" in page
    assert Duty.objects.get(pk=measure.duty_id).effective_due_on == measure.due_on


def test_the_county_gives_more_time_on_the_measures_own_page(
    measure, as_post, county_officer, township_officer
):
    as_post(county_officer).post(address(measure), LATER)
    measure.refresh_from_db()
    assert (measure.due_on, measure.duty.effective_due_on) == (date(2026, 6, 30), date(2026, 7, 31))
    page = as_post(township_officer).get(address(measure, "")).content.decode()
    assert "延至2026年7月31日" in page and "换届选举须等汛期结束" in page
    assert Message.objects.filter(user=township_officer.user, title__startswith="已延期至").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": ""}, "延期须写明理由"),
        ({"until_on": "2026-6-30"}, "应晚于现行截止日期 2026年6月30日"),
        ({"until_on": "2026-9-1"}, "最多延期 60 天，即至 2026年8月29日"),
        ({"until_on": "七月底"}, "请填写日期"),
    ],
)
@pytest.mark.parametrize("who", ["county_officer", "township_officer"])
def test_what_cannot_be_given_is_refused_in_words_and_nothing_is_lost(
    measure, as_post, request, who, change, words
):
    answer = as_post(request.getfixturevalue(who)).post(address(measure), LATER | change)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page
    assert ("换届选举须等汛期结束" in page) == ("reason" not in change)
    assert Duty.objects.get(pk=measure.duty_id).effective_due_on == measure.due_on


def test_where_the_scheme_lets_the_township_approve_plans_it_gives_the_time(
    measure, as_post, township_officer
):
    scheme = measure.problem.case.scheme
    scheme.chain.filter(process=Process.PLAN).delete()
    scheme.chain.create(
        process=Process.PLAN, order=1, name="镇党委审批", level="township", role="township_officer"
    )
    as_post(township_officer).post(address(measure), LATER)
    assert Duty.objects.get(pk=measure.duty_id).effective_due_on == date(2026, 7, 31)
