"""What may be filed, and what differs between two frozen copies; a copy is the plain content of `Filing.content`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from accounts.tables import show

Content = Mapping[str, Any]
THAW: dict[str, Callable[[str], Any]] = {"date": date.fromisoformat, "number": Decimal, "percent": Decimal}
LABELLED_BY = ("organization", "problem", "measure", "checkpoint")
"""Columns that say which row is meant, where a ledger has them."""
REASON_LIMIT = 300
MARKS_LIMIT = 200
"""How many rows one return may name: beyond that the general opinion says it better."""


class Change(NamedTuple):
    """One cell of a row that stands in both copies."""

    column: str
    before: str
    after: str


class Line(NamedTuple):
    """A row beside the copy before. kind: "" same, 修改, 新增 or 删去; place: its row in the newer copy, None where it
    went; before: column key → the words that stood there, for the cells that differ."""

    kind: str
    parts: tuple[Any, ...]
    values: dict[str, Any]
    before: dict[str, str]
    place: int | None


class Mark(NamedTuple):
    """A reason for sending back that is about one row. place: the row, from 0; column: its key, "" for the row."""

    place: int
    column: str
    words: str


class Answer(NamedTuple):
    """What came of a remark in the next copy. kind: 已改, 未改动, 已删去 or 栏目已取消; changes: what was changed."""

    kind: str
    changes: tuple[Change, ...] = ()


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


def compared(before: Content, after: Content) -> list[Line]:
    """The newer copy row by row beside the older one, rows that went standing where they stood.

    A merged cell is compared once, with the cell of the same case or problem, whichever row it stood in.
    """
    old, new = _rows(before), _rows(after)
    lines, drawn = [], set()
    over = _by_prefix(before, old)
    for place, (parts, row) in enumerate(new.items()):
        changed = {}
        for column in after["columns"]:
            key, level = column["key"], int(column.get("merge", 0))
            part = parts[:level] if level else parts
            was = over.get(part) if level else old.get(parts)
            first = not level or (key, part) not in drawn
            drawn.add((key, part))
            if first and key != "number" and was is not None and key in was and was[key] != row[key]:
                changed[key] = words(was[key], column["kind"])
        kind = "新增" if parts not in old else "修改" if changed else ""
        lines.append(Line(kind, parts, row, changed, place))
    return _with_gone(lines, before, old, new)


def _by_prefix(
    content: Content, rows: Mapping[tuple[Any, ...], dict[str, Any]]
) -> dict[tuple[Any, ...], Any]:
    """The first row of each part, by the levels some column is merged at."""
    levels = {int(column.get("merge", 0)) for column in content["columns"]} - {0}
    found: dict[tuple[Any, ...], Any] = {}
    for parts, row in rows.items():
        for level in levels:
            found.setdefault(parts[:level], row)
    return found


def _with_gone(lines: list[Line], before: Content, old: Any, new: Any) -> list[Line]:
    """The lines with the rows that went, each after the last row of what it belonged to."""
    last = {parts[:n]: place for place, parts in enumerate(new) for n in range(1, len(parts))}
    follows: dict[int, list[Line]] = {}
    for parts, row in old.items():
        if parts in new:
            continue
        near = [last[parts[:n]] for n in range(len(parts) - 1, 0, -1) if parts[:n] in last]
        was = {
            column["key"]: words(row[column["key"]], column["kind"])
            for column in before["columns"]
            if row[column["key"]] not in (None, "")
        }
        place = near[0] if near else len(lines) - 1
        follows.setdefault(place, []).append(Line("删去", parts, row, was, None))
    found = []
    for place, line in enumerate(lines):
        found += [line, *follows.get(place, [])]
    return found


def answer(parts: Sequence[Any], column: str, then: Content, now: Content) -> Answer:
    """What the newer copy did about a remark on a row (and a column) of an older one."""
    row = tuple(parts)
    was, stands = _rows(then).get(row), _rows(now).get(row)
    if was is None or stands is None:
        return Answer("已删去")
    heads = {one["key"]: one for one in now["columns"]}
    if column and column not in heads:
        return Answer("栏目已取消")
    keys = [column] if column else [key for key in heads if key != "number"]
    changes = tuple(
        Change(
            heads[key]["title"], words(was[key], heads[key]["kind"]), words(stands[key], heads[key]["kind"])
        )
        for key in keys
        if key in was and was[key] != stands[key]
    )
    return Answer("已改" if changes else "未改动", changes)


def marks_refusal(marks: Sequence[Mark], content: Content) -> str | None:
    """Why these reasons cannot be given, or None: each says something, of a row and a column there is."""
    keys = {column["key"] for column in content["columns"]}
    if len(marks) > MARKS_LIMIT:
        return f"一次最多标注{MARKS_LIMIT}行，其余请写在总的意见里"
    for mark in marks:
        if not 0 <= mark.place < len(content["rows"]) or (mark.column and mark.column not in keys):
            return "标注的行或栏目不在这份台账里，请刷新后重新标注"
        if not mark.words.strip():
            return f"第{mark.place + 1}行标注了但没有写理由，请写明理由或取消标注"
        if len(mark.words.strip()) > REASON_LIMIT:
            return f"第{mark.place + 1}行的理由超过{REASON_LIMIT}字，请写得简短些"
    return None


def row_label(content: Content, place: int) -> str:
    """Which row is meant: its number in the copy and its own words."""
    row = dict(zip([column["key"] for column in content["columns"]], content["rows"][place], strict=True))
    said = label(row)
    return f"第{place + 1}行 {said}".strip()[:200]


def lock_words(*, accepted_on: date | None, last_on: date | None, today: date) -> str | None:
    """Why what was accepted is not filed again, or None: its date is over (issue 5: unlocking needs a right and a
    reason). A first filing is never locked, however late."""
    if accepted_on is None or last_on is None or today <= last_on:
        return None
    return f"已于{words(accepted_on.isoformat(), 'date')}接收，报送时限{words(last_on.isoformat(), 'date')}已过，已锁定"


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


def typed(value: Any, kind: str) -> Any:
    """A frozen value as what it was: the frozen form of a day is ISO, of a decimal its digits."""
    thaw = THAW.get(kind) if isinstance(value, str) and value else None
    return thaw(value) if thaw else value


def words(value: Any, kind: str) -> str:
    """A frozen value as it is read."""
    return show(typed(value, kind), kind) or "（空）"
