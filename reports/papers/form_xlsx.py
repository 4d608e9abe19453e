"""A form as an Excel workbook: a sheet a page, its boxes merged and framed, ready to print on one page of A4."""

import re
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from organizations.workbook_out import clean, save, say
from reports.papers.form import GRID, POINT, Book, Cell, Page, heights
from reports.xlsx import MAX_HEIGHT, Progress

FONT = "仿宋"
SIZE = 11
COLUMN, WIDE = 6.3, 155.0  # in characters; all of them in millimetres, at the narrowest a machine draws them
THIN = Side(style="thin", color="000000")
LOOKS = {
    "label": Alignment(horizontal="center", vertical="center", wrap_text=True),
    "value": Alignment(horizontal="center", vertical="center", wrap_text=True),
    "text": Alignment(vertical="top", wrap_text=True),
    "foot": Alignment(horizontal="right", vertical="bottom", wrap_text=True),
}
FACES = {"label": Font(name="黑体", size=SIZE)}
FOOT_HEIGHT = 22.0


def write(book: Book, target: Path, *, progress: Progress = lambda rows: None) -> list[str]:
    """Write the workbook; an empty one says so on its only sheet."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    taken: set[str] = set()
    for page in book.each():
        _draw(workbook.create_sheet(_tab(page.name, taken)), page, book.mark)
        progress(book.count)
    if not workbook.sheetnames:
        _say(workbook.create_sheet("无内容"), 1, 1, f"{book.title}：没有可打印的内容", LOOKS["value"])
    save(workbook, target)
    return []


def _tab(name: str, taken: set[str]) -> str:
    """A sheet name Excel allows and no other sheet has."""
    plain = re.sub(r"[\\/*?:\[\]']", "", clean(name)) or "表"
    tab, number = plain[:31], 1
    while tab.lower() in taken:
        number += 1
        tab = f"{plain[:27]}（{number}）"
    taken.add(tab.lower())
    return tab


def _draw(sheet: Worksheet, page: Page, mark: str) -> None:
    last = get_column_letter(GRID)
    for number in range(1, GRID + 1):
        sheet.column_dimensions[get_column_letter(number)].width = COLUMN
    _say(sheet, 1, 1, page.title, LOOKS["value"], Font(name="方正小标宋简体", size=20))
    sheet.merge_cells(f"A1:{last}1")
    sheet.row_dimensions[1].height = 38
    _say(sheet, 2, 1, page.above, Alignment(vertical="center"))
    sheet.merge_cells(f"A2:{last}2")
    sheet.row_dimensions[2].height = 22
    below = _grid(sheet, page, 3)
    if page.below:
        _say(sheet, below, 1, page.below, Alignment(vertical="top", wrap_text=True), Font(name=FONT, size=9))
        sheet.merge_cells(f"A{below}:{last}{below}")
        sheet.row_dimensions[below].height = 28
    _for_print(sheet, mark, f"A1:{last}{below if page.below else below - 1}")


def _grid(sheet: Worksheet, page: Page, start: int) -> int:
    """The cells; a line with a signature takes two rows, one for the words, one for the signature. The row after."""
    signed = [any(cell.foot for cell in line.cells) for line in page.lines]
    firsts, row = [], start
    for two in signed:
        firsts.append(row)
        row += 2 if two else 1
    firsts.append(row)
    for number, tall in enumerate(heights(page, SIZE, WIDE)):
        points = min(tall / POINT, MAX_HEIGHT + (FOOT_HEIGHT if signed[number] else 0))
        sheet.row_dimensions[firsts[number]].height = points - (FOOT_HEIGHT if signed[number] else 0)
        if signed[number]:
            sheet.row_dimensions[firsts[number] + 1].height = FOOT_HEIGHT
    busy: set[tuple[int, int]] = set()
    for number, line in enumerate(page.lines):
        column = 1
        for cell in line.cells:
            while (number, column) in busy:
                column += 1
            busy |= {(number + d, column + a) for d in range(cell.down) for a in range(cell.across)}
            _place(sheet, cell, firsts[number], firsts[number + cell.down] - 1, column)
            column += cell.across
    return row


def _place(sheet: Worksheet, cell: Cell, first: int, last: int, column: int) -> None:
    face = FACES.get(cell.kind, Font(name=FONT, size=SIZE))
    upper = last - 1 if cell.foot else last
    _say(sheet, first, column, cell.words, LOOKS[cell.kind], face)
    _area(sheet, first, upper, column, cell.across)
    if cell.foot:
        _say(sheet, last, column, cell.foot, LOOKS["foot"], face)
        _area(sheet, last, last, column, cell.across)
    end = column + cell.across - 1
    for row in range(first, last + 1):
        for at in range(column, end + 1):
            sheet.cell(row, at).border = Border(
                left=THIN if at == column else None,
                right=THIN if at == end else None,
                top=THIN if row == first else None,
                bottom=THIN if row == last else None,
            )


def _area(sheet: Worksheet, first: int, last: int, column: int, across: int) -> None:
    if first != last or across > 1:
        sheet.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column + across - 1)


def _say(
    sheet: Worksheet, row: int, column: int, words: str, look: Alignment, face: Font | None = None
) -> None:
    """A text typed as a text, whatever a person wrote."""
    cell = say(sheet.cell(row, column), words or None)
    cell.alignment, cell.font, cell.number_format = look, face or Font(name=FONT, size=SIZE), "@"


def _for_print(sheet: Worksheet, mark: str, area: str) -> None:
    sheet.print_area = area
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "portrait", 9
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.7
    sheet.page_margins.top, sheet.page_margins.bottom = 0.7, 0.8
    sheet.page_margins.footer = 0.4
    sheet.oddFooter.right.text = clean(mark).replace("&", "&&")
    sheet.oddFooter.right.size = 8
