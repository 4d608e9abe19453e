"""The words an officer edits, as the system writes them from what was logged.

They hold no number of ours, so that nothing in them can become untrue when something is logged later; the numbers stand
in the fixed sentences before them. An officer who changes nothing still hands in a readable report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rectification.remediation.reporting.rules import Line
from rectification.remediation.reporting.words import NUMERALS, names_of
from rectification.schemes.terms import quoted

FAR_APART = 20
"""From which difference of progress (points of per cent) the slower case is named."""


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
        said = [f"整顿工作总体按方案推进，{names_of(late)}有措施逾期，正在督促限期完成"]
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
        said.append(f"{names_of(ready)}的问题已全部销号，具备验收条件")
    return "。".join(said) + "。"


def _percent(line: Line) -> int:
    return line["percent"]


def _work_words(facts: Mapping[str, Any]) -> str:
    if facts["wide"]:
        return _by_place(facts, "work", _work_of) or "本期以督促方案落实为主。"
    items = [text for text in map(_work_of, facts["lines"]) if text]
    return _ordered(items) if items else "本期以督促方案落实为主。"


def _by_place(facts: Mapping[str, Any], part: str, of: Callable[..., str]) -> str:
    """A paragraph per township: what its officer wrote, else the first of what was logged there."""
    written: dict[str, list[str]] = {}
    for one in facts["said"]:
        if one[part].strip():
            written.setdefault(one["name"], []).append(_plain(one[part]))
    paragraphs = []
    for name in dict.fromkeys(line["township"] for line in facts["lines"]):
        lines = [line for line in facts["lines"] if line["township"] == name]
        told = [text for text in (of(line, 1) for line in lines) if text][:2]
        text = "".join(written[name]) if name in written else "；".join(told)
        if text:
            paragraphs.append(f"{name}：{text.rstrip('。；')}。")
    return "\n".join(paragraphs)


def _plain(text: str) -> str:
    """A township's paragraph inside the county's, on one line."""
    return " ".join(text.split())


def _work_of(line: Line, most: int = 3) -> str:
    texts, said = line["texts"], []
    for one in texts["done"][:most]:
        said.append(f"完成{quoted(one['text'])}" + (f"，{one['result']}" if one["result"] else ""))
    for one in texts["progress"][: most - len(said)]:
        said.append(f"推进{quoted(one['text'])}，{one['words']}")
    if not said:
        said = [*texts["activities"][:1]]
    return f"{line['name']}{'，'.join(said)}" if said else ""


def _problem_words(facts: Mapping[str, Any]) -> str:
    if facts["wide"]:
        return _by_place(facts, "problems", _problem_of) or "未发现新的突出问题。"
    items = [text for text in map(_problem_of, facts["lines"]) if text]
    quiet = [x["name"] for x in facts["lines"] if not x["activities"] and x["stage"] != "已销号"]
    if quiet:
        items.append(f"{names_of(quiet)}本期没有到点、走访和会议记录，帮扶力量作用发挥不够")
    return _ordered(items) if items else "未发现新的突出问题。"


def _problem_of(line: Line, most: int = 2) -> str:
    texts = line["texts"]["open"]
    return f"{line['name']}的{_unsolved(texts, most)}尚未整改到位" if texts else ""


def _unsolved(texts: Sequence[str], most: int) -> str:
    after = "等问题" if len(texts) > most else "问题" if len(texts) > 1 else ""
    return "".join(map(quoted, texts[:most])) + after


def _next_words(facts: Mapping[str, Any]) -> str:
    items = []
    late = [line["name"] for line in facts["lines"] if line["late"]]
    if late:
        items.append(f"督促{names_of(late)}对逾期措施查明原因、限期完成")
    for line in facts["lines"]:
        if line["texts"]["next"]:
            items.append(f"{line['name']}重点抓好{_tasks(line['texts']['next'])}")
    unplanned = [x["name"] for x in facts["lines"] if not x["planned"] and x["stage"] == "集中整顿"]
    if unplanned:
        items.append(f"抓紧完善{names_of(unplanned)}的整顿方案，尽快批准实施")
    ready = [
        x["name"] for x in facts["lines"] if x["problems"] and not x["open"] and x["stage"] == "集中整顿"
    ]
    if ready:
        items.append(f"组织{names_of(ready)}对照标准自查，做好验收准备")
    if not items:
        items.append("继续落实各项整改措施，及时核验成效、提请销号")
    return _ordered(items[: len(NUMERALS)])


def _tasks(rows: Sequence[Mapping[str, str]]) -> str:
    named = [quoted(row["text"]) + (f"（{row['unit']}）" if row["unit"] else "") for row in rows[:2]]
    return "、".join(named) + ("等任务" if len(rows) > 2 else "")
