"""From the list to the determination: when a reason or a consent is owed, and what is refused (domain §6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rectification.schemes.terms import Criterion, criterion_name
from rectification.survey.terms import Ground, Place, Selection


def township_reason_needed(place: Place, *, proposed: bool, criteria: Sequence[Criterion]) -> str | None:
    """What the township must explain in writing when it does not propose, in words, or None.

    Asked only for what meets a hard criterion, reaches a threshold, or stands above the cut line or level with
    it (domain §6: townships tend to shield their villages); who failed the lookback is carried over and cannot
    be left out at all.
    """
    if proposed:
        return None
    causes = []
    names = {criterion.order: criterion_name(criterion) for criterion in criteria}
    if Ground.LOOKBACK in place.grounds:
        return f"“{place.name}”上年整顿未转化到位，须列为续整对象"
    if Ground.HARD in place.grounds:
        hard = [names[one.order] for one in criteria if one.hard and one.order in place.criteria]
        causes.append(f"符合硬性情形{'、'.join(hard)}")
    if place.threshold:
        causes.append(f"{'、'.join(names[order] for order in place.threshold)}扣分达到起点")
    if Ground.MEETS in place.grounds:
        causes.append("符合认定情形")
    if {Ground.RANK, Ground.TIE} & set(place.grounds):
        causes.append(f"倒排第 {place.rank} 名，在比例线以上")
    if not causes:
        return None
    return f"“{place.name}”{'，'.join(causes)}，不提名须写明理由"


def determination_refusal(
    selection: Selection,
    determined: Collection[int],
    *,
    tie_reason: str = "",
    passed_over_reason: str = "",
    shortfall_reason: str = "",
    consent: str = "",
) -> str | None:
    """Why this choice cannot be recorded for one group, naming who, or None.

    `determined` are the keys of the chosen. Refused, in this order:

    - who is not in the group, merged away since the base date, or has neither a deduction nor another ground;
    - leaving out who failed the lookback (S0 一: 要纳入当年整顿任务);
    - leaving out another listed organization without a reason (`passed_over_reason`, or the reason for fewer);
    - taking some but not all of the ties at the border, or none of them, without `tie_reason`;
    - fewer than the quota without both `shortfall_reason` and the superior's recorded `consent` (document
      number or record), also where too few have any deduction.

    More than the quota is allowed: it is a least share (不低于).
    """
    places = {place.key: place for place in selection.places}
    if unknown := [key for key in determined if key not in places]:
        return f"有 {len(unknown)} 个组织不在本组摸排范围内"
    chosen = {key: place for key, place in places.items() if key in determined}
    if gone := [place for place in chosen.values() if place.gone]:
        return f"{_names(gone)}已撤并或划出，不能认定"
    if groundless := [place for place in chosen.values() if _groundless(place)]:
        return f"{_names(groundless)}没有扣分，也没有其他认定依据，不能认定"
    left_out = [place for place in selection.listed if place.key not in chosen]
    if carried := [place for place in left_out if Ground.LOOKBACK in place.grounds]:
        return f"{_names(carried)}上年整顿未转化到位，必须列为续整对象"
    return (
        _passed_over_refusal(left_out, passed_over_reason or shortfall_reason)
        or _tie_refusal(selection, chosen, tie_reason)
        or quota_refusal(len(chosen), selection.quota, shortfall_reason=shortfall_reason, consent=consent)
    )


def quota_refusal(
    determined: int, quota: int | None, *, shortfall_reason: str = "", consent: str = ""
) -> str | None:
    """Fewer than the quota needs a written reason and the superior's recorded consent, both (domain §6)."""
    if quota is None or determined >= quota:
        return None
    missing = []
    if not shortfall_reason.strip():
        missing.append("写明理由")
    if not consent.strip():
        missing.append("登记上级同意意见")
    if not missing:
        return None
    return f"认定 {determined} 个，少于应定的 {quota} 个，须{'并'.join(missing)}"


def _groundless(place: Place) -> bool:
    return not place.grounds and not place.criteria and not place.deducted


def _passed_over_refusal(left_out: Iterable[Place], reason: str) -> str | None:
    passed = [place for place in left_out if not place.tied]
    if passed and not reason.strip():
        return f"{_names(passed)}已列入拟整顿对象而未认定，须写明理由"
    return None


def _tie_refusal(selection: Selection, chosen: Collection[int], reason: str) -> str | None:
    """Choosing among equal scores needs a reason; taking all of them is no choice (domain §6)."""
    ties = selection.ties
    taken = [place for place in ties if place.key in chosen]
    if len(taken) == len(ties) or reason.strip():
        return None
    return (
        f"{_names(ties)}并列倒排第 {ties[0].rank} 名（比例内还需 {selection.tie_seats} 个），"
        f"只认定其中 {len(taken)} 个须写明择定理由"
    )


def _names(places: Sequence[Place]) -> str:
    """Up to five names, quoted: “甲村”、“乙村”等 7 个."""
    first = "、".join(f"“{place.name}”" for place in places[:5])
    return first + (f"等 {len(places)} 个" if len(places) > 5 else "")
