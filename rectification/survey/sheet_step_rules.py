"""The steps of the determination that lie below the survey's holder (党员群众评议, 乡镇党委初定), as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from organizations.rules import Level
from rectification.survey.change_rules import Decision, decision_errors


def is_self_check(step: Any) -> bool:
    """Whether a step of the chain is the village's own check: handled at the grassroots, or called so."""
    return step.level == Level.GRASSROOTS and ("自查" in step.name or step.mode == "handle")


def steps_below(chain: Sequence[Any], holder: Level) -> list[Any]:
    """The steps a township takes before it submits: those of lower levels, without the self-check, which are notes."""
    return [step for step in chain if Level(step.level).depth > holder.depth and not is_self_check(step)]


@dataclass(frozen=True)
class StepEntry:
    """What a township writes down for one step: by its place in the chain, who decided, when, on which paper."""

    order: int
    body: str = ""
    decided_on: date | None = None
    document: str = ""
    opinion: str = ""
    scan: Any = None


def step_errors(steps: Sequence[Any], entries: Mapping[int, StepEntry], *, today: date) -> dict[str, str]:
    """What the recorded steps lack, by field (`s3-body`).

    A recorded decision of the township names body, day and paper; a meeting at the grassroots has no number; a step
    handled in the system needs none of them.
    """
    errors = {}
    for step in steps:
        if step.mode != "record":
            continue
        entry = entries.get(step.order, StepEntry(step.order))
        said = Decision(entry.body, entry.decided_on, entry.document)
        numbered = step.level != Level.GRASSROOTS
        for name, text in decision_errors(said, today=today, needs_document=numbered).items():
            errors[f"s{step.order}-{name}"] = f"{step.name}：{text}"
    return errors
