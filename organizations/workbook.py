"""Reading a workbook from outside: looked at before any parser sees it, and both in a limited child process.

Nothing of it is trusted: sizes, names and cell references are checked first (a 1.4 KB file that names cell
XFD1048576 kills a parser outright, one of 120 KB can keep a pattern busy for minutes), in a process of its own with
little memory, little time and no Django (`organizations.workbook_look`, `organizations.workbook_child`). Any room may
use it for its own sheets; no other module opens a workbook that somebody handed in.
"""

import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounts.errors import Refused

FILE_LIMIT = 20 * 1024 * 1024
WALL_SECONDS = 40
LOOK_SECONDS = 20
ROOT = Path(__file__).resolve().parent.parent
START = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from organizations.workbook_child import main; main()"
)
CHILD = (sys.executable, "-I", "-c", START)
# What the child frees of up to 32 MB it uses again, instead of asking for fresh memory piece by piece
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(64 << 20)}

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
ARCHIVE = b"PK"
TOO_LONG = "文件读取超时：内容过大或结构异常，请另存为新的 .xlsx 文件，只保留名册内容后重试"
STOPPED = "文件内容过大或已损坏，读取被中止；请用 Excel 或 WPS 打开后另存为 .xlsx 再试"


class BadWorkbook(Refused):
    """A file that is not read; the message says what to do."""


@dataclass(frozen=True)
class SheetCells:
    """One sheet: its name and its rows of plain values (str, float, int, bool, None), from the first row on."""

    name: str
    rows: list[list[Any]]


def read_workbook(content: bytes, *, file_name: str, sheets: int = 20) -> list[SheetCells]:
    """The visible sheets of an .xlsx file. Raises BadWorkbook with Chinese words for whatever is not one."""
    check_kind(content, file_name)
    answer = _ask(content, "read", str(sheets), seconds=WALL_SECONDS)
    return [SheetCells(name, rows) for name, rows in answer["sheets"]]


def check_outside(content: bytes, file_name: str) -> None:
    """Refuse by what can be seen without parsing: kind of file, sizes, ratio, names, encodings, cell references."""
    check_kind(content, file_name)
    _ask(content, "look", seconds=LOOK_SECONDS)


def _ask(content: bytes, *command: str, seconds: float) -> dict[str, Any]:
    try:
        with uncollected():
            answer = json.loads(_run(content, command, seconds))
    except subprocess.TimeoutExpired as error:
        raise BadWorkbook(TOO_LONG) from error
    except ValueError as error:
        raise BadWorkbook(STOPPED) from error
    if "error" in answer:
        raise BadWorkbook(answer["error"])
    return answer


@contextmanager
def uncollected() -> Iterator[None]:
    """While very many objects are made that refer to nothing but texts and numbers: no search for cycles among all."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _run(content: bytes, command: tuple[str, ...], seconds: float) -> bytes:
    """What a fresh child says; b"" from one that died."""
    done = subprocess.run(
        [*CHILD, *command],
        input=content,
        capture_output=True,
        timeout=seconds,
        env=ALLOCATOR,
        cwd="/",
        check=False,
    )
    return done.stdout


def check_kind(content: bytes, file_name: str) -> None:
    """Refuse by size and first bytes what is no .xlsx file at all."""
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
    if not content.startswith(ARCHIVE):
        raise BadWorkbook("这不是有效的 .xlsx 文件，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传")
