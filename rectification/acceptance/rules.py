"""Tallies, scores and what follows from them; a person signs, the system does not decide (domain §6)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from rectification.schemes.terms import plain, words

PASS, BASIC, FAIL = "pass", "basic", "fail"
LABELS = {PASS: "合格", BASIC: "基本合格", FAIL: "不合格"}
UNCHOSEN = "未选"
"""The option of a valid ballot that left an item open."""
OVERALL = "总体评价"
DISSATISFIED = "不满意"
"""What a ballot asks and counts as dissatisfied where the scheme says nothing of it."""


@dataclass(frozen=True)
class Tally:
    """One group's ballots: issued, returned = valid + invalid; `counts` are votes by item and option."""

    issued: int
    returned: int
    valid: int
    invalid: int
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoredItem:
    """An acceptance item with the county's score (None: not yet), why points were taken, and whether it vetoes."""

    key: int
    text: str
    points: Decimal
    score: Decimal | None
    reason: str = ""
    vetoed: bool = False


@dataclass(frozen=True)
class Lines:
    """The scheme's thresholds: points for 合格 and 基本合格, percents for satisfaction and for its veto."""

    passing: Decimal
    basic: Decimal
    satisfaction: Decimal | None
    dissatisfied_veto: Decimal | None
    satisfied: Collection[str]
    dissatisfied: Collection[str]


class Rate(NamedTuple):
    """A satisfaction rate: percent with two decimals, and the formula with its numbers in words."""

    percent: Decimal
    formula: str


class Verdict(NamedTuple):
    """The result that follows (`pass`, `basic`, `fail`), its points, every reason, and whether a veto decided."""

    outcome: str
    total: Decimal
    reasons: tuple[str, ...]
    vetoed: bool


def ballot_items(items: Sequence[str]) -> list[str]:
    """What a ballot asks: the scheme's items; 总体评价 where the scheme names none."""
    return list(items) or [OVERALL]


def ballot_options(satisfied: Sequence[str], other: Sequence[str], dissatisfied: Sequence[str]) -> list[str]:
    """The options of each item, from satisfied to dissatisfied, with 未选 last; each stands once."""
    between = [option for option in other if option != UNCHOSEN]
    return list(dict.fromkeys([*satisfied, *between, *against(dissatisfied), UNCHOSEN]))


def against(dissatisfied: Sequence[str]) -> list[str]:
    """The options that count as dissatisfied; 不满意 where the scheme names none."""
    return list(dissatisfied) or [DISSATISFIED]


def tally_errors(
    tally: Tally, *, group: str = "", entitled: int | None = None, present: int | None = None
) -> list[str]:
    """Everything that does not add up, naming item and numbers: options with 未选 = valid ≤ returned ≤ issued.

    `group` is 党员 or 群众. `entitled` (应到) and `present` (实到) are looked at where they are given: present ≤
    entitled and issued ≤ present.
    """
    amounts = {
        "应到人数": entitled,
        "实到人数": present,
        "发出票": tally.issued,
        "收回票": tally.returned,
        "有效票": tally.valid,
        "无效票": tally.invalid,
    }
    errors = [
        f"{noun} {number} 不能为负数" for noun, number in amounts.items() if number is not None and number < 0
    ]
    if entitled is not None and present is not None and present > entitled:
        errors.append(f"实到人数 {present} 大于应到人数 {entitled}")
    if present is not None and tally.issued > present:
        errors.append(f"发出票 {tally.issued} 大于实到人数 {present}")
    if tally.returned > tally.issued:
        errors.append(f"收回票 {tally.returned} 大于发出票 {tally.issued}")
    if tally.valid + tally.invalid != tally.returned:
        total = tally.valid + tally.invalid
        errors.append(
            f"有效票 {tally.valid} + 无效票 {tally.invalid} = {total}，不等于收回票 {tally.returned}"
        )
    errors += _count_errors(tally)
    return [f"{group}测评：{error}" for error in errors]


def _count_errors(tally: Tally) -> Iterator[str]:
    if not tally.counts:
        yield "没有填各选项票数"
    for item, options in tally.counts.items():
        for option, votes in options.items():
            if votes < 0:
                yield f"“{item}”的“{option}” {votes} 不能为负数"
        total = sum(options.values())
        if total != tally.valid:
            added = " + ".join(f"{option} {votes}" for option, votes in options.items()) or "没有票数"
            yield f"“{item}”各选项合计 {total}（{added}），不等于有效票 {tally.valid}"


def satisfaction_rate(options: Mapping[str, int], satisfied: Collection[str]) -> Rate | None:
    """Satisfied votes in percent of all valid ones (未选 with them), and its formula; None without any vote.

    `satisfied` are the options the scheme counts as satisfied, for example 满意 and 基本满意.
    """
    valid = sum(options.values())
    if valid == 0:
        return None
    counted = [(option, votes) for option, votes in options.items() if option in satisfied]
    percent = (Decimal(sum(votes for _, votes in counted)) * 100 / valid).quantize(
        Decimal("0.01"), ROUND_HALF_UP
    )
    added = " + ".join(f"{option} {votes}" for option, votes in counted) or "0"
    return Rate(percent, f"（{added}）÷ 有效票 {valid} × 100% = {percent}%")


def dissatisfied_veto(options: Mapping[str, int], dissatisfied: Collection[str], line: Decimal) -> str | None:
    """Why the votes of an item fail a case at once, or None: more than `line` percent of valid ones dissatisfied.

    Exactly on the line is no veto (超过半数).
    """
    valid = sum(options.values())
    against = sum(votes for option, votes in options.items() if option in dissatisfied)
    if valid and against * 100 > line * valid:
        return f"不满意 {against} 票，超过有效票 {valid} 的 {plain(line)}%"
    return None


def score_errors(items: Sequence[ScoredItem]) -> dict[int, str]:
    """Scores that cannot stand, by item key: each is given, lies between 0 and the standard points, and says why
    points were taken or why it vetoes."""
    errors = {}
    for item in items:
        if item.score is None or not item.score.is_finite():
            errors[item.key] = f"“{item.text}”还没有评分"
        elif not 0 <= item.score <= item.points:
            errors[item.key] = (
                f"“{item.text}”的评分 {plain(item.score)} 应在 0 与标准分 {plain(item.points)} 之间"
            )
        elif why := _unexplained(item):
            errors[item.key] = why
        elif item.vetoed and not item.reason.strip():
            errors[item.key] = f"“{item.text}”作为否决项，须写明理由"
    return errors


def unexplained(items: Sequence[ScoredItem]) -> dict[int, str]:
    """Items on which points were taken without a reason, by key."""
    return {item.key: why for item in items if (why := _unexplained(item))}


def _unexplained(item: ScoredItem) -> str:
    lost = _lost(item)
    return (
        f"“{item.text}”扣了 {plain(lost)} 分，须写明扣分理由" if lost > 0 and not item.reason.strip() else ""
    )


def verdict(items: Sequence[ScoredItem], tallies: Mapping[str, Tally], lines: Lines) -> Verdict:
    """The result that follows from items, vetoes and tallies, with every reason (domain §6).

    A veto (an item's, or too many dissatisfied on any item of any group) is 不合格 at once. Otherwise the points
    decide: ≥ pass line 合格, ≥ basic line 基本合格, else 不合格. A satisfaction rate below its line in any group holds
    the result at 基本合格 at best. `tallies` are by group (党员, 群众), which are never added up. Raises ValueError
    while scores or tallies have errors, or there is no item: show those first.
    """
    broken = [*score_errors(items).values()]
    broken += [error for group, tally in tallies.items() for error in tally_errors(tally, group=group)]
    if broken or not items:
        raise ValueError("；".join(broken) or "没有验收项目")
    total = sum((item.score for item in items if item.score is not None), Decimal(0))
    outcome, reasons = _by_points(total, lines)
    reasons += [f"“{item.text}”扣 {plain(lost)} 分：{item.reason}" for item in items if (lost := _lost(item))]
    below = list(_below_line(tallies, lines))
    vetoes = [f"否决：“{item.text}”，{item.reason}" for item in items if item.vetoed]
    vetoes += _tally_vetoes(tallies, lines)
    reasons += list(_rates(tallies, lines)) + vetoes
    if below and outcome == PASS:
        outcome = BASIC
        reasons.append("满意率未达到要求，结果不高于基本合格")
    return Verdict(FAIL if vetoes else outcome, total, tuple(reasons), bool(vetoes))


def _lost(item: ScoredItem) -> Decimal:
    """The points taken off an item."""
    return item.points - item.score if item.score is not None else Decimal(0)


def _by_points(total: Decimal, lines: Lines) -> tuple[str, list[str]]:
    if total >= lines.passing:
        return PASS, [f"得分 {plain(total)}，达到合格线 {plain(lines.passing)}"]
    if total >= lines.basic:
        reached = f"达到基本合格线 {plain(lines.basic)}，未达合格线 {plain(lines.passing)}"
        return BASIC, [f"得分 {plain(total)}，{reached}"]
    return FAIL, [f"得分 {plain(total)}，低于基本合格线 {plain(lines.basic)}"]


def _items_of(tallies: Mapping[str, Tally]) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Every item of every group under its name: 群众“总体评价”."""
    for group, tally in tallies.items():
        for item, options in tally.counts.items():
            yield f"{group}“{item}”", options


def _rates(tallies: Mapping[str, Tally], lines: Lines) -> Iterator[str]:
    for name, options in _items_of(tallies):
        rate = satisfaction_rate(options, lines.satisfied)
        if rate is None:
            yield f"{name}没有有效票，满意率无法计算"
            continue
        verb = ""
        if lines.satisfaction is not None:
            verb = f"，{'低于' if rate.percent < lines.satisfaction else '达到'}满意率线 {plain(lines.satisfaction)}%"
        yield f"{name}满意率 = {rate.formula}{verb}"


def _below_line(tallies: Mapping[str, Tally], lines: Lines) -> Iterator[str]:
    """The items whose rate is below the line or cannot be told."""
    for name, options in _items_of(tallies):
        rate = satisfaction_rate(options, lines.satisfied)
        if lines.satisfaction is not None and (rate is None or rate.percent < lines.satisfaction):
            yield name


def _tally_vetoes(tallies: Mapping[str, Tally], lines: Lines) -> Iterator[str]:
    if lines.dissatisfied_veto is None:
        return
    for name, options in _items_of(tallies):
        if why := dissatisfied_veto(options, lines.dissatisfied, lines.dissatisfied_veto):
            yield f"否决：{name}{why}"


def sign_refusal(
    suggested: Verdict,
    *,
    outcome: str,
    signer: str,
    signed_on: date | None,
    today: date,
    different_reason: str = "",
) -> str | None:
    """Why a result cannot be signed so, or None.

    A person signs with name and day and may differ from what follows, with a reason; a veto holds until what it
    rests on is corrected.
    """
    if outcome not in LABELS:
        return "请选择验收结果：合格、基本合格或不合格"
    if not signer.strip():
        return "验收结果须由人签署，请填签署人"
    if signed_on is None:
        return "没有填签署日期"
    if signed_on > today:
        return f"签署日期 {words(signed_on)} 晚于今天"
    if outcome == suggested.outcome:
        return None
    if suggested.vetoed:
        return "有否决情形，结果只能为不合格；如否决依据有误，请先更正"
    if not different_reason.strip():
        return f"按规则应为{LABELS[suggested.outcome]}，签署为{LABELS[outcome]}须写明理由"
    return None
