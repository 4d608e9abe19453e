"""What changes once scores are closed: an amended score, a case added or withdrawn, a village merged away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rectification.schemes.terms import plain, words
from rectification.survey.determination_rules import quota_refusal
from rectification.survey.terms import FindingSource, Place, Selection


@dataclass(frozen=True)
class Decision:
    """A recorded decision (登记决定): the deciding body, its day, the number of its minutes or paper."""

    body: str
    decided_on: date | None
    document: str


def decision_errors(decision: Decision, *, today: date, needs_document: bool = True) -> dict[str, str]:
    """What a recorded decision lacks, by field."""
    errors = {}
    if not decision.body.strip():
        errors["body"] = "没有填决定机关"
    if decision.decided_on is None:
        errors["decided_on"] = "没有填决定日期"
    elif decision.decided_on > today:
        errors["decided_on"] = f"决定日期 {words(decision.decided_on)} 晚于今天"
    if needs_document and not decision.document.strip():
        errors["document"] = "没有填会议纪要号或文号"
    return errors


def source_error(source: str, note: str) -> str | None:
    """Why a finding's source cannot stand, or None: 其他 says what it is."""
    if source not in set(FindingSource):
        return "请选择具体表现的来源"
    if source == FindingSource.OTHER and not note.strip():
        return "来源为“其他”的，须写明来源"
    return None


def amendment_refusal(
    *,
    frozen: bool,
    determined: bool,
    before: Mapping[int, Decimal],
    after: Mapping[int, Decimal],
    reason: str,
) -> str | None:
    """Why deductions (by criterion number) cannot be changed so, or None.

    Before the county closes scoring nothing is asked (domain §6: nothing else needs a reason); afterwards every change
    is an amendment with its reason; what led to a determination does not change any more.
    """
    if determined:
        return "名单已经审定，评分不再修改；确需调整对象的，请办理年中增列或退出"
    if not frozen:
        return None
    if {order: off for order, off in before.items() if off} == {
        order: off for order, off in after.items() if off
    }:
        return "评分没有变化，不需要更正"
    return None if reason.strip() else "评分已封存，更正须写明理由"


def amendment_effects(before: Selection, after: Selection) -> list[str]:
    """What an amended score changes in a group's ranking: score and rank, who comes in, who goes out."""
    there = {place.key: place for place in before.places}
    lines = []
    for place in after.places:
        old = there.get(place.key)
        if old is None:
            continue
        if old.score != place.score:
            lines.append(
                f"“{place.name}”得分由 {plain(old.score)} 改为 {plain(place.score)}，"
                f"倒排由第 {old.rank} 名变为第 {place.rank} 名"
            )
        if old.listed != place.listed:
            lines.append(_crossed(place, entered=place.listed))
    return lines


def _crossed(place: Place, *, entered: bool) -> str:
    return f"“{place.name}”{'进入' if entered else '退出'}拟整顿对象：{place.why}"


def addition_refusal(
    *,
    name: str,
    active: bool,
    in_scope: bool,
    has_case: bool,
    survey_determined: bool,
    criteria: int,
    reason: str,
) -> str | None:
    """Why an organization cannot be added in mid-year, or None.

    It is an active one of the county without a case of the year, meets at least one criterion (`criteria` counts them),
    and comes with a written reason; before the determination it belongs into the survey instead.
    """
    faults = (
        (not in_scope, f"“{name}”不在本县（市、区）范围内"),
        (not active, f"“{name}”已撤销，不能增列"),
        (has_case, f"“{name}”本年度已是整顿对象"),
        (not survey_determined, "本年度名单还没有审定，请在摸排中列入"),
        (criteria < 1, f"增列“{name}”须至少选择一种对应情形"),
        (not reason.strip(), f"年中增列“{name}”须写明理由"),
    )
    return next((message for wrong, message in faults if wrong), None)


def withdrawal_refusal(
    *,
    name: str,
    open_: bool,
    carried: bool,
    merged: bool,
    reason: str,
    remaining: int,
    quota: int | None,
    consent: str = "",
) -> str | None:
    """Why a case cannot be withdrawn, or None.

    Only an open case, with a written reason. One carried over as not turned round leaves only by acceptance, unless
    its organization merged away (S0 一). When fewer than the quota remain (`remaining` without this one), the
    superior's consent is recorded as at the determination (domain §6).
    """
    if not open_:
        return f"“{name}”已经销号或续整，不能退出"
    if not reason.strip():
        return f"“{name}”退出整顿须写明理由"
    if carried and not merged:
        return f"“{name}”上年整顿未转化到位，只能经考核验收销号，不能退出"
    return quota_refusal(remaining, quota, shortfall_reason=reason, consent=consent)


SUCCESSOR = re.compile(r"(?:并入|合并到|合并至|合并为|划入|撤并到|撤并至)[“\"]?([^，。；、,;（()“”\"\s]+)")


def successor_in(reason: str) -> str:
    """The organization a reason of closing names as its successor (并入白马村), or nothing."""
    found = SUCCESSOR.search(reason)
    return found[1] if found else ""


def moved_words(name: str, holder: str) -> str:
    """What to say of an organization that went to another county (or township) while the survey runs."""
    return f"“{name}”已划出{holder}，由接收单位摸排，不再列为{holder}的整顿对象"


def merged_words(name: str, closed_on: date, *, base_on: date, successor: str, scored: bool) -> str | None:
    """What to say of an organization that merged away while the survey runs, or None where it is not about it.

    One closed after the base date still counts for the quota (domain §6: active on the base date), but is not
    rectified any more: what was found there is to be looked at with its successor.
    """
    if closed_on <= base_on:
        return None
    kept = "，原有评分和具体表现保留备查" if scored else ""
    heir = f"，请在“{successor}”中一并摸排" if successor else ""
    return f"“{name}”已于{words(closed_on)}撤并，仍计入基准日（{words(base_on)}）基数，不再列为整顿对象{kept}{heir}"
