"""A preset as the values of a new scheme's rows, its month-days moved into the scheme's year."""

from dataclasses import fields
from typing import Any

from rectification.schemes.preset_files import Preset, Sourced
from rectification.schemes.preset_reading import MonthDay

PAPERS = {
    "S0": "岳阳2015方案",
    "S1": "宝鸡2023做法",
    "S2": "苏仙、岔路2017方案",
    "S4": "中组发〔2014〕13号",
}
"""The papers presets cite, as the screens name them."""

PART_OF = {
    "phases": "phases",
    "criteria": "criteria",
    "quotas": "quotas",
    "duty_rules": "duty_rules",
    "chain": "chain",
    "lookback_points": "lookback",
    "support_items": "support",
    "helps": "help",
    "contact_rules": "contact",
    "campaigns": "campaign",
    "acceptance_items": "acceptance",
}
"""The parts of a scheme by what a preset calls them."""
PRACTICE_OF = {
    "aspects": "aspects",
    "survey_forms": "survey_forms",
    "inputs": "input",
    "departments": "department",
    "treatments": "treatment",
    "starters": "starter",
    "provisions": "provision",
    "targets": "targets",
    "inspections": "inspection_rules",
    "leadership": "leadership",
}
"""The same for what stands under a preset's practice."""
_ONCE = (
    "full_marks",
    "pass_line",
    "basic_line",
    "satisfaction_line",
    "dissatisfied_veto",
    "yellow_days",
    "extension_cap_days",
    "tracking_months",
    "poll_least",
    "check_percent",
    "support_name",
    "contact_name",
    "publicity_least_days",
)
_LISTS = (
    "satisfied_options",
    "other_options",
    "dissatisfied_options",
    "satisfaction_items",
    "reminder_days",
    "escalation_days",
    "evaluation_grades",
    "evaluation_uses",
)


def paper(source: str) -> str:
    """A source in words: S0 二 → 岳阳2015方案 二."""
    for short, name in PAPERS.items():
        source = source.replace(short, name)
    return source[:60]


def head_values(preset: Preset, year: int) -> dict[str, Any]:
    """What the new scheme says once, with the names of its starter values."""
    values = preset.values
    head = {name: getattr(values, name) for name in _ONCE if getattr(values, name) is not None}
    named = {"survey_base": "survey_base_on"}
    starters = [named.get(name, name) for name in values.starter]
    starters += ["mode"] if preset.selection.starter else []
    lists = {name: list(getattr(values, name)) for name in _LISTS}
    return (
        head
        | lists
        | {
            "title": preset.title_in(year),
            "mode": preset.mode,
            "survey_base_on": values.survey_base.in_year(year) if values.survey_base else None,
            "starter_values": starters,
        }
    )


def part_rows(preset: Preset, year: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of each part by its key. Optional chain steps are offered, not switched on."""
    rows = {part: getattr(preset, name) for name, part in PART_OF.items()} | {
        part: getattr(preset.practice, name) for name, part in PRACTICE_OF.items()
    }
    rows["chain"] = preset.steps
    return {part: [_row(item, year) for item in items] for part, items in rows.items()}


def gap_rows(preset: Preset) -> list[dict[str, Any]]:
    """The empty places a person must fill in, by the part of the scheme they stand in."""
    return [
        {
            "part": PART_OF.get(gap.part) or PRACTICE_OF[gap.part],
            "text": gap.text,
            "source": paper(gap.source),
            "order": number,
        }
        for number, gap in enumerate(preset.practice.gaps, 1)
    ]


def _row(item: Sourced, year: int) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in fields(item):
        name, value = column.name, getattr(item, column.name)
        if isinstance(value, MonthDay) or name in ("starts", "ends", "due"):
            row[f"{name}_on"] = value.in_year(year) if value else None
        else:
            row[name] = list(value) if isinstance(value, tuple) else value
    row["source"] = paper(row["source"])
    return row
