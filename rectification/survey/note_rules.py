"""What a self-check or a note of a visit must say, as values in and reasons out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TypedDict

from rectification.schemes.terms import Criterion, applies, words


class Answer(TypedDict):
    """A question as it was asked and what was said to it."""

    question: str
    words: str


def day_error(made_on: date | None, today: date) -> str | None:
    """Why a day cannot be that of a note, or None."""
    if made_on is None:
        return "请填写日期"
    return f"日期 {words(made_on)} 晚于今天" if made_on > today else None


def self_check_errors(
    questions: Sequence[str],
    said: Mapping[int, str],
    met: Mapping[int, bool | None],
    criteria: Sequence[Criterion],
    *,
    scanned: bool,
    conclusion: str = "",
) -> dict[str, str]:
    """What a self-check lacks, by field: `q0` … for questions, `m1`, `w1` … for criteria.

    With questions of the scheme each is answered in words; without, each criterion is answered yes or no, and a yes
    says what is there. Where the signed sheet is attached nothing needs to be typed twice (domain §7) but what it
    comes to.
    """
    if scanned:
        typed = any(said.values()) or any(met.values()) or conclusion.strip()
        return {} if typed else {"conclusion": "请按签字的自查表填写村自查意见"}
    if questions:
        return {f"q{n}": "请写明情况；没有问题的写“无”" for n in range(len(questions)) if not said.get(n)}
    errors = {}
    for one in criteria:
        answer = met.get(one.order)
        if answer is None:
            errors[f"m{one.order}"] = "请选择“是”或“否”"
        elif answer and not said.get(one.order):
            errors[f"w{one.order}"] = "选“是”的，请写明具体情况"
    return errors


def visit_errors(said: Collection[str], conclusion: str, made_by: str) -> dict[str, str]:
    """What a note of a visit lacks, by field: who went, and anything at all that was seen."""
    errors = {}
    if not made_by.strip():
        errors["made_by"] = "请填写带队领导和参加人员"
    if not any(said) and not conclusion.strip():
        errors["conclusion"] = "请至少写明一项情况或综合意见"
    return errors


def unknown_criteria(numbers: Collection[int], criteria: Sequence[Criterion], field: str) -> list[int]:
    """Numbers that name no criterion an organization of this field is asked about."""
    known = {one.order for one in criteria if applies(one, field)}
    return sorted(set(numbers) - known)


def missing_words(names: Sequence[str]) -> str:
    """Who has not checked itself, in words; "" when nobody is missing."""
    if not names:
        return ""
    shown = "、".join(names[:10]) + (f"等 {len(names)} 个" if len(names) > 10 else "")
    return f"{shown}还没有自查"
