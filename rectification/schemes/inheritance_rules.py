"""A scheme on a scheme: what it makes stricter or laxer, and that nothing is laxer without a recorded reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from organizations.rules import Field, Level
from rectification.schemes.difference_rules import (
    NONE,
    Compared,
    Difference,
    acceptance_differences,
    chain_differences,
    criterion_differences,
    duty_differences,
    listed_differences,
    phase_differences,
    ranked,
)
from rectification.schemes.terms import (
    AcceptanceItem,
    Criterion,
    DutyRule,
    Mode,
    Phase,
    Quota,
    SchemeHead,
    field_names,
    plain,
)


@dataclass(frozen=True)
class Whole:
    """A scheme as it is compared; rows may stand in for their values. `listed` are lists of words by their title."""

    head: SchemeHead
    level: str
    phases: Sequence[Phase] = ()
    criteria: Sequence[Criterion] = ()
    quotas: Sequence[Quota] = ()
    duty_rules: Sequence[DutyRule] = ()
    acceptance_items: Sequence[AcceptanceItem] = ()
    listed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    chain: Sequence[Any] = ()
    satisfied_options: Collection[str] = ()
    tracking_months: int | None = None
    poll_least: int | None = None


def differences(here: Whole, above: Whole) -> list[Difference]:
    """Every item of both schemes side by side, laxer ones first, then stricter, other and same."""
    found = [
        *_head(here, above),
        *phase_differences(here.phases, above.phases),
        *criterion_differences(here.criteria, above.criteria),
        *_quotas(here, above),
        *duty_differences(_owed(above.duty_rules, here.level), _owed(here.duty_rules, here.level)),
        *acceptance_differences(here.acceptance_items, above.acceptance_items),
        *listed_differences(here.listed, above.listed),
        *chain_differences(here.chain, above.chain),
    ]
    order = [Compared.LAXER, Compared.STRICTER, Compared.OTHER, Compared.SAME]
    return sorted(found, key=lambda one: order.index(one.compared))


def unexplained(found: Iterable[Difference], reasons: Mapping[str, str]) -> list[Difference]:
    """The laxer items without a written reason, by the key of the difference."""
    return [one for one in found if one.compared is Compared.LAXER and not reasons.get(one.key, "").strip()]


def inheritance_refusal(found: Iterable[Difference], reasons: Mapping[str, str]) -> str | None:
    """Why a scheme cannot be put in force under the one above, naming up to three items, or None (issue 3)."""
    bare = unexplained(found, reasons)
    if not bare:
        return None
    named = "；".join(f"{one.what}（上级：{one.above}，本级：{one.here}）" for one in bare[:3])
    more = f"；等 {len(bare)} 项" if len(bare) > 3 else ""
    return f"比上级方案更宽的须逐项写明理由：{named}{more}"


def _percent(value: Decimal) -> str:
    return f"{plain(value)}%"


def _share(line: Decimal | None, items: Sequence[AcceptanceItem]) -> Decimal | None:
    """A line in percent of all acceptance points, so that schemes of different totals can be compared."""
    total = sum((item.points for item in items if item.points is not None), Decimal(0))
    return None if line is None or not total else (line * 100 / total).quantize(Decimal("0.1"))


def _head(here: Whole, above: Whole) -> Iterator[Difference]:
    own, theirs = here.head, above.head
    modes = [Mode(theirs.mode).label, Mode(own.mode).label]
    verdict = Compared.SAME if own.mode == theirs.mode else Compared.OTHER
    if Mode.QUOTA in (own.mode, theirs.mode) and own.mode != theirs.mode:
        verdict = Compared.STRICTER if own.mode == Mode.QUOTA else Compared.LAXER
    yield Difference("mode", "认定方式", modes[0], modes[1], verdict)
    for key, what in (("pass_line", "合格线（占总分）"), ("basic_line", "基本合格线（占总分）")):
        lines = [_share(getattr(one.head, key), one.acceptance_items) for one in (above, here)]
        yield ranked(key, what, lines[0], lines[1], say=_percent)
    yield ranked(
        "satisfaction_line", "满意率线", theirs.satisfaction_line, own.satisfaction_line, say=_percent
    )
    veto = (theirs.dissatisfied_veto, own.dissatisfied_veto)
    yield ranked("dissatisfied_veto", "不满意否决线", *veto, low=True, say=_percent)
    yield _sets("satisfied_options", "计入满意的选项", above.satisfied_options, here.satisfied_options)
    months = (above.tracking_months, here.tracking_months)
    yield ranked("tracking_months", "跟踪月数", *months, say=str)
    # A result of few ballots tells who answered what: a smaller least number protects less
    yield ranked("poll_least", "扫码测评结果最少票数", above.poll_least, here.poll_least, say=str)


def _sets(key: str, what: str, above: Collection[str], here: Collection[str]) -> Difference:
    """Options counted as satisfied: fewer of them are stricter."""
    theirs, own = set(above), set(here)
    if theirs == own:
        verdict = Compared.SAME
    elif own < theirs:
        verdict = Compared.STRICTER
    else:
        verdict = Compared.LAXER if own > theirs else Compared.OTHER
    return Difference(key, what, "、".join(above) or NONE, "、".join(here) or NONE, verdict)


def _quotas(here: Whole, above: Whole) -> Iterator[Difference]:
    """The share of each field; where it is equal, pooling more fields rounds up less often and is laxer."""
    theirs, own = (_shares(one) for one in (above, here))
    for one in Field:
        if one not in theirs and one not in own:
            continue
        asked, set_here = theirs.get(one), own.get(one)
        row = ranked(
            f"quota:{one}",
            f"{one.label}倒排比例不低于",
            asked.percent if asked else None,
            set_here.percent if set_here else None,
            say=_percent,
        )
        if row.compared is Compared.SAME and asked and set_here:
            pools = (set(asked.fields), set(set_here.fields))
            if pools[0] != pools[1]:
                verdict = Compared.STRICTER if pools[1] < pools[0] else Compared.LAXER
                texts = [
                    f"{_percent(q.percent or Decimal(0))}，{field_names(q.fields)}合并"
                    for q in (asked, set_here)
                ]
                row = row._replace(above=texts[0], here=texts[1], compared=verdict)
        yield row


def _shares(one: Whole) -> dict[Field, Quota]:
    """The quota that holds for each field: none outside 倒排按比例."""
    if one.head.mode != Mode.QUOTA:
        return {}
    return {Field(name): quota for quota in one.quotas if quota.percent is not None for name in quota.fields}


def _owed(rules: Sequence[DutyRule], level: str) -> list[DutyRule]:
    """The duties of units at or below the lower issuer; those of units over it are not its to ask."""
    depth = Level(level).depth
    return [rule for rule in rules if not rule.owner_level or Level(rule.owner_level).depth >= depth]
