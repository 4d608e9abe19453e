"""A chain before it runs: which unit takes each step, and where nobody holds the post."""

from collections.abc import Iterable
from datetime import date

from accounts.roles import Role
from organizations.models import Appointment, Organization
from rectification.schemes.models import ChainStep


def units_over(sender: Organization) -> dict[str, Organization]:
    """The sender and the units over it, by level."""
    return {unit.level: unit for unit in Organization.objects.above(sender)}


def unstaffed(chain: Iterable[ChainStep], sender: Organization, today: date) -> list[str]:
    """Steps whose unit has nobody in that post today, in words: flagged before anything is sent up (issue 3).

    Not a refusal: somebody may be appointed while the chain runs.
    """
    units, found = units_over(sender), []
    for step in chain:
        unit = units.get(step.level)
        if unit is None:
            found.append(f"“{step.name}”：{sender}之上没有{step.get_level_display()}一级单位")
        elif vacant(unit, step.role, today):
            found.append(f"“{step.name}”：{unit.short_name}没有安排{Role(step.role).label}")
    return found


def vacant(unit: Organization, role: str, today: date) -> bool:
    """Whether nobody holds this post today."""
    return not Appointment.objects.at(unit, Role(role)).current(today).exists()
