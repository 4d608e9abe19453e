"""What should be in place before a case is accepted and closed, and that passing over any of it is explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rectification.acceptance.rules import FAIL

PROBLEMS, REPORTS, PLAN, FIRST_SECRETARY = "problems", "reports", "plan", "first_secretary"
SELF_CHECK, TALLY = "self_check", "tally"
AT_ASKING = (PROBLEMS, PLAN, FIRST_SECRETARY, REPORTS)
"""What is looked at when acceptance is asked for; the other two come after it."""
KEYS = (*AT_ASKING, SELF_CHECK, TALLY)
TITLES = {
    PROBLEMS: "问题销号",
    PLAN: "整顿方案",
    FIRST_SECRETARY: "第一书记",
    REPORTS: "进展报告",
    SELF_CHECK: "自查",
    TALLY: "党员群众测评",
}


class Gate(NamedTuple):
    """One thing that is not in place: its key, what is missing in words, each piece of it."""

    key: str
    words: str
    pieces: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is about."""
        return TITLES[self.key]


@dataclass(frozen=True)
class Standing:
    """What the file says: open problems in words, reports owed and late by their titles, whether the plan is approved
    and a first secretary is there, whether a self-check is asked and written, the groups without a tally.

    first_secretary: None where the scheme asks for none.
    """

    problems: Sequence[str] = ()
    reports: Sequence[str] = ()
    plan_approved: bool = True
    first_secretary: bool | None = None
    self_check: bool = True
    tallies: Sequence[str] = ()


def gates(standing: Standing, *, asking: bool) -> list[Gate]:
    """What is not in place, in the order of the year; asking: before there is an acceptance at all."""
    found = []
    if standing.problems:
        found.append(
            Gate(PROBLEMS, f"还有 {len(standing.problems)} 个问题没有销号", tuple(standing.problems))
        )
    if not standing.plan_approved:
        found.append(Gate(PLAN, "整顿方案还没有批准"))
    if standing.first_secretary is False:
        found.append(Gate(FIRST_SECRETARY, "没有在岗的第一书记"))
    if standing.reports:
        found.append(
            Gate(REPORTS, f"还有 {len(standing.reports)} 份进展报告没有报送", tuple(standing.reports))
        )
    if not asking and not standing.self_check:
        found.append(Gate(SELF_CHECK, "整顿对象还没有自查"))
    if not asking and standing.tallies:
        found.append(Gate(TALLY, f"还没有登记{'、'.join(standing.tallies)}测评"))
    return found


def unexplained(found: Sequence[Gate], reasons: Mapping[str, str]) -> list[Gate]:
    """Those without a written reason of their own."""
    return [gate for gate in found if not reasons.get(gate.key, "").strip()]


def gate_errors(found: Sequence[Gate], reasons: Mapping[str, str]) -> dict[str, str]:
    """For each thing passed over without a reason, by its key, what is asked."""
    return {
        gate.key: f"{gate.words}{_listed(gate)}，仍要继续的须写明理由" for gate in unexplained(found, reasons)
    }


def _listed(gate: Gate) -> str:
    more = f"等 {len(gate.pieces)} 项" if len(gate.pieces) > 3 else ""
    return f"（{'；'.join(gate.pieces[:3])}{more}）" if gate.pieces else ""


def at_signing(found: Sequence[Gate], outcome: str) -> list[Gate]:
    """What must be explained before this result is signed: nothing for 不合格, which may rest on just that."""
    return [] if outcome == FAIL else list(found)
