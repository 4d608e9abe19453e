"""公布、公示: its period, the objections and how each was handled, and its place in the order of steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from rectification.schemes.terms import words


@dataclass(frozen=True)
class Objection:
    """An objection to the published list: what was raised on which day, and how it was handled when.

    `upheld` says that the organization is taken off the list (None: not decided). Never a petitioner's name.
    """

    about: str
    text: str
    raised_on: date
    handling: str = ""
    handled_on: date | None = None
    upheld: bool | None = None

    @property
    def handled(self) -> bool:
        """Whether it is dealt with: words, a day and a decision."""
        return bool(self.handling.strip()) and self.handled_on is not None and self.upheld is not None


class Dates(NamedTuple):
    """The days of a determination as far as they are known; None: not taken, or no such step in the scheme."""

    proposed_on: date | None = None
    reviewed_on: date | None = None
    publicity_from: date | None = None
    publicity_to: date | None = None
    determined_on: date | None = None
    noticed_on: date | None = None
    filed_on: date | None = None


def period_errors(
    starts_on: date | None, ends_on: date | None, place: str, *, least_days: int = 0, year: int | None = None
) -> dict[str, str]:
    """What is wrong with a publicity, by field: where, from when, to when.

    `least_days` is the scheme's least length, both days counted (0: none set, as in the seeds). `year` is the
    survey's: a day more than a year away from it is a slip of the pen that would keep the list from being closed.
    """
    errors = {}
    if not place.strip():
        errors["place"] = "没有填公布的范围或地点"
    if starts_on is None:
        errors["starts_on"] = "没有填公布开始日期"
    if ends_on is None:
        errors["ends_on"] = "没有填公布结束日期"
    if starts_on is None or ends_on is None:
        return errors
    slips = {
        field: f"{words(day)} 不在{year - 1}至{year + 1}年内，请核对年份"
        for field, day in (("starts_on", starts_on), ("ends_on", ends_on))
        if year is not None and abs(day.year - year) > 1
    }
    if slips:
        return errors | slips
    if ends_on < starts_on:
        errors["ends_on"] = f"公布结束日期 {words(ends_on)} 早于开始日期 {words(starts_on)}"
    elif (length := (ends_on - starts_on).days + 1) < least_days:
        errors["ends_on"] = f"公布 {length} 天，少于方案要求的 {least_days} 天"
    return errors


def objection_errors(one: Objection, *, starts_on: date, today: date) -> dict[str, str]:
    """What is wrong with an objection as recorded, by field; handled means words, day and decision together."""
    errors = {}
    if not one.text.strip():
        errors["text"] = "没有填异议内容"
    if one.raised_on < starts_on:
        errors["raised_on"] = f"提出日期 {words(one.raised_on)} 早于公布开始日期 {words(starts_on)}"
    elif one.raised_on > today:
        errors["raised_on"] = f"提出日期 {words(one.raised_on)} 晚于今天"
    if one.handled_on is not None and one.handled_on < one.raised_on:
        errors["handled_on"] = f"处理日期 {words(one.handled_on)} 早于提出日期 {words(one.raised_on)}"
    touched = (bool(one.handling.strip()), one.handled_on is not None, one.upheld is not None)
    if any(touched) and not all(touched):
        names = ("处理情况", "处理日期", "处理结论")
        missing = "、".join(name for name, there in zip(names, touched, strict=True) if not there)
        errors["handling"] = f"异议处理不完整，还缺{missing}"
    return errors


def closing_refusal(ends_on: date, objections: Sequence[Objection], *, today: date) -> str | None:
    """Why a publicity cannot be closed, or None: its last day is over and every objection is handled."""
    if today <= ends_on:
        return f"公布到{words(ends_on)}为止，期满后才能办结"
    if open_ := [one for one in objections if not one.handled]:
        named = "、".join(f"“{one.about}”" for one in open_[:3]) + ("等" if len(open_) > 3 else "")
        return f"还有 {len(open_)} 件异议没有处理：{named}"
    return None


def upheld(objections: Iterable[Objection]) -> list[str]:
    """About whom an objection was upheld: they must be determined anew or taken off with its reason."""
    return list(dict.fromkeys(one.about for one in objections if one.upheld))


_ORDER = (
    ("proposed_on", "乡镇初定"),
    ("reviewed_on", "部门联审"),
    ("determined_on", "审定"),
    ("noticed_on", "印发名单"),
    ("filed_on", "报市备案"),
)


def order_errors(dates: Dates, *, publicity_first: bool = False) -> dict[str, str]:
    """Days out of order, by field: 初定 ≤ 联审 ≤ 审定 ≤ 印发 ≤ 备案; equal days are fine, missing steps left out.

    The publicity follows the determination (公布, S0 三), or comes before it where the scheme says so
    (`publicity_first`, 公示): then it has ended by the day of the determination. The notice never comes before the
    publicity has ended.
    """
    steps = [(name, label) for name, label in _ORDER if getattr(dates, name) is not None]
    errors = {}
    for (before, before_label), (after, label) in pairwise(steps):
        first, then = getattr(dates, before), getattr(dates, after)
        if then < first:
            errors[after] = f"{label}日期 {words(then)} 早于{before_label}日期 {words(first)}"
    start, end, decided = dates.publicity_from, dates.publicity_to, dates.determined_on
    if publicity_first and decided and end and decided < end:
        errors.setdefault("determined_on", f"审定日期 {words(decided)} 早于公示结束日期 {words(end)}")
    if not publicity_first and decided and start and start < decided:
        errors.setdefault("publicity_from", f"公布开始日期 {words(start)} 早于审定日期 {words(decided)}")
    if publicity_first and dates.noticed_on and end and dates.noticed_on < end:
        errors.setdefault(
            "noticed_on", f"印发名单日期 {words(dates.noticed_on)} 早于公示结束日期 {words(end)}"
        )
    return errors
