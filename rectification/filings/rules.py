"""What may be filed, and what differs between two frozen copies; a copy is the plain content of `Filing.content`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

Content = Mapping[str, Any]
LABELLED_BY = ("organization", "problem", "measure", "checkpoint")
"""Columns that say which row is meant, where a ledger has them."""


class Change(NamedTuple):
    """One cell of a row that stands in both copies."""

    column: str
    before: str
    after: str


class Difference(NamedTuple):
    """A row that is new, gone or changed. kind: 新增, 删去 or 修改."""

    kind: str
    row: str
    changes: tuple[Change, ...] = ()


def refusal(content: Content) -> str | None:
    """Why this ledger cannot go up, or None: an empty one tells the superior nothing."""
    if not content["rows"]:
        return "台账没有内容，不能报送；请先核对单位、年度和筛选条件"
    return None


def digest(content: Content) -> str:
    """SHA-256 of the content, the same however the keys are ordered."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def differences(before: Content, after: Content) -> list[Difference]:
    """What changed from one copy to the next, in the order of the newer one; rows that went come last.

    Rows are the same when they belong to the same parts (case, problem, measure). The running number is no change:
    it moves whenever a row comes or goes before it. A column only one copy has is not compared.
    """
    old, new = _rows(before), _rows(after)
    titles = {column["key"]: column["title"] for column in after["columns"]}
    kinds = {column["key"]: column["kind"] for column in after["columns"]}
    found = []
    for parts, row in new.items():
        was = old.get(parts)
        if was is None:
            found.append(Difference("新增", label(row)))
            continue
        changes = tuple(
            Change(titles[key], words(was[key], kinds[key]), words(value, kinds[key]))
            for key, value in row.items()
            if key != "number" and key in was and was[key] != value
        )
        if changes:
            found.append(Difference("修改", label(row), changes))
    return found + [Difference("删去", label(row)) for parts, row in old.items() if parts not in new]


def _rows(content: Content) -> dict[tuple[Any, ...], dict[str, Any]]:
    keys = [column["key"] for column in content["columns"]]
    return {
        tuple(parts): dict(zip(keys, values, strict=True))
        for parts, values in zip(content["parts"], content["rows"], strict=True)
    }


def label(row: Mapping[str, Any], names: Sequence[str] = LABELLED_BY) -> str:
    """Which row is meant, in its own words: 石桥村 / 支部书记长期空缺 / 选派干部."""
    said = [str(row[name]) for name in names if row.get(name)]
    return " / ".join(text if len(text) <= 24 else text[:23] + "…" for text in said)


def words(value: Any, kind: str) -> str:
    """A frozen value as it is read; the frozen form of a day is ISO."""
    if value is None or value == "":
        return "（空）"
    if kind == "date":
        day = date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{value}%" if kind == "percent" else str(value)
