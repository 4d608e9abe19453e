"""工作纪实: the kinds of entry, and why one is refused (domain §3, §6, §7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from rectification.schemes.terms import words


class Kind(StrEnum):
    """What was done; the order is that of the buttons."""

    VISIT = "visit"
    CALL = "call"
    MEETING = "meeting"
    PARTY_LIFE = "party_life"
    RESEARCH = "research"
    QUESTIONNAIRE = "questionnaire"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The kind as the screens call it."""
        return LABELS[self]


LABELS = {
    Kind.VISIT: "到点指导",
    Kind.CALL: "走访入户",
    Kind.MEETING: "联席会议",
    Kind.PARTY_LIFE: "组织生活",
    Kind.RESEARCH: "调研座谈",
    Kind.QUESTIONNAIRE: "问卷调查",
    Kind.OTHER: "其他",
}
CHOICES = [(kind.value, label) for kind, label in LABELS.items()]


class Term(NamedTuple):
    """A person on a case: the row's key, the name, the kind of help, from a day to a day (None: still)."""

    key: int
    name: str
    kind: str
    from_on: date
    to_on: date | None


def entry_errors(
    *,
    kind: str,
    on: date,
    today: date,
    began_on: date | None,
    ended_on: date | None,
    people: Iterable[Term],
    others: str,
    what: str,
    households: Collection[str],
    phoned: Collection[str],
) -> dict[str, list[str]]:
    """What is wrong with an entry, by field; empty when it may be kept.

    began_on is the day the case was determined, ended_on the day it was closed (None while it is open).
    """
    found: dict[str, list[str]] = {}
    took_part = list(people)
    if refused := day_refusal(on, today=today, began_on=began_on, ended_on=ended_on):
        found["on"] = [refused]
    elif absent := list(_absent(took_part, on)):
        found["members"] = absent
    if not took_part and not others.strip():
        found["members"] = ["请选参加人员，或写其他参加人员"]
    if not what.strip():
        found["what"] = ["请写一句做了什么"]
    if kind == Kind.CALL and not households and not phoned:
        found["households"] = ["请写走访了哪些户（组和门牌号），如：3组12、15"]
    if kind != Kind.CALL and (households or phoned):
        found["kind"] = ["写了走访的户，类别请选“走访入户”"]
    return found


def day_refusal(on: date, *, today: date, began_on: date | None, ended_on: date | None) -> str | None:
    """Why nothing can have been done on this day, or None."""
    if on > today:
        return f"{words(on)}在今天之后，工作纪实只记已经做过的"
    if began_on is not None and on < began_on:
        return f"{words(on)}早于认定为整顿对象的日期{words(began_on)}"
    if ended_on is not None and on > ended_on:
        return f"该对象已于{words(ended_on)}销号，之后的活动不记入本档案"
    return None


def _absent(people: Iterable[Term], on: date) -> Iterator[str]:
    for person in people:
        if on < person.from_on:
            yield f"{person.name}自{words(person.from_on)}起才是本对象的帮扶人员，与日期{words(on)}不符"
        elif person.to_on is not None and on > person.to_on:
            yield f"{person.name}已于{words(person.to_on)}结束帮扶，与日期{words(on)}不符"


def people_words(names: Iterable[str], others: str) -> str:
    """Who took part, in one line; it stays as it was written when people change."""
    return "、".join([*dict.fromkeys(names), *([others.strip()] if others.strip() else [])])
