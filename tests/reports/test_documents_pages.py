"""The pages of 简报 and 工作总结: nothing typed is lost, what is refused says why, files come from the page."""

import pytest
from django.urls import reverse

from reports import actions as exports
from reports import tasks
from reports.documents import actions
from reports.documents.models import OfficeDocument
from tests import cast
from tests.reports.test_documents_writing import drafted, issued


def url(name, document=None):
    return reverse(f"reports:{name}", args=[document.uid] if document else [])


def test_a_bulletin_is_drafted_edited_and_issued_on_screen(case, as_post, county_officer, township_officer):
    client = as_post(county_officer)
    period = {"kind": "bulletin", "period_from_on": "2026年5月1日", "period_to_on": "2026-5-31"}
    edit = client.post(url("document_add"), period).url
    made = OfficeDocument.objects.get()
    assert edit == url("document_edit", made) and "后面接着写" in client.get(edit).content.decode()
    typed = {"title": "集中整顿专刊", "compiler": "县委组织部", "work": "逐村过堂。", "out_next": "on"}
    typed |= {"sent_to": "市委组织部", "issued_to": "各乡镇", "copies": "共印60份", "_version": made.version}
    assert client.post(edit, typed).status_code == 302
    made.refresh_from_db()
    client.post(url("document_issue", made), {"_version": made.version})
    page = as_post(township_officer).get(url("document", made)).content.decode()
    for words in ("工作简报", "第1期", "集中整顿专刊", "逐村过堂。", "市委组织部", "共印60份"):
        assert words in page
    assert "下步工作" not in page and "撤回原因" not in page
    assert (
        as_post(township_officer).post(url("document_withdraw", made), {"reason": "乱撤"}).status_code == 422
    )
    made.refresh_from_db()
    assert made.state == "issued"


def test_a_stale_page_shows_both_and_keeps_what_was_typed(case, as_post, county_officer):
    made = drafted(county_officer)
    actions.save(
        document_id=made.pk,
        version=None,
        head={"title": made.title},
        written={"work": "先保存的话。"},
        by=county_officer,
        at=cast.NOW,
    )
    typed = {"title": "专刊", "work": "我写的话。", "_version": made.version}
    answer = as_post(county_officer).post(url("document_edit", made), typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and "先保存的话。" in page and "我写的话。" in page
    assert (
        as_post(county_officer).post(url("document_issue", made), {"_version": made.version}).status_code
        == 422
    )


def test_what_was_written_into_an_issued_one_is_still_on_the_page(case, as_post, county_officer):
    made = issued(county_officer)
    typed = {"title": "专刊", "work": "晚到的话。", "_version": made.version}
    answer = as_post(county_officer).post(url("document_edit", made), typed)
    assert "已印发，不能修改" in answer.content.decode() and "晚到的话。" in answer.content.decode()


@pytest.mark.parametrize("format", ["pdf", "docx"])
def test_files_come_from_the_page_also_for_those_who_received_it(
    case, as_post, county_officer, township_officer, format
):
    made, client = issued(county_officer), as_post(township_officer)
    assert client.post(url("document_export", made), {"format": format}).url == reverse("reports:exports")
    export = exports.Export.objects.get()
    tasks.export(export.pk)
    export.refresh_from_db()
    assert (export.state, export.error) == ("done", "")
    body = b"".join(client.get(reverse("reports:download", args=[export.uid])).streaming_content)
    assert body.startswith(b"%PDF" if format == "pdf" else b"PK")


def test_a_ledger_is_not_asked_for_as_word(case, as_post, county_officer):
    as_post(county_officer).post(
        reverse("reports:export", args=["work"]), {"format": "docx", "year": cast.YEAR}
    )
    assert not exports.Export.objects.exists()


def test_the_list_asks_few_queries_and_leads_to_each(
    case, as_post, county_officer, django_assert_max_num_queries
):
    first, client = issued(county_officer), as_post(county_officer)
    issued(county_officer)
    client.get(url("documents"))
    with django_assert_max_num_queries(20):
        page = client.get(url("documents")).content.decode()
    assert url("document", first) in page and "第2期" in page


def test_the_document_s_page_in_the_ledgers_offers_it(case, as_post, county_officer):
    issued(county_officer)
    page = as_post(county_officer).get(reverse("reports:paper", args=["bulletin"])).content.decode()
    assert "第1期" in page and "导出 Word" in page
