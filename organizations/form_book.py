"""Plain forms in Excel that are filled in and come back.

One header row, grey columns to check by, lists to choose from; what a column accepts is drawn from one declaration,
for the sheet of any room.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from organizations.roster_book import BOX, GREY, HEI, SONG
from organizations.roster_rules import raw_text
from organizations.workbook import SheetCells
from organizations.workbook_out import choices, say

HEADER_ROW = 3
HEADER_WITHIN = 10
EMPTY_ROWS = 200


@dataclass(frozen=True)
class FormColumn:
    """A column of a form. kind: text, number, money or date; fixed: only to check by; choices: what may be chosen."""

    header: str
    width: float = 10
    kind: str = "text"
    fixed: bool = False
    choices: tuple[str, ...] = ()


def add_page(
    book: Workbook,
    name: str,
    title: str,
    note: str,
    columns: Sequence[FormColumn],
    rows: Iterable[Sequence[Any]],
    *,
    empty: int = 0,
) -> Worksheet:
    """A sheet of the workbook with these rows and so many empty ones below, A4 landscape, one page wide."""
    page = book.create_sheet(name)
    _above(page, title, note, columns)
    styles = [_style(page, number, column) for number, column in enumerate(columns, 1)]
    last = HEADER_ROW
    for values in [*rows, *([[None] * len(columns)] * empty)]:
        last += 1
        for number, value in enumerate(values, 1):
            cell = say(page.cell(last, number), value)
            cell._style = copy(styles[number - 1])
    for number, column in enumerate(columns, 1):
        _validate(page, number, column, max(last, HEADER_ROW + 1))
    _print_set_up(page, columns)
    return page


def _above(page: Worksheet, title: str, note: str, columns: Sequence[FormColumn]) -> None:
    end = get_column_letter(len(columns))
    for row, text, font, side, height in (
        (1, title, Font(name=HEI, size=16), "center", 28),
        (2, note, Font(name=SONG, size=9), "left", 40),
    ):
        page.merge_cells(f"A{row}:{end}{row}")
        cell = say(page.cell(row, 1), text)
        cell.font, cell.alignment = font, Alignment(horizontal=side, vertical="center", wrap_text=True)
        page.row_dimensions[row].height = height
    for number, column in enumerate(columns, 1):
        cell = page.cell(HEADER_ROW, number, column.header)
        cell.font, cell.border = Font(name=HEI, size=10), BOX
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        if column.fixed:
            cell.fill = GREY
        page.column_dimensions[get_column_letter(number)].width = column.width
    page.row_dimensions[HEADER_ROW].height = 30


def _style(page: Worksheet, number: int, column: FormColumn) -> Any:
    cell = page.cell(HEADER_ROW + 1, number)
    cell.font, cell.border = Font(name=SONG, size=10), BOX
    cell.alignment = Alignment(vertical="center", wrap_text=column.width > 12)
    cell.number_format = {"number": "0", "money": "0.00"}.get(column.kind, "@")
    if column.fixed:
        cell.fill = GREY
    return copy(cell._style)


def _validate(page: Worksheet, number: int, column: FormColumn, last: int) -> None:
    if not column.choices:
        return
    rule = DataValidation("list", formula1=choices(column.choices), allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = column.header, f"请从下拉列表中选择：{'、'.join(column.choices)}"
    page.add_data_validation(rule)
    letter = get_column_letter(number)
    rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{last}")


def _print_set_up(page: Worksheet, columns: Sequence[FormColumn]) -> None:
    fixed = sum(column.fixed for column in columns)
    page.freeze_panes = page.cell(HEADER_ROW + 1, fixed + 1)
    page.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.page_margins.left = page.page_margins.right = 0.4
    page.page_margins.top, page.page_margins.bottom = 0.6, 0.75
    page.oddFooter.center.text = "第 &P 页，共 &N 页"


@dataclass(frozen=True)
class FormRow:
    """A row that came back: its number on the sheet and its cells by header."""

    sheet: str
    number: int
    cells: dict[str, Any]
    letters: dict[str, str]

    def text(self, header: str) -> str:
        """A cell as the words a person meant; "" when empty or when the column is not there."""
        return raw_text(self.cells.get(header))


@dataclass(frozen=True)
class FormPage:
    """A sheet that came back: its rows with content, and what is wrong with its header."""

    name: str
    header_row: int
    rows: list[FormRow]
    errors: list[str]


def find_page(
    sheets: Sequence[SheetCells], name: str, columns: Sequence[FormColumn], needed: Sequence[str]
) -> FormPage | None:
    """The sheet with these columns: the one so called, else any whose header row has all that is `needed`.

    Rows that hold nothing but columns to check by count as empty.
    """
    for sheet in sorted(sheets, key=lambda one: one.name != name):
        for index, values in enumerate(sheet.rows[:HEADER_WITHIN]):
            headers = [raw_text(value) for value in values]
            if set(needed) <= set(headers):
                return _page(sheet, index, headers, columns)
    return None


def _page(sheet: SheetCells, top: int, headers: list[str], columns: Sequence[FormColumn]) -> FormPage:
    known = {column.header for column in columns}
    filled = {column.header for column in columns if not column.fixed}
    used = [header for header in headers if header]
    errors = [f"“{header}”列重复" for header in dict.fromkeys(used) if used.count(header) > 1]
    errors += [f"不认识的列“{header}”" for header in dict.fromkeys(used) if header not in known]
    letters = {header: get_column_letter(i) for i, header in enumerate(headers, 1) if header}
    rows = [
        FormRow(sheet.name, number, dict(zip(headers, values, strict=False)), letters)
        for number, values in enumerate(sheet.rows[top + 1 :], top + 2)
    ]
    rows = [row for row in rows if any(row.text(header) for header in filled)]
    return FormPage(sheet.name, top + 1, rows, errors)
