"""What in a file would act when somebody opens it: scripts, references to elsewhere, a second file hidden behind.

Pure. Nothing is unpacked without an end: each look has its own budget, and each pattern passes over a text once.
"""

import io
import re
import zipfile
import zlib

LINKS_LIMIT = 2 * 1024 * 1024
UNPACKED_LIMIT = 400 * 1024 * 1024
STREAMS_AT_MOST, STREAM_LIMIT, STREAMS_LIMIT = 3000, 4 * 1024 * 1024, 64 * 1024 * 1024
ARCHIVE_END = b"PK\x05\x06"
ACTING = re.compile(rb"/(?:JavaScript|Launch|RichMedia|GoToE|ImportData)(?=[\s/<>\[\]()]|$)")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
LINK = re.compile(rb"<(?:[\w.-]{1,30}:)?Relationship(?=[\s/>])([^<]*)")
MARKUP = re.compile(r"\s*<(?:!doctype|\?xml|html|svg|script|head|body|iframe|meta|img|a)\b", re.IGNORECASE)
PROGRAMS = {
    *(
        "html",
        "htm",
        "xhtml",
        "shtml",
        "mht",
        "svg",
        "xml",
        "xsl",
        "js",
        "mjs",
        "vbs",
        "ps1",
        "bat",
        "cmd",
        "sh",
    ),
    *(
        "hta",
        "lnk",
        "url",
        "reg",
        "php",
        "jsp",
        "asp",
        "aspx",
        "py",
        "pl",
        "rb",
        "jar",
        "exe",
        "scr",
        "eml",
        "iqy",
        "slk",
    ),
}


def pdf_refusal(content: bytes) -> str | None:
    """Why a PDF is not taken, or None: scripts, programs to start, an archive behind its end."""
    if ARCHIVE_END in content[-70_000:]:
        return "PDF 后面附有另一个文件，没有接收；请重新打印或另存为 PDF 后上传"
    if any(ACTING.search(plain_names(piece)) for piece in (content, *_object_streams(content))):
        return "PDF 中含有脚本或自动执行的内容，没有接收；请用“打印为 PDF”重新生成后上传"
    return None


def plain_names(piece: bytes) -> bytes:
    """Names without their escapes: “/#4aavaScript” is “/JavaScript”."""
    return ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), piece) if b"#" in piece else piece


def _object_streams(content: bytes) -> list[bytes]:
    """Objects that lie packed in the file, as far as the budget goes."""
    found: list[bytes] = []
    at, left = content.find(b"/ObjStm"), STREAMS_LIMIT
    while at >= 0 and len(found) < STREAMS_AT_MOST and left > 0:
        start = content.find(b"stream", at, at + 2000)
        if start >= 0:
            packed = content[start + 6 : start + 6 + STREAM_LIMIT].lstrip(b"\r\n")
            try:
                piece = zlib.decompressobj().decompress(packed, min(STREAM_LIMIT, left))
            except zlib.error:
                piece = b""
            left -= len(piece)
            found.append(piece)
        at = content.find(b"/ObjStm", at + 7)
    return found


def office_refusal(content: bytes) -> str | None:
    """Why an Office file is not taken, or None: macros, names that lead out, parts fetched from elsewhere, a bomb."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        names = [part.filename for part in parts]
        if any(
            name.lower().endswith(("vbaproject.bin", "vbadata.xml")) or "/activex/" in name.lower()
            for name in names
        ):
            return "文件含宏或控件，没有接收；请另存为不含宏的 docx 或 xlsx"
        if any(leads_out(name) for name in names) or any(part.external_attr >> 28 == 0o12 for part in parts):
            return "文件内部有异常的路径或链接，没有接收；请重新另存后上传"
        if len({name.lower() for name in names}) < len(names):
            return "文件内部有重名的部分，没有接收；请重新另存后上传"
        if sum(part.file_size for part in parts) > UNPACKED_LIMIT:
            return "文件解开后过大，没有接收；请删去多余的图片后重新上传"
        for part in parts:
            if part.filename.endswith(".rels"):
                with archive.open(part) as stream:
                    links = stream.read(LINKS_LIMIT + 1)
                if len(links) > LINKS_LIMIT or b"<!DOCTYPE" in links or _fetches(links):
                    return "文件打开时会从别处读取模板或内容，没有接收；请断开外部链接后重新另存上传"
    return None


def _fetches(links: bytes) -> bool:
    """Whether opening the file alone would fetch something: every outward link but one a person must click."""
    return any(b"External" in found[1] and b"/hyperlink" not in found[1] for found in LINK.finditer(links))


def leads_out(name: str) -> bool:
    """Whether a part's name would be written outside of the folder it is unpacked in."""
    folders = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in folders or ":" in name or not name.isprintable()


def text_refusal(name: str, words: str) -> str | None:
    """Why a text is not taken, or None: a page, a drawing that carries scripts, a program."""
    if name.rpartition(".")[2].lower() in PROGRAMS or MARKUP.match(words):
        return "不接收网页、SVG 和程序文件，请另存为 PDF 或图片后上传"
    return None
