"""年底考核 in words: what a person did by the file, and what an assessment needs. No points, no ranking (domain §7)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from rectification.schemes.terms import words

UNDECIDED = "不定等次"
"""Offered beside the scheme's grades: somebody who served too short a time is not graded."""


class Line(NamedTuple):
    """A fact with its heading; `head` is the name of the case the lines after it are about."""

    name: str
    words: str
    head: bool = False


class Part(NamedTuple):
    """The lines about one case under its heading; None over what is said of the person alone."""

    head: Line | None
    lines: list[Line]


def parts_of(lines: Sequence[Line]) -> list[Part]:
    """The lines as they stand on the page, part by part."""
    parts: list[Part] = []
    for line in lines:
        if line.head or not parts:
            parts.append(Part(line if line.head else None, []))
        if not line.head:
            parts[-1].lines.append(line)
    return parts


@dataclass(frozen=True)
class Typed:
    """What the assessor wrote."""

    words: str = ""
    local_words: str = ""
    grade: str = ""
    uses: Sequence[str] = ()
    uses_words: str = ""
    assessor: str = ""
    on: date | None = None


def typed_errors(
    given: Typed, *, grades: Collection[str], uses: Collection[str], complete: bool, today: date
) -> dict[str, list[str]]:
    """What is wrong with an assessment, by field; `complete` when it is to be done and not only kept."""
    errors: dict[str, list[str]] = {}
    if given.grade and given.grade not in {*grades, UNDECIDED}:
        errors["grade"] = [f"考核等次“{given.grade}”不在方案所列之内"]
    if wrong := [one for one in given.uses if one not in uses]:
        errors["uses"] = [f"“{'、'.join(wrong)}”不在方案所列的结果运用之内"]
    if given.on is not None and given.on > today:
        errors["on"] = [f"考核日期 {words(given.on)} 晚于今天"]
    if complete:
        errors |= {name: [said] for name, said in _missing(given, grades) if name not in errors}
    return errors


def _missing(given: Typed, grades: Collection[str]) -> Iterator[tuple[str, str]]:
    if not given.words.strip():
        yield "words", "完成考核须写明考核意见"
    if grades and not given.grade:
        yield "grade", f"请选择考核等次；任职时间短、不评定的，选“{UNDECIDED}”"
    if not given.assessor.strip():
        yield "assessor", "请填写考核单位或考核人"
    if given.on is None:
        yield "on", "请填写考核日期"


def lines_of(facts: Mapping[str, Any]) -> list[Line]:
    """What the file says, in the order a form shows it, one case after the other."""
    found: list[Line] = []
    for case in facts.get("cases", ()):
        found.append(Line(case["case"], case["place"], head=True))
        found += _of_case(case)
    return found


def _of_case(case: Mapping[str, Any]) -> Iterator[Line]:
    if served := _served(case):
        yield Line("任职", served)
    if "entries" in case:
        owed = f"（应到{case['owed']}次）" if case["owed"] else ""
        yield Line("到点指导", f"{case['visits']}次{owed}")
        calls = f"{case['calls']}次、{case['households']}户"
        yield Line("走访入户", calls if case["calls"] else "无记录")
        yield Line("会议和组织生活", f"联席会议{case['meetings']}次，组织生活{case['party_life']}次")
        yield Line("工作纪实", f"共{case['entries']}条")
    if case["measures"]:
        yield Line("负责的整改措施", f"{case['measures']}项，已确认完成{case['measures_done']}项")
    if case["training"]:
        yield Line("参加培训", "；".join(case["training"]))
    left = case["problems"] - case["closed"]
    solved = f"{case['problems']}个，已销号{case['closed']}个"
    yield Line("所在对象的问题", solved + (f"，未销号{left}个" if left else ""))
    closed = f"，{words(date.fromisoformat(case['closed_on']))}销号" if case["closed_on"] else ""
    yield Line("整顿结果", (case["outcome"] or case["stage"]) + closed)


def _served(case: Mapping[str, Any]) -> str:
    if not case["since"]:
        return ""
    said = f"{words(date.fromisoformat(case['since']))}起"
    if case["until"]:
        said += f"，{words(date.fromisoformat(case['until']))}止"
    if case["end_reason"]:
        said += f"（{case['end_reason']}）"
    if case["replaced"]:
        said += f"，由{case['replaced']}接替"
    if case["also"]:
        said += f"；{case['also']}"
    return said


def summary(facts: Mapping[str, Any]) -> str:
    """All of it in a passage, for a table."""
    parts = []
    for line in lines_of(facts):
        parts.append(f"【{line.name}】" if line.head else f"{line.name}：{line.words}；")
    return "".join(parts).replace("；【", "。【").rstrip("；")
