"""The auditor's pages: found by unit and period, one event whole, a period as a file, the seals checked."""

import pytest
from django.http import HttpResponse
from django.urls import reverse
from openpyxl import load_workbook

from accounts import audit, sealing, tasks
from accounts.models import AuditCheck, AuditEvent
from organizations.acting import acting_as
from reports import files, library_pages
from reports import tasks as reports_tasks
from reports.models import Export
from tests.cast import NOW


@pytest.fixture(autouse=True)
def heads(settings, tmp_path):
    settings.AUDIT_HEADS = tmp_path / "heads.jsonl"


def page(browser, name, data=None):
    return browser.get(reverse(f"reports:{name}"), data).content.decode()


def test_events_are_found_by_the_unit_and_all_below_it(auditor, county_officer, township_officer, as_post):
    other = audit.record("别处的事")
    for post, action in ((county_officer, "县里的事"), (township_officer, "镇里的事")):
        with acting_as(post):
            audit.record(action)
    browser = as_post(auditor)
    html = page(browser, "audit", {"unit": "青禾县"})
    assert "县里的事" in html and "镇里的事" in html and other.action not in html
    assert "没有符合条件的记录" in page(browser, "audit", {"unit": "没有这个单位"})


def test_one_event_is_shown_whole_with_its_seal(auditor, as_post):
    event = audit.record("导出台账", obj="甲", sha256="abc")
    browser = as_post(auditor)
    assert "待封存" in page(browser, "audit_event", {"id": event.pk})
    sealing.seal(at=NOW)
    html = page(browser, "audit_event", {"id": event.pk})
    assert "第 1 号" in html and "abc" in html
    assert browser.get(reverse("reports:audit_event"), {"id": "x"}).status_code == 302


def test_a_period_goes_into_a_recorded_file_of_the_auditors_own(auditor, as_post, city_reviewer):
    AuditEvent.objects.create(action="=1+1", object="甲", at=NOW)
    browser = as_post(auditor)
    browser.post(reverse("reports:audit_export"), {"from_on": "2026-5-1"})
    assert not Export.objects.exists()
    browser.post(reverse("reports:audit_export"), {"from_on": "2026-5-1", "to_on": "2026-5-31"})
    export = Export.objects.get()
    reports_tasks.export(export.pk)
    export.refresh_from_db()
    assert export.state == "done", export.error
    cells = [cell for row in load_workbook(files.folder() / export.file).active.values for cell in row]
    assert "=1+1" in cells
    assert AuditEvent.objects.filter(action="完成导出", detail__rows=export.rows).exists()
    assert browser.get(reverse("reports:download", args=[export.uid])).status_code == 200
    assert as_post(city_reviewer).get(reverse("reports:download", args=[export.uid])).status_code == 404


def test_the_auditor_has_the_seals_checked_and_takes_the_voucher_away(auditor, as_post):
    browser = as_post(auditor)
    audit.record("试")
    sealing.seal(at=NOW)
    browser.post(reverse("reports:audit_verify"))
    browser.post(reverse("reports:audit_verify"))
    check = AuditCheck.objects.get()
    assert "<progress" in page(browser, "audit_checks")
    tasks.check_audit(check.pk)
    assert "没有问题" in page(browser, "audit_checks")
    voucher = browser.get(reverse("reports:audit_head"))
    assert '"number": 1' in voucher.content.decode() and "attachment" in voucher["Content-Disposition"]


# --- the nets under the trail --------------------------------------------------------------------------------------


def last():
    event = AuditEvent.objects.latest("pk")
    return event.action, event.result


def test_an_address_out_of_scope_leaves_a_line(case, other_county_officer, as_post):
    browser = as_post(other_county_officer)
    assert browser.get(case.get_absolute_url()).status_code == 404
    assert last() == ("拒绝访问", "不在范围或不存在")


def test_what_a_form_wrote_is_named_in_its_event(system_admin, township_officer, as_post):
    account = township_officer.user
    as_post(system_admin).post(f"/users/{account.uid}/", {"name": "改名", "email": ""})
    event = AuditEvent.objects.get(action="修改账号资料")
    assert "账号：姓名" in event.fields
    assert event.unit_path == system_admin.organization.path and event.post and event.address


def test_a_form_and_a_file_that_record_nothing_by_name_are_recorded_all_the_same(
    township_officer, as_post, monkeypatch
):
    """The planted fault: an action and a view that forget to record."""
    browser, user = as_post(township_officer), township_officer.user
    browser.post(reverse("accounts:profile"), {"phone": user.phone, "email": user.email})
    assert last() == ("提交表单", "成功")
    unrecorded = {"Content-Disposition": "attachment"}
    monkeypatch.setattr(library_pages, "hand_out", lambda *args, **kwargs: HttpResponse(headers=unrecorded))
    browser.get(reverse("reports:blank_workbook", args=["work"]))
    assert last() == ("下载文件", "成功")
