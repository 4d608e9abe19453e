"""What each kind of paper needs, who may issue it, and which light a 督办单 carries (domain §5.8, §6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from accounts.roles import Role
from organizations.rules import OFFICER, Level
from rectification.schemes.terms import words

ANSWERED = frozenset({"rectify", "urge"})
"""Kinds that want a written reply by a day; the others end when they are delivered or held."""
NEEDED: Mapping[str, Mapping[str, str]] = {
    "rectify": {
        "found": "请写明存在的问题",
        "asked": "请写明整改要求",
        "due_on": "请填写回复期限",
    },
    "urge": {
        "found": "请写明督办事项",
        "asked": "请写明办理要求",
        "light": "请选择亮灯",
        "due_on": "请填写回复期限",
    },
    "remind": {"found": "请写明提醒事项"},
    "talk": {"found": "请写明约谈内容", "held_on": "请填写约谈日期"},
    "hint": {"found": "请写明提示内容"},
}
"""What a paper must say before it is issued, by kind: field → what to tell whoever left it empty."""
UNUSED: Mapping[str, tuple[str, ...]] = {
    "rectify": ("light", "held_on", "to_leader"),
    "urge": ("held_on", "to_leader"),
    "remind": ("light", "held_on", "due_on", "to_leader"),
    "talk": ("light", "due_on", "to_leader"),
    "hint": ("light", "held_on", "due_on"),
}
"""What a kind does not say: dropped, so that a changed kind leaves nothing behind."""
LIGHTS: Mapping[str, str] = {
    "green": "绿灯：按期办理，提请注意",
    "yellow": "黄灯：进度滞后",
    "red": "红灯：严重滞后",
}


def state_words(kind: str, state: str, label: str) -> str:
    """Where a paper stands, `label` being its state's own word; what wants no reply waits for its delivery only."""
    if kind in ANSWERED:
        return label
    if state == "closed" and kind == "talk":
        return "已登记"
    return "待送达" if state == "issued" else label


class Finding(NamedTuple):
    """What is wrong with a field of a paper."""

    field: str
    message: str


def problems(kind: str, given: Mapping[str, Any], *, today: date) -> list[Finding]:
    """Everything that keeps a paper from being issued."""
    found = [Finding(field, message) for field, message in NEEDED[kind].items() if not given.get(field)]
    due_on, held_on = given.get("due_on"), given.get("held_on")
    if kind in ANSWERED and due_on and due_on < today:
        found.append(Finding("due_on", f"回复期限 {words(due_on)} 已过，请改为今天以后的日期"))
    if kind == "talk" and held_on and held_on > today:
        found.append(Finding("held_on", "约谈还没有进行，约谈之后再登记"))
    if kind == "hint" and not given.get("to_leader"):
        found.append(Finding("to_leader", "工作提示发给联系领导的联络员，请选择联系领导"))
    return found


def issuing_levels(chain: Iterable[str]) -> frozenset[Level]:
    """The levels whose units issue papers: those that inspect under the scheme, and those above them; the county and
    above where it names none."""
    named = [Level(level).depth for level in chain if Level(level) in OFFICER]
    lowest = max(named, default=Level.COUNTY.depth)
    offices = (Level.CITY, Level.COUNTY, Level.TOWNSHIP)
    return frozenset(level for level in offices if level.depth <= lowest)


def issuer_refusal(
    *, role: str, level: str, levels: Iterable[str], unit_path: str, post_path: str
) -> str | None:
    """Why a post issues nothing to a unit, or None."""
    if level not in set(levels) or role != OFFICER.get(Level(level)):
        return "按方案，督导文书由承担督导检查的党委组织部门签发"
    if not unit_path.startswith(post_path) or unit_path == post_path:
        return "督导文书只能发给本单位的下级单位"
    return None


def answer_refusal(*, role: str, post_path: str, unit_path: str, unit_level: str) -> str | None:
    """Why a post does not answer for a unit, or None: its own officer does, for a village its township too (代录)."""
    if post_path == unit_path:
        return None if role == OFFICER.get(Level(unit_level)) else "由收件单位的经办人回复"
    if Level(unit_level) is Level.GRASSROOTS and role == Role.TOWNSHIP_OFFICER:
        return None if unit_path.startswith(post_path) else "由收件单位回复"
    return "由收件单位回复"
