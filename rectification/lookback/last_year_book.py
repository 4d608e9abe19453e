"""Last year's cases as a sheet to fill in, where the system was not yet in use."""

import io
from collections.abc import Iterable, Sequence
from datetime import date

from openpyxl import Workbook

from organizations.form_book import FormColumn, add_page
from organizations.models import Organization
from organizations.workbook_out import save

SHEET = "上年整顿对象"
CODE, NAME, TYPE, SOLVED, LEFT = "代码", "党组织", "主要类型", "已解决的问题", "未解决的问题"
RESULT, WHERE, DETERMINED, CLOSED_ON = "验收结果", "去向", "认定日期", "销号日期"
RESULTS = {"合格": "pass", "基本合格": "basic", "不合格": "fail"}
CLOSED, CARRIED = "销号", "续整"
EMPTY_ROWS = 60


def columns(criteria: Sequence[str] = ()) -> tuple[FormColumn, ...]:
    """The columns; with the criteria's names, to choose from."""
    return (
        FormColumn("序号", 5, "number", fixed=True),
        FormColumn(CODE, 14.5),
        FormColumn(NAME, 22),
        FormColumn(TYPE, 16, choices=tuple(criteria) if len(",".join(criteria)) < 250 else ()),
        FormColumn(SOLVED, 34),
        FormColumn(LEFT, 34),
        FormColumn(RESULT, 9, choices=tuple(RESULTS)),
        FormColumn(WHERE, 8, choices=(CLOSED, CARRIED)),
        FormColumn(DETERMINED, 14, "date"),
        FormColumn(CLOSED_ON, 14, "date"),
    )


def criterion_name(order: int, words: str) -> str:
    """A criterion as the sheet names it: its number and its short name."""
    return f"{order} {words}"[:30].replace(",", "，")


def write_template(unit: Organization, year: int, criteria: Iterable[tuple[int, str]]) -> bytes:
    """The empty sheet for a county's cases of a year, with the types of its scheme to choose from."""
    named = [criterion_name(order, words) for order, words in criteria]
    listed = "、".join(named)
    note = (
        f"填写说明：一个整顿对象一行；党组织填代码，或填“乡镇/村”（如 柳溪镇/石桥村）；主要类型填序号：{listed}；"
        "问题一行一条（格内换行），不写当事人姓名；去向填“销号”或“续整”，销号的须填销号日期，如 2025年11月20日。"
    )
    book = Workbook()
    book.remove(book.active)
    title = f"{unit.name}{year}年软弱涣散基层党组织整顿情况（补录）"
    page = add_page(book, SHEET, title, note, columns(named), [], empty=EMPTY_ROWS)
    page.row_dimensions[2].height = 66
    for row in range(4, 4 + EMPTY_ROWS):
        page.cell(row, 1).value = row - 3
    out = io.BytesIO()
    save(book, out)
    return out.getvalue()


def last_year(today: date) -> int:
    """The year whose cases may be brought in: the one before this."""
    return today.year - 1
