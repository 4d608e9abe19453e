"""The parts of a 简报 and a 工作总结: fixed sentences of what was counted, and words to start from. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rectification.remediation.reporting import prose, words
from rectification.remediation.reporting.rules import DEED
from rectification.schemes.terms import quoted
from rectification.supervision.circulars import rules as circulars

HEADINGS = {
    "bulletin": {
        "overall": "整顿工作进展",
        "work": "措施落实和帮扶走访",
        "check": "督导和考核验收",
        "typical": "典型做法",
        "next": "下步工作",
    },
    "summary": {
        "overall": "基本情况",
        "work": "主要做法",
        "check": "督导和考核验收",
        "effect": "整顿成效",
        "problems": "存在问题",
        "next": "下步打算",
    },
}
"""The parts of each kind of document in order."""
ARTICLES = "typical"
"""The part whose words are articles with titles of their own; its heading is not printed."""
TITLE_LENGTH = 32
_TITLE = re.compile(r"[^。；！？，]+")
TYPICAL_SHOWN = 4


class Facts(NamedTuple):
    """What was counted by the progress report's rules and the circular's; support, signed results, typical measures."""

    report: Mapping[str, Any]
    circular: Mapping[str, Any]
    support: Mapping[str, Any]
    accepted: Mapping[str, int]
    typical: Mapping[str, Sequence[Mapping[str, str]]]


class Part(NamedTuple):
    """A part as it was drawn: sentences nobody edits, and the words the system would write below them."""

    key: str
    heading: str
    fixed: list[str]
    drafted: str


def drawn(kind: str, facts: Facts) -> list[Part]:
    """The parts of a kind of document."""
    return [
        Part(key, heading, [one for one in _FIXED[key](facts) if one], _drafted(key, facts))
        for key, heading in HEADINGS[kind].items()
    ]


def is_title(line: str) -> bool:
    """A short line of its own without a stop or comma is the title of an article (扶风县：“三个先行”筛查软弱涣散村)."""
    return len(line) <= TITLE_LENGTH and _TITLE.fullmatch(line) is not None


def note_of(unit: str, scheme: str) -> str:
    """编者按 as a start."""
    return (
        f"今年以来，{unit}认真落实《{scheme}》部署，坚持问题导向、因村施策，扎实推进软弱涣散基层党组织集中整顿。"
        "现将有关情况予以刊发，供学习借鉴。"
    )


def _drafted(key: str, facts: Facts) -> str:
    if key == "typical":
        return _articles(facts.typical)
    if key == "effect":
        return "" if not facts.typical else _deeds(facts.typical)
    if key == "check":
        return ""
    return prose.drafted(key, facts.report)


def _articles(typical: Mapping[str, Sequence[Mapping[str, str]]]) -> str:
    """An article a place: its title, then what was done there."""
    lines = []
    for place, rows in typical.items():
        kinds = {row["kind"] for row in rows}
        about = (
            "办实事、建机制" if len(kinds) > 1 else "用心用情办实事" if DEED in kinds else "建章立制管长远"
        )
        lines.append(f"{place}：{about}")
        lines += [_done(row) for row in rows[:TYPICAL_SHOWN]]
    return "\n".join(lines)


def _done(row: Mapping[str, str]) -> str:
    verb = "办好实事" if row["kind"] == DEED else "建立完善制度"
    return f"{row['name']}{verb}：{row['text']}" + (f"，{row['result']}" if row["result"] else "") + "。"


def _deeds(typical: Mapping[str, Sequence[Mapping[str, str]]]) -> str:
    rows = [row for rows in typical.values() for row in rows]
    said = [f"{row['name']}的{quoted(row['text'])}" for row in rows[:TYPICAL_SHOWN]]
    return f"办成了一批群众看得见的实事、立起了一批管用的制度，如{'、'.join(said)}。"


def _overall(facts: Facts) -> list[str]:
    return [words.fixed("overall", facts.report)]


def _work(facts: Facts) -> list[str]:
    return [words.fixed("work", facts.report) if facts.report["lines"] else "", _supported(facts)]


def _supported(facts: Facts) -> str:
    support, cases = facts.support, facts.report["total"]["cases"]
    if not cases or not support["asked"]:
        return ""
    text = f"“{support['name']}”帮扶力量全部到位的整顿对象{support['complete']}个"
    lacking = "、".join(f"{name}{number}个" for name, number in support["lacking"].items())
    return f"{text}；尚未到位的：{lacking}。" if lacking else f"{text}，没有缺项。"


def _check(facts: Facts) -> list[str]:
    circular = facts.circular
    held = bool(circular["inspections"]["held"])
    said = circulars.sentences("held", circular) if held else []
    if held or circular["notices"]["issued"]:
        said += circulars.sentences("found", circular)
    if facts.accepted:
        results = "、".join(f"{name}{number}个" for name, number in facts.accepted.items())
        said.append(f"考核验收整顿对象{sum(facts.accepted.values())}个（次），其中{results}。")
    return said or ["本时段没有督导和考核验收。"]


def _effect(facts: Facts) -> list[str]:
    total, accepted = facts.report["total"], facts.accepted
    counted = (
        ("销号问题{}个", total["closed"]),
        ("完成整改措施{}条", total["done"]),
        ("建章立制{}项", total["rules"]),
        ("办实事{}件", total["deeds"]),
        ("销号整顿对象{}个", total["turned"]),
        ("验收合格{}个", accepted.get("合格", 0)),
    )
    said = "，".join(text.format(number) for text, number in counted if number)
    return [f"本时段{said}。"] if said else []


def _problems(facts: Facts) -> list[str]:
    return [words.fixed("problems", facts.report)]


def _next(facts: Facts) -> list[str]:
    return [words.fixed("next", facts.report)] if facts.report["lines"] else []


def _none(_facts: Facts) -> list[str]:
    return []


_FIXED: dict[str, Callable[[Facts], list[str]]] = {
    "overall": _overall,
    "work": _work,
    "check": _check,
    "typical": _none,
    "effect": _effect,
    "problems": _problems,
    "next": _next,
}
