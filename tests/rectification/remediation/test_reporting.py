"""进展报告: drafted from what was logged, words edited, sent up, returned, taken."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.errors import Refused, StaleVersion
from accounts.models import Message
from organizations.models import Organization
from rectification.duties.models import Duty
from rectification.filings.rules import digest
from rectification.remediation.activities.models import Activity
from rectification.remediation.reporting import actions, asked, drafting, reminding
from rectification.remediation.reporting.models import ProgressReport
from tests.cast import NOW, village_in
from tests.conftest import make_case
from tests.rectification.remediation.activity_steps import log
from tests.rectification.remediation.conftest import approve, solve
from tests.rectification.remediation.reporting_steps import (
    FIRST,
    LAST,
    MONTH_END,
    monthly_duty,
    send,
    typed,
)


@pytest.fixture
def duty(approved, scheme, township):
    """The township owes the report of May; one case with a plan in force."""
    return monthly_duty(scheme, township)


@pytest.fixture
def month_end(clock):
    clock.move_to(MONTH_END)
    return MONTH_END


def test_a_monthly_report_is_filed_in_three_requests_without_typing_anything(
    duty, month_end, as_post, township_officer
):
    browser = as_post(township_officer)
    page = browser.get(reverse("remediation:report_of_duty", args=[duty.uid]))
    sent = browser.post(page.request["PATH_INFO"], {**typed(page), "do": "submit"})
    shown = browser.get(sent["Location"]).content.decode()
    report = ProgressReport.objects.get()
    duty.refresh_from_db()
    assert (report.state, duty.state) == ("submitted", "done")
    assert "整改措施1条" in shown and "6月30日前" in shown and "下一步由青禾县委组织部接收" in shown
    assert report.sha256 == digest({"words": report.words, "facts": report.facts}) and report.words == {}


def test_words_an_officer_left_alone_follow_the_log_and_the_others_stay(
    duty, month_end, case, township_officer, as_post
):
    browser, address = as_post(township_officer), reverse("remediation:report_of_duty", args=[duty.uid])
    browser.post(address, {**typed(browser.get(address), overall="总的看，开局良好。"), "do": "save"})
    log(case, township_officer, what="召开支委扩大会", others="钱委员")
    report = ProgressReport.objects.get()
    parts = {part.key: part for part in drafting.read(report, MONTH_END.date()).parts}
    assert parts["overall"].words == "总的看，开局良好。" and list(report.words) == ["overall"]
    assert "召开支委扩大会" in parts["work"].words and "到点指导1次" in parts["work"].fixed
    renewed = typed(browser.get(reverse("remediation:report", args=[report.uid])))
    browser.post(reverse("remediation:report", args=[report.uid]), {**renewed, "do": "renew:overall"})
    report.refresh_from_db()
    assert report.words == {}


def test_a_second_hand_in_makes_no_second_report(duty, month_end, as_post, township_officer):
    browser, address = as_post(township_officer), reverse("remediation:report_of_duty", args=[duty.uid])
    form = {**typed(browser.get(address)), "do": "submit"}
    browser.post(address, form)
    again = browser.post(address, form, follow=True)
    assert ProgressReport.objects.count() == 1
    assert "没有重复报送" in again.content.decode()


def test_two_who_write_at_once_see_each_other(duty, month_end, as_post, township_officer):
    first, second = asked.report_for(duty), asked.report_for(duty)
    kept = actions.save(report=first, version=0, words={"work": "甲"}, by=township_officer, at=MONTH_END)
    with pytest.raises(StaleVersion):
        actions.save(report=second, version=0, words={"work": "乙"}, by=township_officer, at=MONTH_END)
    browser = as_post(township_officer)
    page = browser.get(reverse("remediation:report", args=[kept.uid]))
    late = browser.post(page.request["PATH_INFO"], {**typed(page, work="乙"), "_version": 1, "do": "save"})
    assert late.status_code == 422
    assert "甲" in late.content.decode() and "乙" in late.content.decode()


def test_a_period_is_reported_from_three_days_before_its_end(duty, township_officer):
    with pytest.raises(Refused, match="5月28日起可以报送"):
        send(duty, township_officer, at=NOW)


def test_what_is_logged_after_an_early_report_counts_in_the_next(
    duty, clock, scheme, township, case, township_officer
):
    clock.move_to(MONTH_END)
    send(duty, township_officer)
    clock.move_to(MONTH_END + timedelta(days=2))
    Activity.objects.create(
        case=case, kind="visit", on=LAST, people="王", what="谈心", by=township_officer, at=MONTH_END
    )
    june = monthly_duty(scheme, township, first=date(2026, 6, 1), last=date(2026, 6, 30))
    facts = drafting.read(asked.report_for(june), date(2026, 6, 30)).facts
    assert facts["since_on"] == "2026-05-30" and facts["total"]["activities"] == {"visit": 1}


def test_a_returned_report_goes_straight_back_with_what_changed_marked(
    duty, month_end, as_post, township_officer, county_officer
):
    report = send(duty, township_officer)
    county = as_post(county_officer)
    address = reverse("remediation:report", args=[report.uid])
    opened = county.get(address).context["opened"]
    returned = {"decision": "return", "opinion": "存在问题写得太空", "_version": opened}
    county.post(reverse("remediation:report_decide", args=[report.uid]), returned)
    duty.refresh_from_db()
    assert duty.state == "open"
    township = as_post(township_officer)
    page = township.get(address)
    assert "存在问题写得太空" in page.content.decode()
    township.post(address, {**typed(page, problems="支委缺员影响议事。"), "do": "submit"})
    shown = county.get(address)
    assert "<ins>" in shown.content.decode() and shown.context["form"] is not None
    accepted = {"decision": "accept", "opinion": "", "_version": shown.context["opened"]}
    county.post(reverse("remediation:report_decide", args=[report.uid]), accepted)
    report.refresh_from_db()
    duty.refresh_from_db()
    assert (report.state, duty.state, report.review.round) == ("accepted", "done", 2)


def test_a_report_is_taken_back_only_before_it_was_read(duty, month_end, township_officer, county_officer):
    report = send(duty, township_officer)
    back = actions.withdraw(report_id=report.pk, by=township_officer, at=MONTH_END)
    duty.refresh_from_db()
    assert (back.state, duty.state) == ("draft", "open")
    report = send(duty, township_officer)
    actions.mark_read(report=report, by=county_officer, at=MONTH_END)
    with pytest.raises(Refused, match="已审阅"):
        actions.withdraw(report_id=report.pk, by=township_officer, at=MONTH_END)


def test_the_countys_summary_says_who_reported_and_goes_to_the_city(
    duty, month_end, as_post, scheme, county_officer, other_township, township_officer, city_reviewer
):
    monthly_duty(scheme, other_township)
    send(duty, township_officer, words={"work": "镇党委逐村过堂。"})
    browser = as_post(county_officer)
    address = reverse("remediation:report_new") + "?rhythm=monthly&on=2026-05-01"
    page = browser.get(address)
    text = page.content.decode()
    assert "应报进展报告2份，已报1份；尚未报送：白岩乡" in text
    assert "柳溪镇：镇党委逐村过堂。" in text
    browser.post(address, {**typed(page), "do": "submit"})
    report = ProgressReport.objects.get(organization=county_officer.organization)
    assert report.review.at_unit == city_reviewer.organization
    assert report.facts["groups"][0]["name"] == "柳溪镇"


def test_another_unit_sees_no_draft(duty, month_end, as_post, township_officer, county_officer):
    kept = actions.save(report=asked.report_for(duty), version=0, words={}, by=township_officer, at=MONTH_END)
    county = as_post(county_officer)
    assert county.get(reverse("remediation:report", args=[kept.uid])).status_code == 404
    waiting = county.get(reverse("remediation:report_of_duty", args=[duty.uid]))
    assert "报告还没有报上来" in waiting.content.decode()


def test_the_county_sees_who_is_missing_and_reminds_once_a_day(
    duty, clock, as_post, county_officer, township_officer
):
    clock.move_to(MONTH_END + timedelta(days=5))
    browser = as_post(county_officer)
    page = browser.get(reverse("remediation:reports")).content.decode()
    assert "未报" in page and "提醒未报（1 份）" in page
    told, vacant = reminding.remind(year=2026, by=county_officer, at=MONTH_END + timedelta(days=5))
    assert (told, vacant) == (["柳溪镇"], [])
    with pytest.raises(Refused, match="今天已经提醒过"):
        reminding.remind(year=2026, by=county_officer, at=MONTH_END + timedelta(days=5))
    assert Message.objects.of(township_officer.user).filter(title__startswith="催报").count() == 1


def test_the_case_file_shows_its_line_of_a_report(duty, month_end, as_post, case, township_officer):
    report = send(duty, township_officer)
    page = as_post(township_officer).get(case.get_absolute_url() + "?tab=reports")
    assert str(report) in page.content.decode()
    assert page.context["said"][0]["line"]["measures"] == 1


def test_drafting_and_lists_ask_as_often_for_thirty_cases_as_for_one(
    duty,
    month_end,
    as_post,
    scheme,
    county,
    county_officer,
    township,
    township_officer,
    django_assert_max_num_queries,
):
    browser = as_post(township_officer)
    address = reverse("remediation:report_of_duty", args=[duty.uid])
    browser.get(address)
    with django_assert_max_num_queries(40) as one:
        browser.get(address)
    for number in range(29):
        place = village_in(township, f"第{number}村委会", f"9901211013{number:02d}")
        approve(make_case(scheme, place, county, county_officer), township_officer, county_officer)
    with django_assert_max_num_queries(len(one)) as many:
        page = browser.get(address)
    assert len(many) == len(one) and page.context["facts"]["total"]["cases"] == 30
    send(duty, township_officer)
    listed, home = as_post(county_officer), reverse("remediation:reports")
    listed.get(home)
    with django_assert_max_num_queries(25) as few:
        listed.get(home)
    for number in range(12):
        town = Organization.objects.get(pk=township.pk)
        monthly_duty(
            scheme, town, first=FIRST + timedelta(days=-number - 1), last=LAST + timedelta(days=-31 - number)
        )
    with django_assert_max_num_queries(len(few)):
        listed.get(home)


def test_what_is_confirmed_after_the_periods_end_is_not_in_it(duty, clock, case, township_officer):
    clock.move_to(MONTH_END + timedelta(days=10))
    solve(case, township_officer)  # on 20 May
    Duty.objects.filter(measures__problem__case=case).update(ended_at=MONTH_END + timedelta(days=9))
    total = drafting.read(asked.report_for(duty), MONTH_END.date() + timedelta(days=10)).facts["total"]
    assert (total["measures"], total["done_all"]) == (1, 0)
