"""The lines of a report as tables: a line per case, or per township for a county; screen and paper draw the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.tables import Column
from rectification.remediation.reporting.rules import Line


def _times(*kinds: str) -> Any:
    return lambda line: sum(line["activities"].get(kind, 0) for kind in kinds)


COUNTED = (
    Column("problems", "问题", kind="number", width=7),
    Column("closed_all", "已销号", kind="number", width=7),
    Column("measures", "措施", kind="number", width=7),
    Column("done_all", "已完成", kind="number", width=7),
    Column("late", "逾期", kind="number", width=7),
    Column("percent", "完成率", kind="percent", width=10),
    Column("visits", "本期到点", _times("visit"), kind="number", width=8),
    Column("meetings", "本期会议", _times("meeting", "party_life"), kind="number", width=8),
    Column("households", "本期走访（户）", kind="number", width=10),
)
BY_CASE = (
    Column("number", "序号", kind="number", width=6),
    Column("name", "整顿对象", width=14),
    *COUNTED,
    Column("stage", "环节", width=14),
)
BY_TOWNSHIP = (
    Column("number", "序号", kind="number", width=6),
    Column("name", "乡镇（街道）", width=14),
    Column("cases", "整顿对象", kind="number", width=9),
    *COUNTED,
)


def rows_of(facts: Mapping[str, Any]) -> tuple[Sequence[Column], list[Line], Line | None]:
    """Columns, numbered rows and the 合计 row (None where there is one line only)."""
    wide = facts["wide"]
    lines = [{**line, "number": number} for number, line in enumerate(_lines(facts), 1)]
    total = {**facts["total"], "name": "合计", "number": "", "stage": ""} if len(lines) > 1 else None
    return (BY_TOWNSHIP if wide else BY_CASE), lines, total


def _lines(facts: Mapping[str, Any]) -> Sequence[Line]:
    return facts["groups"] if facts["wide"] else facts["lines"]


def title_of(facts: Mapping[str, Any]) -> str:
    """What stands over the table."""
    return f"{facts['unit']}{facts['period']}整顿工作进展情况表"
