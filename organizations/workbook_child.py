"""The child that opens a workbook: bytes in on stdin, JSON out on stdout; limited, and free of Django.

Asked `look` it only looks (`organizations.workbook_look`), asked `read SHEETS` it reads as well. Answers {},
{"sheets": [[name, rows], …]} or {"error": words}; whatever kills it leaves no JSON, and the parent says so.
"""

import json
import re
import resource
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from math import isfinite
from typing import Any

from organizations.workbook_look import BROKEN, Unreadable, look, place_words

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 20
TEXT_LIMIT = 32_767  # characters of a cell, as Excel has it
TOTAL_TEXT = 20_000_000
WORDS_LIMIT = 400
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Marks nobody sees: a name spelled with them is not the name, one with an override reads as another
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")


def limit() -> None:
    """Little memory, little time, no files, no children."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def plain(value: Any) -> Any:
    """A cell as JSON can carry it."""
    if isinstance(value, str):
        # Excel's “_x0000_” is a NUL, which no database takes
        return UNSEEN.sub("", CONTROLS.sub("", value)) or None
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return value


def read(content: bytes, most: int) -> list[list[Any]]:
    """Every visible sheet with its rows, counted from row 1 of the sheet. Raises Unreadable."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(BytesIO(content))
    shown = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    sheets, total = [], 0
    for sheet in shown[:most]:
        name, rows = (plain(sheet) or "")[:60], []
        for line, row in enumerate(book.get_sheet_by_name(sheet).to_python(skip_empty_area=False), 1):
            values = [plain(value) for value in row]
            total += check_texts(values, name, line)
            if total > TOTAL_TEXT:
                raise Unreadable(
                    f"工作表“{name}”到第 {line} 行已超过 {TOTAL_TEXT // 10_000} 万字，请分成几个文件上传"
                )
            rows.append(values)
        sheets.append([name, rows])
    return sheets


def check_texts(values: list[object], sheet: str, line: int) -> int:
    """How many characters a row has; none of its cells more than Excel takes."""
    total = 0
    for column, value in enumerate(values, 1):
        if isinstance(value, str):
            total += len(value)
            if len(value) > TEXT_LIMIT:
                raise Unreadable(
                    f"{place_words(sheet, line, column)}有 {len(value)} 个字，超过 {TEXT_LIMIT} 个字"
                )
    return total


def answer(content: bytes, command: list[str]) -> dict[str, object]:
    """What the parent asked: to look only, or to read so many sheets."""
    try:
        seen = look(content)
        del content
        return {"sheets": read(seen, int(command[1]))} if command[0] == "read" else {}
    except Unreadable as refused:
        return {"error": (plain(str(refused)) or BROKEN)[:WORDS_LIMIT]}
    # A parser of foreign bytes raises whatever it likes; one panics outside of Exception
    except BaseException:
        return {"error": BROKEN}


def main() -> None:
    """Read, answer, end."""
    content = sys.stdin.buffer.read()
    limit()
    result = answer(content, sys.argv[1:])
    sys.stdout.write(json.dumps(result))
