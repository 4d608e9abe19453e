"""逐级督办 as values: which step an overdue duty has reached, to whom it goes and who issues the paper.

Step 1 goes to the owing unit, each later one to the next unit up (乡镇 → 县 → 市); a unit without anybody in office is
passed over, and that is said. The paper is issued by the nearest unit above its receiver that may.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from organizations.rules import Level
from rectification.schemes.calendar_rules import IsWorking, working_days_after


def reached(days: Sequence[int], last_on: date, *, today: date, is_working: IsWorking) -> int:
    """How many steps are due: 0 while fewer working days have passed since `last_on` than the first step waits."""
    return sum(1 for count in days if working_days_after(last_on, count, is_working) <= today)


@dataclass(frozen=True)
class Place:
    """Where a step goes: to whom, issued by whom, and which units were passed over."""

    receiver: Any
    issuer: Any
    passed: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Whom the step passed over, for the record."""
        return "；".join(self.passed)[:200]


def place(
    ladder: Sequence[Any], step: int, *, staffed: Callable[[Any], bool], levels: frozenset[Level]
) -> Place | None:
    """Where a step goes on the ladder of units, the owing one first; None where nobody above is left to issue it."""
    passed: list[str] = []
    held = []
    for unit in ladder:
        if staffed(unit):
            held.append(unit)
        elif len(held) < step:
            passed.append(f"{unit.short_name}岗位空缺，转上一级")
        if len(held) == step:
            break
    if len(held) < step:
        return None
    receiver = held[-1]
    for unit in ladder[ladder.index(receiver) + 1 :]:
        if Level(unit.level) not in levels:
            continue
        if staffed(unit):
            return Place(receiver, unit, tuple(passed))
        passed.append(f"{unit.short_name}岗位空缺，由上一级签发")
    return None


def kind_of(step: int, *, to_leader: bool) -> str:
    """提醒卡 first, then 督办单; what falls to a leader is a 工作提示 at every step, never a 督办单 (domain §6)."""
    if to_leader:
        return "hint"
    return "remind" if step == 1 else "urge"


def light_of(step: int) -> str:
    """The light of a 督办单 by the step it stands at: yellow first, red from the third on."""
    return "" if step < 2 else "yellow" if step == 2 else "red"
