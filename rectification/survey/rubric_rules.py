"""评分细则: one text of a criterion, with lines for single fields (村：…；社区：…) where a paper tells them apart."""

from __future__ import annotations

from organizations.rules import Field

_LABELS = {f"{field.label}{colon}": field.value for field in Field for colon in "：:"}


def rubric_for(text: str, field: str) -> str:
    """The lines that concern a field: those that name it, without its name, and those that name none."""
    lines = []
    for line in text.splitlines():
        own = next((label for label in _LABELS if line.strip().startswith(label)), "")
        if not own:
            lines.append(line.strip())
        elif _LABELS[own] == field:
            lines.append(line.strip()[len(own) :].strip())
    return "\n".join(line for line in lines if line)
