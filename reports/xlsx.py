"""A sheet as an Excel workbook with flat memory.

openpyxl owns everything that is the same however long the ledger is: styles, widths, header, panes, print set-up. It
writes a small workbook whose first body row holds one template cell a style; the rows themselves are streamed into a
copy of that workbook as prepared XML that names the styles by number (design, performance: Excel out). Texts are
typed as texts, so nothing a person wrote becomes a formula.
"""

import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from accounts.tables import Column, show
from organizations.workbook_out import ILLEGAL, MAX_TEXT, clean, save, say
from reports.sheet import Block, Merge, Sheet, heights, lines

PAPERS = {"A4": 9, "A3": 8}
LINE, PADDING = 14.0, 5.0
MAX_HEIGHT = 409.0
SHEET = "xl/worksheets/sheet1.xml"
FONT = "宋体"
THIN = Side(style="thin", color="000000")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
EPOCH = date(1899, 12, 30).toordinal()
Progress = Callable[[int], object]


def write(sheet: Sheet, target: Path, *, progress: Progress = lambda rows: None) -> int:
    """Write the workbook and return how many rows it has; `progress` hears of the rows done so far."""
    book = Workbook()
    page = book.active
    above = _set_up(page, sheet)
    styles = _template(page, sheet, above + 1)
    small = io.BytesIO()
    save(book, small)
    with (
        zipfile.ZipFile(small) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as out,
    ):
        for item in source.infolist():
            if item.filename != SHEET:
                out.writestr(item, source.read(item))
        head, tail = _around(source.read(SHEET).decode(), above + 1)
        with out.open(SHEET, "w", force_zip64=True) as xml, tempfile.TemporaryFile() as merges:
            xml.write(head.encode())
            _body(sheet, styles, above, xml, merges, progress)
            before, after = tail.split("</mergeCells>")
            xml.write(before.encode())
            merges.seek(0)
            while piece := merges.read(1 << 16):
                xml.write(piece)
            xml.write(f"</mergeCells>{after}".encode())
    return sheet.count


def _set_up(page: Worksheet, sheet: Sheet) -> int:
    """Title, particulars, header, panes and print set-up; returns the number of rows above the body."""
    page.title = re.sub(r"[\\/*?:\[\]']", "", clean(sheet.title))[:31] or "表"
    columns = sheet.columns
    last = get_column_letter(len(columns))
    for i, column in enumerate(columns, 1):
        page.column_dimensions[get_column_letter(i)].width = column.width + 1
    say(page["A1"], sheet.title)
    page["A1"].font = Font(name="方正小标宋简体", size=20)
    page["A1"].alignment = Alignment(horizontal="center", vertical="center")
    page.merge_cells(f"A1:{last}1")
    page.row_dimensions[1].height = 34
    say(page["A2"], "　　".join(f"{label}：{value or '　　　　　　'}" for label, value in sheet.particulars))
    page["A2"].font = Font(name=FONT, size=11)
    page["A2"].alignment = Alignment(vertical="center")
    page.merge_cells(f"A2:{last}2")
    page.row_dimensions[2].height = 22
    above = _header(page, columns)
    page.freeze_panes = page.cell(above + 1, _frozen(columns) + 1)
    page.print_title_rows = f"1:{above}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = PAPERS[sheet.paper]
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_options.horizontalCentered = True
    page.page_margins.left = page.page_margins.right = 0.5
    page.page_margins.top, page.page_margins.bottom = 0.6, 0.7
    page.oddFooter.center.text = "第 &P 页，共 &N 页"
    page.oddFooter.right.text = clean(sheet.mark).replace("&", "&&")
    page.oddFooter.right.size = 8
    return above


def _frozen(columns: tuple[Column, ...]) -> int:
    """How many columns stay in sight while scrolling sideways: up to the one that names the row."""
    keys = [column.key for column in columns]
    return keys.index("organization") + 1 if "organization" in keys else 1


def _header(page: Worksheet, columns: tuple[Column, ...]) -> int:
    deep = 4 if any(column.group for column in columns) else 3
    font = Font(name="黑体", size=10)
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for i, column in enumerate(columns, 1):
        say(page.cell(3, i), column.group or column.title)
        if deep == 4:
            say(page.cell(4, i), column.title if column.group else None)
        for row in range(3, deep + 1):
            cell = page.cell(row, i)
            cell.font, cell.alignment, cell.border = font, middle, BOX
        if deep == 4 and not column.group:
            page.merge_cells(start_row=3, end_row=4, start_column=i, end_column=i)
    start = 0
    while deep == 4 and start < len(columns):
        end = start
        while end + 1 < len(columns) and columns[end + 1].group == columns[start].group:
            end += 1
        if columns[start].group and end > start:
            page.merge_cells(start_row=3, end_row=3, start_column=start + 1, end_column=end + 1)
        start = end + 1
    for row in range(3, deep + 1):
        page.row_dimensions[row].height = 24
    most = max(lines(column.title, column.width) for column in columns if column.group or deep == 3)
    page.row_dimensions[deep].height = max(24, most * LINE + PADDING)
    return deep


NAMED = {
    "text": Alignment(vertical="center", wrap_text=True),
    "short": Alignment(horizontal="center", vertical="center", wrap_text=True),
    "number": Alignment(horizontal="center", vertical="center"),
}


def _template(page: Worksheet, sheet: Sheet, row: int) -> dict[str, int]:
    """Put one cell of each style into the template row; returns the styles' numbers by name."""
    body, bold = Font(name=FONT, size=10), Font(name=FONT, size=10, bold=True)
    wanted: dict[str, tuple[Font, Alignment, str, Border]] = {
        name: (body, alignment, "General", BOX) for name, alignment in NAMED.items()
    }
    wanted["text"] = (body, NAMED["text"], "@", BOX)
    wanted["short"] = (body, NAMED["short"], "@", BOX)
    # A share keeps its decimals: 20.37% on paper must not be 20% in the workbook
    wanted["percent"] = (body, NAMED["number"], 'General"%"', BOX)
    wanted["date"] = (body, NAMED["number"], 'yyyy"年"m"月"d"日"', BOX)
    wanted["foot"] = (bold, NAMED["short"], "@", BOX)
    wanted["signature"] = (Font(name=FONT, size=11), Alignment(vertical="center"), "@", Border())
    numbers = {}
    for i, (name, (font, alignment, number_format, border)) in enumerate(wanted.items(), 1):
        cell = page.cell(row, i, 0)
        cell.font, cell.alignment, cell.border, cell.number_format = font, alignment, border, number_format
        numbers[name] = cell.style_id
    return numbers


def _around(xml: str, template_row: int) -> tuple[str, str]:
    """The sheet's XML before and after its body; the template row and the range it claims are dropped."""
    xml = re.sub(r"<dimension [^>]*/>", "", xml)
    xml = re.sub(r'<mergeCells count="\d+">', "<mergeCells>", xml)
    start = xml.index(f'<row r="{template_row}"')
    end = xml.index("</sheetData>")
    return xml[:start], xml[end:]


def _style_of(column: Column, styles: dict[str, int]) -> int:
    if column.kind in ("number", "date", "percent"):
        return styles[column.kind]
    return styles["text" if column.width >= 14 else "short"]


def _body(
    sheet: Sheet, styles: dict[str, int], above: int, xml: IO[bytes], merges: IO[bytes], progress: Progress
) -> None:
    letters = [get_column_letter(i) for i in range(1, len(sheet.columns) + 1)]
    columns = [
        (letter, f'" s="{_style_of(column, styles)}"')
        for letter, column in zip(letters, sheet.columns, strict=True)
    ]
    number, told = above, 0
    buffer: list[str] = []
    for block in sheet.blocks():
        first = number + 1
        buffer += _rows(block, sheet, columns, first)
        number += len(block.rows)
        if block.merges:
            merges.write("".join([_merge(letters[m.column], first, m) for m in block.merges]).encode())
        if len(buffer) >= 500:
            xml.write("".join(buffer).encode())
            buffer.clear()
        if sheet.count - told >= 1000:
            told = sheet.count
            progress(told)
    buffer += _below(sheet, styles, letters, number, merges)
    xml.write("".join(buffer).encode())


def _merge(letter: str, first: int, merge: Merge) -> str:
    return f'<mergeCell ref="{letter}{first + merge.first}:{letter}{first + merge.last}"/>'


def _rows(block: Block, sheet: Sheet, columns: list[tuple[str, str]], first: int) -> Iterator[str]:
    """The rows of a block; cells a merged one covers keep their border and nothing else, as openpyxl writes them."""
    covered: dict[int, set[int]] = {}
    for merge in block.merges:
        for row in range(merge.first + 1, merge.last + 1):
            covered.setdefault(row, set()).add(merge.column)
    for place, (row, needed) in enumerate(zip(block.rows, heights(block, sheet.columns), strict=True)):
        number, values = first + place, row.values
        height = min(needed * LINE + PADDING, MAX_HEIGHT)
        if place in covered:
            hidden = covered[place]
            values = list(values)
            for i in hidden:
                values[i] = None
        cells = [f'<row r="{number}" ht="{height:g}" customHeight="1">']
        for (letter, style), value in zip(columns, values, strict=True):
            if value is None or value == "":
                cells.append(f'<c r="{letter}{number}{style}/>')
            elif value.__class__ is not str:
                cells.append(f'<c r="{letter}{number}{style}>{_number(value)}</c>')
            elif value.isalnum():  # nothing to escape: most cells, and the test of one costs least
                cells.append(f'<c r="{letter}{number}{style} t="inlineStr"><is><t>{value}</t></is></c>')
            else:
                cells.append(f'<c r="{letter}{number}{style} t="inlineStr"><is>{text(value)}</is></c>')
        cells.append("</row>")
        yield "".join(cells)


def text(value: str) -> str:
    """A text element: escaped, without what XML forbids, as long as Excel allows."""
    if value.isprintable() and "&" not in value and "<" not in value and len(value) < 300 and value[0] != " ":
        return f"<t>{value}</t>" if value[-1] != " " else f'<t xml:space="preserve">{value}</t>'
    value = ILLEGAL.sub("", value)[:MAX_TEXT].replace("&", "&amp;").replace("<", "&lt;")
    return f'<t xml:space="preserve">{value}</t>'


def _number(value: Any) -> str:
    """The inside of a cell that is no text."""
    kind = value.__class__
    if kind is int or kind is Decimal or kind is float:
        return f"<v>{value}</v>"
    if kind is date:
        return f"<v>{value.toordinal() - EPOCH}</v>"
    if kind is bool:
        return f"<v>{int(value)}</v>"
    raise TypeError(f"no cell for {value!r}")


def _below(
    sheet: Sheet, styles: dict[str, int], letters: list[str], number: int, merges: IO[bytes]
) -> Iterator[str]:
    """The 合计 row, then the signature line."""
    foot = sheet.foot()
    if foot is not None:
        number += 1
        cells = [
            f'<c r="{letter}{number}" s="{styles["foot"]}" t="inlineStr"><is>{text(show(value))}</is></c>'
            if value not in (None, "")
            else f'<c r="{letter}{number}" s="{styles["foot"]}"/>'
            for letter, value in zip(letters, foot, strict=True)
        ]
        yield f'<row r="{number}" ht="24" customHeight="1">{"".join(cells)}</row>'
    if sheet.signatures:
        number += 1
        words = "　　　　　　　　".join(sheet.signatures)
        cell = f'<c r="A{number}" s="{styles["signature"]}" t="inlineStr"><is>{text(words)}</is></c>'
        yield f'<row r="{number}" ht="36" customHeight="1">{cell}</row>'
        merges.write(f'<mergeCell ref="A{number}:{letters[-1]}{number}"/>'.encode())
