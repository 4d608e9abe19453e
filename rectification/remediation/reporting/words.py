"""The sentences with numbers of a report's parts: the system places them, nobody edits them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rectification.remediation.activities.rules import LABELS
from rectification.remediation.reporting.rules import Line
from rectification.schemes.terms import day_words, quoted

PARTS = {"overall": "总体情况", "work": "主要做法", "problems": "存在问题", "next": "下步打算"}
NUMERALS = "一二三四五六七八九十"
SHOWN = 5
"""How many single things a paragraph names before it says 等."""


def heading(part: str) -> str:
    """一、总体情况."""
    return f"{NUMERALS[list(PARTS).index(part)]}、{PARTS[part]}"


def fixed(part: str, facts: Mapping[str, Any]) -> str:
    """The sentences with numbers; "" where there is nothing to count."""
    return {"overall": _overall, "work": _work, "problems": _problems, "next": _next}[part](facts)


def _whole(facts: Mapping[str, Any]) -> str:
    """全镇, 全县: how a unit speaks of itself."""
    name = facts["unit"]
    if name.endswith("街道"):
        return "全街道"
    return f"全{name[-1]}" if name[-1] in "县区市镇乡" else "本单位"


def _day(iso: str) -> str:
    return day_words(date.fromisoformat(iso))


def names_of(names: Sequence[str], shown: int = SHOWN) -> str:
    """The first names, and 等 where there are more."""
    return "、".join(names[:shown]) + ("等" if len(names) > shown else "")


def _overall(facts: Mapping[str, Any]) -> str:
    total, lines, until = facts["total"], facts["lines"], _day(facts["until_on"])
    if not lines:
        return ""
    where = (
        f"，涉及{len(facts['groups'])}个乡镇（街道、系统）"
        if facts["wide"]
        else f"（{names_of([x['name'] for x in lines])}）"
    )
    said = [f"截至{until}，{_whole(facts)}共有软弱涣散基层党组织整顿对象{total['cases']}个{where}"]
    if total["turned"]:
        said[0] += f"，已销号{total['turned']}个"
    if total["problems"]:
        period = _counted((("new", "新列入", "个"), ("closed", "销号", "个")), total)
        said.append(
            f"列入清单的问题{total['problems']}个，已销号{total['closed_all']}个，尚在整改{total['open']}个"
            + (f"，其中本期{period}" if period else "")
        )
    if total["measures"]:
        said.append(
            f"整改措施{total['measures']}条，已完成{total['done_all']}条，"
            + (f"本期完成{total['done']}条，" if total["done"] else "")
            + f"平均完成率{total['percent']}%"
        )
    waiting = [line["name"] for line in lines if not line["planned"]]
    if waiting:
        said.append(f"整顿方案尚未批准的{len(waiting)}个（{names_of(waiting)}）")
    return "；".join(said) + "。" + _handed_in(facts)


def _counted(wanted: Sequence[tuple[str, str, str]], values: Mapping[str, Any]) -> str:
    return "、".join(f"{label}{values[key]}{unit}" for key, label, unit in wanted if values[key])


def _handed_in(facts: Mapping[str, Any]) -> str:
    """For a county: how many of its townships reported."""
    units = facts["units"]
    if not units:
        return ""
    there = [one for one in units if one["state"] != "missing"]
    late = [one for one in there if one["late"]]
    missing = [one["name"] for one in units if one["state"] == "missing"]
    text = f"应报进展报告{len(units)}份，已报{len(there)}份"
    text += f"，其中逾期报送{len(late)}份" if late else ""
    text += f"；尚未报送：{names_of(missing, 10)}" if missing else ""
    return f"{text}。"


def _work(facts: Mapping[str, Any]) -> str:
    total, said = facts["total"], []
    kinds = "、".join(f"{LABELS[kind]}{count}次" for kind, count in total["activities"].items())
    if kinds:
        said.append(f"本期开展{kinds}")
    if total["households"] or total["phoned"]:
        calls = f"走访到户{total['households']}户"
        of = f"，占应走访{total['households_total']}户" if total["households_total"] else ""
        calls += f"（今年累计{total['households_all']}户{of and of + _share(total)}）"
        calls += f"，电话联系外出户{total['phoned']}户" if total["phoned"] else ""
        said.append(calls)
    if total["done"]:
        named = _counted((("rules", "建章立制", "项"), ("deeds", "办实事", "件")), total)
        said.append(f"完成整改措施{total['done']}条" + (f"，其中{named}" if named else ""))
    said += [_target(one) for one in total["targets"] if one["all"]]
    if total["projects"]:
        money = "、".join(
            f"{label}{_yuan(total[key])}万元"
            for key, label in (("planned", "计划资金"), ("arrived", "到位"), ("spent", "支出"))
        )
        said.append(f"帮扶项目{total['projects']}个，{money}")
    if not said:
        return "本期没有记录帮扶活动，也没有完成的整改措施。"
    return ("" if said[0].startswith("本期") else "本期") + "；".join(said) + "。"


def _share(total: Mapping[str, Any]) -> str:
    return f"的{100 * total['households_all'] // total['households_total']}%"


def _yuan(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _target(one: Mapping[str, Any]) -> str:
    least = f"，目标不少于{one['least']}{one['unit']}" if one["least"] else ""
    return f"{one['title']}本期{one['now']}{one['unit']}（累计{one['all']}{one['unit']}{least}）"


def _problems(facts: Mapping[str, Any]) -> str:
    total = facts["total"]
    if not facts["lines"]:
        return ""
    if not total["open"] and not total["late"]:
        return "没有尚未销号的问题，也没有逾期措施。" if total["problems"] else ""
    text = f"截至{_day(facts['until_on'])}，尚未销号的问题{total['open']}个"
    if not total["late"]:
        return f"{text}，没有逾期措施。"
    late = _dated(facts["lines"], "late", "应于{}前完成")
    return f"{text}；逾期未完成的措施{total['late']}条：{late}。"


def _dated(lines: Sequence[Line], key: str, words: str) -> str:
    """石桥村“选配书记”（应于5月20日前完成），the earliest first."""
    rows = [(one["due_on"], line["name"], one["text"]) for line in lines for one in line["texts"][key]]
    shown = [f"{name}{quoted(text)}（{words.format(_day(due))}）" for due, name, text in sorted(rows)[:SHOWN]]
    return "、".join(shown) + (f"等{len(rows)}条" if len(rows) > SHOWN else "")


def _next(facts: Mapping[str, Any]) -> str:
    total, until = facts["total"], _day(facts["next_until_on"])
    if not total["next"]:
        return f"下一时段（到{until}）没有到期的措施。" if total["measures"] else ""
    return f"下一时段（到{until}）到期的措施{total['next']}条：{_dated(facts['lines'], 'next', '{}前')}。"
