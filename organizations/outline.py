"""The tree as it is browsed: the units right below one, with what grassroots organizations each holds by field."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.db.models.functions import Left

from accounts.changes import Entry, changes_of
from accounts.roles import SUBTREE, Role
from organizations.models import Appointment, Organization
from organizations.rules import PATH_STEP, Field, Level, path_over, range_end


@dataclass(frozen=True)
class Branch:
    """A unit in the tree and the active grassroots organizations under it."""

    unit: Organization
    villages: int
    communities: int
    others: int
    undecided: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.villages + self.communities + self.others + self.undecided

    @property
    def is_grassroots(self) -> bool:
        """Whether it is itself one."""
        return self.unit.level == Level.GRASSROOTS


def branches(units: Iterable[Organization]) -> list[Branch]:
    """Units beside each other (of one depth) with their counts: one query, however many they are."""
    units = list(units)
    higher = [unit for unit in units if unit.level != Level.GRASSROOTS]
    counts = _counts(higher) if higher else {}
    rows = []
    for unit in units:
        found = counts.get(unit.path, Counter())
        rows.append(
            Branch(
                unit,
                villages=found[Field.VILLAGE],
                communities=found[Field.COMMUNITY],
                others=sum(found.values()) - found[Field.VILLAGE] - found[Field.COMMUNITY] - found[""],
                undecided=found[""],
            )
        )
    return rows


def _counts(units: list[Organization]) -> dict[str, Counter[str]]:
    length = len(units[0].path)
    paths = [unit.path for unit in units]
    rows = (
        Organization.objects.grassroots()
        .active()
        .filter(path__gte=min(paths), path__lt=range_end(max(paths)))
        .order_by()
        .annotate(above=Left("path", length))
        .values_list("above", "field")
        .annotate(number=Count("pk"))
    )
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for above, kind, number in rows:
        counts[above][kind] += number
    return counts


def places(units: Iterable[Organization], post: Appointment | None = None) -> dict[str, str]:
    """Where each unit lies, by its path: the short names of the units above it, in one query.

    With a post only from its own unit down, since whoever looks at a county's villages knows the county's city.
    """
    units = list(units)
    top = len(post.organization.path) if post and Role(post.role) in SUBTREE else PATH_STEP
    wanted = {unit.path[:end] for unit in units for end in range(top, len(unit.path), PATH_STEP)}
    names = dict(Organization.objects.filter(path__in=wanted).order_by().values_list("path", "short_name"))
    return {
        unit.path: " › ".join(
            names[unit.path[:end]]
            for end in range(top, len(unit.path), PATH_STEP)
            if unit.path[:end] in names
        )
        for unit in units
    }


def way_to(unit: Organization, post: Appointment) -> list[dict[str, Any]]:
    """The units above this one from the top; `open` says whether the post may look at each, else it is only named."""
    units = list(Organization.objects.above(unit).exclude(pk=unit.pk))
    seen = Organization.objects.visible_to(post).filter(pk__in=[one.pk for one in units])
    mine = set(seen.order_by().values_list("pk", flat=True))
    return [{"unit": one, "open": one.pk in mine} for one in units]


def history_of(unit: Organization) -> list[Entry]:
    """A unit's history; its place in the tree is told by the name of the unit above."""

    def above(paths: Collection[str]) -> dict[str, str]:
        rows = Organization.objects.filter(path__in={path_over(path) for path in paths}).order_by()
        names = dict(rows.values_list("path", "name"))
        return {
            path: names.get(path_over(path), "（原上级）") if path_over(path) else "（最上级）"
            for path in paths
        }

    return changes_of(unit, labels={"path": "上级单位"}, names={"path": above})
