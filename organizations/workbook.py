"""Reading a workbook from outside: looked at from the outside first, then opened in a limited child process.

Nothing of it is trusted: the archive's sizes and its cell references are checked before any parser sees it (a 1.4 KB
file that names cell XFD1048576 kills a parser outright), and the parser runs in a process of its own with little
memory, little time and no Django (`organizations.workbook_child`). Any room may use it for its own sheets.
"""

import io
import json
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounts.errors import Refused

FILE_LIMIT = 20 * 1024 * 1024
UNPACKED_LIMIT = 200 * 1024 * 1024
RATIO_LIMIT = 200
PARTS_LIMIT = 2000
ROWS_LIMIT = 50_000
COLUMNS_LIMIT = 256
WALL_SECONDS = 60
PIECE = 1 << 20
ROOT = Path(__file__).resolve().parent.parent

BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
CELL = re.compile(rb"""<(?:\w+:)?(?:c|row|dimension)\s[^>]*?\br(?:ef)?\s*=\s*["']([^"']*)["']""")
REFERENCE = re.compile(rb"([A-Z]*)([0-9]*)")


class BadWorkbook(Refused):
    """A file that is not read; the message says what to do."""


@dataclass(frozen=True)
class SheetCells:
    """One sheet: its name and its rows of plain values (str, float, int, bool, None), from the first row on."""

    name: str
    rows: list[list[Any]]


def read_workbook(content: bytes, *, file_name: str, sheets: int = 20) -> list[SheetCells]:
    """The visible sheets of an .xlsx file. Raises BadWorkbook with Chinese words for whatever is not one."""
    check_outside(content, file_name)
    command = [sys.executable, "-I", str(ROOT / "organizations" / "workbook_child.py"), str(sheets)]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=WALL_SECONDS, env={}, cwd="/", check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BadWorkbook(
            "文件读取超时：内容过大或结构异常，请另存为新的 .xlsx 文件，只保留名册内容后重试"
        ) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise BadWorkbook(
            "文件内容过大或已损坏，读取被中止；请用 Excel 或 WPS 打开后另存为 .xlsx 再试"
        ) from error
    if "error" in answer:
        raise BadWorkbook(answer["error"])
    return [SheetCells(name, rows) for name, rows in answer["sheets"]]


def check_outside(content: bytes, file_name: str) -> None:
    """Refuse by what can be seen without parsing: kind of file, sizes, ratio, cell references."""
    suffix = Path(file_name).suffix.lower()
    if not content:
        raise BadWorkbook("文件是空的")
    if len(content) > FILE_LIMIT:
        raise BadWorkbook(f"文件超过 {FILE_LIMIT // 1024 // 1024} MB，请分批导入")
    if content.startswith(OLD_EXCEL):
        if suffix == ".xlsx":
            raise BadWorkbook("文件设有打开密码，或是旧版 .xls 改了扩展名；请取消密码并另存为 .xlsx 后重试")
        raise BadWorkbook("这是旧版 Excel（.xls）文件，请在 Excel 或 WPS 中另存为 .xlsx 后上传")
    if suffix == ".csv":
        raise BadWorkbook("不接受 .csv 文件（会丢失代码的前导零和格式），请另存为 .xlsx 后上传")
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise BadWorkbook("这不是有效的 .xlsx 文件，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive)
    except BROKEN as error:
        raise BadWorkbook("文件已损坏，无法打开；请重新导出或另存后再上传") from error


def _check_archive(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise BadWorkbook("文件里没有工作簿（可能是 Word 文档或压缩包改了扩展名），请上传 .xlsx 文件")
    if len(parts) > PARTS_LIMIT:
        raise BadWorkbook("文件内部结构过于复杂，请把名册复制到新的工作簿后再上传")
    total = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if total > UNPACKED_LIMIT or total > RATIO_LIMIT * max(packed, 1) + PIECE:
        raise BadWorkbook("文件解开后过大，请删去多余的工作表、图片和空白行列后再上传")
    left = UNPACKED_LIMIT
    for part in parts:
        # The sizes in the directory are only claims; what is really there is counted while it is read
        for piece in _pieces(archive, part):
            left -= len(piece)
            if left < 0:
                raise BadWorkbook("文件解开后过大，请删去多余的工作表、图片和空白行列后再上传")
            if part.filename.startswith("xl/worksheets/"):
                _check_references(piece)


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a part piece by piece; pieces overlap, so that no reference is cut in two."""
    tail = b""
    with archive.open(part) as stream:
        while piece := stream.read(PIECE):
            yield tail + piece if tail else piece
            tail = piece[-300:]


def _check_references(piece: bytes) -> None:
    for found in CELL.finditer(piece):
        for corner in found[1].split(b":"):
            match = REFERENCE.fullmatch(corner)
            if match is None:
                raise BadWorkbook(
                    f"工作表中有无效的单元格位置“{corner[:20].decode('ascii', 'replace')}”，请另存后再上传"
                )
            column, row = _number(match[1]), int(match[2] or 0)
            if row > ROWS_LIMIT or column > COLUMNS_LIMIT:
                place = corner.decode()
                raise BadWorkbook(
                    f"工作表用到了单元格 {place}，超出 {ROWS_LIMIT} 行、{COLUMNS_LIMIT} 列的范围；"
                    "请删去数据区以外的空白行列后另存再上传"
                )


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters[:8]:
        number = number * 26 + letter - 64
    return number
