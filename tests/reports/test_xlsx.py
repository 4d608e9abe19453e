"""The Excel workbook: read back, it is the sheet, with an office's print set-up and no formula in it."""

import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook

from reports import xlsx
from reports.ledgers import LEDGERS, Selection
from reports.sheet import live
from tests import cast
from tests.reports.conftest import problem_of


@pytest.fixture
def sheet(filled_case, empty_case, county_officer, county):
    def make():
        selection = Selection(county_officer, county, cast.YEAR, {})
        return live(LEDGERS["work"], selection, today=cast.TODAY, mark="xian同志 导出")

    return make


@pytest.fixture
def workbook(sheet, tmp_path):
    path = tmp_path / "ledger.xlsx"
    xlsx.write(sheet(), path)
    return path


def plainly(sheet) -> Workbook:
    """The same workbook cell by cell through openpyxl: slow, and what the streamed one must equal."""
    book = Workbook()
    page = book.active
    number = xlsx._set_up(page, sheet)
    for block in sheet.blocks():
        first = number + 1
        for row in block.rows:
            number += 1
            for i, value in enumerate(row.values, 1):
                page.cell(number, i).value = value if value != "" else None
                if isinstance(value, str) and value:
                    page.cell(number, i).data_type = "s"
        for merge in block.merges:
            at = {"start_column": merge.column + 1, "end_column": merge.column + 1}
            page.merge_cells(start_row=first + merge.first, end_row=first + merge.last, **at)
    return book


def test_read_back_it_equals_the_plain_way_cell_by_cell(sheet, workbook):
    ours, plain = load_workbook(workbook).active, plainly(sheet()).active

    def cells(page):
        values = {
            cell.coordinate: cell.value.date() if isinstance(cell.value, datetime) else cell.value
            for row in page.iter_rows(max_row=plain.max_row)
            for cell in row
        }
        return {where: value for where, value in values.items() if value is not None}

    covered = {cell for area in plain.merged_cells.ranges for cell in _covered(area)}
    assert {w: v for w, v in cells(ours).items() if w not in covered} == {
        w: v for w, v in cells(plain).items() if w not in covered
    }


def _covered(area):
    first = (area.min_row, area.min_col)
    from openpyxl.utils import get_column_letter

    return [
        f"{get_column_letter(column)}{row}"
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
        if (row, column) != first
    ]


def test_it_merges_what_the_plain_way_merges_and_the_signature_line(sheet, workbook):
    ours = {str(area) for area in load_workbook(workbook).active.merged_cells.ranges}
    plain = {str(area) for area in plainly(sheet()).active.merged_cells.ranges}
    assert ours - plain == {"A10:R10"}
    assert plain <= ours


def test_it_prints_on_a3_landscape_one_page_wide_with_the_header_repeated(workbook):
    page = load_workbook(workbook).active
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (8, "landscape")
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$1:$4"
    assert page.freeze_panes == "E5"


def test_the_unit_line_the_foot_and_the_signatures_are_there(workbook):
    page = load_workbook(workbook).active
    assert page["A1"].value == "青禾县2026年整顿软弱涣散基层党组织工作台账"
    assert page["A2"].value.startswith("填报单位（盖章）：青禾县委　　填报时间：2026年5月20日　　填报人：")
    assert [page["A9"].value, page["D9"].value, page["G9"].value] == ["合计", "2个", "2个问题"]
    assert "主要负责人（签字）" in page["A10"].value


def test_days_are_days_said_in_chinese(workbook):
    cell = load_workbook(workbook).active["M5"]
    assert (cell.value, cell.number_format) == (datetime(2026, 9, 30), 'yyyy"年"m"月"d"日"')


@pytest.mark.parametrize("words", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "<b>&\x07</b>"])
def test_what_a_person_wrote_never_becomes_a_formula(words, case, sheet, tmp_path):
    problem_of(case, 9, words, words)
    xlsx.write(sheet(), tmp_path / "x.xlsx")
    page = load_workbook(tmp_path / "x.xlsx").active
    found = [cell for row in page.iter_rows() for cell in row if cell.value and words[:2] in str(cell.value)]
    assert {cell.data_type for cell in found} <= {"s", "inlineStr"}
    assert found
    with zipfile.ZipFile(tmp_path / "x.xlsx") as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_nothing_of_another_county_is_inside_the_unzipped_file(foreign_filled_case, sheet, tmp_path):
    xlsx.write(sheet(), tmp_path / "x.xlsx")
    with zipfile.ZipFile(tmp_path / "x.xlsx") as parts:
        inside = b"".join(parts.read(name) for name in parts.namelist())
    assert "石桥村".encode() in inside
    for mark in ("外县专属标记", "沙洲", "望江", "东陵"):
        assert mark.encode() not in inside
