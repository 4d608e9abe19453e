"""The plan as it is sent up: its parts, the words it starts with, and what differs from the time before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from rectification.schemes.terms import plain, words

PARTS = {
    "situation": "基本情况",
    "goal": "整顿目标",
    "steps": "工作步骤",
    "safeguards": "保障措施",
}
MANIFEST, PROBLEMS, SUPPORT = "manifest", "problems", "support"
"""What goes up with the words a person wrote: drawn from the survey, the list of problems and the case's people."""
READ = {
    "situation": PARTS["situation"],
    MANIFEST: "具体表现",
    "goal": PARTS["goal"],
    SUPPORT: "帮扶力量",
    "steps": PARTS["steps"],
    "safeguards": PARTS["safeguards"],
}
"""The parts of a plan in the order it is read; the problems stand after the goal."""
RETURNABLE = {**PARTS, PROBLEMS: "问题与措施", SUPPORT: "帮扶力量（人员、单位、项目）"}
MEASURE_PARTS = {
    "text": "整顿措施",
    "kind": "类别",
    "long_term": "长期坚持",
    "goal": "目标",
    "leader": "责任领导",
    "unit": "责任单位",
    "person": "责任人",
    "requirement": "要求",
    "starts_on": "开始日期",
    "due_on": "完成时限",
}


class Cell(NamedTuple):
    """A field of what was sent: its value now and the time before."""

    label: str
    now: str
    before: str
    changed: bool


class Row(NamedTuple):
    """A problem or a measure: `mark` is 新增, 删除, 有改动 or empty; `rows` are a problem's measures."""

    title: str
    mark: str
    cells: Sequence[Cell]
    rows: Sequence[Row] = ()


class Comparison(NamedTuple):
    """A plan beside the one sent before; without one before nothing is marked."""

    parts: Sequence[Cell]
    problems: Sequence[Row]


def compare(before: Mapping[str, Any], now: Mapping[str, Any]) -> Comparison:
    """What was sent now beside what was sent last; problems and measures are matched by their uid."""
    first = not before
    parts = [_cell(label, _text(before.get(key)), _text(now.get(key)), first) for key, label in READ.items()]
    problems = [
        _problem(old, new, first) for old, new in _pairs(before.get(PROBLEMS, []), now.get(PROBLEMS, []))
    ]
    return Comparison(parts, problems)


def _text(value: Any) -> str:
    """A part as it is read: words, or a list of lines."""
    return "\n".join(value) if isinstance(value, list) else str(value or "")


def _pairs(before: Sequence[Any], now: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Each row beside its former self, in today's order, what is gone at the end."""
    old = {row["uid"]: row for row in before}
    kept = [(old.pop(row["uid"], None), row) for row in now]
    return [*kept, *((row, None) for row in old.values())]


def _problem(before: Any, now: Any, first: bool) -> Row:
    old, new = before or {}, now or {}
    cells = [_cell("突出问题", old.get("text"), new.get("text"), first)]
    cells.append(_cell("对应情形", old.get("criterion"), new.get("criterion"), first))
    rows = [
        _row(
            f"措施 {index}", a, b, [_cell(t, (a or {}).get(k), (b or {}).get(k), first) for k, t in _M], first
        )
        for index, (a, b) in enumerate(_pairs(old.get("measures", []), new.get("measures", [])), 1)
    ]
    return _row(f"问题 {(now or before)['order']}", before, now, cells, first)._replace(rows=rows)


_M = tuple(MEASURE_PARTS.items())


def _row(title: str, before: Any, now: Any, cells: Sequence[Cell], first: bool) -> Row:
    if first:
        mark = ""
    elif before is None:
        mark = "新增"
    elif now is None:
        mark = "删除"
    else:
        mark = "有改动" if any(cell.changed for cell in cells) else ""
    return Row(title, mark, cells)


def _cell(label: str, before: Any, now: Any, first: bool) -> Cell:
    old, new = str(before or ""), str(now or "")
    return Cell(label, new, old, not first and old != new)


def situation_of(facts: Mapping[str, Any]) -> str:
    """The first words of a plan from what is known of the organization; what is not known is left out.

    facts: name, households, population, members, groups, income (万元, Decimal), venue, poor_village,
    construction_village, posts (title, holder, since, whether the secretary's), criteria (words).
    """
    people = [
        f"{label}{facts[key]}{measure}"
        for key, label, measure in (
            ("households", "", "户"),
            ("population", "", "人"),
            ("members", "党员", "名"),
            ("groups", "党小组", "个"),
        )
        if facts.get(key) is not None
    ]
    said = [f"{facts['name']}现有{'、'.join(people)}" if people else str(facts["name"])]
    if facts.get("income") is not None:
        said.append(f"上年村级集体经济收入{plain(Decimal(facts['income']).normalize())}万元")
    if facts.get("venue"):
        said.append(f"活动场所：{facts['venue']}")
    if facts.get("poor_village"):
        said.append("属贫困（脱贫）村")
    if facts.get("construction_village"):
        said.append("属建设扶贫村")
    text = "，".join(said) + "。" + _committee(facts.get("posts", ()))
    if facts.get("criteria"):
        text += f"经摸排认定为软弱涣散基层党组织，对应情形：{facts['criteria']}。"
    return text


def _committee(posts: Sequence[tuple[str, str, date, bool]]) -> str:
    """How many posts the committee has, who is its secretary since when, and what stands empty."""
    if not posts:
        return ""
    said = [f"党组织班子职数{len(posts)}个"]
    for title, holder, since, secretary in posts:
        if secretary and holder:
            said.append(f"{title}{holder}，{since.year}年{since.month}月任职")
    empty = [f"{title}（{words(since)}起）" for title, holder, since, _ in posts if not holder]
    if empty:
        said.append(f"空缺{len(empty)}个：{'、'.join(empty)}")
    return "，".join(said) + "。"
