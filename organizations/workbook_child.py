"""The child that opens a workbook: bytes in on stdin, JSON out on stdout; limited, and free of Django.

Asked `look` it only looks (`organizations.workbook_look`), asked `read SHEETS` it reads as well. Answers {},
{"sheets": [[name, rows], …]} or {"error": words}; whatever kills it leaves no JSON, and the parent says so.
"""

import gc
import json
import re
import resource
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from math import isfinite
from typing import Any

from organizations.workbook_look import BROKEN, look
from organizations.workbook_scan import Unreadable, place_words

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 20
TEXT_LIMIT = 32_767  # characters of a cell, as Excel has it
TOTAL_TEXT = 20_000_000
WORDS_LIMIT = 400
BLOCK = 200  # rows written at once
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LONG = re.compile(f'"[^"]{{{TEXT_LIMIT + 1}}}')
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


def read(content: bytes, most: int) -> str:
    """Every visible sheet with its rows, counted from row 1 of the sheet, as JSON. Raises Unreadable."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(BytesIO(content))
    shown = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    sheets, texts = [], Texts()
    for sheet in shown[:most]:
        name = (plain(sheet) or "")[:60]
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        blocks = [texts.written(rows[at : at + BLOCK], name, at + 1) for at in range(0, len(rows), BLOCK)]
        sheets.append(f"[{json.dumps(name)}, [{', '.join(blocks)}]]")
    return f"[{', '.join(sheets)}]"


class Texts:
    """Writes rows as JSON and sees to it that a workbook has no more text than it may have."""

    def __init__(self) -> None:
        self.total, self.most = 0, 0  # most: what the uncounted have at most
        self.uncounted: list[str] = []

    def written(self, rows: list[list[Any]], name: str, first: int) -> str:
        """Rows of a sheet, the first of them with this number, divided by commas. Raises Unreadable."""
        written = as_it_stands(rows)
        if written is None or self.total + self.most + len(written) > TOTAL_TEXT:
            self.total += sum(map(texts_in, self.uncounted))
            self.uncounted, self.most = [], 0
            return self._cleaned(rows, name, first)
        self.uncounted.append(written)
        self.most += len(written)
        return written

    def _cleaned(self, rows: list[list[Any]], name: str, first: int) -> str:
        """The same cell by cell."""
        kept = []
        for line, row in enumerate(rows, first):
            values = [plain(value) for value in row]
            self.total += check_texts(values, name, line)
            if self.total > TOTAL_TEXT:
                raise Unreadable(
                    f"工作表“{name}”到第 {line} 行已超过 {TOTAL_TEXT // 10_000} 万字，请分成几个文件上传"
                )
            kept.append(values)
        return json.dumps(kept, ensure_ascii=False)[1:-1]


def as_it_stands(rows: list[list[Any]]) -> str | None:
    """Rows as JSON when none of their texts needs cleaning, as mostly; None where each cell must be looked at."""
    try:
        written = json.dumps(rows, ensure_ascii=False, allow_nan=False, default=plain)[1:-1]
    except (ValueError, MemoryError):
        return None
    if "\\" in written and written.count("\\") > written.count("\\n"):
        return None
    # What has to be left out is not printable; an ideographic space is not printable either
    if not written.isprintable() and (CONTROLS.search(written) or UNSEEN.search(written)):
        return None
    # No text holds a quotation mark (it would be escaped), so each stands between two of them
    if len(written) > TEXT_LIMIT and LONG.search(written):
        return None
    return written.replace('""', "null")


def texts_in(written: str) -> int:
    """How many characters the texts of rows have that were written as they stand."""
    return sum(map(len, written.split('"')[1::2])) - written.count("\\n")


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


def answer(content: bytes, command: list[str]) -> bytes:
    """What the parent asked, as JSON: to look only, or to read so many sheets."""
    try:
        seen = look(content)
        del content
        read_of = f'{{"sheets": {read(seen, int(command[1]))}}}' if command[0] == "read" else "{}"
        return read_of.encode()
    except Unreadable as refused:
        words = (plain(str(refused)) or BROKEN)[:WORDS_LIMIT]
    # A parser of foreign bytes raises whatever it likes; one panics outside of Exception
    except BaseException:
        words = BROKEN
    return json.dumps({"error": words}).encode()


def main() -> None:
    """Read, answer, end."""
    gc.disable()  # nothing here lasts, and nothing read refers to itself
    content = sys.stdin.buffer.read()
    limit()
    sys.stdout.buffer.write(answer(content, sys.argv[1:]))
