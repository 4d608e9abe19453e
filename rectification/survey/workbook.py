"""The score sheet as an Excel workbook: what is downloaded is filled in and comes back.

Three pages of the same shape, an organization a row and a criterion a column: points, words, sources. The grey columns
are locked; identity and version of each row are hidden in the first two.
"""

import io
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from organizations.workbook_out import save, say
from rectification.schemes.models import Criterion
from rectification.schemes.terms import field_names, plain
from rectification.survey.sheet import Cell, Page, SheetRow
from rectification.survey.terms import FindingSource

HEADER_ROW = 3
FIXED = ("标识", "版本", "代码", "村（社区）等", "领域")
FIRST = len(FIXED) + 1
POINTS, WORDS, SOURCES = "评分", "具体表现", "来源"
NOTE = "灰色列请勿修改、移动，不要增删行。空格表示不扣分或没有。填好后在摸排评分页“Excel 填报”处上传。"
HINTS = {
    POINTS: "填扣分，不扣不填；没有标准分的情形在“具体表现”页写明即为符合。",
    WORDS: "写时间、事实、数字。",
    SOURCES: "从下拉中选；来源为“其他”的写“其他：来源”。不填的按“走访”。",
}
SONG, HEI = "宋体", "黑体"
LINE = Side(style="thin", color="FF808080")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
GREY = PatternFill("solid", fgColor="FFEDEDED")
OPEN = Protection(locked=False)


def header(criterion: Criterion) -> str:
    """A criterion's column head: number, short words, points."""
    name = f"{criterion.number}{criterion.short or criterion.text}"
    return f"{name}（{plain(criterion.points)}分）" if criterion.points else f"{name}（符合即定）"


def write_scores(page: Page, *, mark: str = "") -> bytes:
    """The workbook of a sheet as it stands: codes as text, header frozen, A4 landscape, one page wide."""
    book = Workbook()
    book.remove(book.active)
    _matrix(book, page, POINTS, _points, width=9)
    _matrix(book, page, WORDS, lambda cell: cell.words or None, width=26)
    _matrix(book, page, SOURCES, lambda cell: cell.source_words if cell.found else None, width=14)
    _limit_points(book[POINTS], page)
    _list_sources(book[SOURCES], page)
    out = io.BytesIO()
    save(book, out, mark=mark)
    return out.getvalue()


def _points(cell: Cell) -> Any:
    return float(cell.points) if cell.points else None


def _matrix(book: Workbook, page: Page, name: str, value: Callable[[Cell], Any], *, width: float) -> None:
    sheet = book.create_sheet(name)
    _above(sheet, page, name)
    for column, words in enumerate([*FIXED, *(header(one) for one in page.criteria)], 1):
        cell = say(sheet.cell(HEADER_ROW, column), words)
        cell.font, cell.border, cell.fill = Font(name=HEI, size=10), BOX, GREY
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.row_dimensions[HEADER_ROW].height = 44
    for number, row in enumerate(page.rows, HEADER_ROW + 1):
        _line(sheet, number, row, page.criteria, value)
    for letter, wide in zip("ABCDE", (4, 4, 15, 16, 8), strict=True):
        sheet.column_dimensions[letter].width = wide
    sheet.column_dimensions["A"].hidden = sheet.column_dimensions["B"].hidden = True
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, FIRST)
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    _print_set_up(sheet)


def _above(sheet: Worksheet, page: Page, name: str) -> None:
    survey, last = page.sheet.survey, get_column_letter(FIRST - 1 + len(page.criteria))
    title = f"{page.sheet.organization.short_name}{survey.year}年摸排{name}表"
    lines = [(1, title, Font(name=HEI, size=16), "center", 28)]
    lines.append((2, f"{HINTS[name]}{NOTE}", Font(name=SONG, size=9), "left", 26))
    for row, text, font, side, height in lines:
        sheet.merge_cells(f"A{row}:{last}{row}")
        cell = say(sheet.cell(row, 1), text)
        cell.font, cell.alignment = font, Alignment(horizontal=side, vertical="center", wrap_text=True)
        sheet.row_dimensions[row].height = height


def _line(
    sheet: Worksheet, number: int, row: SheetRow, criteria: Sequence[Criterion], value: Callable[[Cell], Any]
) -> None:
    unit = row.assessment.organization
    facts = [str(row.assessment.uid), row.assessment.version, unit.code or "", row.name]
    for column, one in enumerate([*facts, field_names((row.assessment.field,))], 1):
        _put(sheet, number, column, one, locked=True)
    for column, cell in enumerate(row.cells, FIRST):
        entered = sheet.title != POINTS or bool(cell.criterion.points)
        locked = not cell.asked or not entered or bool(row.gone)
        _put(sheet, number, column, value(cell) if cell.asked else "—", locked=locked)


def _put(sheet: Worksheet, row: int, column: int, value: Any, *, locked: bool) -> None:
    cell = say(sheet.cell(row, column), value)
    if isinstance(value, str):
        cell.number_format = "@"
    cell.font, cell.border = Font(name=SONG, size=10), BOX
    cell.alignment = Alignment(horizontal="left", vertical="center", wrap_text=True)
    if locked:
        cell.fill = GREY
    else:
        cell.protection = OPEN


def _limit_points(sheet: Worksheet, page: Page) -> None:
    """Excel itself says no to more than the standard points; the upload checks again."""
    last = HEADER_ROW + max(len(page.rows), 1)
    for column, one in enumerate(page.criteria, FIRST):
        if not one.points:
            continue
        limit = DataValidation(
            type="decimal", operator="between", formula1="0", formula2=plain(one.points), allow_blank=True
        )
        limit.error = f"扣分在 0 到 {plain(one.points)} 之间"
        letter = get_column_letter(column)
        limit.add(f"{letter}{HEADER_ROW + 1}:{letter}{last}")
        sheet.add_data_validation(limit)


def _list_sources(sheet: Worksheet, page: Page) -> None:
    labels = ",".join(source.label for source in FindingSource)
    choice = DataValidation(type="list", formula1=f'"{labels}"', allow_blank=True, showErrorMessage=False)
    last = HEADER_ROW + max(len(page.rows), 1)
    choice.add(f"F{HEADER_ROW + 1}:{get_column_letter(FIRST - 1 + len(page.criteria))}{last}")
    sheet.add_data_validation(choice)


def _print_set_up(sheet: Worksheet) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{HEADER_ROW}"
