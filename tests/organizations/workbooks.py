"""Workbooks as offices send them, and as they should not."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook, load_workbook

HEADERS = ["代码", "名称", "户数", "人口", "党员数"]


def workbook(rows: list[list[Any]], *, headers: list[str] | None = None, sheet: str = "名册") -> bytes:
    """A small workbook with a header row and rows."""
    book = Workbook()
    page = book.active
    page.title = sheet
    page.append(HEADERS if headers is None else headers)
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(content: bytes, change: Callable[[Any], object]) -> bytes:
    """The workbook after somebody worked on its first sheet."""
    book = load_workbook(io.BytesIO(content))
    change(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed(sheet: str, **parts: bytes) -> bytes:
    """The smallest .xlsx there is, with this XML as its sheet and other parts beside."""
    out = io.BytesIO()
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        )
        office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        )
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="名册" sheetId="1" r:id="r1"/>'
            "</sheets></workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/worksheet"'
            ' Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}">{sheet}</worksheet>')
        for name, content in parts.items():
            archive.writestr(f"xl/{name}.bin", content)
    return out.getvalue()


def bomb(reference: str = "XFD1048576", *, quote: str = '"') -> bytes:
    """A tiny file with one cell in the farthest corner, which makes a parser ask for 17 milliard cells."""
    cell = f"<c r={quote}{reference}{quote}><v>1</v></c>"
    first = '<row r="1"><c r="A1"><v>1</v></c></row>'
    return packed(f"<sheetData>{first}<row>{cell}</row></sheetData>")
