"""A county's own list of last year's cases, of whatever layout, as the rows of the sheet it would else fill in."""

from collections.abc import Iterable
from typing import Any

from organizations.form_book import FormRow
from organizations.layout_rules import LayoutRow, Wanted
from organizations.roster_rules import raw_text
from rectification.lookback.last_year_book import (
    CARRIED,
    CLOSED,
    CLOSED_ON,
    CODE,
    DETERMINED,
    LEFT,
    NAME,
    RESULT,
    SOLVED,
    TYPE,
    WHERE,
)

WANTED = (
    Wanted("code", CODE, ("统计用区划代码", "区划代码", "组织代码")),
    Wanted("township", "乡镇（街道）", ("乡镇", "街道", "所属乡镇", "镇街"), merged=True),
    Wanted(
        "name",
        NAME,
        ("党组织名称", "村（社区）", "村", "社区", "村名", "整顿对象", "单位名称", "村居"),
        required=True,
        merged=True,
    ),
    Wanted("type", TYPE, ("类型", "对应情形", "软弱涣散类型", "主要表现类型"), required=True),
    Wanted("solved", SOLVED, ("已解决问题", "已整改问题", "整改完成的问题")),
    Wanted("left", LEFT, ("未解决问题", "遗留问题", "未整改问题")),
    Wanted("result", RESULT, ("考核验收结果", "验收等次", "考核结果")),
    Wanted("where", WHERE, ("是否销号", "是否转化", "整顿结果", "处理意见"), required=True),
    Wanted("determined", DETERMINED, ("认定时间", "列入时间", "确定时间")),
    Wanted("closed_on", CLOSED_ON, ("销号时间", "转化时间")),
)
HEADERS = {one.key: one.title for one in WANTED}
SAID = {"是": CLOSED, "已销号": CLOSED, "已转化": CLOSED, "否": CARRIED, "未销号": CARRIED, "未转化": CARRIED}
"""What offices write where the sheet asks 销号 or 续整."""


def rows_of(rows: Iterable[LayoutRow]) -> list[FormRow]:
    """One row a case: the rows below it that only go on with its problems are taken into it."""
    found: list[FormRow] = []
    for row in rows:
        one = _row(row)
        before = found[-1] if found else None
        if before is not None and one.text(NAME) and _goes_on(before, one):
            for header in (SOLVED, LEFT):
                texts = (before.text(header), one.text(header))
                before.cells[header] = "\n".join(dict.fromkeys(filter(None, texts)))
        else:
            found.append(one)
    return found


def _row(row: LayoutRow) -> FormRow:
    cells: dict[str, Any] = {HEADERS[key]: value for key, value in row.cells.items() if key != "township"}
    township, name = raw_text(row.cells.get("township")), raw_text(row.cells.get("name"))
    if township and name and "/" not in name:
        cells[NAME] = f"{township}/{name}"
    where = raw_text(row.cells.get("where"))
    cells[WHERE] = SAID.get(where, where)
    letters = {HEADERS[key]: letter for key, letter in row.letters.items()}
    return FormRow(row.sheet, row.number, cells, letters)


def _goes_on(before: FormRow, row: FormRow) -> bool:
    """Whether a row is of the case above it: the same organization, and nothing else said again."""
    rest = (CODE, TYPE, RESULT, WHERE, DETERMINED, CLOSED_ON)
    return row.text(NAME) == before.text(NAME) and not any(row.text(header) for header in rest)
