"""A ledger's columns as a scheme's unit wants them: renamed, hidden, grouped, in order, added to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from accounts.tables import Column

ADDED_WIDTH = 16
PART_LENGTH = 60
ADDED = "added-"


@dataclass(frozen=True)
class Setting:
    """One column of a ledger under a scheme. title: "" keeps the declared one. place: None keeps its place."""

    key: str
    title: str = ""
    group: str = ""
    hidden: bool = False
    added: bool = False
    level: int = 0
    place: int | None = None


def ordered(declared: Sequence[Column], settings: Sequence[Setting]) -> list[tuple[Column, Setting | None]]:
    """Every column there is, hidden ones too, in order, each with its setting.

    A setting whose column the declaration no longer has is left out (`gone` names them); a column that came to the
    declaration later stands behind the one it follows there.
    """
    known = {column.key: column for column in declared}
    placed = [one for one in settings if one.added or one.key in known]
    order = {column.key: number for number, column in enumerate(declared)}
    placed.sort(key=lambda one: one.place if one.place is not None else order.get(one.key, len(order)) + 1)
    found: list[tuple[Column, Setting | None]] = [(_shown(one, known), one) for one in placed]
    before = ""
    for column in declared:
        keys = [each.key for each, _setting in found]
        if column.key not in keys:
            found.insert(keys.index(before) + 1 if before in keys else 0, (column, None))
        before = column.key
    return found


def _shown(one: Setting, known: Mapping[str, Column]) -> Column:
    if one.added:
        return Column(one.key, one.title, one.key, width=ADDED_WIDTH, group=one.group, merge=one.level)
    column = known[one.key]
    return replace(column, title=one.title or column.title, group=one.group)


def shaped(declared: Sequence[Column], settings: Sequence[Setting]) -> tuple[Column, ...]:
    """The columns that are drawn."""
    return tuple(
        column for column, setting in ordered(declared, settings) if setting is None or not setting.hidden
    )


def gone(declared: Sequence[Column], settings: Sequence[Setting]) -> list[Setting]:
    """Settings of columns the declaration no longer has: nothing is drawn for them."""
    known = {column.key for column in declared}
    return [one for one in settings if not one.added and one.key not in known]


def refusal(columns: Sequence[tuple[str, str, bool]]) -> str | None:
    """Why columns (title, group, hidden) cannot be kept so, or None: one is seen, none twice in its group."""
    seen = [(group, title) for title, group, hidden in columns if not hidden]
    if not seen:
        return "至少保留一个显示的栏目"
    twice = next((title for group, title in seen if seen.count((group, title)) > 1), None)
    if twice:
        return f"有两个栏目都叫“{twice}”，请改用不同的名称"
    return None


def part_words(record: Mapping[str, Any], parts: Sequence[str], level: int) -> str:
    """What names a row, or the outermost part it belongs to, as text: its cells are kept under it."""
    words = "-".join("" if record[name] is None else str(record[name]) for name in parts[: level or None])
    return words if len(words) <= PART_LENGTH else sha256(words.encode()).hexdigest()[:PART_LENGTH]


def next_key(keys: Sequence[str]) -> str:
    """The key of one more added column, unlike any there ever was."""
    numbers = [int(key.removeprefix(ADDED)) for key in keys if key.removeprefix(ADDED).isdecimal()]
    return f"{ADDED}{max(numbers, default=0) + 1}"


def moved(wanted: Sequence[tuple[str, int, int]]) -> list[str]:
    """Keys in the order asked for: (key, place before, place typed). What was given a place stands there (the next
    free one, where two want the same); the others keep their order around it."""
    total = len(wanted)
    slots: list[str | None] = [None] * total
    for key, _was, now in sorted((one for one in wanted if one[1] != one[2]), key=lambda one: one[2]):
        at = min(max(now, 1), total) - 1
        free = [place for place in range(total) if slots[place] is None]
        slots[next((place for place in free if place >= at), free[-1])] = key
    rest = iter([key for key, was, now in wanted if was == now])
    return [next(rest) if key is None else key for key in slots]
