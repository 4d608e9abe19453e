"""A scheme as it is read: its parts in order, grouped as papers do, with the timeline of its phases."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from rectification.schemes.chain_rules import deciding_step
from rectification.schemes.models import Process, Scheme
from rectification.schemes.parts import HEAD_FIELDS, PARTS, read_all, shown
from rectification.schemes.wording import line, national_words

GROUPS = (
    ("组织领导", ("leadership",)),
    ("工作步骤", ("phases",)),
    ("“回头看”", ("lookback",)),
    ("摸排认定", ("criteria", "aspects", "quotas", "survey_forms", "input", "department")),
    ("集中整顿", ("treatment", "starter", "support", "help", "contact", "campaign", "targets")),
    ("督导检查", ("inspection_rules",)),
    ("考核验收", ("acceptance",)),
    ("由谁办理", ("chain",)),
    ("时限任务", ("duty_rules",)),
    ("其他规定", ("provision", "head")),
)
"""The parts in the order a paper has them; `head` are the single values."""
TABLES = ("phases", "criteria", "quotas", "chain", "duty_rules", "acceptance", "head")
"""The parts that read as a table; the others are listed."""
NUMERALS = "一二三四五六七八九十"


def parts_of(scheme: Scheme) -> dict[str, list[Any]]:
    """The rows of every part by its key; all listed items come in one query."""
    found = read_all(scheme)
    for row in found["criteria"]:
        row.national = national_words(row.national_types)
    return found


def sections_of(
    scheme: Scheme, parts: dict[str, list[Any]], gaps: Sequence[Any], *, may_edit: bool
) -> list[dict[str, Any]]:
    """The scheme as chapters of sections; who does not edit it is spared the empty ones."""
    found = []
    for title, keys in GROUPS:
        sections = [
            _section(scheme, key, parts, [gap for gap in gaps if gap.part == key])
            for key in keys
            if may_edit or key == "head" or parts[key]
        ]
        if sections:
            found.append({"number": NUMERALS[len(found)], "title": title, "sections": sections})
    return found


def _section(scheme: Scheme, key: str, parts: dict[str, list[Any]], gaps: Sequence[Any]) -> dict[str, Any]:
    title = "分数线和其他数值" if key == "head" else PARTS[key].title
    rows = parts.get(key, [])
    template = f"part_{key}" if key in TABLES else "part_listed"
    return {
        "key": key,
        "title": scheme.support_name if key == "support" else title,
        "template": f"rectification/schemes/_{template}.html",
        "gaps": gaps,
        "lines": [] if key in TABLES else [{"row": row, "line": line(key, row)} for row in rows],
    }


def head_of(scheme: Scheme) -> list[dict[str, Any]]:
    """The single values as label, text and whether it is still a starter."""
    return [
        {
            "label": Scheme._meta.get_field(name).verbose_name,
            "text": shown(Scheme, name, getattr(scheme, name)),
            "starter": name in scheme.starter_values,
        }
        for name in HEAD_FIELDS
        if name != "title"
    ]


def chains_of(rows: list[Any]) -> list[dict[str, Any]]:
    """Who takes the steps of each process, in the order of the year; also of those nobody is named for."""
    found = []
    for process in Process:
        steps = [row for row in rows if row.process == process]
        deciding = deciding_step(steps) if process == Process.DETERMINATION else None
        found.append({"title": process.label, "steps": steps, "deciding": deciding})
    return found


def timeline(phases: list[Any], year: int) -> list[dict[str, Any]]:
    """Each phase as a bar of the year: left and width in percent of its days."""
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    bars = []
    for phase in phases:
        left = max((phase.starts_on - first).days, 0)
        right = min((phase.ends_on - first).days + 1, length)
        bars.append(
            {
                "phase": phase,
                "x": round(left * 100 / length, 2),
                "width": round(max(right - left, 1) * 100 / length, 2),
                "y": 24 + len(bars) * 26,
            }
        )
    return bars


MONTHS = [{"x": round(month * 100 / 12, 2), "name": f"{month + 1}月"} for month in range(12)]
