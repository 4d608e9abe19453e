"""Presets side by side: part by part what each says, and which of its lines the others do not say."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rectification.schemes.models import Scheme
from rectification.schemes.parts import PARTS, shown
from rectification.schemes.preset_files import Preset
from rectification.schemes.preset_rows import gap_rows, head_values, part_rows
from rectification.schemes.reading import GROUPS
from rectification.schemes.wording import TO_FILL, Line, line

_OF_A_YEAR = re.compile(r"(\d{4})年(?=\d{1,2}月)")
_NOT_COMPARED = ("title", "starter_values")


class Said(NamedTuple):
    """A line of one preset; `own` when not every other one says it too."""

    text: str
    more: Sequence[str]
    source: str
    starter: bool
    own: bool = False


class Compared(NamedTuple):
    """One row of the comparison: what it is, and what each preset says."""

    label: str
    cells: list[list[Said]]

    @property
    def differs(self) -> bool:
        """Whether any says what another does not."""
        return any(said.own for cell in self.cells for said in cell)


class Chapter(NamedTuple):
    """The rows of one part, under its chapter of a scheme."""

    title: str
    rows: list[Compared]


_GROUPED: dict[str, Callable[[Any], str]] = {
    "phases": lambda row: row.get_stage_display(),
    "criteria": lambda row: f"情形{row.number}",
    "quotas": lambda row: "比例",
    "chain": lambda row: row.get_process_display(),
    "survey_forms": lambda row: row.get_kind_display(),
    "duty_rules": lambda row: row.key,
}
"""The parts compared row by row, by what belongs together; any other part is one row."""


def compared(presets: Sequence[Preset], *, year: int) -> list[Chapter]:
    """Every part any of them says something of, in the order of a scheme; a part of all-empty cells is left out."""
    rows = [part_rows(preset, year) for preset in presets]
    gaps = [gap_rows(preset) for preset in presets]
    chapters = []
    for _, keys in GROUPS:
        for key in keys:
            if key == "head":
                chapters.append(Chapter("分数线和其他数值", _head(presets, year)))
            elif found := _part(key, [one[key] for one in rows], gaps):
                chapters.append(Chapter(PARTS[key].title, found))
    return chapters


def _part(key: str, given: Sequence[list[dict]], gaps: Sequence[list[dict]]) -> list[Compared]:
    grouped = [_grouped(key, rows) for rows in given]
    labels = list(dict.fromkeys(label for one in grouped for label in one))
    named = _names(key, given) if key == "duty_rules" else {}
    found = [
        _marked(named.get(label, label) or PARTS[key].title, [one.get(label, []) for one in grouped])
        for label in labels
    ]
    empty = [[_gap(row) for row in one if row["part"] == key] for one in gaps]
    return [*found, Compared("待填内容", empty)] if any(empty) else found


def _names(key: str, given: Sequence[list[dict]]) -> dict[str, str]:
    return {row["key"]: row["title"] for rows in reversed(given) for row in rows}


def _gap(row: dict) -> Said:
    return Said(f"{TO_FILL}{row['text']}", (), row["source"], starter=False)


def _grouped(key: str, rows: list[dict]) -> dict[str, list[Said]]:
    part, label = PARTS[key], _GROUPED.get(key, lambda row: "")
    found: dict[str, list[Said]] = {}
    for number, values in enumerate(rows, 1):
        given = {name: values[name] for name in (*part.carried, "order") if name in values}
        row = part.model(**({"order": number} | given))
        found.setdefault(label(row), []).append(_said(line(key, row), row, bare=key in _GROUPED))
    return found


def _said(one: Line, row: Any, *, bare: bool) -> Said:
    text = one.text if bare or not one.label else f"{one.label}：{one.text}"
    return Said(_OF_A_YEAR.sub("", text), tuple(one.more), row.source, row.starter)


def _marked(label: str, cells: list[list[Said]]) -> Compared:
    """Lines not every column has are marked as its own; with one column nothing is."""
    texts = [{(said.text, said.more) for said in cell} for cell in cells]
    shared = set.intersection(*texts)
    marked = [
        [said._replace(own=len(cells) > 1 and (said.text, said.more) not in shared) for said in cell]
        for cell in cells
    ]
    return Compared(label, marked)


def _head(presets: Sequence[Preset], year: int) -> list[Compared]:
    heads = [head_values(preset, year) for preset in presets]
    found = [_marked("文号式样", [[_number(preset)] for preset in presets])]
    for name in heads[0]:
        if name in _NOT_COMPARED:
            continue
        label = str(Scheme._meta.get_field(name).verbose_name)
        cells = [[_value(preset, name, head)] for preset, head in zip(presets, heads, strict=True)]
        found.append(_marked(label, cells))
    return found


def _number(preset: Preset) -> Said:
    number = preset.document_number_format.replace("{year}", "××××").replace("{number}", "×")
    return Said(number or TO_FILL, (), "", preset.numbering.starter)


def _value(preset: Preset, name: str, head: dict[str, Any]) -> Said:
    text = _OF_A_YEAR.sub("", shown(Scheme, name, head.get(name)))
    return Said(text, (), "", starter=name in head["starter_values"])
