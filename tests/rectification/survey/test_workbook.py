"""The score sheet to Excel and back: everything or nothing, every fault named by sheet, row and column."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from organizations import imports, tasks
from organizations.models import ImportBatch, Organization
from rectification.survey import scoring
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


def bring(client, year, book):
    """Hand the workbook in and let the worker read it; nothing is written yet."""
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("评分表.xlsx", out.getvalue())
    answer = client.post(address(year), {"file": file})
    assert answer.status_code == 302
    batch = ImportBatch.objects.latest("pk")
    tasks.read_roster(batch.pk)
    batch.refresh_from_db()
    return batch


def confirm(client, batch, **data):
    return client.post(reverse("organizations:batch_apply", args=[batch.uid]), data, follow=True)


def preview(client, batch):
    return client.get(reverse("organizations:batch", args=[batch.uid])).content.decode()


def faults(batch):
    return [(one["sheet"], f"{one['column']}{one['row']}", one["reason"]) for one in batch.errors]


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
    client = as_post(township_officer)
    batch = bring(client, year, book)
    shown = preview(client, batch)
    assert "改动 2，相同" in shown and "扣5分；村委会主任空缺 8 个月；来源：其他：巡察反馈" in shown
    assert year.row("石桥村").score == 100
    confirm(client, batch)
    finding = year.row("石桥村").findings.get()
    assert (finding.deduction, finding.words) == (5, "村委会主任空缺 8 个月")
    assert (finding.source, finding.source_note) == ("other", "巡察反馈")
    assert year.row("枫林村").findings.get().source == "visit"
    assert (year.row("石桥村").score, year.row("枫林村").score) == (95, 97.5)


def test_the_same_workbook_twice_changes_nothing(as_post, year, township_officer, book):
    put(book, "评分", "石桥村", 1, 5)
    client = as_post(township_officer)
    confirm(client, bring(client, year, book))
    version = year.row("石桥村").version
    again = bring(client, year, book)
    assert "没有需要写入的改动" in preview(client, again)
    confirm(client, again)
    assert year.row("石桥村").version == version


def test_a_cleared_cell_takes_the_finding_away(as_post, year, township_officer):
    year.score("石桥村", c1=5)
    client = as_post(township_officer)
    book = load_workbook(io.BytesIO(client.get(address(year, "workbook")).content))
    for sheet in ("评分", "具体表现", "来源"):
        put(book, sheet, "石桥村", 1, None)
    batch = bring(client, year, book)
    assert "原有的扣分随之取消" in preview(client, batch)
    confirm(client, batch)
    assert year.row("石桥村").score == 100 and not year.row("石桥村").findings.exists()


def test_every_fault_is_named_by_its_cell_and_nothing_is_written(as_post, year, township_officer, book):
    put(book, "评分", "石桥村", 1, 5)
    put(book, "评分", "石桥村", 2, "很差")
    put(book, "评分", "枫林村", 3, 15)
    put(book, "评分", "上塘村", 1, 2)
    put(book, "来源", "上塘村", 1, "听说")
    row = {name: row_of(book["评分"], name) for name in ("石桥村", "枫林村", "上塘村")}
    client = as_post(township_officer)
    batch = bring(client, year, book)
    told = faults(batch)
    assert ("评分", f"G{row['石桥村']}", "石桥村②：“很差”不是数字") in told
    assert any(where == f"H{row['枫林村']}" and "超过标准分 10" in why for _, where, why in told)
    assert any(one[:2] == ("来源", f"F{row['上塘村']}") and "“听说”不是来源" in one[2] for one in told)
    assert "须改正 3" in preview(client, batch)
    assert "还有错误" in confirm(client, batch).content.decode() and year.row("石桥村").score == 100


def test_a_row_changed_since_the_download_is_named_and_written_only_when_told(
    as_post, year, township_officer, book
):
    year.score("石桥村", c1=3)
    put(book, "评分", "石桥村", 1, 5)
    put(book, "评分", "枫林村", 1, 4)
    client = as_post(township_officer)
    batch = bring(client, year, book)
    assert [row["name"] for row in imports.late_rows(batch)] == ["石桥村"]
    assert "有人修改过" in confirm(client, batch).content.decode()
    assert (year.row("石桥村").score, year.row("枫林村").score) == (97, 100)
    confirm(client, batch, over="1")
    assert (year.row("石桥村").score, year.row("枫林村").score) == (95, 96)


def between(client, year, book, points):
    """Somebody scores a village between the preview and the confirmation; what stands then, and what was told."""
    put(book, "评分", "石桥村", 1, 5)
    put(book, "评分", "枫林村", 1, 4)
    batch = bring(client, year, book)
    year.score("石桥村", c1=points)
    told = confirm(client, batch, over="1").content.decode()
    return year.row("石桥村").score, year.row("枫林村").score, "被他人修改，整份都没有写入" in told


def test_what_somebody_saved_after_the_preview_stays_and_without_the_lock_it_is_lost(
    as_post, year, township_officer, book, monkeypatch
):
    client = as_post(township_officer)
    assert between(client, year, book, 3) == (97, 100, True)
    monkeypatch.setattr(scoring, "lock", lambda rows, *, pk, version: rows.get(pk=pk))
    assert between(client, year, book, 2)[0] == 95


def test_a_preview_is_given_up_and_then_not_written(as_post, year, township_officer, book):
    put(book, "评分", "石桥村", 1, 5)
    client = as_post(township_officer)
    batch = bring(client, year, book)
    left = client.post(reverse("organizations:batch_discard", args=[batch.uid]), follow=True)
    assert left.redirect_chain[0][0].startswith(address(year)) and "已放弃" in left.content.decode()
    assert "已经放弃" in confirm(client, batch).content.decode()
    assert "扣5分" in preview(client, batch) and year.row("石桥村").score == 100


def test_a_moved_column_is_found_by_its_head_and_a_foreign_one_refused(as_post, year, township_officer, book):
    page = book["评分"]
    page.cell(3, FIRST + 1, "自编一列")
    told = " ".join(one[2] for one in faults(bring(as_post(township_officer), year, book)))
    assert "G 列的表头“自编一列”不是方案中的情形" in told and "缺少列：②" in told


def test_an_added_row_and_another_townships_row_are_refused_by_row(as_post, year, township_officer, book):
    page = book["评分"]
    page.cell(30, 1, "不是标识")
    page.cell(30, 4, "自加村")
    told = faults(bring(as_post(township_officer), year, book))
    assert ("评分", "30", "自加村：不在本评分表中，请不要增加行或改动灰色列") in told


def test_a_file_that_is_no_workbook_is_refused_in_words(as_post, year, township_officer):
    file = SimpleUploadedFile("评分表.xlsx", b"not a workbook")
    answer = as_post(township_officer).post(address(year), {"file": file})
    assert answer.status_code == 422 and "不是有效的 .xlsx 文件" in answer.content.decode()


def test_a_submitted_sheet_is_only_read(as_post, year, township_officer, book):
    put(book, "评分", "石桥村", 1, 5)
    client = as_post(township_officer)
    batch = bring(client, year, book)
    year.submit()
    assert "评分已提交，不能再修改" in confirm(client, batch).content.decode()
    assert "评分已提交，不能再修改" in client.get(address(year)).content.decode()
    assert year.row("石桥村").score == 100


def test_a_village_that_merged_away_is_named_and_nothing_is_written(as_post, year, township_officer, book):
    put(book, "评分", "石桥村", 1, 5)
    put(book, "评分", "枫林村", 1, 4)
    Organization.objects.filter(short_name="石桥村").update(
        closed_on=cast.TODAY.replace(day=21), closed_reason="并入白马村"
    )
    client = as_post(township_officer)
    batch = bring(client, year, book)
    assert "请在“白马村”中一并摸排" in preview(client, batch)
    confirm(client, batch)
    assert year.row("枫林村").score == 100
