"""通报: how units stand by the progress of their cases, never persons; its title and the sentences its numbers make.

Numbers come from `facts` (circulars.facts says which); words beside them are the officer's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from rectification.schemes.terms import words

PARTS = {
    "held": "督导开展情况",
    "progress": "整顿工作进展",
    "found": "发现的问题和整改情况",
    "demands": "下步工作要求",
}
"""The parts of a circular in order, with their headings."""
SHOWN = 3
"""So many units are named at either end of a ranking, when there are at least twice as many."""


class Unit(NamedTuple):
    """A unit to be ranked: how many cases, and the sum of their 完成率."""

    key: str
    name: str
    cases: int
    total: int

    @property
    def mean(self) -> Decimal:
        """The mean 完成率 with one decimal, as it is printed; what prints alike ranks alike."""
        if not self.cases:
            return Decimal(0)
        return (Decimal(self.total) / self.cases).quantize(Decimal("0.1"), ROUND_HALF_UP)


class Place(NamedTuple):
    """A unit's place: shared places are equal and the next ones stay empty (1, 1, 3); `small`: a single case."""

    key: str
    name: str
    rank: int
    tied: bool
    small: bool


def ranking(units: Sequence[Unit]) -> list[Place]:
    """Units with cases by the mean progress of their cases, best first; units without cases take no place."""
    held = sorted((unit for unit in units if unit.cases), key=lambda unit: -unit.mean)
    means = [unit.mean for unit in held]
    return [
        Place(unit.key, unit.name, means.index(unit.mean) + 1, means.count(unit.mean) > 1, unit.cases == 1)
        for unit in held
    ]


def period_words(first: date, last: date) -> str:
    """The period as a title says it: 2026年5月, 2026年第二季度, 2026年3月至5月, else by days."""
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1 and first.year == last.year
    if not whole:
        if (first.year, first.month) == (last.year, last.month):
            return f"{words(first)}至{last.day}日"
        return f"{words(first)}至{words(last).removeprefix(f'{first.year}年')}"
    if first.month == last.month:
        return f"{first.year}年{first.month}月"
    if first.month % 3 == 1 and last.month == first.month + 2:
        return f"{first.year}年第{'一二三四'[first.month // 3]}季度"
    return f"{first.year}年{first.month}月至{last.month}月"


def title_of(first: date, last: date) -> str:
    """What a circular of this period is called until somebody gives it another name."""
    return f"关于{period_words(first, last)}软弱涣散基层党组织整顿督导情况的通报"


def opening(facts: Mapping[str, Any]) -> str:
    """The first sentence: on what ground, which period, as of which day."""
    return (
        f"根据《{facts['scheme']}》，现将{facts['period']}软弱涣散基层党组织整顿督导情况通报如下"
        f"（数据截至{facts['as_of']}）。"
    )


def sentences(part: str, facts: Mapping[str, Any]) -> list[str]:
    """The fixed sentences of a part, made of its numbers alone."""
    return _SENTENCES[part](facts) if part in _SENTENCES else []


def _held(facts: Mapping[str, Any]) -> list[str]:
    held = facts["inspections"]
    if not held["held"]:
        return [f"{facts['period']}，{facts['office']}没有开展督导。"]
    kinds = []
    if held["unannounced"]:
        kinds.append(f"不发通知、不打招呼的督导{held['unannounced']}次")
    if held["evaluations"]:
        kinds.append(f"季度评估{held['evaluations']}次")
    among = f"（其中{'，'.join(kinds)}）" if kinds else ""
    said = [f"{facts['office']}共开展督导{held['held']}次{among}，实地督导整顿对象{held['cases']}个。"]
    grades = [f"“{name}”{number}个" for name, number in held["grades"] if number]
    if grades:
        said.append(f"季度评估等次：{'、'.join(grades)}。")
    return said


def _progress(facts: Mapping[str, Any]) -> list[str]:
    cases = facts["cases"]
    if not cases["total"]:
        return ["本年度没有整顿对象。"]
    said = (
        f"本年度整顿对象{cases['total']}个，在办{cases['open']}个；"
        f"共列出问题{cases['problems']}个，已销号{cases['closed']}个，其中本期销号{cases['closed_now']}个；"
        f"平均完成率{cases['mean']}%。各单位进展情况见附件。"
    )
    return [said, *_ranked(facts)]


def _ranked(facts: Mapping[str, Any]) -> list[str]:
    places = facts["ranking"]
    if not places:
        return []
    said = []
    if len(places) >= 2 * SHOWN:
        first = "、".join(row["name"] for row in places if row["rank"] <= SHOWN)
        bottom = places[-SHOWN]["rank"]
        last = "、".join(row["name"] for row in places if row["rank"] >= bottom)
        said.append(f"按整顿对象平均完成率排名，靠前的是{first}，靠后的是{last}。")
    else:
        order = "、".join(f"{row['name']}（第{row['rank']}）" for row in places)
        said.append(f"按整顿对象平均完成率排名：{order}。")
    small = [row["name"] for row in places if row["small"]]
    if small:
        said.append(f"{'、'.join(small)}只有1个整顿对象，名次仅供参考。")
    none = [unit["name"] for unit in facts["units"] if not unit["cases"]]
    if none:
        listed = "、".join(none) if len(none) <= 8 else f"{'、'.join(none[:3])}等{len(none)}个单位"
        said.append(f"{listed}没有整顿对象，不参加排名。")
    return said


def _found(facts: Mapping[str, Any]) -> list[str]:
    found, papers = facts["findings"], facts["notices"]
    said = ["督导没有发现问题。"] if facts["inspections"]["held"] else []
    if found["found"]:
        rest = [
            f"{label}{found[key]}个"
            for key, label in (
                ("on_spot", "当场整改"),
                ("listed", "列入问题清单"),
                ("noticed", "下达督导文书"),
                ("open", "待交办"),
            )
            if found[key]
        ]
        listed = f"列入问题清单的已销号{found['listed_closed']}个。" if found["listed_closed"] else ""
        said = [f"督导发现问题{found['found']}个，其中{'、'.join(rest)}。{listed}"]
    if papers["issued"]:
        late = f"，逾期未回复{papers['overdue']}份" if papers["overdue"] else ""
        said.append(
            f"发出整改通知书、督办单{papers['issued']}份，已回复{papers['replied']}份，"
            f"已核实{papers['verified']}份{late}。"
        )
    return said or ["本期没有督导发现的问题和督导文书。"]


_SENTENCES = {"held": _held, "progress": _progress, "found": _found}


def first_words(facts: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the parts until the officer writes something else; no number, no name."""
    town = facts["level"] == "township"
    who = "有关村（社区）党组织" if town else "有关单位"
    lagging = "党组织" if town else "单位"
    late = facts["cases"]["overdue"] or facts["notices"]["overdue"]
    overall = (
        "总体看，整顿工作按方案推进，但进度不够平衡，有的任务没有在时限内完成。"
        if late
        else "总体看，整顿工作按方案有序推进。"
    )
    demands = (
        f"（一）抓好问题整改。对督导发现的问题，{who}要逐条明确措施、责任人和时限，按期整改、如实回复。\n"
        f"（二）加快工作进度。进度靠后的{lagging}要查明原因，集中力量解决重点难点问题，在规定时限内完成整顿任务。\n"
        "（三）务求整顿实效。坚持以党员群众满意为标准，不以材料代替工作，不要求基层重复报送材料。"
    )
    return {
        "held": "督导重点了解整顿方案和措施落实、问题整改销号、帮扶力量到位等情况。"
        if facts["inspections"]["held"]
        else "",
        "progress": overall if facts["cases"]["total"] else "",
        "found": f"请{who}对照问题逐条整改，举一反三。" if facts["findings"]["found"] else "",
        "demands": demands,
    }
