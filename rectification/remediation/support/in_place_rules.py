"""Whether what the scheme says each case must be given (五个一, 四个一) is there: one light for each item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from rectification.cases.support_rules import NAMED_BY, OFFICE, STATIONED

# What an item of the scheme asks for, by a word in it; the first that fits decides (蹲点班子成员 is no 班子)
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("stationed", NAMED_BY[STATIONED]),
    ("office", NAMED_BY[OFFICE]),
    ("first_secretary", ("第一书记",)),
    ("leader", ("常委", "挂点", "联系领导", "包抓", "包联", "领导干部")),
    ("team", ("工作队", "工作组", "整顿队伍")),
    ("helping_unit", ("帮扶单位", "帮扶部门", "联点部门")),
    ("pairing", ("结对", "共建")),
    ("project", ("项目",)),
    ("plan", ("方案", "计划")),
    ("committee", ("班子",)),
)
NAMES = {
    "plan": "方案",
    "team": "工作组",
    "first_secretary": "第一书记",
    "leader": "联系领导",
    "stationed": "蹲点领导",
    "office": "包联组室",
    "helping_unit": "帮扶单位",
    "pairing": "结对共建",
    "project": "项目",
    "committee": "班子",
}
PEOPLE = ("team", "first_secretary", "leader", "stationed", "office")


@dataclass(frozen=True)
class Given:
    """What a case has: its plan's state and day of approval; how many of each kind (people, units, projects in
    force); the committee's posts, how many of them are vacant, how many needs are open."""

    plan: str = ""
    approved_on: date | None = None
    counts: dict[str, int] = field(default_factory=dict)
    posts: int = 0
    vacant: int = 0
    needs: int = 0


class Item(NamedTuple):
    """An item of the scheme, what it asks for ("" where no program can tell), whether it is there, in words."""

    text: str
    kind: str
    there: bool | None
    words: str
    tone: str


def kind_of(text: str) -> str:
    """What an item of the scheme asks for; "" where its words say nothing a program knows."""
    return next((kind for kind, marks in KINDS if any(mark in text for mark in marks)), "")


def in_place(texts: Iterable[str], given: Given) -> list[Item]:
    """Each item of the scheme with its light, in the scheme's order."""
    return [_item(text, kind_of(text), given) for text in texts]


def _item(text: str, kind: str, given: Given) -> Item:
    if not kind:
        return Item(text, "", None, "由人核对", "grey")
    if kind == "plan":
        return _plan(text, given)
    if kind == "committee":
        return _committee(text, given)
    number = given.counts.get(kind, 0)
    if number:
        unit = "人" if kind in PEOPLE else "个"
        return Item(text, kind, True, f"已有{number}{'个' if kind == 'office' else unit}", "green")
    return Item(text, kind, False, "还没有", "red")


def _plan(text: str, given: Given) -> Item:
    if given.plan == "approved":
        on = given.approved_on
        return Item(text, "plan", True, f"{on.month}月{on.day}日批准" if on else "已批准", "green")
    said = {"submitted": "已呈报，待批准", "returned": "已退回，待修改", "draft": "拟订中"}.get(given.plan)
    return Item(text, "plan", False, said or "还没有", "yellow" if said else "red")


def _committee(text: str, given: Given) -> Item:
    if not given.posts:
        return Item(text, "committee", False, "班子职务未登记", "red")
    lacks = []
    if given.vacant:
        lacks.append(f"空缺{given.vacant}职")
    if given.needs:
        lacks.append(f"待配备（调整）{given.needs}职")
    if lacks:
        return Item(text, "committee", False, "，".join(lacks), "red" if given.vacant else "yellow")
    return Item(text, "committee", True, f"{given.posts}职配齐", "green")
