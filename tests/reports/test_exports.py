"""An export: asked for, made by a worker in its owner's post, handed out whole to its owner only."""

import io
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from accounts import work
from accounts.errors import Refused
from accounts.models import AuditEvent, Message
from accounts.work import WorkState
from reports import actions, files, tasks
from reports.models import Export
from tests import cast
from tests.reports.conftest import problem_of


@pytest.fixture
def ask(county_officer, county):
    def ask(by=county_officer, unit=county, format="xlsx", **more):
        known = {"ledger": "work", "year": cast.YEAR, "filters": {}, "at": cast.NOW, "reason": "核对数据"}
        return actions.request_export(by=by, unit=unit, format=format, **(known | more))

    return ask


def fetch(client, export):
    response = client.get(reverse("reports:download", args=[export.uid]))
    return response, b"".join(response.streaming_content) if response.streaming else b""


def done(export):
    tasks.export(export.pk)
    export.refresh_from_db()
    return export


def test_a_finished_export_is_recorded_and_announced(filled_case, ask, county_officer):
    export = done(ask())
    assert (export.state, export.rows, export.progress) == (WorkState.DONE, 3, 100)
    assert export.expires_at - export.finished_at < timedelta(days=7, seconds=5)
    assert len(export.sha256) == 64
    assert Message.objects.get(user=county_officer.user, title__startswith="导出完成").body.startswith(
        "共 3 行"
    )


def test_it_is_handed_out_as_an_attachment_with_its_hash_in_the_audit(
    filled_case, ask, as_post, county_officer
):
    export = done(ask())
    response, body = fetch(as_post(county_officer), export)
    assert load_workbook(io.BytesIO(body)).active["A5"].value == 1
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert AuditEvent.objects.get(action="下载导出").detail["sha256"] == export.sha256


def test_a_pdf_is_made_the_same_way(filled_case, ask, as_post, county_officer):
    _response, body = fetch(as_post(county_officer), done(ask(format="pdf")))
    assert body.startswith(b"%PDF")


def test_an_unfinished_export_cannot_be_fetched(filled_case, ask, as_post, county_officer):
    assert fetch(as_post(county_officer), ask())[0].status_code == 404


def test_nobody_else_can_fetch_it(filled_case, ask, as_post, city_reviewer, township_officer):
    export = done(ask())
    assert fetch(as_post(city_reviewer), export)[0].status_code == 404
    assert fetch(as_post(township_officer), export)[0].status_code == 404


def test_an_expired_file_is_gone(filled_case, ask, as_post, county_officer):
    export = done(ask())
    path = files.folder() / export.file
    with time_machine.travel(cast.NOW + timedelta(days=8), tick=True):
        assert fetch(as_post(county_officer), export)[0].status_code == 404
        tasks.drop_expired(cast.NOW + timedelta(days=8))
    assert not path.exists()


def test_a_revoked_post_cannot_fetch_what_it_made(filled_case, ask, as_post, county_officer):
    export = done(ask())
    client = as_post(county_officer)
    county_officer.to_on = cast.TODAY - timedelta(days=1)
    county_officer.save()
    assert fetch(client, export)[0].status_code in (403, 404)


def test_a_post_moved_to_another_unit_cannot_fetch_the_old_unit_s_file(
    filled_case, ask, as_post, county_officer, other_county
):
    export = done(ask())
    county_officer.organization = other_county
    county_officer.save()
    assert fetch(as_post(county_officer), export)[0].status_code == 404


def test_a_post_revoked_before_the_worker_starts_gets_no_file(filled_case, ask, county_officer):
    export = ask()
    county_officer.to_on = cast.TODAY - timedelta(days=1)
    county_officer.save()
    done(export)
    assert (export.state, export.file) == (WorkState.FAILED, "")
    assert "岗位已变动" in export.error
    assert list(files.folder().iterdir()) == []


def test_a_post_revoked_while_the_file_is_made_gets_no_file(filled_case, ask, county_officer, monkeypatch):
    export = ask()
    make = files.make

    def make_and_lose_the_post(*args, **kwargs):
        made = make(*args, **kwargs)
        type(county_officer).objects.filter(pk=county_officer.pk).update(to_on=cast.TODAY - timedelta(days=1))
        return made

    monkeypatch.setattr(files, "make", make_and_lose_the_post)
    done(export)
    assert export.state == WorkState.FAILED
    assert list(files.folder().iterdir()) == []


def test_a_unit_out_of_scope_is_refused_at_once(ask, other_county):
    with pytest.raises(Refused, match="不在您的管理范围内"):
        ask(unit=other_county)


def test_a_worker_that_lost_its_claim_drops_what_it_made(filled_case, ask, monkeypatch):
    export = ask()
    make = files.make

    def make_too_slowly(*args, **kwargs):
        made = make(*args, **kwargs)
        Export.objects.filter(pk=export.pk).update(claim=uuid.uuid4())
        return made

    monkeypatch.setattr(files, "make", make_too_slowly)
    done(export)
    assert export.state == WorkState.RUNNING
    assert list(files.folder().iterdir()) == []


def test_a_second_worker_waits_for_the_lease_of_the_first(filled_case, ask):
    export = ask()
    Export.objects.claim(export.pk, cast.NOW)
    assert done(export).state == WorkState.RUNNING
    with time_machine.travel(cast.NOW + work.LEASE + timedelta(seconds=1), tick=True):
        assert done(export).state == WorkState.DONE


def test_a_failed_export_can_be_tried_again(
    filled_case, ask, as_post, county_officer, monkeypatch, no_broker
):
    export = ask()
    monkeypatch.setattr(files, "make", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.export(export.pk)
    export.refresh_from_db()
    assert export.state == WorkState.FAILED
    as_post(county_officer).post(reverse("reports:retry", args=[export.uid]))
    monkeypatch.undo()
    assert done(export).state == WorkState.DONE


def test_an_export_as_of_a_past_day_is_labelled_with_that_day(filled_case, ask):
    export = done(ask(as_of=cast.NOW - timedelta(days=30)))
    page = load_workbook(files.folder() / export.file).active
    assert "填报时间：2026年4月20日" in page["A2"].value
    assert export.rows == 0


def test_the_city_s_file_holds_both_counties_and_the_county_s_only_its_own(
    filled_case, foreign_filled_case, ask, city_reviewer, city
):
    texts = {}
    for export in (done(ask()), done(ask(by=city_reviewer, unit=city))):
        page = load_workbook(files.folder() / export.file).active
        texts[export.by_id] = str(list(page.values))
    assert ["外县专属标记" in text for text in texts.values()] == [False, True]


def test_progress_is_told_while_rows_go_by(case, ask, monkeypatch):
    for number in range(1, 6):
        problem_of(case, number, "问题", *["措施"] * 300)
    heard = []
    advance = Export.advance
    monkeypatch.setattr(Export, "advance", lambda self, n: (heard.append(n), advance(self, n)))
    done(ask())
    assert heard == sorted(heard)
    assert len(heard) >= 3


def test_the_list_polls_only_while_something_is_being_made(filled_case, ask, as_post, county_officer):
    export = ask()
    client = as_post(county_officer)
    assert "hx-trigger" in client.get(reverse("reports:exports")).content.decode()
    done(export)
    page = client.get(reverse("reports:progress")).content.decode()
    assert "hx-trigger" not in page
    assert "下载" in page
    assert "<html" not in page


def test_the_list_asks_few_queries(filled_case, ask, as_post, county_officer, django_assert_max_num_queries):
    for _ in range(5):
        ask()
    client = as_post(county_officer)
    client.get(reverse("reports:exports"))
    with django_assert_max_num_queries(22):
        client.get(reverse("reports:exports"))


def test_the_first_file_of_a_session_is_made_once_its_reason_is_given(filled_case, as_post, county_officer):
    browser, page = as_post(county_officer), reverse("reports:export", args=["work"])
    session = browser.session
    del session["export_reason"]
    session.save()
    asked = browser.post(page, {"format": "xlsx", "year": cast.YEAR})
    assert 'name="format" value="xlsx"' in asked.content.decode() and not Export.objects.exists()
    browser.post(page, {"format": "xlsx", "year": cast.YEAR, "_reason": "会议研究"})
    browser.post(page, {"format": "pdf", "year": cast.YEAR})
    assert set(Export.objects.values_list("format", "reason")) == {("xlsx", "会议研究"), ("pdf", "会议研究")}
    assert AuditEvent.objects.filter(action="申请导出").first().detail["reason"] == "会议研究"


def test_personal_data_is_not_drawn_without_a_reason_and_a_table_of_numbers_is(ask, monkeypatch):
    with pytest.raises(Refused, match="用途"):
        ask(reason="")
    assert ask(reason="", ledger="quota").reason == ""
    monkeypatch.setattr(actions.reasons, "check", lambda key, reason: None)
    assert ask(reason="").reason == ""  # what the guard keeps away


def test_the_reason_can_be_changed_for_what_is_asked_for_later(ask, as_post, county_officer):
    browser = as_post(county_officer)
    browser.post(reverse("reports:export_reason"), {"_reason": "整理归档"})
    assert browser.session["export_reason"] == "整理归档"
    browser.post(reverse("reports:export_reason"), {"_reason": "随便"})
    assert browser.session["export_reason"] == "整理归档"
