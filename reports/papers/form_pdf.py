"""A form as a PDF: a page a record on A4, in the faces of official papers, its words set smaller rather than cut."""

import io
from html import escape
from pathlib import Path
from typing import Any

from reports import press
from reports.papers.form import GRID, POINT, WIDTH, Book, Cell, Page, heights
from reports.xlsx import Progress

SIZES = (11, 10, 9, 8)  # points; the first that fits the page
PAGES_A_PART = 20
INSET = 2.3  # millimetres a cell's padding and border add to the height of its row


def write(book: Book, target: Path, *, progress: Progress = lambda rows: None) -> list[str]:
    """Write the PDF; returns the characters no font of ours has, each by its name."""
    from pypdf import PdfWriter

    absent: set[str] = set()
    with PdfWriter() as joined, press.patient_collector():
        lay_out, ready = press.open_press(), []
        for page in book.each():
            absent |= press.absent(_texts(page))
            ready.append(_fitting(lay_out, page, book.mark))
            if len(ready) == PAGES_A_PART:
                _append(joined, ready)
                ready = []
            progress(book.count)
        if not book.count:
            ready.append(lay_out(_html(Page("", f"{book.title}：没有可打印的内容", ()), book.mark, SIZES[0])))
        _append(joined, ready)
        joined.add_metadata({"/Title": book.title, "/Subject": book.mark})
        joined.compress_identical_objects()
        with target.open("wb") as file:
            joined.write(file)
    return press.named(absent)


def _append(joined: Any, documents: list[Any]) -> None:
    pages = [page for document in documents for page in document.pages]
    if pages:
        joined.append(io.BytesIO(documents[0].copy(pages).write_pdf()))


def _fitting(lay_out: Any, page: Page, mark: str) -> Any:
    """Laid out in the largest type that leaves it on one sheet of paper."""
    document = None
    for size in SIZES:
        if document is None or len(document.pages) > 1:
            document = lay_out(_html(page, mark, size))
    return document


def _texts(page: Page) -> list[str]:
    words = [word for line in page.lines for cell in line.cells for word in (cell.words, cell.foot)]
    return [page.title, page.above, page.below, *words]


def _html(page: Page, mark: str, size: float) -> str:
    parts = [
        f"<html lang='zh-CN'><head><style>{_style(mark, size)}</style></head><body>",
        f"<h1>{escape(page.title)}</h1><p class=above>{escape(page.above)}</p><table>",
        f"<col style='width:{100 / GRID:.4f}%'>" * GRID,
    ]
    foot = size * POINT * 2
    for number, tall in enumerate(heights(page, size)):
        cells = page.lines[number].cells
        signed = any(cell.foot for cell in cells)
        parts.append(f"<tr style='height:{tall - foot * signed - INSET:.1f}mm'>")
        parts += [_cell(cell, _rows(page, number, cell)) for cell in cells]
        if signed:
            feet = (
                f"<td class=foot colspan={cell.across}>{escape(cell.foot)}" for cell in cells if cell.foot
            )
            parts.append(f"<tr style='height:{foot - INSET:.1f}mm'>{''.join(feet)}")
    parts.append(f"</table><p class=below>{escape(page.below)}</p></body></html>")
    return "".join(parts)


def _rows(page: Page, number: int, cell: Cell) -> int:
    """Rows of the table a cell takes: a line with a signature is two of them, and its words leave the second free."""
    taken = page.lines[number : number + cell.down]
    return sum(1 + any(other.foot for other in line.cells) for line in taken) - bool(cell.foot)


def _cell(cell: Cell, rows: int) -> str:
    span = f" colspan={cell.across}" if cell.across > 1 else ""
    span += f" rowspan={rows}" if rows > 1 else ""
    kind = f"'{cell.kind} signed'" if cell.foot else cell.kind
    return f"<td class={kind}{span}>{escape(cell.words)}"


def _style(mark: str, size: float) -> str:
    return f"""
@page {{ size: A4; margin: 20mm 20mm 18mm;
  @bottom-right {{ content: "{press.plain_mark(mark)}"; font: 7pt 'Noto Serif SC'; color: #555 }} }}
body {{ font-family: {press.BODY}; font-size: {size}pt; line-height: 1.35; margin: 0 }}
h1 {{ font-family: {press.TITLE}; font-size: 20pt; text-align: center; margin: 0 0 4mm; line-height: 1.3 }}
.above {{ margin: 0 0 1.5mm }} .below {{ margin: 1.5mm 0 0; font-size: 9pt }}
table {{ table-layout: fixed; width: {WIDTH}mm; border-collapse: collapse }}
td {{ border: .75pt solid #000; padding: 1mm 1.5mm; vertical-align: middle; text-align: center;
  overflow-wrap: anywhere; white-space: pre-wrap }}
.label {{ font-family: {press.HEADING} }} .text {{ text-align: left; vertical-align: top }}
.signed {{ border-bottom: 0 }}
.foot {{ border-top: 0; text-align: right; vertical-align: bottom; white-space: pre }}
"""
