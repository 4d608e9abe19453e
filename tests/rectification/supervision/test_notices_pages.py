"""The pages of 督导文书 as people use them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from accounts.errors import Refused
from rectification.duties.listing import place_of
from rectification.duties.models import Duty
from rectification.supervision.inspections.models import Inspection, InspectionFinding, InspectionResult
from rectification.supervision.notices import actions
from rectification.supervision.notices.models import Notice
from reports.ledgers import Selection
from reports.models import Export
from reports.papers import letter_pdf
from reports.papers.notice import NOTICE
from tests.cast import NOW, TODAY
from tests.rectification.supervision.notice_steps import drafted, issued


def finding_of(case, by, text="村务公开栏停留在一季度"):
    """Something an inspection found at a case."""
    made = Inspection.objects.create(
        scheme=case.scheme,
        organization=by.organization,
        kind="inspection",
        title="5月督导",
        starts_on=TODAY,
        ends_on=TODAY,
        state="done",
        by=by,
        at=NOW,
    )
    result = InspectionResult.objects.create(inspection=made, case=case, on=TODAY, words="已到村", by=by)
    return InspectionFinding.objects.create(result=result, order=1, text=text)


def test_a_finding_becomes_a_notice(case, as_post, county_officer, township, township_officer):
    finding = finding_of(case, county_officer)
    url = f"{reverse('supervision:notice_add')}?case={case.uid}&finding={finding.uid}"
    page = as_post(county_officer).get(url).content.decode()
    assert finding.text in page
    assert "5月督导发现的问题" in page

    data = {
        "kind": "rectify",
        "case": case.uid,
        "organization": township.uid,
        "title": "村务公开不及时",
        "found": finding.text,
        "asked": "补公开",
        "due_on": "2026-6-10",
        "issue": "1",
    }
    assert as_post(county_officer).post(url, data).status_code == 302
    made = Notice.objects.get()
    assert (made.state, made.number, list(made.findings.all())) == ("issued", 1, [finding])


def test_what_was_typed_stays_when_the_unit_is_missing(scheme, as_post, county_officer):
    response = as_post(county_officer).post(
        reverse("supervision:notice_add"), {"kind": "remind", "title": "报告未报", "found": "两期未报"}
    )
    assert response.status_code == 422
    assert "两期未报" in response.content.decode()


def test_the_receiver_answers_with_a_file_on_one_page(
    scheme, as_post, county_officer, township, township_officer
):
    made = issued(county_officer, township)
    upload = SimpleUploadedFile("会议记录.txt", "第一支部\n".encode())
    client = as_post(township_officer)
    url = reverse("supervision:notice_reply", args=[made.uid])
    assert client.get(url).status_code == 200
    assert client.post(url, {"text": "已选配", "file": upload}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.attachments.count()) == ("replied", 1)


def test_a_reply_that_is_owed_leads_to_its_paper_before_and_after_a_return(
    scheme, as_post, county_officer, township, township_officer
):
    made = issued(county_officer, township)
    first, client = made.duty, as_post(township_officer)
    assert client.get(place_of(first)).url == made.get_absolute_url()
    answer = {"text": "已选配", "uploads": [], "by": township_officer, "at": NOW}
    actions.reply(notice_id=made.pk, version=None, **answer)
    again = {"reason": "没有附件", "due_on": made.due_on, "by": county_officer, "at": NOW}
    returned = actions.give_back(notice_id=made.pk, version=None, **again)
    assert returned.duty != first
    for duty in (first, returned.duty):
        assert client.get(place_of(duty)).url == made.get_absolute_url()


def test_a_refused_file_leaves_the_words(scheme, as_post, county_officer, township, township_officer):
    made = issued(county_officer, township)
    upload = SimpleUploadedFile("程序.pdf", b"MZ\x90\x00")
    url = reverse("supervision:notice_reply", args=[made.uid])
    response = as_post(township_officer).post(url, {"text": "写了很久的话", "file": upload})
    assert response.status_code == 422
    assert "写了很久的话" in response.content.decode()
    made.refresh_from_db()
    assert made.state == "issued"


def test_the_receivers_story_begins_with_the_issue(
    scheme, as_post, county_officer, township, township_officer
):
    made = drafted(county_officer, township)
    Notice.objects.filter(pk=made.pk).update(found="没有核实的话")
    Notice.objects.filter(pk=made.pk).update(found="核实过的话")
    actions.issue(notice_id=made.pk, version=None, by=county_officer, at=NOW)
    url = reverse("supervision:notice", args=[made.uid])
    assert "没有核实的话" in as_post(county_officer).get(url).content.decode()
    assert "没有核实的话" not in as_post(township_officer).get(url).content.decode()


def test_drafts_are_issued_many_at_once_with_one_day(scheme, as_post, county_officer, township):
    made = [drafted(county_officer, township) for _ in range(3)]
    url = reverse("supervision:drafts")
    data = {"notice": [str(one.uid) for one in made[:2]], "due_on": "2026-6-30"}
    assert as_post(county_officer).post(url, data).status_code == 302
    states = list(Notice.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["issued", "issued", "draft"]
    assert Duty.objects.filter(key="notice_reply", due_on="2026-06-30").count() == 2


def test_the_tab_shows_inspections_and_papers_with_the_head_of_the_file(
    case, as_post, county_officer, village_reporter, village
):
    finding = finding_of(case, county_officer)
    made = issued(county_officer, village, case=case)
    page = as_post(village_reporter).get(reverse("supervision:case", args=[case.uid])).content.decode()
    assert finding.text in page
    assert made.title in page
    assert "整顿档案" in page


def test_the_workbench_and_the_room_say_what_waits(
    scheme, as_post, county_officer, township, township_officer
):
    made = issued(county_officer, township)
    for name in ("reports:workbench", "supervision:home"):
        page = as_post(township_officer).get(reverse(name)).content.decode()
        assert "1 件督导文书待回复" in page
        assert reverse("supervision:notice", args=[made.uid]) in page


def test_the_lists_ask_the_same_few_questions_however_long(scheme, as_post, county_officer, township):
    def asked(name):
        client = as_post(county_officer)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(reverse(name)).status_code == 200
        return len(found)

    issued(county_officer, township)
    drafted(county_officer, township)
    names = ("supervision:notices", "supervision:drafts", "supervision:home")
    few = [asked(name) for name in names]
    for number in range(6):
        issued(county_officer, township, title=f"第{number}件")
        drafted(county_officer, township)
    assert [asked(name) for name in names] == few


def test_overdue_replies_are_found(scheme, as_post, county_officer, township, clock):
    issued(county_officer, township, title="快到期", due_on=TODAY + timedelta(days=1))
    issued(county_officer, township, title="还早", due_on=TODAY + timedelta(days=60))
    clock.shift(timedelta(days=5))
    page = as_post(county_officer).get(reverse("supervision:notices"), {"overdue": "on"}).content.decode()
    assert "快到期" in page
    assert "还早" not in page


def test_the_ledger_has_every_issued_paper_and_no_draft(scheme, as_post, county_officer, township):
    issued(county_officer, township, title="发出的")
    issued(county_officer, township, "urge", light="red", title="另一种")
    drafted(county_officer, township, title="没有发出的")
    page = as_post(county_officer).get(reverse("reports:ledger", args=["notices"])).content.decode()
    assert page.count("〔2026〕1号") == 2  # each kind counts for itself, whatever its row's number
    assert "发出的" in page
    assert "没有发出的" not in page


def test_it_prints_with_number_receiver_deadline_and_receipt(
    scheme, as_post, county_officer, township, township_officer, tmp_path
):
    made = issued(county_officer, township, "urge", light="red")
    url = reverse("reports:notice_paper", args=[made.uid])
    page = as_post(township_officer).get(url).content.decode()
    for words in ("督办单〔2026〕1号", "柳溪镇党委：", "2026年5月30日前", "督办单（红灯）", "签收人、日期"):
        assert words in page
    assert as_post(township_officer).post(url).status_code == 302
    export = Export.objects.get()
    selection = Selection(township_officer, export.unit, export.year, export.filters)
    letter = NOTICE.letter(selection)
    assert letter_pdf.write(letter, tmp_path / "督办单.pdf") == []
    assert len(PdfReader(tmp_path / "督办单.pdf").pages) == 1


def test_nobody_prints_a_draft_of_somebody_else(scheme, county_officer, township, township_officer):
    made = drafted(county_officer, township)
    selection = Selection(township_officer, township, made.year, {"notice": str(made.uid)})
    with pytest.raises(Refused):
        NOTICE.letter(selection)
