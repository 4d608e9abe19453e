"""The roster as an Excel workbook: what is exported is also the template that comes back."""

import io
from collections.abc import Iterable
from copy import copy
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from organizations.models import Organization
from organizations.outline import places
from organizations.roster_rules import COLUMNS, MAX_COUNT, PartyType
from organizations.rules import Field
from organizations.workbook_out import save, say

SHEET = "名册"
HEADER_ROW = 3
ROWS_AT_MOST = 10_000
NOTE = (
    "填写说明：灰色列用于核对，请勿修改、移动；空格表示不改动；人数、户数只填数字；"
    "集体经济收入填上一年度数（万元）。改好后在“党组织 → 名册”上传。"
)
WIDTHS = {
    "序号": 5,
    "上级单位": 13,
    "代码": 14.5,
    "名称": 20,
    "简称": 13,
    "领域": 9,
    "党组织名称": 22,
    "党组织类型": 9,
    "集体经济收入（万元）": 10,
    "活动场所": 16,
}
FIXED = ("序号", "上级单位", "代码", "名称")
NUMBERS = ("户数", "人口", "党员数", "党小组数")
HEADERS = ("序号", "上级单位", *COLUMNS)
LISTS = {
    "领域": [kind.label for kind in Field],
    "党组织类型": [kind.label for kind in PartyType],
    "贫困（脱贫）村": ["是", "否"],
    "建设扶贫村": ["是", "否"],
}
SONG, HEI = "宋体", "黑体"
LINE = Side(style="thin", color="FF808080")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
GREY = PatternFill("solid", fgColor="FFEDEDED")


def roster_units(unit: Organization) -> Any:
    """The units a roster lists: active grassroots organizations of the subtree that have a code."""
    return Organization.objects.under(unit).grassroots().active().exclude(code=None)


def write_roster(unit: Organization, units: Iterable[Organization], today: date, *, mark: str = "") -> bytes:
    """The workbook of these units, A4 landscape, one page wide, header frozen and repeated."""
    units = list(units)
    book = Workbook()
    page = book.active
    page.title = SHEET
    _above(page, unit, today)
    styles = _styles(page)
    where = places(units)
    for number, one in enumerate(units, 1):
        values = _values(one, number, where[one.path])
        for column, value in enumerate(values, 1):
            cell = say(page.cell(HEADER_ROW + number, column), value)
            cell._style = copy(
                styles[column - 1]
            )  # a style object for each cell would cost ten times as much
    _validations(page, HEADER_ROW + 1, HEADER_ROW + max(len(units), 1))
    _print_set_up(page)
    out = io.BytesIO()
    save(book, out, mark=mark)
    return out.getvalue()


def _above(page: Worksheet, unit: Organization, today: date) -> None:
    last = get_column_letter(len(HEADERS))
    lines = [
        (1, f"{unit.name}基层党组织名册", Font(name=HEI, size=16), "center", 28),
        (
            2,
            f"导出日期：{today.year}年{today.month}月{today.day}日　{NOTE}",
            Font(name=SONG, size=9),
            "left",
            26,
        ),
    ]
    for row, text, font, side, height in lines:
        page.merge_cells(f"A{row}:{last}{row}")
        cell = say(page.cell(row, 1), text)
        cell.font, cell.alignment = font, Alignment(horizontal=side, vertical="center", wrap_text=True)
        page.row_dimensions[row].height = height
    for column, header in enumerate(HEADERS, 1):
        cell = page.cell(HEADER_ROW, column, header)
        cell.font, cell.border = Font(name=HEI, size=10), BOX
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        if header in FIXED:
            cell.fill = GREY
        page.column_dimensions[get_column_letter(column)].width = WIDTHS.get(header, 8.5)
    page.row_dimensions[HEADER_ROW].height = 30
    page.freeze_panes = page.cell(HEADER_ROW + 1, HEADERS.index("名称") + 2)


def _styles(page: Worksheet) -> list[Any]:
    """One style a column, taken from a cell that is set up once."""
    styles = []
    for column, header in enumerate(HEADERS, 1):
        cell = page.cell(HEADER_ROW + 1, column)
        cell.font, cell.border = Font(name=SONG, size=10), BOX
        wide = WIDTHS.get(header, 8.5) > 12
        number = header in NUMBERS or header.startswith("集体经济")
        cell.alignment = Alignment(
            horizontal=None if wide or number else "center", vertical="center", wrap_text=wide
        )
        if header in NUMBERS or header == "序号":
            cell.number_format = "0"
        elif number:
            cell.number_format = "0.00"
        else:
            cell.number_format = "@"
        if header in FIXED:
            cell.fill = GREY
        styles.append(copy(cell._style))
    return styles


def _values(unit: Organization, number: int, place: str) -> list[Any]:
    shown = {
        "field": unit.get_field_display(),
        "party_type": unit.get_party_type_display(),
        "poor_village": "是" if unit.poor_village else "否",
        "construction_village": "是" if unit.construction_village else "否",
    }
    facts = [shown.get(key, getattr(unit, key)) for key in COLUMNS.values()]
    return [number, place.rsplit(" › ", 1)[-1], *(None if value == "" else value for value in facts)]


def _validations(page: Worksheet, first: int, last: int) -> None:
    for header, words in LISTS.items():
        rule = DataValidation(
            "list", formula1=f'"{",".join(words)}"', allow_blank=True, showErrorMessage=True
        )
        rule.errorTitle, rule.error = header, f"请从下拉列表中选择：{'、'.join(words)}"
        _add(page, rule, header, first, last)
    for header in NUMBERS:
        rule = DataValidation(
            "whole",
            operator="between",
            formula1="0",
            formula2=str(MAX_COUNT),
            allow_blank=True,
            showErrorMessage=True,
        )
        rule.errorTitle, rule.error = header, "请填不小于 0 的整数，不带单位"
        _add(page, rule, header, first, last)


def _add(page: Worksheet, rule: DataValidation, header: str, first: int, last: int) -> None:
    letter = get_column_letter(HEADERS.index(header) + 1)
    page.add_data_validation(rule)
    rule.add(f"{letter}{first}:{letter}{last}")


def _print_set_up(page: Worksheet) -> None:
    page.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.page_margins.left = page.page_margins.right = 0.4
    page.page_margins.top, page.page_margins.bottom = 0.6, 0.75
    page.page_margins.footer = 0.35
    page.print_options.horizontalCentered = True
    page.oddFooter.center.text = "第 &P 页，共 &N 页"
