"""Scores, 倒排 ranking, quota and determination (domain §6), as values in and reasons out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal

from rectification.schemes.terms import Criterion, Mode, applies, criterion_name, plain
from rectification.survey.terms import Assessment, Ground, Grounds, Place, Selection

STEP = Decimal("0.1")
"""The smallest deduction there is; finer ones are refused."""


def deduction_errors(
    deductions: Mapping[int, Decimal], criteria: Sequence[Criterion], organization_field: str = ""
) -> dict[int, str]:
    """Deductions that cannot stand, by criterion number: each lies between 0 and the standard points (domain §6)."""
    known = {criterion.order: criterion for criterion in criteria}
    errors = {}
    for order, deduction in deductions.items():
        criterion = known.get(order)
        if criterion is None:
            errors[order] = f"方案中没有第 {order} 种情形"
            continue
        name = criterion_name(criterion)
        if not deduction.is_finite():
            errors[order] = f"“{name}”的扣分不是数字"
        elif deduction < 0:
            errors[order] = f"“{name}”的扣分 {plain(deduction)} 不能为负数，填应扣的分数即可"
        elif deduction > criterion.points:
            errors[order] = f"“{name}”的扣分 {plain(deduction)} 超过标准分 {plain(criterion.points)}"
        elif deduction % STEP:
            errors[order] = f"“{name}”的扣分 {plain(deduction)} 最多保留一位小数"
        elif deduction and not applies(criterion, organization_field):
            errors[order] = f"“{name}”不适用于该领域，不能扣分"
    return errors


def score(deductions: Mapping[int, Decimal], full_marks: Decimal) -> Decimal:
    """full_marks − Σ deductions (domain §6); check `deduction_errors` first."""
    return full_marks - sum(deductions.values(), Decimal(0))


def ranks(scores: Mapping[int, Decimal]) -> dict[int, int]:
    """倒排 ranks: 1 for the lowest score; equal scores share a rank and the next one leaves it out (1, 1, 3)."""
    below, counted = 0, {}
    for points, times in sorted(Counter(scores.values()).items()):
        counted[points] = below + 1
        below += times
    return {key: counted[points] for key, points in scores.items()}


def quota_size(organizations: int, percent: Decimal) -> int:
    """Least number to determine: ⌈organizations × percent / 100⌉ (domain §6).

    `organizations` are the active ones of the group's fields in the county on the base date, sub-branches not
    counted. Fields that are pooled are added up first: pass their sum. Raises ValueError on a negative number.
    """
    if organizations < 0 or percent < 0:
        raise ValueError("organizations and percent are not negative")
    return int((organizations * percent / 100).to_integral_value(ROUND_CEILING))


def group_quota(counts: Mapping[str, int], fields: Collection[str], percent: Decimal | None) -> int | None:
    """The quota of one quota row: its fields' active organizations are pooled, then rounded up once.

    None where no ratio is set. Rows round up apart (domain §4 A).
    """
    if percent is None:
        return None
    return quota_size(sum(counts.get(one, 0) for one in fields), percent)


def criteria_met(one: Assessment, criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """The criteria that hold: found so, or deducted up to the threshold (without threshold, at all)."""
    return tuple(
        criterion
        for criterion in criteria
        if criterion.order in one.met
        or one.deductions.get(criterion.order, Decimal(0)) >= (criterion.threshold or STEP)
    )


def select(
    assessments: Sequence[Assessment],
    *,
    criteria: Sequence[Criterion],
    mode: str,
    quota: int | None,
    full_marks: Decimal,
) -> Selection:
    """Rank one group (a county's organizations of a quota's fields) and say who enters the list, and why.

    - Who failed the lookback and who meets a hard criterion enter in every mode regardless of rank, and take
      places of the quota (domain §6).
    - 倒排按比例: the places left go to the lowest scores with any deduction. When equal scores straddle the last
      place, all of them enter the list as ties and `tie_seats` says how many the quota needs. Nobody without
      deduction enters by rank; what is missing is the shortfall. A reached threshold does not enter here, but
      the township must say why it does not propose (`township_reason_needed`).
    - 倒排不设比例: who reaches a threshold enters; the others stay in ranked order for the joint review.
    - 符合认定: who meets any criterion enters (符合一个、认定一个, S1 扶风).
    - Who merged away since the base date counts for the quota and is never listed (domain §6).
    """
    scores = {one.key: score(one.deductions, full_marks) for one in assessments}
    rank_of = ranks(scores)
    met = {one.key: criteria_met(one, criteria) for one in assessments}
    grounds = {one.key: _own_grounds(one, met[one.key], mode) for one in assessments}
    binding = sum(any(ground.binding for ground in own) for own in grounds.values())
    wanted = quota if mode == Mode.QUOTA else None
    free = [
        one for one in assessments if not grounds[one.key] and any(one.deductions.values()) and not one.gone
    ]
    cut, seats = _by_rank(free, scores, grounds, max(0, (wanted or 0) - binding))
    entered = sum(bool(own) for own in grounds.values())
    places = [
        _place(one, scores[one.key], full_marks, rank_of[one.key], grounds[one.key], met[one.key], wanted)
        for one in assessments
    ]
    places.sort(key=lambda place: (place.rank, place.key))
    return Selection(tuple(places), wanted, cut, seats, max(0, (wanted or 0) - entered))


def _place(
    one: Assessment,
    points: Decimal,
    full_marks: Decimal,
    rank: int,
    grounds: Grounds,
    met: Sequence[Criterion],
    quota: int | None,
) -> Place:
    """Where one organization stands, with its reason in words."""
    return Place(
        key=one.key,
        name=one.name,
        score=points,
        deducted=full_marks - points,
        rank=rank,
        grounds=grounds,
        criteria=tuple(criterion.order for criterion in met),
        threshold=tuple(criterion.order for criterion in met if criterion.threshold is not None),
        why=_why(one, rank, grounds, met, quota),
        gone=bool(one.gone),
    )


def _own_grounds(one: Assessment, met: Sequence[Criterion], mode: str) -> tuple[Ground, ...]:
    """The grounds that do not depend on anyone else."""
    if one.gone:
        return ()
    own = [Ground.LOOKBACK] if one.failed_lookback else []
    if any(criterion.hard for criterion in met):
        own.append(Ground.HARD)
    if mode == Mode.CRITERIA and any(not criterion.hard for criterion in met):
        own.append(Ground.MEETS)
    if mode == Mode.RANKED and any(criterion.threshold is not None for criterion in met):
        own.append(Ground.THRESHOLD)
    return tuple(own)


def _by_rank(
    free: Sequence[Assessment], scores: Mapping[int, Decimal], grounds: dict[int, Grounds], seats: int
) -> tuple[Decimal | None, int]:
    """Give the seats to the lowest scores, writing into `grounds`; the cut score and the seats left for ties."""
    lowest = sorted(free, key=lambda one: scores[one.key])
    if not lowest or seats == 0:
        return None, 0
    cut = scores[lowest[min(seats, len(lowest)) - 1].key]
    within = [one for one in lowest if scores[one.key] < cut]
    border = [one for one in lowest if scores[one.key] == cut]
    left = seats - len(within)
    for one in within:
        grounds[one.key] = (Ground.RANK,)
    for one in border:
        grounds[one.key] = (Ground.TIE if len(border) > left else Ground.RANK,)
    return cut, left if len(border) > left else 0


def _why(
    one: Assessment, rank: int, grounds: Sequence[Ground], met: Sequence[Criterion], quota: int | None
) -> str:
    """The whole reason in words: each ground with the criteria it rests on, or why the organization is not in."""
    if one.gone:
        return one.gone
    if grounds:
        return "；".join(_ground_words(ground, rank, met, quota) for ground in grounds)
    if not any(one.deductions.values()):
        return "没有扣分，不因名次列入"
    if quota is not None:
        return f"倒排第 {rank} 名，在比例（应定 {quota} 个）之外"
    return f"倒排第 {rank} 名，未达认定条件，供研判"


def _ground_words(ground: Ground, rank: int, met: Sequence[Criterion], quota: int | None) -> str:
    """One ground in words, with the criteria it rests on or the rank it comes from."""
    if ground is Ground.RANK:
        return f"倒排第 {rank} 名，在比例（应定 {quota} 个）之内"
    if ground is Ground.TIE:
        return f"倒排第 {rank} 名，与末位同分，由县级择定并说明理由"
    if ground is Ground.LOOKBACK:
        return ground.label
    hard, scaled = ground is Ground.HARD, ground is Ground.THRESHOLD
    named = [one for one in met if (one.hard or not hard) and (one.threshold is not None or not scaled)]
    return f"{ground.label}：{'、'.join(criterion_name(one) for one in named)}"
