"""Steps a scheme might add: those its preset knows and its chain has not, each put in at its place with one click."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rectification.schemes.models import ChainStep, Process, Scheme, StepMode
from rectification.schemes.preset_files import PresetInvalid, shipped
from rectification.schemes.preset_parts import PresetChainStep
from rectification.schemes.preset_rows import paper

Row = Mapping[str, Any]


class Offer(NamedTuple):
    """A step that may be added: `key` names it in the form, `words` say who takes it and how."""

    key: str
    process: str
    name: str
    words: str


def _known(scheme: Scheme) -> list[PresetChainStep]:
    try:
        return list(shipped(scheme.preset).chain)
    except PresetInvalid:
        return []


def _key(process: str, name: str) -> str:
    return f"{process}:{name}"


def offered(scheme: Scheme, rows: Sequence[Any]) -> list[Offer]:
    """What may be added to a chain of these rows, in the order of the year."""
    there = {_key(row.process, row.name) for row in rows}
    found = []
    for step in _known(scheme):
        key = _key(step.process, step.name)
        if key in there:
            continue
        row = ChainStep(level=step.level, role=step.role, mode=step.mode)
        takes_over = "，加入后由它作出认定" if step.decides else ""
        words = f"{row.get_role_display()}{StepMode(step.mode).label}{takes_over}；{paper(step.source)}"
        found.append(Offer(key, Process(step.process).label, step.name, words))
    return found


def with_step(scheme: Scheme, rows: Sequence[Row], key: str) -> list[Row]:
    """The rows with an offered step among them, where its preset has it; unchanged when there is no such offer.

    A step that decides takes that over from one before it, never from a later one (常委会 over 组织部).
    """
    known = _known(scheme)
    step = next((one for one in known if _key(one.process, one.name) == key), None)
    if step is None or any(_key(str(row["process"]), str(row["name"])) == key for row in rows):
        return list(rows)
    own = [one.name for one in known if one.process == step.process]
    new: dict[str, Any] = {
        name: getattr(step, name)
        for name in ("process", "name", "level", "role", "mode", "decides", "starter")
    } | {"source": paper(step.source)}
    later = own[own.index(step.name) + 1 :]
    same = [row for row in rows if row["process"] == step.process]
    new["decides"] = step.decides and not any(row["decides"] and row["name"] in later for row in same)
    kept = [{**row, "decides": False} if new["decides"] and row in same else row for row in rows]
    return [*kept[: (at := _place(kept, step, own))], new, *kept[at:]]


def _place(rows: Sequence[Row], step: PresetChainStep, own: Sequence[str]) -> int:
    """Behind the last row that the preset has before it; else before the first of its process; else at the end."""
    before = set(own[: own.index(step.name)])
    same = [number for number, row in enumerate(rows) if row["process"] == step.process]
    ahead = [number for number in same if rows[number]["name"] in before]
    if ahead:
        return ahead[-1] + 1
    return same[0] if same else len(rows)
