"""Presets: readable scheme files under presets/, read and checked before anyone copies them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from organizations.rules import Level
from rectification.schemes import terms
from rectification.schemes.chain_rules import chain_problems
from rectification.schemes.preset_parts import (
    PROCESSES,
    PresetAcceptanceItem,
    PresetChainStep,
    PresetCriterion,
    PresetDutyRule,
    PresetPhase,
    PresetQuota,
    PresetText,
    PresetValues,
    Sourced,
    sourced,
)
from rectification.schemes.preset_practice import Practice, PresetContact
from rectification.schemes.preset_reading import MonthDay, Table
from rectification.schemes.rules import scheme_problems
from rectification.schemes.terms import Problem

__all__ = [
    "Preset",
    "PresetInvalid",
    "Sourced",
    "check",
    "load_preset",
    "parse_preset",
    "preset_keys",
    "preset_path",
    "shipped",
]

FOLDER = Path(__file__).parent / "presets"
SHARED = FOLDER / "shared"
"""What several presets share and none of them is: named by `extends`, never offered by itself."""


class PresetInvalid(ValueError):
    """A preset that cannot be used; `problems` say where and why, in Chinese."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.problems = problems
        listed = "；".join(f"{problem.path}：{problem.message}".lstrip("：") for problem in problems)
        super().__init__(f"样本“{name}”有误：{listed}")


@dataclass(frozen=True)
class Preset:
    """A whole scheme of some place and year, to be copied into a new scheme and edited."""

    key: str
    title: str
    issuer_level: str
    source: str
    document_number_format: str
    mode: str
    values: PresetValues
    criteria: tuple[PresetCriterion, ...]
    quotas: tuple[PresetQuota, ...]
    phases: tuple[PresetPhase, ...]
    lookback_points: tuple[PresetText, ...]
    support_items: tuple[PresetText, ...]
    helps: tuple[PresetText, ...]
    contact_rules: tuple[PresetContact, ...]
    campaigns: tuple[PresetText, ...]
    duty_rules: tuple[PresetDutyRule, ...]
    acceptance_items: tuple[PresetAcceptanceItem, ...]
    chain: tuple[PresetChainStep, ...]
    practice: Practice
    selection: Sourced
    numbering: Sourced

    @property
    def empty_parts(self) -> frozenset[str]:
        """The parts a person must fill in before a scheme made from it can be put in force."""
        return frozenset(gap.part for gap in self.practice.gaps)

    @property
    def steps(self) -> tuple[PresetChainStep, ...]:
        """The steps a scheme starts with; the other ones are offered."""
        return tuple(step for step in self.chain if not step.optional)

    def title_in(self, year: int) -> str:
        """The title of a year's scheme."""
        return self.title.replace("{year}", str(year))


def load_preset(path: Path) -> Preset:
    """Read a preset file; raises PresetInvalid with every fault, or OSError where there is no such file."""
    return parse_preset(path.read_text(encoding="utf-8"), name=path.stem)


@cache
def shipped(key: str) -> Preset:
    """The preset of this key, read once per process; raises PresetInvalid for a key that is none."""
    return load_preset(preset_path(key))


def preset_path(key: str) -> Path:
    """Where the preset of this key is kept; raises PresetInvalid for a key that is none."""
    path = FOLDER / f"{key}.toml"
    if key not in preset_keys():
        raise PresetInvalid(key, [Problem("", f"没有这个样本，现有：{'、'.join(preset_keys())}")])
    return path


def preset_keys() -> list[str]:
    """The keys of all presets shipped."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def parse_preset(content: str, *, name: str) -> Preset:
    """A preset from the text of its file, checked like a scheme; raises PresetInvalid with every fault."""
    problems: list[Problem] = []
    top = Table(_tables(content, name), "", problems)
    preset = _read(top)
    top.finish()
    if preset.key and preset.key != name:
        problems.append(Problem("key", f"key“{preset.key}”与文件名“{name}”不一致"))
    for number, gap in enumerate(preset.practice.gaps):
        if not hasattr(preset, gap.part) and not hasattr(preset.practice, gap.part):
            problems.append(Problem(f"gaps.{number}.part", f"方案没有“{gap.part}”这一部分"))
    if not problems:
        problems += [problem for problem in check(preset) if problem.is_error]
    if problems:
        raise PresetInvalid(name, problems)
    return preset


def _tables(content: str, name: str, *, below: tuple[str, ...] = ()) -> dict[str, Any]:
    """The values of a file laid over those of the shared files it `extends`, if any, in their order."""
    try:
        values = tomllib.loads(content, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PresetInvalid(name, [Problem("", f"不是有效的 TOML 文件（{error}）")]) from error
    named = values.pop("extends", [])
    known = sorted(path.stem for path in SHARED.glob("*.toml"))
    base: dict[str, Any] = {}
    for shared in [named] if isinstance(named, str) else named:
        if shared not in known or shared in below:
            message = f"没有“{shared}”这个共用文件，或者它又引用了自己；现有：{'、'.join(known)}"
            raise PresetInvalid(name, [Problem("extends", message)])
        text = (SHARED / f"{shared}.toml").read_text(encoding="utf-8")
        base = laid_over(base, _tables(text, shared, below=(*below, shared)))
    return laid_over(base, values)


def laid_over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A file's own values over the shared ones: tables key by key, a list or a value as a whole."""
    both = {
        key: laid_over(base[key], value)
        for key, value in own.items()
        if isinstance(value, dict) and isinstance(base.get(key), dict)
    }
    return {**base, **own, **both}


def check(preset: Preset, *, year: int = 2015) -> list[Problem]:
    """What would be wrong with a scheme copied from the preset into a year, warnings with errors.

    A part the preset leaves to be filled in is no fault of the preset; the scheme is refused until it is there.
    """
    empty = {part for part in preset.empty_parts if not getattr(preset, part, True)}
    found = [*_scheme_problems(preset, year), *chain_problems(preset.steps)]
    return [problem for problem in found if problem.path not in empty]


def _scheme_problems(preset: Preset, year: int) -> list[Problem]:
    return scheme_problems(
        terms.SchemeHead(
            title=preset.title_in(year),
            mode=preset.mode,
            full_marks=preset.values.full_marks,
            pass_line=preset.values.pass_line,
            basic_line=preset.values.basic_line,
            satisfaction_line=preset.values.satisfaction_line,
            dissatisfied_veto=preset.values.dissatisfied_veto,
            reminder_days=preset.values.reminder_days,
            escalation_days=preset.values.escalation_days,
        ),
        phases=[
            terms.Phase(phase.name, phase.stage, _day(phase.starts, year), _day(phase.ends, year))
            for phase in preset.phases
        ],
        criteria=[
            terms.Criterion(one.order, one.text, one.points, one.short, one.hard, one.threshold, one.fields)
            for one in preset.criteria
        ],
        quotas=[terms.Quota(quota.fields, quota.percent) for quota in preset.quotas],
        duty_rules=[_duty_rule(rule, year) for rule in preset.duty_rules],
        acceptance_items=[terms.AcceptanceItem(item.text, item.points) for item in preset.acceptance_items],
    )


def _duty_rule(rule: PresetDutyRule, year: int) -> terms.DutyRule:
    named = {one.name for one in fields(terms.DutyRule)} - {"due_on", "starts_on"}
    alike = {name: getattr(rule, name) for name in named}
    return terms.DutyRule(**alike, due_on=_day(rule.due, year), starts_on=_day(rule.starts, year))


def _day(day: MonthDay | None, year: int) -> date | None:
    return None if day is None else day.in_year(year)


def _read(top: Table) -> Preset:
    """A whole preset from the top table of its file."""
    number, selection, chains = top.table("document_number"), top.table("selection"), top.table("chains")
    values = top.table("values")
    preset = Preset(
        key=top.text("key", longest=60),
        title=top.text("title", longest=200),
        issuer_level=top.choice("issuer_level", Level),
        source=top.text("source", longest=60),
        document_number_format=number.text("format", longest=60),
        mode=selection.choice("mode", terms.Mode),
        values=PresetValues.read(values),
        criteria=tuple(PresetCriterion.read(table) for table in top.tables("criteria")),
        quotas=tuple(PresetQuota.read(table) for table in top.tables("quotas")),
        phases=tuple(PresetPhase.read(table) for table in top.tables("phases")),
        lookback_points=_texts(top, "lookback_points"),
        support_items=_texts(top, "support_items"),
        helps=_texts(top, "helps"),
        contact_rules=tuple(PresetContact.read(table) for table in top.tables("contact_rules")),
        campaigns=_texts(top, "campaigns"),
        duty_rules=tuple(PresetDutyRule.read(table) for table in top.tables("duty_rules")),
        acceptance_items=tuple(PresetAcceptanceItem.read(table) for table in top.tables("acceptance_items")),
        chain=tuple(
            PresetChainStep.read(table, process)
            for process in PROCESSES
            for table in chains.tables(process, needed=False)
        ),
        practice=Practice.read(top),
        selection=Sourced(**sourced(selection)),
        numbering=Sourced(**sourced(number)),
    )
    for part in (number, selection, values, chains):
        part.finish()
    return preset


def _texts(top: Table, key: str) -> tuple[PresetText, ...]:
    return tuple(PresetText.read(table) for table in top.tables(key))
