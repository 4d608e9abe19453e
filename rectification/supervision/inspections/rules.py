"""Whom chance should find, a draw anyone can run again, and what a scheme's 督导安排 still lacks (domain §4 B)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from rectification.remediation.reporting.periods import RHYTHMS, period_at, period_words
from rectification.schemes.terms import Rhythm, words

BASE = 1
"""Every case may be drawn, however well it does."""


@dataclass(frozen=True)
class Facts:
    """What is known of a case on the day of a draw; `since` is the days since anybody inspected it, None: never."""

    overdue: int = 0
    progress: int = 0
    returned: int = 0
    since: int | None = None
    carried: bool = False


class Reason(NamedTuple):
    """Why a case weighs more, and by how many points."""

    words: str
    points: int


def reasons_of(facts: Facts) -> list[Reason]:
    """Every reason that makes a case more likely to be drawn; the weight is `BASE` and all their points."""
    found = []
    if facts.overdue:
        found.append(Reason(f"{facts.overdue}项任务逾期", 2 * min(facts.overdue, 4)))
    if facts.progress < 30:
        found.append(Reason(f"完成率{facts.progress}%，低于30%", 3))
    elif facts.progress < 60:
        found.append(Reason(f"完成率{facts.progress}%，低于60%", 1))
    if facts.returned:
        found.append(Reason(f"方案退回{facts.returned}次", min(facts.returned, 3)))
    if facts.since is None:
        found.append(Reason("本年尚未督导", 2))
    elif facts.since > 60:
        found.append(Reason(f"上次督导距今{facts.since}天", 2 if facts.since > 120 else 1))
    if facts.carried:
        found.append(Reason("上年整顿未转化", 2))
    return found


def weight_of(reasons: Iterable[Reason]) -> int:
    """The weight in a draw."""
    return BASE + sum(reason.points for reason in reasons)


class Entry(NamedTuple):
    """A case in the pool of a draw, by its uid."""

    case: str
    weight: int


class Pick(NamedTuple):
    """One pick of a draw: `remainder` of the digest by `total` falls into `first`…`last` of the case."""

    number: int
    digest: str
    total: int
    remainder: int
    case: str
    first: int
    last: int


def draw(seed: str, pool: Iterable[Entry], size: int) -> list[Pick]:
    """Draw `size` different cases, the heavier the likelier; the same seed and pool give the same cases anywhere.

    Whole numbers only, so that anyone can check it with a pocket tool: the pool stands in the order of the uids, each
    case holding as many neighbouring numbers as it weighs, counted from 0. Pick k takes SHA-256 of "seed:k" as a
    number, divides by the sum of the weights still in the pool, and the remainder names the case, which then leaves.
    """
    left = sorted(pool)
    picks = []
    for number in range(1, min(size, len(left)) + 1):
        digest = hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()
        total = sum(entry.weight for entry in left)
        remainder = int(digest, 16) % total
        place = 0
        for entry in left:
            if remainder < place + entry.weight:
                last = place + entry.weight - 1
                picks.append(Pick(number, digest, total, remainder, entry.case, place, last))
                left.remove(entry)
                break
            place += entry.weight
    return picks


class Period(NamedTuple):
    """A stretch of the year a rhythm asks in."""

    name: str
    first: date
    last: date


def periods(rhythm: str, first: date, last: date) -> Iterator[Period]:
    """The months, half months or quarters between two days, cut at both ends; nothing for other rhythms."""
    day = first
    while day <= last and rhythm in RHYTHMS:
        end = period_at(rhythm, day).last
        yield Period(period_words(rhythm, end), day, min(end, last))
        day = end + timedelta(days=1)


def is_evaluation(title: str, rhythm: str) -> bool:
    """Whether a scheme's arrangement is a 季度评估 that gives grades, not a 督导 (S1 陇县: 每季度评估一次)."""
    return rhythm == Rhythm.QUARTERLY and "评" in title


class Standing(NamedTuple):
    """How far an arrangement is: held so often, lacking so often by now, in words with a tone."""

    held: int
    lacking: int
    words: str
    tone: str

    @property
    def short(self) -> str:
        """The light's own word."""
        if self.lacking:
            return f"还差{self.lacking}次"
        return "未定次数" if self.tone == "grey" else "已够"


def standing(
    *, rhythm: str, times: int, first: date, last: date, held: Sequence[date], today: date
) -> Standing:
    """What a scheme's arrangement still asks of a unit; `first`…`last` are the days of the rectification.

    By month, half month or quarter: `times` in each of them; else `times` in the year. Without a rhythm nothing is
    owed, it is only counted.
    """
    done = len(held)
    if not rhythm:
        return Standing(done, 0, f"已督导{done}次（方案未定次数）", "grey")
    if rhythm in RHYTHMS:
        return _in_periods(list(periods(rhythm, first, last)), times, held, today)
    short = max(times - done, 0)
    if not short:
        return Standing(done, 0, f"已督导{done}次，已够{times}次", "green")
    until = f"{words(last)}前" if today <= last else ""
    said = f"已督导{done}次，{until}还差{short}次"
    return Standing(done, short, said, "yellow" if today <= last else "red")


def _in_periods(asked: list[Period], times: int, held: Sequence[date], today: date) -> Standing:
    short = {
        one: max(times - sum(one.first <= day <= one.last for day in held), 0)
        for one in asked
        if one.first <= today
    }
    missed = [one.name for one, number in short.items() if number and one.last < today]
    now = [(one, number) for one, number in short.items() if number and one.last >= today]
    said = [f"已督导{len(held)}次"]
    if missed:
        said.append(f"{'、'.join(missed)}没有督导")
    if now:
        said.append(f"{now[0][0].name}还差{now[0][1]}次")
    if not short:
        said.append(f"{words(asked[0].first)}起开展" if asked else "没有应开展的时段")
    tone = "red" if missed else "yellow" if now else "green"
    return Standing(len(held), sum(short.values()), "，".join(said), tone)


@dataclass(frozen=True)
class Found:
    """A finding as typed; `uid` of one that stands already, "" for a new one."""

    text: str
    settled: str = ""
    uid: str = ""


def result_errors(
    *,
    on: date | None,
    starts_on: date,
    today: date,
    words_: str,
    grade: str,
    graded: bool,
    skipped: str,
    findings: Sequence[Found],
) -> dict[str, list[str]]:
    """What is wrong with a result, by field; somebody went there, or there is a reason why nobody did."""
    errors: dict[str, list[str]] = {}
    if skipped:
        if on or grade or findings:
            errors["skipped_reason"] = [
                "已写督导情况的，不填“未督导的原因”；确实没有去的，请清空日期、等次和问题"
            ]
        return errors
    if on is None:
        errors["on"] = ["请填写督导日期；没有去的，请写明未督导的原因"]
    elif on > today:
        errors["on"] = [f"督导日期 {words(on)} 还没有到"]
    elif on < starts_on:
        errors["on"] = [f"督导日期 {words(on)} 早于本次督导开始日期 {words(starts_on)}"]
    if not words_.strip():
        errors["words"] = ["请写明督导情况"]
    if graded and not grade:
        errors["grade"] = ["季度评估须评定等次"]
    return errors
