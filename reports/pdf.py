"""A sheet as a PDF an office can sign: repeated header, fonts embedded, flat memory.

Runs in a worker or a command only. The pages are made
in chunks and joined, and a chunk ends with a whole page: what stood on its last, unfinished page opens the
next chunk (design, performance: PDF).
"""

import io
from collections.abc import Callable, Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from accounts.tables import Column, show
from reports import grid, press
from reports.sheet import Block, Merge, Row, Sheet, heights

PAPERS = {"A4": (297, 210), "A3": (420, 297)}
SIDE, TOP, BOTTOM = 12, 12, 15
POINT = 0.3528  # millimetres
CHUNK_PAGES = 17
Progress = Callable[[int], object]


def write(sheet: Sheet, target: Path, *, progress: Progress = lambda rows: None) -> list[str]:
    """Write the PDF; returns the characters no font of ours has, each by its name (empty when all are there)."""
    from pypdf import PdfWriter

    with PdfWriter() as joined, press.patient_collector():
        lay_out, absent = press.open_press(bare=True), set()
        kept: list[Block] = []
        pages = 0
        for blocks, last in _chunks(_pieces(sheet), sheet):
            kept += blocks
            absent |= press.absent(_texts(kept))
            document = None
            press.collect()
            document = lay_out(_html(sheet, kept, first=pages == 0, last=last, page=pages))
            done = document.pages if last else document.pages[:-1]
            kept = [] if last else _on_page(document.pages[-1], kept)
            if done:
                joined.append(io.BytesIO(document.copy(done).write_pdf()))
                grid.draw(joined, done)
                pages += len(done)
            progress(sheet.count)
        joined.add_metadata({"/Title": sheet.title, "/Subject": sheet.mark})
        joined.compress_identical_objects()
        with target.open("wb") as file:
            joined.write(file)
    return press.named(absent)


def _texts(blocks: list[Block]) -> Iterator[str]:
    """Every text in the cells."""
    for block in blocks:
        for row in block.rows:
            yield from map(show, row.values)


def _room(sheet: Sheet) -> int:
    """About how many lines of body a page holds."""
    return int((PAPERS[sheet.paper][1] - TOP - BOTTOM - 20) / (_size(sheet) * 1.35 * POINT))


def _size(sheet: Sheet) -> float:
    """Type size in points: 9, smaller only where the columns would not fit the paper."""
    width = PAPERS[sheet.paper][0] - 2 * SIDE
    columns = sum(column.width for column in sheet.columns)
    return round(min(9.5, width / columns * 2 / POINT * 0.92), 1)


def _pieces(sheet: Sheet) -> Iterator[tuple[Block, int]]:
    """Blocks with their lines; one that would fill more than half a page is cut, its merged cells said again."""
    most = _room(sheet) // 2
    for block in sheet.blocks():
        needed = [lines + 0.4 for lines in heights(block, sheet.columns)]
        start, filled = 0, 0.0
        for number, lines in enumerate(needed):
            if filled and filled + lines > most:
                yield _cut(block, start, number), int(filled) + 1
                start, filled = number, 0.0
            filled += lines
        yield (_cut(block, start, len(block.rows)) if start else block), int(filled) + 1


def _cut(block: Block, start: int, end: int) -> Block:
    merges = []
    rows = [list(row.values) for row in block.rows[start:end]]
    for merge in block.merges:
        first, last = max(merge.first, start), min(merge.last, end - 1)
        if first > last:
            continue
        value = block.rows[merge.first].values[merge.column]
        again = f"{value}（续）" if merge.first < start and isinstance(value, str) and value else value
        rows[first - start][merge.column] = again
        if last > first:
            merges.append(Merge(merge.column, first - start, last - start))
    parts = [row.parts for row in block.rows[start:end]]
    return Block([Row(tuple(values), part) for values, part in zip(rows, parts, strict=True)], merges)


def _chunks(pieces: Iterator[tuple[Block, int]], sheet: Sheet) -> Iterator[tuple[list[Block], bool]]:
    """Pieces for CHUNK_PAGES pages at a time, and whether they are the last."""
    room = _room(sheet) * CHUNK_PAGES
    blocks: list[Block] = []
    filled = 0
    for block, lines in pieces:
        if filled + lines > room and blocks:
            yield blocks, False
            blocks, filled = [], 0
        blocks.append(block)
        filled += lines
    yield blocks, True


def _on_page(page: Any, blocks: list[Block]) -> list[Block]:
    """The blocks that begin on this page."""
    return [blocks[int(name[1:])] for name in sorted(page.anchors, key=lambda n: int(n[1:]))]


def _html(sheet: Sheet, blocks: list[Block], *, first: bool, last: bool, page: int) -> str:
    parts = [f"<html lang='zh-CN'><head><style>{escape(_style(sheet, page))}</style></head><body>"]
    if first:
        parts.append(f"<h1>{escape(sheet.title)}</h1><p class='particulars'>")
        parts += [
            f"<span>{escape(label)}：{escape(value) or '　' * 6}</span>" for label, value in sheet.particulars
        ]
        parts.append("</p>")
    parts.append(f"<table>{_columns(sheet)}{_header(sheet.columns)}")
    kinds = [_kind(column) for column in sheet.columns]
    for single, members in groupby(enumerate(blocks), key=lambda item: len(item[1].rows) == 1):
        # Rows of their own share a body: a body for each would cost as much as three cells more
        parts.append("<tbody class='rows'>" if single else "")
        for number, block in members:
            rows = "".join(_rows(block, sheet.columns, kinds, name=f"b{number}" if single else ""))
            parts.append(rows if single else f"<tbody id='b{number}'>{rows}</tbody>")
        parts.append("</tbody>" if single else "")
    if last:
        parts += _foot(sheet)
    parts.append("</table>")
    if last and sheet.signatures:
        parts.append("<p class='signatures'>")
        parts += [f"<span>{escape(words)}</span>" for words in sheet.signatures]
        parts.append("</p>")
    parts.append("</body></html>")
    return "".join(parts)


def _rows(block: Block, columns: tuple[Column, ...], kinds: list[str], *, name: str = "") -> Iterator[str]:
    spans = {(merge.column, merge.first): merge.last - merge.first + 1 for merge in block.merges}
    covered = {(m.column, row) for m in block.merges for row in range(m.first + 1, m.last + 1)}
    for number, row in enumerate(block.rows):
        cells = []
        for i, (value, column) in enumerate(zip(row.values, columns, strict=True)):
            if (i, number) in covered:
                continue
            span = f" rowspan='{spans[i, number]}'" if (i, number) in spans else ""
            cells.append(f"<td class='{kinds[i]}'{span}>{escape(show(value, column.kind))}</td>")
        opening = f"<tr id='{name}'>" if name else "<tr>"
        yield f"{opening}{''.join(cells)}</tr>"


def _kind(column: Column) -> str:
    return "c" if column.kind in ("number", "percent", "date") or column.width < 14 else "t"


def _columns(sheet: Sheet) -> str:
    total = sum(column.width for column in sheet.columns)
    return "".join(f"<col style='width:{column.width / total:.3%}'/>" for column in sheet.columns)


def _header(columns: tuple[Column, ...]) -> str:
    first, second = [], []
    deep = " rowspan='2'" if any(column.group for column in columns) else ""
    for group, members in groupby(columns, key=lambda column: column.group):
        titles = [column.title for column in members]
        if group:
            first.append(f"<th colspan='{len(titles)}'>{escape(group)}</th>")
            second += [f"<th>{escape(title)}</th>" for title in titles]
        else:
            first += [f"<th{deep}>{escape(title)}</th>" for title in titles]
    below = f"<tr>{''.join(second)}</tr>" if deep else ""
    return f"<thead><tr>{''.join(first)}</tr>{below}</thead>"


def _foot(sheet: Sheet) -> Iterator[str]:
    cells = sheet.foot()
    if cells:
        yield "<tbody class='foot'><tr>"
        yield from (f"<td class='c'>{escape(show(value))}</td>" for value in cells)
        yield "</tr></tbody>"


def _style(sheet: Sheet, page: int) -> str:
    mark = press.plain_mark(sheet.mark)
    return f"""
@page {{ size: {sheet.paper} landscape; margin: {TOP}mm {SIDE}mm {BOTTOM}mm;
  @bottom-center {{ content: "第 " counter(page) " 页"; font: 9pt 'Noto Serif SC' }}
  @bottom-right {{ content: "{mark}"; font: 7pt 'Noto Serif SC'; color: #555 }} }}
@page :first {{ counter-reset: page {page + 1} }}
body {{ font: {_size(sheet)}pt/1.35 'Noto Serif SC'; margin: 0 }}
h1 {{ font-size: 20pt; font-weight: 700; text-align: center; margin: 0 0 3mm; line-height: 1.3 }}
.particulars {{ margin: 0 0 2mm; font-size: 10.5pt }}
.signatures {{ margin: 6mm 0 0; font-size: 10.5pt; break-inside: avoid }}
.particulars span {{ margin-right: 12mm }} .signatures span {{ margin-right: 50mm }}
table {{ table-layout: fixed; width: 100%; border-collapse: separate; border-spacing: 0 }}
th, td {{ padding: .75mm .95mm;
  vertical-align: middle; overflow-wrap: anywhere; white-space: pre-wrap }}
th {{ font-weight: 700; text-align: center }} .c {{ text-align: center }} .foot td {{ font-weight: 700 }}
tbody, tr {{ break-inside: avoid }} .rows {{ break-inside: auto }}
"""
