"""Households called on: read from words, counted once each, held against the village's number (domain §6).

A household is its group and door number (3组12号), never a person's name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import NamedTuple

NUMERALS = {char: number for number, char in enumerate("一二三四五六七八九", start=1)}
GROUP = re.compile(r"第?([^\s组队社屯栋幢]{1,8}(?:组|队|社|屯|栋|幢))(.*)")
DOOR = re.compile(r"(\d{1,5}(?:附\d{1,3}|-\d{1,4}|[A-Z甲乙丙丁])?)(?:号|户|室)?")
SERIES = re.compile(r"(\d{1,5})(?:号|户)?(?:至|到|~)(\d{1,5})(?:号|户)?")
LONGEST_SERIES = 200
MOST_FAULTS = 5


class Reading(NamedTuple):
    """The households of a text, each once in its order, and what of it was not understood, in words."""

    households: tuple[str, ...]
    faults: tuple[str, ...]


class Coverage(NamedTuple):
    """Households called on at home, those reached only by telephone, and how many there are (None: not known)."""

    visited: int
    phoned: int
    total: int | None

    @property
    def reached(self) -> int:
        """Households called on either way."""
        return self.visited + self.phoned

    @property
    def percent(self) -> int | None:
        """走访面, rounded down so that 100 means all of them; None while the village's number is not known."""
        return self.reached * 100 // self.total if self.total else None

    @property
    def words(self) -> str:
        """入户 300 户、电话 20 户，共 320 户，走访面 100%."""
        phoned = f"、电话联系 {self.phoned} 户" if self.phoned else ""
        if self.percent is None:
            return f"入户 {self.visited} 户{phoned}；名册没有填户数，走访面算不出来"
        return f"入户 {self.visited} 户{phoned}，全村 {self.total} 户，走访面 {self.percent}%"


def read_households(text: str) -> Reading:
    """Read “3组 12、15、18-1；4组1至20”: a group holds for the doors after it until the next one."""
    found: dict[str, None] = {}
    faults: list[str] = []
    group = ""
    for token in re.split(r"[\s,，、;；。:：]+", unicodedata.normalize("NFKC", text).upper()):
        if not token:
            continue
        named = GROUP.fullmatch(token)
        rest = token
        if named:
            group, rest = _group(named[1]), named[2].lstrip("-的")
            if not rest:
                continue
        doors = _doors(rest)
        if not doors:
            faults.append(f"“{token[:20]}”不是门牌号，请写组和门牌，如：3组12、15；不写户主姓名")
        elif not group:
            faults.append(f"“{token[:20]}”前面没有写是几组")
        found |= dict.fromkeys(f"{group}{door}号" for door in doors if group)
    return Reading(tuple(found), tuple(faults[:MOST_FAULTS]))


def _group(words: str) -> str:
    """三组 and 03组 are 3组."""
    name, unit = words[:-1], words[-1]
    if name.isdecimal():
        return f"{int(name)}{unit}"
    tens, ten, ones = name.rpartition("十")
    if ten and all(part in NUMERALS for part in (tens, ones) if part):
        return f"{NUMERALS.get(tens, 1) * 10 + NUMERALS.get(ones, 0)}{unit}"
    return f"{NUMERALS.get(name, name)}{unit}"


def _doors(token: str) -> list[str]:
    if series := SERIES.fullmatch(token):
        first, last = int(series[1]), int(series[2])
        return [str(door) for door in range(first, last + 1)] if 0 <= last - first < LONGEST_SERIES else []
    door = DOOR.fullmatch(token)
    return [re.sub(r"^0+(?=\d)", "", door[1])] if door else []


def as_words(households: Iterable[str]) -> str:
    """The households as they are typed, in their order: 3组：12、15；4组：1至20."""
    groups: dict[str, list[str]] = {}
    for household in households:
        named = GROUP.fullmatch(household)
        if named:
            groups.setdefault(named[1], []).append(named[2].removesuffix("号"))
    return "；".join(f"{group}：{'、'.join(_runs(doors))}" for group, doors in groups.items())


def _runs(doors: Iterable[str]) -> list[str]:
    """Doors in a row drawn together from three on: 1至20."""
    runs: list[list[str]] = []
    for door in doors:
        follows = (
            runs and door.isdecimal() and runs[-1][-1].isdecimal() and int(door) == int(runs[-1][-1]) + 1
        )
        if follows and len(runs[-1]) < LONGEST_SERIES:
            runs[-1].append(door)
        else:
            runs.append([door])
    return [part for run in runs for part in ([f"{run[0]}至{run[-1]}"] if len(run) > 2 else run)]


def coverage(visited: Iterable[str], phoned: Iterable[str], total: int | None) -> Coverage:
    """Distinct households; who was called on at home counts there, whatever was telephoned besides."""
    at_home = set(visited)
    return Coverage(len(at_home), len(set(phoned) - at_home), total)


def households_refusal(
    *, before: Collection[str], visited: Collection[str], phoned: Collection[str], total: int | None
) -> str | None:
    """Why these households cannot be added to those `before`, or None: there are not more than the village has."""
    count = len({*before, *visited, *phoned})
    if total is not None and count > total:
        return (
            f"连同本次共走访 {count} 户，超过全村 {total} 户。请核对有没有写错的门牌；"
            "户数不对的，请乡镇在党组织名册中更正"
        )
    return None
