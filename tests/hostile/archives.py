"""Workbooks made by hand, and the ways in which an archive lies about what it holds."""

import io
import struct
import warnings
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET = "xl/worksheets/sheet1.xml"
READ = ""  # harmless: it may be read, and must then be read whole


class Hostile(NamedTuple):
    """A file: what is wrong with it, its name, its bytes, and words of the refusal (READ where none is owed)."""

    trick: str
    file_name: str
    content: bytes
    words: str = READ


def row(number: int, *texts: str) -> str:
    """A row of texts."""
    cells = "".join(
        f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for place, text in enumerate(texts)
    )
    return f'<row r="{number}">{cells}</row>'


# What a roster that is written in part would leave behind: this village with 999 households
GOOD = row(1, "代码", "名称", "户数") + row(2, "990121101201", "石桥村委会", "999")


def data(rows: str = "", *, before: str = "", after: str = "") -> bytes:
    """A sheet whose first rows are a roster in order."""
    return (
        f'<worksheet xmlns="{MAIN}">{before}<sheetData>{GOOD}{rows}</sheetData>{after}</worksheet>'.encode()
    )


def parts(sheet: bytes = b"", *, book: str = "", **others: bytes) -> dict[str, bytes]:
    """The parts of a workbook; others by their name below xl/, “__” for the slash."""
    book = book or '<sheet name="名册" sheetId="1" r:id="r1"/>'
    made = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{KINDS}.sheet.main+xml"/>'
            f'<Override PartName="/{SHEET}" ContentType="{KINDS}.worksheet+xml"/></Types>'
        ).encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{book}</sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/worksheet"'
            ' Target="worksheets/sheet1.xml"/></Relationships>'
        ).encode(),
        SHEET: sheet or data(),
    }
    return made | {
        f"xl/{name.replace('__', '/').replace('_xml', '.xml')}": part for name, part in others.items()
    }


def packed(made: dict[str, bytes], *, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as an archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in made.items():
            archive.writestr(name, content)
    return out.getvalue()


def book(sheet: bytes = b"", **others: bytes) -> bytes:
    """A workbook with this sheet."""
    return packed(parts(sheet, **others))


class _Stream(io.RawIOBase):
    """A file that cannot be wound back, so that sizes stand behind the data."""

    def __init__(self) -> None:
        self.written = b""

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:
        self.written += bytes(piece)
        return len(piece)


def streamed() -> bytes:
    """Sizes and sums in data descriptors, as a program that writes without winding back leaves them."""
    out = _Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts().items():
            archive.writestr(name, content)
    return out.written


def entry(name: str, content: bytes = b"x", *, mode: int = 0) -> bytes:
    """A workbook with one entry more."""
    out = io.BytesIO(book())
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo(name)
        info.filename, info.external_attr = name, mode << 16
        with warnings.catch_warnings(action="ignore"):
            archive.writestr(info, content)
    return out.getvalue()


def listed(content: bytes, name: str, **changes: int) -> bytes:
    """The archive with another claim in its directory's entry of a part."""
    places = {
        "flags": (8, "<H"),
        "method": (10, "<H"),
        "crc": (16, "<I"),
        "packed": (20, "<I"),
        "size": (24, "<I"),
    }
    changed, at = bytearray(content), content.find(b"PK\x01\x02")
    while at >= 0:
        length = struct.unpack_from("<H", content, at + 28)[0]
        if content[at + 46 : at + 46 + length] == name.encode():
            for what, value in changes.items():
                struct.pack_into(places[what][1], changed, at + places[what][0], value)
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


def overlapping() -> bytes:
    """Many entries of the directory that all name the same packed bytes."""
    inner = book(data(), media=b"\0" * 1_000_000)
    end = inner.rfind(b"PK\x05\x06")
    start = struct.unpack_from("<I", inner, end + 16)[0]
    last = inner.rfind(b"PK\x01\x02", start, end)
    again = b"".join(inner[last:end].replace(b"xl/media", f"xl/med{n:02d}".encode()) for n in range(90))
    directory = inner[start:end] + again
    tail = bytearray(inner[end:])
    count = directory.count(b"PK\x01\x02")
    struct.pack_into("<HHI", tail, 8, count, count, len(directory))
    return inner[:start] + directory + bytes(tail)


def with_comment(comment: bytes) -> bytes:
    """A comment at the end of the archive, where a second directory may hide."""
    content = book()
    return content[:-2] + struct.pack("<H", len(comment)) + comment


BROKEN, NONE, STRANGE = "已损坏", "不是有效的 .xlsx", "异常的路径或链接"


def archives() -> Iterator[Hostile]:
    """Tricks of the container."""
    good = book()
    yield from _not_workbooks(good)
    yield Hostile("end cut off", "a.xlsx", good[:-200], NONE)
    yield Hostile("beginning cut off", "a.xlsx", b"PK" + good[300:])
    yield Hostile("bytes before the archive", "a.xlsx", b"PK" + b"\0" * 999 + good)
    yield Hostile("a second archive behind the first", "a.xlsx", good + book(data(row(3, "9", "9", "9"))))
    yield Hostile("a directory in the comment", "a.xlsx", with_comment(book()[-400:]))
    yield Hostile("the longest comment", "a.xlsx", with_comment(b"\0" * 65_535))
    yield Hostile("zip bomb", "a.xlsx", book(media=b"\0" * (80 << 20)), "解开后过大")
    yield Hostile("zip bomb in the sheet", "a.xlsx", book(data(after=" " * (60 << 20))), "解开后过大")
    yield Hostile("overlapping entries", "a.xlsx", overlapping(), "解开后过大")
    yield Hostile("claims 2 GB", "a.xlsx", listed(good, SHEET, size=0x7FFFFFFF), "解开后过大")
    yield Hostile("claims nothing", "a.xlsx", listed(good, SHEET, size=0), BROKEN)
    yield Hostile("claims less", "a.xlsx", listed(good, SHEET, size=200), BROKEN)
    yield Hostile("wrong sum", "a.xlsx", listed(good, SHEET, crc=1), BROKEN)
    yield Hostile("packed size beyond the file", "a.xlsx", listed(good, SHEET, packed=0x7FFFFFF0))
    yield Hostile("unknown packing", "a.xlsx", listed(good, SHEET, method=99), "压缩方式")
    yield Hostile("bzip2", "a.xlsx", packed(parts(), kind=zipfile.ZIP_BZIP2), "压缩方式")
    yield Hostile("entry under a password", "a.xlsx", listed(good, SHEET, flags=1), "打开密码")
    yield Hostile("sizes behind the data", "a.xlsx", streamed())
    yield Hostile("sizes behind the data, wrong sum", "a.xlsx", listed(streamed(), SHEET, crc=7), BROKEN)
    yield Hostile("two sheets of one name", "a.xlsx", entry(SHEET, data(row(3, "9"))), "重名")
    yield Hostile("names that differ by case", "a.xlsx", entry("XL/Worksheets/Sheet1.xml", data()), "重名")
    yield Hostile("path upwards", "a.xlsx", entry("xl/../../../etc/passwd"), STRANGE)
    yield Hostile("path from the root", "a.xlsx", entry("/etc/passwd"), STRANGE)
    yield Hostile("path of another system", "a.xlsx", entry("C:\\windows\\x"), STRANGE)
    yield Hostile("name turned around", "a.xlsx", entry("xl/‮lmx.x"), STRANGE)
    yield Hostile("link", "a.xlsx", entry("xl/link", b"/etc/passwd", mode=0o120777), STRANGE)
    yield Hostile("many parts", "a.xlsx", book(**{f"x{n}": b"" for n in range(2100)}), "过于复杂")
    yield Hostile("a name of 60,000 characters", "a.xlsx", entry("xl/" + "x" * 60_000))
    yield Hostile("workbook in the workbook", "a.xlsx", book(embeddings__a=book(media=b"\0" * 9_000_000)))


def _not_workbooks(good: bytes) -> Iterator[Hostile]:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    yield Hostile("nothing", "a.xlsx", b"", "文件是空的")
    yield Hostile("one byte", "a.xlsx", b"P", NONE)
    yield Hostile("two bytes", "a.xlsx", b"PK", NONE)
    yield Hostile("too large", "a.xlsx", b"PK" + b"\0" * (20 << 20), "超过 20 MB")
    yield Hostile("csv", "a.csv", "代码,名称\n".encode("gb18030"), "不接受 .csv")
    yield Hostile("csv renamed", "a.xlsx", "代码,名称\n".encode(), NONE)
    yield Hostile("web page renamed", "a.xlsx", b"<html><table><tr><td>=1+1</td></tr></table></html>", NONE)
    yield Hostile("SpreadsheetML renamed", "a.xlsx", b'<?xml version="1.0"?><Workbook/>', NONE)
    yield Hostile("old Excel", "a.xls", old, "另存为 .xlsx")
    yield Hostile("old Excel renamed, or under a password", "a.xlsx", old, "打开密码")
    yield Hostile("picture before the workbook", "a.xlsx", b"\xff\xd8\xff\xe0" + good, NONE)
    yield Hostile("program before the workbook", "a.xlsx", b"MZ" + good, NONE)
    yield Hostile("gzip", "a.xlsx", b"\x1f\x8b\x08" + good, NONE)
    yield Hostile("PDF", "a.xlsx", b"%PDF-1.7\n" + good, NONE)
    yield Hostile(
        "OpenDocument renamed", "a.xlsx", packed({"mimetype": b"x", "content.xml": b"<x/>"}), "没有工作簿"
    )
    word = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"}
    yield Hostile("Word renamed", "a.xlsx", packed(word), "没有工作簿")
    yield Hostile("archive renamed", "a.xlsx", packed({"a.xlsx": good}), "没有工作簿")
    yield Hostile("binary workbook renamed", "a.xlsx", _binary(), "xlsb")
    yield Hostile("macros", "a.xlsm", packed(parts() | {"xl/vbaProject.bin": b"x"}), "含宏")
    yield Hostile("macros renamed", "a.xlsx", packed(parts() | {"xl/VBAPROJECT.BIN": b"x"}), "含宏")
    yield Hostile("no list of kinds", "a.xlsx", _without("[Content_Types].xml"), "没有工作簿")
    yield Hostile("no workbook", "a.xlsx", _without("xl/workbook.xml"), "没有工作簿")
    yield Hostile("no sheet", "a.xlsx", _without(SHEET))
    yield Hostile("no relations", "a.xlsx", _without("xl/_rels/workbook.xml.rels"))
    yield Hostile("name of a path", "../../../../etc/cron.d/a.xlsx", good)
    yield Hostile("name turned around", "名册‮xslx.exe", good)
    yield Hostile("name of 900 characters", "名" * 900 + ".xlsx", good)
    yield Hostile("name with markup", '<img src=x onerror="alert(1)">.xlsx', good)


def _binary() -> bytes:
    return packed(parts() | {"xl/workbook.bin": b"x"})


def _without(name: str) -> bytes:
    return packed({key: content for key, content in parts().items() if key != name})
