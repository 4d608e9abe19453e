"""Units to choose from where all of a city would be thousands: those right below, and those below the one chosen."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db.models import Q

from organizations.models import Appointment, Organization
from organizations.rules import Level, paths_to
from organizations.scope import subtree


def units_below(post: Appointment, asked: str) -> list[Any]:
    """The post's unit and the offices right below it; once one is chosen (asked: its uid) also those right below that.

    pk, uid, depth and short_name of each, in the tree's order, no village among them. Two queries, and no more rows in
    a large city than in a small one.
    """
    seen = Organization.objects.visible_to(post).exclude(level=Level.GRASSROOTS)
    own, chosen = post.organization.path, None
    with suppress(ValueError):
        chosen = seen.filter(uid=UUID(asked)).values_list("path", flat=True).first()
    way = [path for path in paths_to(chosen or own) if len(path) >= len(own)]
    near = Q(path__in=way)
    for path in way:
        near |= subtree(path).q("path") & Q(depth=len(path) // Organization.steplen + 1)
    rows = seen.filter(near, Q(path__in=way) | Q(closed_on=None)).order_by("path")
    return list(rows.values_list("pk", "uid", "depth", "short_name", named=True))


def unit_choices(post: Appointment, asked: str) -> list[tuple[str, str]]:
    """Those units as a filter offers them, indented as the tree stands; the post's own is 全部, unless asked for."""
    own = post.organization
    return [
        ("", "全部"),
        *(
            (str(unit.uid), "　" * (unit.depth - own.depth - 1) + unit.short_name)
            for unit in units_below(post, asked)
            if unit.pk != own.pk or str(unit.uid) == asked
        ),
    ]
