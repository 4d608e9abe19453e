"""What a scheme says once: its document number as papers write it, its lines, the options of the ballot."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rectification.schemes.rules import document_number_refusal, escalation_problems, reminder_problems
from rectification.schemes.terms import Problem, plain

_BRACKETS = str.maketrans({**dict.fromkeys("[【［(（{〔", "〔"), **dict.fromkeys("]】］)）}〕", "〕")})


def document_number(typed: str) -> str:
    """A document number typed with any brackets, spaces, full-width digits: 岳组发[2015]7号 → 岳组发〔2015〕7号."""
    return unicodedata.normalize("NFKC", "".join(typed.split())).translate(_BRACKETS)


def option_problems(head: Mapping[str, Any]) -> Iterator[Problem]:
    """An option of the ballot counts as one thing only, and something counts as satisfied."""
    satisfied, against = (head.get(name) or [] for name in ("satisfied_options", "dissatisfied_options"))
    if twice := [option for option in against if option in satisfied]:
        yield Problem("dissatisfied_options", f"“{twice[0]}”已计入满意，不能又计入不满意")
    named = {*satisfied, *against}
    if twice := [option for option in head.get("other_options") or [] if option in named]:
        yield Problem("other_options", f"“{twice[0]}”已计入满意或不满意，不能又是其他选项")
    for name in ("satisfied_options", "other_options", "dissatisfied_options", "satisfaction_items"):
        given = head.get(name) or []
        if twice := [one for one, times in Counter(given).items() if times > 1]:
            yield Problem(name, f"“{twice[0]}”重复")


def _year_end_problems(head: Mapping[str, Any]) -> Iterator[Problem]:
    """The poll's least number, the share the unit above checks, the words of the year-end assessment."""
    if (least := head.get("poll_least")) is not None and least < 1:
        yield Problem("poll_least", "扫码测评结果最少票数至少为 1")
    share = head.get("check_percent")
    if share is not None and not 0 < share <= 100:
        yield Problem("check_percent", f"市检查比例 {plain(share)}% 应大于 0 且不超过 100%；不检查的不填")
    for name in ("evaluation_grades", "evaluation_uses"):
        if twice := [one for one, times in Counter(head.get(name) or []).items() if times > 1]:
            yield Problem(name, f"“{twice[0]}”重复")


def head_problems(head: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with a scheme's single values by themselves, as they are typed; a value may still be missing."""
    if (number := head.get("document_number")) and (refusal := document_number_refusal(number)):
        yield Problem("document_number", refusal)
    if (full := head.get("full_marks")) is not None and full <= 0:
        yield Problem("full_marks", f"满分 {plain(full)} 应大于 0")
    passing, basic = head.get("pass_line"), head.get("basic_line")
    if passing is not None and passing <= 0:
        yield Problem("pass_line", "合格线应大于 0")
    elif basic is not None and (basic <= 0 or (passing is not None and basic > passing)):
        yield Problem("basic_line", f"基本合格线 {plain(basic)} 应大于 0 且不超过合格线")
    for path, noun in (("satisfaction_line", "满意率线"), ("dissatisfied_veto", "不满意否决线")):
        rate = head.get(path)
        if rate is not None and not 0 <= rate <= 100:
            yield Problem(path, f"{noun} {plain(rate)}% 应在 0 与 100% 之间")
    yield from _year_end_problems(head)
    yield from reminder_problems(head.get("reminder_days") or [])
    yield from escalation_problems(head.get("escalation_days") or [])
    yield from option_problems(head)


def closing_refusal(*, year: int, today: date, open_cases: int, reason: str) -> str | None:
    """Why a scheme cannot be closed without more words, or None: its year is not over, or cases are still open."""
    standing = []
    if today.year <= year:
        standing.append(f"{year}年度还没有结束")
    if open_cases:
        standing.append(f"还有 {open_cases} 个整顿对象没有办结")
    if standing and not reason.strip():
        return f"{'，'.join(standing)}，结束方案须写明理由"
    return None
