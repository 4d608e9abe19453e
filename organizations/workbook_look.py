"""Looking at a workbook before any parser does: its archive, its encodings, the places its cells name.

Part of the child (`organizations.workbook_child`), so free of Django. What was looked at is put into a new archive for
the parser: no trick of the container can show the two different things.
"""

import html
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from posixpath import join, normpath

from organizations.workbook_scan import MEND, Page, Scan, Unreadable

UNPACKED_LIMIT = 200 * 1024 * 1024
RATIO_LIMIT = 200
PARTS_LIMIT = 2000
TAG_LIMIT = 512 * 1024  # bytes between two “<”
PIECE = 1 << 20

KINDS, BOOK, LINKS = "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
KEPT = {KINDS, "_rels/.rels", BOOK, LINKS, "xl/sharedStrings.xml", "xl/styles.xml"}
TOO_LARGE = "文件解开后过大，请删去多余的工作表、图片和空白行列后再上传"
BROKEN = f"文件已损坏，无法读出工作表；{MEND}"
ENCODING = re.compile(rb"""^<\?xml[^<>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']""")
ATTRIBUTE = re.compile(r"""([\w:.-]{1,60})\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")


def look(content: bytes) -> bytes:
    """Look at sizes, names, encodings and positions; what was looked at as a new archive. Raises Unreadable."""
    if not zipfile.is_zipfile(BytesIO(content)):
        raise Unreadable(f"这不是有效的 .xlsx 文件，{MEND}")
    seen = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(seen, "w") as kept:
        parts = archive.infolist()
        check_names(parts)
        check_sizes(parts)
        pages = pages_of(archive)
        left = [UNPACKED_LIMIT]
        for part in parts:
            if part.filename not in KEPT and part.filename not in pages:
                continue
            page = pages.get(part.filename, Page(part.filename, False))
            with kept.open(part.filename, "w") as out:
                for piece in watched(pieces(archive, part, left), page):
                    out.write(piece)
    return seen.getvalue()


def check_names(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse what is no workbook, has macros, or has names no office program writes."""
    names = [part.filename for part in parts]
    if len(names) > PARTS_LIMIT:
        raise Unreadable("文件内部结构过于复杂，请把名册复制到新的工作簿后再上传")
    if "xl/workbook.bin" in names:
        raise Unreadable("这是 .xlsb 文件，请在 Excel 或 WPS 中另存为 .xlsx 后上传")
    if KINDS not in names or BOOK not in names:
        raise Unreadable("文件里没有工作簿（可能是 Word 文档或压缩包改了扩展名），请上传 .xlsx 文件")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unreadable("文件含宏，没有接收；请在 Excel 或 WPS 中另存为不含宏的 .xlsx 后上传")
    if len({name.lower() for name in names}) < len(names):
        raise Unreadable(f"文件内部有重名的部分，可能被改动过；{MEND}")
    strange = [
        n for n in names if n.startswith("/") or "\\" in n or ".." in n.split("/") or not n.isprintable()
    ]
    if strange or any(part.external_attr >> 28 == 0o12 for part in parts):
        raise Unreadable(f"文件内部有异常的路径或链接，没有接收；{MEND}")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise Unreadable(f"文件的压缩方式不是工作簿所用的，{MEND}")
    if any(part.flag_bits & 0x1 for part in parts):
        raise Unreadable("文件设有打开密码，请取消密码后重新上传")


def check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse by what the archive claims of itself; what it really holds is counted while it is read."""
    total, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if total > UNPACKED_LIMIT or total > RATIO_LIMIT * max(packed, 1) + PIECE:
        raise Unreadable(TOO_LARGE)


def pages_of(archive: zipfile.ZipFile) -> dict[str, Page]:
    """The sheets by the part they lie in."""
    links = {}
    if LINKS in archive.namelist():
        for tag in tags(archive, LINKS, "Relationship"):
            target = tag.get("Target", "")
            links[tag.get("Id", "")] = (
                target.lstrip("/") if target[:1] == "/" else normpath(join("xl", target))
            )
    pages = {}
    for tag in tags(archive, BOOK, "sheet"):
        link = next((value for key, value in tag.items() if key.endswith(":id")), "")
        pages[links.get(link, "")] = Page(
            html.unescape(tag.get("name", ""))[:60], tag.get("state", "visible") == "visible"
        )
    return pages


def tags(archive: zipfile.ZipFile, part: str, name: str) -> Iterator[dict[str, str]]:
    """The attributes of each tag so called."""
    with archive.open(part) as stream:
        text = stream.read(4 * PIECE).decode("utf-8", "replace")
    for found in re.finditer(rf"<(?:\w{{1,20}}:)?{name}(?=[\s/>])([^<]*)", text):
        yield {key: one or other for key, one, other in ATTRIBUTE.findall(found[1])}


def pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: list[int]) -> Iterator[bytes]:
    """The content of a part piece by piece, counted against what may be unpacked altogether."""
    with archive.open(part) as stream:
        while piece := stream.read(PIECE):
            left[0] -= len(piece)
            if left[0] < 0:
                raise Unreadable(TOO_LARGE)
            yield piece


def watched(parts: Iterator[bytes], page: Page) -> Iterator[bytes]:
    """The same pieces, each looked at up to its last whole tag."""
    rest, scan, first = b"", Scan(page), True
    for piece in parts:
        yield piece
        if first:
            check_encoding(piece, page)
            first = False
        rest += piece
        cut = rest.rfind(b"<")
        if len(rest) - max(cut, 0) > TAG_LIMIT:
            raise Unreadable(f"{scan.where()}附近有超长的内容，请删去后重新上传")
        if cut > 0:
            scan.through(rest[:cut])
            rest = rest[cut:]
    scan.through(rest)
    scan.end()


def check_encoding(piece: bytes, page: Page) -> None:
    """Only what is read byte by byte as it stands: UTF-8."""
    named = ENCODING.match(piece.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in piece[:200] or (named and named[1].lower() not in (b"utf-8", b"utf8", b"us-ascii")):
        raise Unreadable(f"“{page.name}”的文字编码不是 UTF-8，{MEND}")
