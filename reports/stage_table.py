"""A year's cases by unit and stage, each number leading to its list."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count

from accounts.roles import Role
from organizations.models import Appointment, Organization
from rectification.cases.models import Case
from rectification.workflow import CHOICES, Stage
from reports.work import address

STAGES = [(stage, label) for stage, label in CHOICES if stage != Stage.SURVEY]


@dataclass
class Cell:
    """A number that leads to its list."""

    count: int
    url: str


@dataclass
class StageRow:
    """A unit's cases by stage, and all of them."""

    unit: str
    cells: list[Cell]
    total: Cell


def by_stage(post: Appointment, year: int) -> list[StageRow]:
    """Cases of the year by the unit below the post and by stage; the last row is the sum."""
    column = "county" if post.role == Role.CITY_REVIEWER else "township"
    rows = Case.objects.visible_to(post).of_year(year).exclude(stage=Stage.SURVEY).order_by()
    counts: dict[int | None, dict[str, int]] = defaultdict(dict)
    for unit, stage, count in rows.values_list(column, "stage").annotate(n=Count("pk")):
        counts[unit][stage] = count
    units = Organization.objects.filter(pk__in=[pk for pk in counts if pk]).order_by("path")
    names: list[tuple[int | None, str, str]] = [(u.pk, u.short_name, str(u.uid)) for u in units]
    if None in counts:
        names.append((None, "本级直管", ""))
    lines = [_stage_row(name, uid, counts[pk], year, linked=pk is not None) for pk, name, uid in names]
    if lines:
        total = {stage: sum(part.get(stage, 0) for part in counts.values()) for stage, _label in STAGES}
        lines.append(_stage_row("合计", "", total, year, linked=True))
    return lines


def _stage_row(name: str, uid: str, counts: dict[str, int], year: int, *, linked: bool) -> StageRow:
    def cell(count: int, stage: str) -> Cell:
        asked = [f"year={year}"] + ([f"unit={uid}"] if uid else []) + ([f"stage={stage}"] if stage else [])
        url = address("cases:list", query="?" + "&".join(asked)) if count and linked else ""
        return Cell(count, url)

    cells = [cell(counts.get(stage, 0), stage) for stage, _label in STAGES]
    return StageRow(name, cells, cell(sum(counts.values()), ""))
