"""The child that opens a workbook: bytes in on stdin, JSON out on stdout; limited, and free of Django.

Run as a file in isolated mode: `python -I workbook_child.py SHEETS`. Answers {"sheets": [[name, rows], …]} or
{"error": words}; whatever kills it leaves no JSON, and the parent says so.
"""

import json
import re
import resource
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from math import isfinite

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 30
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def limit() -> None:
    """Little memory, little time, no files, no children."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def plain(value: object) -> object:
    """A cell as JSON can carry it."""
    if isinstance(value, str):
        # Excel's “_x0000_” is a NUL, which no database takes
        return CONTROLS.sub("", value) or None
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return value


def answer(content: bytes, most: int) -> dict[str, object]:
    """Every visible sheet with its rows, counted from row 1 of the sheet."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        sheets = []
        for name in shown[:most]:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            sheets.append([name, [[plain(value) for value in row] for row in rows]])
    except CalamineError:
        return {"error": "文件已损坏，无法读出工作表；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"}
    except Exception as error:
        return {"error": f"文件无法读取（{type(error).__name__}）；请用 Excel 或 WPS 另存为 .xlsx 后再上传"}
    return {"sheets": sheets}


def main() -> None:
    """Read, answer, end."""
    content = sys.stdin.buffer.read()
    limit()
    result = answer(content, int(sys.argv[1]))
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()
