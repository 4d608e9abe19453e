"""部门联审: which departments were asked, what each said, and what must be settled before the determination."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from rectification.schemes.terms import words


class Stance(StrEnum):
    """What a department says of a candidate."""

    AGREES = "agrees"
    OBJECTS = "objects"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The stance's words on screen."""
        return {"agrees": "无异议", "objects": "有异议", "unknown": "不掌握情况"}[self.value]


@dataclass(frozen=True)
class Asked:
    """A department asked about the candidates, and until when (the day counts)."""

    key: int
    name: str
    answer_by: date


@dataclass(frozen=True)
class Candidate:
    """An organization on the list of 拟整顿对象, or one looked at and left out of it (`listed` False)."""

    key: int
    name: str
    listed: bool = True


@dataclass(frozen=True)
class Opinion:
    """A department's opinion on one candidate: a later one of the same department replaces it."""

    department: int
    candidate: int
    stance: Stance
    reason: str = ""
    given_on: date | None = None


class Kind(StrEnum):
    """What is unsettled."""

    OBJECTION = "objection"
    CONFLICT = "conflict"
    SILENCE = "silence"
    WAITING = "waiting"
    UNKNOWN_TO_ALL = "unknown_to_all"

    @property
    def label(self) -> str:
        """The kind's words on screen."""
        return {
            "objection": "有异议待研究",
            "conflict": "部门意见不一",
            "silence": "逾期未反馈",
            "waiting": "等待反馈",
            "unknown_to_all": "各部门均不掌握情况",
        }[self.value]

    @property
    def blocks(self) -> bool:
        """Whether it must be settled before the determination; waiting ends by itself, unknown to all only informs."""
        return self is not Kind.UNKNOWN_TO_ALL


class Unsettled(NamedTuple):
    """One thing to settle: kind, candidate (None: all of them), the departments it is about, and the words."""

    kind: Kind
    candidate: int | None
    departments: tuple[int, ...]
    text: str


def opinion_error(stance: str, reason: str, *, given_on: date | None, today: date) -> str | None:
    """Why an opinion cannot be given so, or None: an objection needs its reason, every opinion its day."""
    if stance not in set(Stance):
        return "请选择意见：无异议、有异议或不掌握情况"
    if stance == Stance.OBJECTS and not reason.strip():
        return "有异议的须写明理由"
    if given_on is None:
        return "没有填出具意见的日期"
    if given_on > today:
        return f"出具意见的日期 {words(given_on)} 晚于今天"
    return None


def asking_refusal(departments: Collection[int], answer_by: date | None, *, today: date) -> str | None:
    """Why departments cannot be asked so, or None."""
    if not departments:
        return "请至少选择一个联审部门"
    if answer_by is None:
        return "没有填反馈截止日期"
    if answer_by < today:
        return f"反馈截止日期 {words(answer_by)} 早于今天"
    return None


def unsettled(
    asked: Sequence[Asked],
    candidates: Sequence[Candidate],
    opinions: Iterable[Opinion],
    *,
    today: date,
    settled: Collection[int] = (),
) -> list[Unsettled]:
    """What is open in a joint review, blocking things first, in the order of the candidates.

    `settled` are candidates on whom the county has recorded how it dealt with the objections or the contradiction:
    they are not asked about again. A department that answered on some candidates is silent on the others.
    """
    last = {(one.department, one.candidate): one for one in opinions}
    found = []
    for candidate in candidates:
        given = [last[one.key, candidate.key] for one in asked if (one.key, candidate.key) in last]
        if candidate.key not in settled and (open_ := _disagreement(candidate, given, asked)):
            found.append(open_)
        if given and len(given) == len(asked) and all(one.stance is Stance.UNKNOWN for one in given):
            text = f"“{candidate.name}”{Kind.UNKNOWN_TO_ALL.label}"
            found.append(Unsettled(Kind.UNKNOWN_TO_ALL, candidate.key, (), text))
    found += [open_ for one in asked if (open_ := _silence(one, candidates, last, today))]
    return sorted(found, key=lambda one: not one.kind.blocks)


def _disagreement(candidate: Candidate, given: Sequence[Opinion], asked: Sequence[Asked]) -> Unsettled | None:
    """Objections of all who spoke, or objections against agreement."""
    names = {one.key: one.name for one in asked}
    against = [one for one in given if one.stance is Stance.OBJECTS]
    if not against:
        return None
    agreeing = [one for one in given if one.stance is Stance.AGREES]
    said = "；".join(f"{names[one.department]}：{one.reason.strip()}" for one in against)
    kind = Kind.CONFLICT if agreeing else Kind.OBJECTION
    tail = f"；{'、'.join(names[one.department] for one in agreeing)}无异议" if agreeing else ""
    who = tuple(one.department for one in (*against, *agreeing))
    return Unsettled(kind, candidate.key, who, f"“{candidate.name}”{kind.label}（{said}{tail}）")


def _silence(
    one: Asked, candidates: Sequence[Candidate], last: Collection[tuple[int, int]], today: date
) -> Unsettled | None:
    silent = [candidate for candidate in candidates if (one.key, candidate.key) not in last]
    if not silent:
        return None
    late = today > one.answer_by
    kind = Kind.SILENCE if late else Kind.WAITING
    when = f"逾期 {(today - one.answer_by).days} 天" if late else f"截止{words(one.answer_by)}"
    text = f"{one.name}对 {len(silent)} 个拟整顿对象还没有反馈意见（{when}）"
    return Unsettled(kind, silent[0].key if len(silent) == 1 else None, (one.key,), text)


def determination_refusal(open_: Iterable[Unsettled], *, silence_reason: str = "") -> str | None:
    """Why the list cannot go to the determination yet, naming up to three things, or None.

    Silence and waiting may be passed over with a reason (`silence_reason`); objections and contradictions must be
    dealt with, each recorded (`unsettled` leaves them out then).
    """
    excused = {Kind.SILENCE, Kind.WAITING} if silence_reason.strip() else set()
    left = [one.text for one in open_ if one.kind.blocks and one.kind not in excused]
    if not left:
        return None
    more = f"；等 {len(left)} 件" if len(left) > 3 else ""
    return f"部门联审还有未了事项：{'；'.join(left[:3])}{more}"


def settling_refusal(how: str) -> str | None:
    """Why a candidate's contradiction cannot be put down as settled, or None: how it was dealt with is written."""
    return None if how.strip() else "须写明异议如何研究处理"
