"""A chain as data: which of its steps decides, what comes after it, and what makes it a chain that cannot be gone.

Steps may be rows, presets' steps or rows still being typed: they have `process`, `name`, `mode` and `decides`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from accounts.roles import ADMINISTRATORS, Role
from organizations import appointment_rules
from organizations.rules import Level
from rectification.schemes.terms import Problem

DETERMINATION = "determination"
_OPINIONS = ("handle", "record")
"""Modes in which somebody says yes or no: a joint review only gives opinions, a publication only tells."""

S = TypeVar("S")


def steps_of(scheme: Any, process: str) -> list[Any]:
    """The steps of one process of a scheme, in order; one query, none when its chain is prefetched."""
    return [step for step in scheme.chain.all() if step.process == process]


def deciding_step(steps: Sequence[S]) -> S | None:
    """The step that determines (认定环节): the marked one; where none is marked, the last that is handled or recorded.

    None where nobody decides: no steps at all, or only joint review and publication.
    """
    marked = [step for step in steps if getattr(step, "decides", False)]
    if marked:
        return marked[0]
    able = [step for step in steps if getattr(step, "mode", "") in _OPINIONS]
    return able[-1] if able else None


def split_at_decision(steps: Sequence[S]) -> tuple[list[S], list[S]]:
    """The steps up to the deciding one, and those after it (公布, 报市备案); all and none where none decides."""
    deciding = deciding_step(steps)
    for number, step in enumerate(steps):
        if step is deciding:
            return list(steps[: number + 1]), list(steps[number + 1 :])
    return list(steps), []


def chain_problems(steps: Sequence[Any]) -> Iterator[Problem]:
    """What is wrong with the steps of all processes: one deciding step in 认定, who gives opinions, no way down.

    A publication may stand before or after the deciding step, once: a survey has one (Publicity). Paths count the
    steps as they are given (`chain.3.mode`).
    """
    marked = [n for n, step in enumerate(steps) if step.process == DETERMINATION and step.decides]
    for number in marked[1:]:
        first = steps[marked[0]].name
        yield Problem(f"chain.{number}.decides", f"认定环节只能有一个，“{first}”已标为认定环节")
    published = [
        n for n, step in enumerate(steps) if step.process == DETERMINATION and step.mode == "publish"
    ]
    for number in published[1:]:
        first = steps[published[0]].name
        message = f"“{steps[number].name}”：公布公示只登记一次，已有“{first}”，请删去其中一个环节"
        yield Problem(f"chain.{number}.mode", message)
    for number, step in enumerate(steps):
        yield from _step_problems(number, step)
    determination = [step for step in steps if step.process == DETERMINATION]
    if determination and deciding_step(determination) is None:
        yield Problem("chain", "摸排认定没有作出认定的环节：至少要有一个“办理”或“登记决定”的环节")
    yield from _orders(steps)


def _step_problems(number: int, step: Any) -> Iterator[Problem]:
    at = f"chain.{number}"
    if not (step.name or "").strip():
        yield Problem(f"{at}.name", f"第 {number + 1} 个环节没有名称")
    if step.decides and step.process != DETERMINATION:
        yield Problem(f"{at}.decides", f"“{step.name}”不属于摸排认定，不能标为认定环节")
    elif step.decides and step.mode not in _OPINIONS:
        yield Problem(f"{at}.decides", f"“{step.name}”是联审或公布，不作出认定，不能标为认定环节")
    if wrong := _taker_problem(getattr(step, "role", ""), step.level):
        yield Problem(f"{at}.role", f"“{step.name}”没有人能办理：{wrong}，请核对层级和岗位")
    if step.mode in ("joint", "publish") and step.process != DETERMINATION:
        yield Problem(f"{at}.mode", f"“{step.name}”：部门联审、公布公示只用于摸排认定")


def _taker_problem(role: str, level: str) -> str | None:
    """Why nobody can hold this post at this level, or None; the three administrators decide nothing (三员分立)."""
    if not role or not level:
        return None
    if role in ADMINISTRATORS:
        return f"{Role(role).label}不办理整顿业务"
    return appointment_rules.refusal(Role(role), Level(level), ())


def _orders(steps: Sequence[Any]) -> Iterator[Problem]:
    """A chain goes up: what goes back down is most likely a slip. A publication stands where the paper puts it."""
    ahead: dict[str, Any] = {}
    for number, step in enumerate(steps):
        if step.mode == "publish" or not step.level:
            continue
        last = ahead.get(step.process)
        if last is not None and Level(step.level).depth > Level(last.level).depth:
            message = f"“{step.name}”排在“{last.name}”之后，层级却更低，请核对先后"
            yield Problem(f"chain.{number}.level", message, "warning")
        ahead[step.process] = step
