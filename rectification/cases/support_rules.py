"""Who a case must be given and who stays until 销号, as a scheme says it (S0 四, 五; domain §4A)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from rectification.schemes.terms import words

LEADER, TEAM, FIRST_SECRETARY = "leader", "team", "first_secretary"
LIAISON, OFFICE, STATIONED = "liaison", "office", "stationed"
LOCKED = (LEADER, TEAM, FIRST_SECRETARY, OFFICE, STATIONED)
"""Kinds that stay until 销号 (不转化不撤离): leaders do not change, nobody sent down leaves."""
SINGLE = (FIRST_SECRETARY,)
"""Kinds of which a case has one at a time."""
NAMED_BY = {OFFICE: ("组室",), STATIONED: ("蹲点", "驻村领导")}
"""Kinds only some places have, by the words with which their support items name them (S1 眉县 四个一)."""
TEAM_LEADER = "team_leader"


class Stay(NamedTuple):
    """A person of a kind on a case, from a day to a day (None: still)."""

    kind: str
    name: str
    from_on: date
    to_on: date | None = None


class Place(NamedTuple):
    """What a case must have: its key, its word on screen, the kind of person to register for it."""

    key: str
    label: str
    kind: str


def kinds_named(support_items: Iterable[str]) -> list[str]:
    """The kinds of people a scheme's support items name beside those every scheme has."""
    items = list(support_items)
    return [kind for kind, marks in NAMED_BY.items() if any(mark in item for mark in marks for item in items)]


def leader_word(contact_name: str) -> str:
    """A contact leader by the scheme's own word: 挂点领导, 包抓领导."""
    return f"{contact_name}领导"


def places_of(support_items: Iterable[str], contact_name: str) -> list[Place]:
    """What every case must have: leader, team with its head, first secretary, and what the support items name."""
    named = {OFFICE: "包联组室", STATIONED: "蹲点班子成员"}
    return [
        Place(LEADER, leader_word(contact_name), LEADER),
        Place(TEAM, "工作组", TEAM),
        Place(TEAM_LEADER, "工作组组长", TEAM),
        Place(FIRST_SECRETARY, "第一书记", FIRST_SECRETARY),
        *(Place(kind, named[kind], kind) for kind in kinds_named(support_items)),
    ]


def missing(places: Iterable[Place], *, kinds: Iterable[str], team_led: bool) -> list[Place]:
    """The places nobody holds; a team without anybody lacks a team, and only then not its head as well."""
    there = set(kinds)
    found = []
    for place in places:
        held = place.kind in there
        if place.key == TEAM_LEADER:
            if held and not team_led:
                found.append(place)
        elif not held:
            found.append(place)
    return found


def overlap(one: Stay, other: Stay) -> bool:
    """Whether two stays share a day."""
    ends = [stay.to_on or date.max for stay in (one, other)]
    return one.from_on <= ends[1] and other.from_on <= ends[0]


def day_refusal(from_on: date, began_on: date | None) -> str | None:
    """Why support cannot begin on this day, or None: it counts from the determination of the case."""
    if began_on is not None and from_on < began_on:
        return (
            f"{words(from_on)}早于认定为整顿对象的日期{words(began_on)}，帮扶自认定之日算起；"
            "此前已在岗的，填认定之日，原任职情况写到“单位及职务”"
        )
    return None


def seat_refusal(new: Stay, others: Iterable[Stay]) -> str | None:
    """Why a person cannot stand beside those on the case, or None."""
    for other in others:
        if other.kind != new.kind or not overlap(new, other):
            continue
        if other.name == new.name:
            return f"{new.name}已在本对象的帮扶人员中，身份相同，不必重复登记"
        if new.kind in SINGLE and other.to_on is not None:
            return f"第一书记{other.name}任到{words(other.to_on)}，一个对象同时只有一名，接任的请自次日起"
        if new.kind in SINGLE:
            return (
                f"本对象已有第一书记{other.name}（自{words(other.from_on)}起），一个对象同时只有一名；"
                f"更换的，请在{other.name}一行点“换人”，或先办理其离岗"
            )
    return None


def released_refusal(from_on: date | None, to_on: date | None) -> str | None:
    """What is wrong with the days of 脱钩, or None."""
    if to_on is not None and from_on is None:
        return "填了脱钩止期，请同时填脱钩起期"
    if from_on is not None and to_on is not None and to_on < from_on:
        return f"脱钩止期{words(to_on)}早于起期{words(from_on)}"
    return None


def vacant_from(to_on: date, today: date) -> date:
    """From which day a place is open after its holder's last day; never before the day it is recorded."""
    return max(to_on + timedelta(days=1), today)


_BETWEEN = re.compile(r"[、，,；;/\s]+")


def names_in(text: str) -> list[str]:
    """The names in a list of people: 张三、李四（组长） → 张三, 李四."""
    return [re.split(r"[（(]", piece)[0] for piece in _BETWEEN.split(text) if piece]


def handed(text: str, old: str, new: str) -> str:
    """A list of people with one name in the other's place; what stands around it stays."""
    parts = re.split(f"({_BETWEEN.pattern})", text)
    swapped = [new + part[len(old) :] if re.split(r"[（(]", part)[0] == old else part for part in parts]
    return "".join(swapped)
