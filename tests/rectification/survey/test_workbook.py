"""The score sheet to Excel and back: everything or nothing, every fault named by sheet, row and column."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from organizations.models import Organization
from tests import cast

NAME, FIRST = "D", 6  # the organization's name; the first criterion's column


def address(year, what="workbook_upload"):
    return reverse(f"survey:{what}", args=[year.survey.uid])


@pytest.fixture
def book(as_post, year, township_officer):
    """The township's workbook as downloaded, opened."""
    answer = as_post(township_officer).get(address(year, "workbook"))
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.content))


def row_of(sheet, name):
    return next(row for row in range(4, sheet.max_row + 1) if sheet[f"{NAME}{row}"].value == name)


def put(book, sheet, name, criterion, value):
    page = book[sheet]
    page.cell(row_of(page, name), FIRST + criterion - 1).value = value


def bring(client, year, book, **data):
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("评分表.xlsx", out.getvalue())
    return client.post(address(year), {"file": file, **data})


def test_the_workbook_is_frozen_protected_and_its_codes_are_text(year, book):
    page = book["评分"]
    assert book.sheetnames == ["评分", "具体表现", "来源"]
    assert page.freeze_panes == "F4" and page.protection.sheet
    assert page.column_dimensions["A"].hidden
    row = row_of(page, "石桥村")
    assert isinstance(page[f"C{row}"].value, str) and page[f"C{row}"].number_format == "@"
    assert not page.cell(row, FIRST).protection.locked and page[f"{NAME}{row}"].protection.locked


def test_points_words_and_sources_come_back(as_post, year, township_officer, book):
    put(book, "评分", "石桥村", 1, 5)
    put(book, "评分", "枫林村", 2, "2.5分")
    put(book, "具体表现", "石桥村", 1, "村委会主任空缺 8 个月")
    put(book, "来源", "石桥村", 1, "其他：巡察反馈")
    answer = bring(as_post(township_officer), year, book)
    assert answer.status_code == 302
    finding = year.row("石桥村").findings.get()
    assert (finding.deduction, finding.words) == (5, "村委会主任空缺 8 个月")
    assert (finding.source, finding.source_note) == ("other", "巡察反馈")
    assert year.row("枫林村").findings.get().source == "visit"
    assert (year.row("石桥村").score, year.row("枫林村").score) == (95, 97.5)


def test_the_same_workbook_twice_changes_nothing(as_post, year, township_officer, book):
    put(book, "评分", "石桥村", 1, 5)
    client = as_post(township_officer)
    bring(client, year, book)
    version = year.row("石桥村").version
    answer = bring(client, year, book)
    assert answer.status_code == 302 and year.row("石桥村").version == version


def test_a_cleared_cell_takes_the_finding_away(as_post, year, township_officer):
    year.score("石桥村", c1=5)
    client = as_post(township_officer)
    book = load_workbook(io.BytesIO(client.get(address(year, "workbook")).content))
    for sheet in ("评分", "具体表现", "来源"):
        put(book, sheet, "石桥村", 1, None)
    assert bring(client, year, book).status_code == 302
    assert year.row("石桥村").score == 100 and not year.row("石桥村").findings.exists()


def test_every_fault_is_named_by_its_cell_and_nothing_is_written(as_post, year, township_officer, book):
    put(book, "评分", "石桥村", 1, 5)
    put(book, "评分", "石桥村", 2, "很差")
    put(book, "评分", "枫林村", 3, 15)
    put(book, "评分", "上塘村", 1, 2)
    put(book, "来源", "上塘村", 1, "听说")
    row = {name: row_of(book["评分"], name) for name in ("石桥村", "枫林村", "上塘村")}
    answer = bring(as_post(township_officer), year, book)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f"工作表“评分”G{row['石桥村']}（石桥村②）：“很差”不是数字" in text
    assert f"工作表“评分”H{row['枫林村']}（枫林村③）" in text and "超过标准分 10" in text
    assert f"工作表“来源”F{row['上塘村']}（上塘村①）：“听说”不是来源" in text
    assert year.row("石桥村").score == 100


def test_a_row_changed_since_the_download_is_named_and_written_only_when_told(
    as_post, year, township_officer, book
):
    year.score("石桥村", c1=3)
    put(book, "评分", "石桥村", 1, 5)
    put(book, "评分", "枫林村", 1, 4)
    client = as_post(township_officer)
    answer = bring(client, year, book)
    text = answer.content.decode()
    assert answer.status_code == 422 and "（石桥村）" in text and "（枫林村）" not in text
    assert (year.row("石桥村").score, year.row("枫林村").score) == (97, 100)
    assert bring(client, year, book, overwrite="on").status_code == 302
    assert (year.row("石桥村").score, year.row("枫林村").score) == (95, 96)


def test_a_moved_column_is_found_by_its_head_and_a_foreign_one_refused(as_post, year, township_officer, book):
    page = book["评分"]
    page.cell(3, FIRST + 1, "自编一列")
    answer = bring(as_post(township_officer), year, book)
    text = answer.content.decode()
    assert "G 列的表头“自编一列”不是方案中的情形" in text and "缺少列：②" in text


def test_an_added_row_and_another_townships_row_are_refused_by_row(as_post, year, township_officer, book):
    page = book["评分"]
    page.cell(30, 1, "不是标识")
    page.cell(30, 4, "自加村")
    answer = bring(as_post(township_officer), year, book)
    assert "工作表“评分”第 30 行（自加村）不在本评分表中" in answer.content.decode()


def test_a_file_that_is_no_workbook_is_refused_in_words(as_post, year, township_officer):
    file = SimpleUploadedFile("评分表.xlsx", b"not a workbook")
    answer = as_post(township_officer).post(address(year), {"file": file})
    assert answer.status_code == 422 and "不是有效的 .xlsx 文件" in answer.content.decode()


def test_a_submitted_sheet_is_only_read(as_post, year, township_officer, book):
    put(book, "评分", "石桥村", 1, 5)
    year.submit()
    answer = bring(as_post(township_officer), year, book)
    assert "评分已提交，不能再修改" in answer.content.decode() and year.row("石桥村").score == 100


def test_a_village_that_merged_away_is_named_and_nothing_is_written(as_post, year, township_officer, book):
    put(book, "评分", "石桥村", 1, 5)
    put(book, "评分", "枫林村", 1, 4)
    Organization.objects.filter(short_name="石桥村").update(
        closed_on=cast.TODAY.replace(day=21), closed_reason="并入白马村"
    )
    answer = bring(as_post(township_officer), year, book)
    assert "请在“白马村”中一并摸排" in answer.content.decode()
    assert year.row("枫林村").score == 100
