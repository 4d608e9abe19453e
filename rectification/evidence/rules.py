"""What a file is by its content, and why it is refused; the name a sender gave it proves nothing."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from typing import NamedTuple

from rectification.evidence import active

PIXEL_LIMIT = 50_000_000
ENTRY_LIMIT = 5_000
TOO_MANY_PIXELS = f"图片超过 {PIXEL_LIMIT // 10_000} 万像素的上限，请缩小后再上传"


class Kind(NamedTuple):
    """A kind of file that is accepted: its ending, its media type, its word on screen."""

    ending: str
    content_type: str
    label: str


PDF = Kind("pdf", "application/pdf", "PDF")
JPEG = Kind("jpg", "image/jpeg", "JPG 图片")
PNG = Kind("png", "image/png", "PNG 图片")
TEXT = Kind("txt", "text/plain; charset=utf-8", "文本")
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = Kind("docx", _OFFICE + "wordprocessingml.document", "Word 文档")
XLSX = Kind("xlsx", _OFFICE + "spreadsheetml.sheet", "Excel 表格")
PPTX = Kind("pptx", _OFFICE + "presentationml.presentation", "演示文稿")
OFFICE_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
KINDS = (PDF, JPEG, PNG, DOCX, XLSX, PPTX, TEXT)
CLAIMS = {kind.ending for kind in KINDS if kind is not TEXT} | {"jpeg", "doc", "xls", "ppt", "wps", "et"}
IMAGES = frozenset({JPEG, PNG})
BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, EOFError, OSError)
ACCEPTED = "可上传 PDF、JPG、PNG、docx、xlsx、pptx、txt"


class Reading(NamedTuple):
    """A kind, or the words why there is none; one of the two is None."""

    kind: Kind | None
    refusal: str | None


def size_refusal(size: int, limit: int) -> str | None:
    """Why a file of this many bytes is not taken, or None."""
    if size == 0:
        return "文件是空的，请重新选择"
    if size > limit:
        return f"文件大小 {size / 1024 / 1024:.1f} MB，超过上限 {limit // 1024 // 1024} MB，请压缩后再上传"
    return None


def read_kind(content: bytes) -> Reading:
    """The kind of a file by its content alone."""
    if content.startswith(b"%PDF-"):
        return Reading(PDF, None)
    if content.startswith(b"\xff\xd8\xff"):
        return Reading(JPEG, None)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Reading(PNG, None)
    if content.startswith(b"PK\x03\x04"):
        return _read_office(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return Reading(None, "旧版 Office 或 WPS 文件（doc、xls、wps、et）请另存为 docx、xlsx 或 PDF 后上传")
    if is_text(content):
        return Reading(TEXT, None)
    return Reading(None, f"不支持这种文件。{ACCEPTED}")


def _read_office(content: bytes) -> Reading:
    """Only the list of parts is read, nothing is unpacked: a bomb stays folded."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except BROKEN:
        return Reading(None, "文件已损坏，打不开，请重新导出后上传")
    if len(names) > ENTRY_LIMIT:
        return Reading(None, "文件内部结构异常，没有接收")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return Reading(None, "文件含宏，没有接收；请另存为不含宏的 docx 或 xlsx")
    if "[Content_Types].xml" in names:
        for part, kind in OFFICE_PARTS.items():
            if part in names:
                return Reading(kind, None)
    return Reading(None, f"不接收压缩包，请解压后逐个上传。{ACCEPTED}")


def is_text(content: bytes) -> bool:
    """Whether it reads as Chinese or plain text, without control characters."""
    if b"\x00" in content:
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(unicodedata.category(char) == "Cc" and char not in "\t\r\n\f" for char in text)
    return False


def name_refusal(name: str, kind: Kind) -> str | None:
    """Why a file is not what its name says, or None: text under the name of a picture or document is a broken file.

    A picture or document under another's name is kept under its own ending (clean_name).
    """
    ending = name.rpartition(".")[2].lower()
    if kind is TEXT and ending in CLAIMS:
        return f"文件名是 .{ending}，内容却不是，可能已损坏或选错了文件，请核对后重新上传"
    return None


def acting_refusal(name: str, kind: Kind, content: bytes) -> str | None:
    """Why a file is not taken for what it would do when opened, or None."""
    if kind is PDF:
        return active.pdf_refusal(content)
    if kind in OFFICE_PARTS.values():
        try:
            return active.office_refusal(content)
        except BROKEN:
            return "文件已损坏，打不开，请重新导出后上传"
    if kind is TEXT:
        return active.text_refusal(name, content[:4096].decode("utf-8-sig", "replace"))
    return None


def pixel_refusal(width: int, height: int) -> str | None:
    """Why a picture of this size is not opened, or None: its memory would be a bomb."""
    if width * height > PIXEL_LIMIT:
        return f"图片 {width}×{height} 像素，超过 {PIXEL_LIMIT // 10_000} 万像素的上限，请缩小后再上传"
    return None


def clean_name(name: str, kind: Kind) -> str:
    """The sender's name for the file, without path and control characters, with the ending its content has."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C").strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,5}", ending):
        stem = name
    return f"{(stem or '附件')[:180]}.{kind.ending}"
