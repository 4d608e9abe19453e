"""报送: frozen as it went up, accepted or returned with a reason, straight back when sent again."""

import pytest
from django.urls import reverse

from accounts.models import Message
from rectification.duties.models import Duty
from rectification.filings import rules
from rectification.filings.models import Filing
from rectification.remediation.models import Measure
from rectification.reviews.models import ReviewState

pytestmark = pytest.mark.django_db


def decide(client, filing, decision, **words):
    return client.post(
        reverse("filings:decide", args=[filing.uid]), {"decision": decision, **words}, follow=True
    )


def page(client, filing):
    return client.get(reverse("filings:detail", args=[filing.uid]))


def duty_of(unit):
    return Duty.objects.get(rule__ledger="work", organization=unit)


def test_the_township_files_to_its_county(filing, county, county_officer):
    assert (filing.to, filing.rows, filing.number) == (county, 3, 1)
    assert (filing.review.at_unit, filing.review.at_role) == (county, "county_officer")
    assert Message.objects.filter(user=county_officer.user, title__startswith="待审批").exists()


def test_the_county_files_to_the_city(filled_case, county_officer, city, file_ledger):
    assert file_ledger(county_officer).to == city


def test_filing_discharges_the_duty_on_the_day_it_is_filed(filing, township):
    assert duty_of(township).state == "done"


def test_the_page_says_who_is_next(filing, file_ledger):
    assert "下一步由青禾县办理" in file_ledger.said


def test_an_empty_ledger_is_not_filed(scheme, township_officer, file_ledger):
    assert file_ledger(township_officer) is None
    assert "没有内容" in file_ledger.said


def test_a_frozen_copy_does_not_change_when_the_data_do(filing, as_post, county_officer):
    Measure.objects.filter(text="选派干部任支部书记").update(text="后来改掉的措施", percent=100)
    shown = page(as_post(county_officer), filing).content.decode()
    assert "选派干部任支部书记" in shown
    assert "后来改掉的措施" not in shown
    assert "与报送时一致" in shown
    filing.refresh_from_db()
    assert rules.digest(filing.content) == filing.sha256


def test_a_copy_somebody_tampered_with_is_shown_as_such(filing, as_post, county_officer):
    content = filing.content
    content["rows"][0][7] = "改过的"
    Filing.objects.filter(pk=filing.pk).update(content=content)
    assert "内容与校验值不符" in page(as_post(county_officer), filing).content.decode()


def test_it_is_not_filed_twice_while_it_is_with_the_county(filing, township_officer, file_ledger):
    file_ledger(township_officer)
    assert Filing.objects.count() == 1
    assert "青禾县正在办理" in file_ledger.said


def test_the_county_accepts(filing, as_post, county_officer):
    said = decide(as_post(county_officer), filing, "accept").content.decode()
    filing.review.refresh_from_db()
    assert filing.review.state == ReviewState.PASSED
    assert "办结" in said


def test_a_return_needs_a_reason_and_keeps_what_was_typed(filing, as_post, county_officer):
    response = decide(as_post(county_officer), filing, "return", opinion="  ")
    assert response.status_code == 422
    assert "退回须写明理由" in response.content.decode()


def test_a_return_opens_the_duty_again_and_tells_the_township(
    filing, as_post, county_officer, township, township_officer
):
    decide(as_post(county_officer), filing, "return", opinion="第一条措施没有责任人")
    assert duty_of(township).state == "open"
    assert "第一条措施没有责任人" in page(as_post(township_officer), filing).content.decode()


def test_sent_again_it_goes_straight_back_with_the_differences_marked(
    filing, as_post, county_officer, township_officer, township, file_ledger
):
    decide(as_post(county_officer), filing, "return", opinion="改责任人")
    Measure.objects.filter(order=1).update(person="王某")
    again = file_ledger(township_officer)
    assert (again.review_id, again.number, again.review.round) == (filing.review_id, 2, 2)
    shown = page(as_post(county_officer), again).content.decode()
    assert "责任人：<del>组织委员</del> → <ins>王某</ins>" in shown
    assert duty_of(township).state == "done"


def test_the_replaced_copy_can_be_read_but_not_decided(
    filing, as_post, county_officer, township_officer, file_ledger
):
    decide(as_post(county_officer), filing, "return", opinion="改")
    file_ledger(township_officer)
    shown = page(as_post(county_officer), filing).content.decode()
    assert "已被后一次报送取代" in shown
    assert decide(as_post(county_officer), filing, "accept").status_code == 422


def test_it_can_be_withdrawn_before_it_was_read(filing, as_post, township_officer, township):
    as_post(township_officer).post(reverse("filings:withdraw", args=[filing.uid]))
    filing.review.refresh_from_db()
    assert filing.review.state == ReviewState.WITHDRAWN
    assert duty_of(township).state == "open"


def test_once_read_it_cannot_be_withdrawn(filing, as_post, township_officer, county_officer):
    page(as_post(county_officer), filing)
    response = as_post(township_officer).post(reverse("filings:withdraw", args=[filing.uid]), follow=True)
    assert "上级已审阅，不能撤回" in response.content.decode()


def test_another_township_and_another_county_do_not_find_it(
    filing, as_post, other_township_officer, other_county_officer
):
    assert page(as_post(other_township_officer), filing).status_code == 404
    assert page(as_post(other_county_officer), filing).status_code == 404


def test_the_township_cannot_accept_its_own(filing, as_post, township_officer):
    assert decide(as_post(township_officer), filing, "accept").status_code == 422


def test_the_list_shows_what_came_up_in_few_queries(
    filing, as_post, county_officer, django_assert_max_num_queries
):
    client = as_post(county_officer)
    client.get(reverse("filings:list"))
    with django_assert_max_num_queries(22):
        shown = client.get(reverse("filings:list")).content.decode()
    assert "待接收" in shown


def test_the_frozen_copy_comes_out_as_a_file(filing, as_post, county_officer):
    from openpyxl import load_workbook

    from reports import files, tasks
    from reports.models import Export

    Measure.objects.filter(order=1).update(text="后来改掉的措施")
    as_post(county_officer).post(reverse("reports:filing_export", args=[filing.uid, "xlsx"]))
    export = Export.objects.get()
    tasks.export(export.pk)
    export.refresh_from_db()
    values = str(list(load_workbook(files.folder() / export.file).active.values))
    assert "选派干部任支部书记" in values
    assert "后来改掉的措施" not in values
