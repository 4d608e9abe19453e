"""What a report says: of each part the sentences with numbers, which the system places, and the words an officer edits.

Words are written without any number, so that nothing in them can become untrue when something is logged later; the
numbers stand in the fixed sentences before them. An officer who changes nothing still hands in a readable report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rectification.remediation.activities.rules import LABELS
from rectification.remediation.reporting.periods import day_words
from rectification.remediation.reporting.rules import Line

PARTS = {"overall": "总体情况", "work": "主要做法", "problems": "存在问题", "next": "下步打算"}
NUMERALS = "一二三四五六七八九十"
SHOWN = 5
"""How many single things a paragraph names before it says 等."""
FAR_APART = 20
"""From which difference of progress (points of per cent) the slower case is named."""


def heading(part: str) -> str:
    """一、总体情况."""
    return f"{NUMERALS[list(PARTS).index(part)]}、{PARTS[part]}"


def fixed(part: str, facts: Mapping[str, Any]) -> str:
    """The sentences with numbers; "" where there is nothing to count."""
    return {"overall": _overall, "work": _work, "problems": _problems, "next": _next}[part](facts)


def drafted(part: str, facts: Mapping[str, Any]) -> str:
    """The words as the system writes them from what was logged."""
    if not facts["lines"]:
        return "" if part != "overall" else "本期没有整顿对象。"
    writers = {
        "overall": _overall_words,
        "work": _work_words,
        "problems": _problem_words,
        "next": _next_words,
    }
    return writers[part](facts)


def _whole(facts: Mapping[str, Any]) -> str:
    """全镇, 全县: how a unit speaks of itself."""
    name = facts["unit"]
    if name.endswith("街道"):
        return "全街道"
    return f"全{name[-1]}" if name[-1] in "县区市镇乡" else "本单位"


def _day(iso: str) -> str:
    return day_words(date.fromisoformat(iso))


def _names(names: Sequence[str], shown: int = SHOWN) -> str:
    return "、".join(names[:shown]) + ("等" if len(names) > shown else "")


def quoted(text: str) -> str:
    """A text inside “ ”; its own quotation marks become ‘ ’."""
    return f"“{text.replace('“', '‘').replace('”', '’')}”"


def _overall(facts: Mapping[str, Any]) -> str:
    total, lines, until = facts["total"], facts["lines"], _day(facts["until_on"])
    if not lines:
        return ""
    where = (
        f"，涉及{len(facts['groups'])}个乡镇（街道）"
        if facts["wide"]
        else f"（{_names([x['name'] for x in lines])}）"
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
        said.append(f"整顿方案尚未批准的{len(waiting)}个（{_names(waiting)}）")
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
    text += f"；尚未报送：{_names(missing, 10)}" if missing else ""
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
    return "；".join(said) + "。" if said else "本期没有记录帮扶活动，也没有完成的整改措施。"


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


# --- the words ---------------------------------------------------------------------------------------------------


def _ordered(items: Sequence[str]) -> str:
    """一是……；二是……。"""
    if len(items) == 1:
        return f"{items[0]}。"
    marked = [f"{NUMERALS[i]}是{text}" if i < len(NUMERALS) else text for i, text in enumerate(items)]
    return "；".join(marked) + "。" if marked else ""


def _overall_words(facts: Mapping[str, Any]) -> str:
    lines = facts["lines"]
    open_ = [line for line in lines if line["stage"] != "已销号"]
    if not open_:
        return "整顿对象的问题已全部整改到位，转入跟踪管理。"
    late = [line["name"] for line in open_ if line["late"]]
    if late:
        said = [f"整顿工作总体按方案推进，{_names(late)}有措施逾期，正在督促限期完成"]
    elif any(line["measures"] for line in open_):
        said = ["各整顿对象按“一村一策”方案有序推进，没有逾期措施"]
    else:
        said = ["各整顿对象正在调查研究、拟订整顿方案"]
    working = [line for line in open_ if line["measures"]]
    if len(working) > 1:
        best, worst = max(working, key=_percent), min(working, key=_percent)
        if best["percent"] - worst["percent"] >= FAR_APART:
            said.append(f"{best['name']}进展较快，{worst['name']}进展较慢")
    ready = [line["name"] for line in open_ if line["problems"] and not line["open"]]
    if ready:
        said.append(f"{_names(ready)}的问题已全部销号，具备验收条件")
    return "。".join(said) + "。"


def _percent(line: Line) -> int:
    return line["percent"]


def _work_words(facts: Mapping[str, Any]) -> str:
    if facts["said"]:
        said = [f"{one['name']}：{_plain(one['work'])}" for one in facts["said"] if one["work"].strip()]
        if said:
            return "\n".join(said)
    items = [text for text in map(_work_of, facts["lines"]) if text]
    return _ordered(items) if items else "本期以督促方案落实为主。"


def _plain(text: str) -> str:
    """A township's paragraph inside the county's, on one line."""
    return " ".join(text.split())


def _work_of(line: Line) -> str:
    texts, said = line["texts"], []
    for one in texts["done"][:3]:
        said.append(f"完成{quoted(one['text'])}" + (f"，{one['result']}" if one["result"] else ""))
    for one in texts["progress"][: max(3 - len(said), 1)]:
        said.append(f"推进{quoted(one['text'])}，{one['words']}")
    if not said:
        said = [*texts["activities"][:1]]
    return f"{line['name']}{'，'.join(said)}" if said else ""


def _problem_words(facts: Mapping[str, Any]) -> str:
    items = []
    if facts["said"]:
        said = [
            f"{one['name']}：{_plain(one['problems'])}" for one in facts["said"] if one["problems"].strip()
        ]
        if said:
            return "\n".join(said)
    for line in facts["lines"]:
        if line["texts"]["open"]:
            items.append(f"{line['name']}的{_unsolved(line['texts']['open'])}尚未整改到位")
    quiet = [x["name"] for x in facts["lines"] if not x["activities"] and x["stage"] not in ("已销号",)]
    if quiet:
        items.append(f"{_names(quiet)}本期没有到点、走访和会议记录，帮扶力量作用发挥不够")
    return _ordered(items) if items else "未发现新的突出问题。"


def _unsolved(texts: Sequence[str]) -> str:
    return "".join(map(quoted, texts[:2])) + (
        "等问题" if len(texts) > 2 else "问题" if len(texts) > 1 else ""
    )


def _next_words(facts: Mapping[str, Any]) -> str:
    items = []
    late = [line["name"] for line in facts["lines"] if line["late"]]
    if late:
        items.append(f"督促{_names(late)}对逾期措施查明原因、限期完成")
    for line in facts["lines"]:
        if line["texts"]["next"]:
            items.append(f"{line['name']}重点抓好{_tasks(line['texts']['next'])}")
    unplanned = [x["name"] for x in facts["lines"] if not x["planned"] and x["stage"] == "集中整顿"]
    if unplanned:
        items.append(f"抓紧完善{_names(unplanned)}的整顿方案，尽快批准实施")
    ready = [
        x["name"] for x in facts["lines"] if x["problems"] and not x["open"] and x["stage"] == "集中整顿"
    ]
    if ready:
        items.append(f"组织{_names(ready)}对照标准自查，做好验收准备")
    if not items:
        items.append("继续落实各项整改措施，及时核验成效、提请销号")
    return _ordered(items[: len(NUMERALS)])


def _tasks(rows: Sequence[Mapping[str, str]]) -> str:
    named = [quoted(row["text"]) + (f"（{row['unit']}）" if row["unit"] else "") for row in rows[:2]]
    return "、".join(named) + ("等任务" if len(rows) > 2 else "")
