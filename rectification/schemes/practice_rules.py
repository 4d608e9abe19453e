"""What cannot stand in the parts of a place's practice: the same said twice, ends that do not meet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from rectification.schemes.terms import Problem, Rhythm

_NAMES = ("text", "title")
_REPEATABLE = ("chain", "phases")


def repeated(part: str, rows: Sequence[Any]) -> Iterator[Problem]:
    """The same words twice in one part: scored or asked twice, and nobody could tell them apart."""
    if part in _REPEATABLE:
        return
    seen: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(rows):
        name = next((name for name in _NAMES if getattr(row, name, "")), None)
        if name is None:
            continue
        said = (getattr(row, name).strip(), getattr(row, "criterion", None), getattr(row, "key", ""))
        if said in seen:
            yield Problem(f"{part}.{number}.{name}", f"与第 {seen[said] + 1} 条重复")
        else:
            seen[said] = number


def treatment_problems(
    rows: Sequence[Any], orders: Collection[int], part: str = "treatment"
) -> Iterator[Problem]:
    """A treatment, or a suggested measure, is for a criterion there is."""
    for number, row in enumerate(rows):
        if row.criterion is not None and row.criterion not in orders:
            message = f"“{row.text}”对应第 {row.criterion} 种情形，方案没有这一种情形"
            yield Problem(f"{part}.{number}.criterion", message)


def target_problems(rows: Sequence[Any]) -> Iterator[Problem]:
    """The most is not less than the least."""
    for number, row in enumerate(rows):
        if row.least is not None and row.most is not None and row.most < row.least:
            yield Problem(f"targets.{number}.most", f"“{row.title}”不多于 {row.most} 小于不少于 {row.least}")


def inspection_problems(rows: Sequence[Any]) -> Iterator[Problem]:
    """What is counted has a number."""
    for number, row in enumerate(rows):
        if row.rhythm == Rhythm.COUNT and (row.times or 0) < 1:
            yield Problem(f"inspection_rules.{number}.times", f"“{row.title}”按次数计，次数应至少为 1")
