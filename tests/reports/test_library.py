"""表样库: every ledger, form and document with its empty form; what is too long for a file says so."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.work import WorkState
from reports import actions, files, tasks
from reports.blanks import blank, blank_refusal
from reports.ledgers import LEDGERS, Selection
from reports.models import Export
from reports.papers import PAPERS
from tests import cast


def test_the_library_lists_everything_that_can_be_printed(scheme, as_post, county_officer):
    page = as_post(county_officer).get(reverse("reports:library")).content.decode()
    for paper in (*LEDGERS.values(), *PAPERS.values()):
        assert paper.title.format(year=cast.YEAR) in page
    assert "2026年3月26日前" in page  # who files the work ledger, as the scheme says


@pytest.mark.parametrize("key", LEDGERS)
def test_every_ledger_has_an_empty_form_with_its_columns(key, scheme, county_officer, county):
    sheet = blank(key, Selection(county_officer, county, cast.YEAR, {}))
    rows = [row for block in sheet.blocks() for row in block.rows]
    assert len(rows) == 12 and not any(value for row in rows for value in row.values[1:])


def test_an_empty_form_tells_nothing_of_anybody(filled_case, foreign_filled_case, as_post, county_officer):
    response = as_post(county_officer).get(reverse("reports:blank_workbook", args=["work"]))
    page = load_workbook(io.BytesIO(response.content)).active
    words = {str(cell.value) for row in page.iter_rows() for cell in row if cell.value}
    assert "突出问题" in words and not any("书记长期空缺" in word or "石桥" in word for word in words)


def test_the_empty_form_as_a_pdf(scheme, as_post, county_officer):
    as_post(county_officer).post(reverse("reports:blank_pdf", args=["work"]))
    export = Export.objects.get()
    tasks.export(export.pk)
    export.refresh_from_db()
    assert export.state == WorkState.DONE, export.error
    assert "突出问题" in PdfReader(files.place_of(export.uid, "pdf")).pages[0].extract_text()


def test_a_document_has_no_empty_form_and_says_so(scheme, as_post, county_officer):
    assert blank_refusal("plan")
    page = as_post(county_officer).get(reverse("reports:preview", args=["plan"]))
    assert "没有空表" in page.content.decode()
    assert as_post(county_officer).get(reverse("reports:preview", args=["nothing"])).status_code == 404


def test_a_pdf_of_too_many_rows_ends_with_a_way_out(filled_case, county_officer, county, monkeypatch):
    monkeypatch.setattr(tasks, "PDF_ROWS", 2)
    given = {"ledger": "work", "unit": county, "year": cast.YEAR, "filters": {}, "at": cast.NOW}
    export = actions.request_export(reason="核对数据", by=county_officer, format="pdf", **given)
    tasks.export(export.pk)
    export.refresh_from_db()
    assert export.state == WorkState.FAILED and "请导出 Excel" in export.error
