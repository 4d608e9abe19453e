"""Pages of lists too long to number: each goes on where the one before ended, so the last costs what the first does.

In the order of the tree (org_path, pk). Counted only up to a cap: beyond it nobody reads a number, and counting would
cost more than the page.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

COUNTED = 1000
PLACE = re.compile(r"([0-9A-Z]{1,40})\.([0-9]{1,18})")
LAST = "last"


@dataclass(frozen=True)
class Slice:
    """A page. before, after: what the address says for the page before and after it, "" where there is none.

    count: how many there are in all, COUNTED for more than can be counted quickly; then `many`.
    """

    object_list: Sequence[Any]
    before: str
    after: str
    count: int
    many: bool


def slice_of(
    rows: QuerySet,
    *,
    after: str,
    before: str,
    size: int,
    as_rows: Callable[[QuerySet], QuerySet] = QuerySet.all,
) -> Slice:
    """The rows after a place, or the last ones before it; nonsense begins at the beginning.

    as_rows: what is read of each row, with its org_path and pk; what is counted need not know it.
    """
    count = rows.order_by()[: COUNTED + 1].count()
    backwards = before == LAST or PLACE.fullmatch(before)
    if backwards:
        found = list(as_rows(_beyond(rows, before, "lt").order_by("-org_path", "-pk")[: size + 1]))
        shown, forth = found[:size][::-1], before != LAST
        back = len(found) > size
    else:
        found = list(as_rows(_beyond(rows, after, "gt").order_by("org_path", "pk")[: size + 1]))
        shown, forth, back = found[:size], len(found) > size, bool(PLACE.fullmatch(after))
    if count and not shown:  # what stood there has gone
        return slice_of(rows, after="", before="", size=size, as_rows=as_rows)
    return Slice(
        shown,
        _place(shown[0]) if shown and back else "",
        _place(shown[-1]) if shown and forth else "",
        min(count, COUNTED),
        count > COUNTED,
    )


def _place(row: Any) -> str:
    return f"{row.org_path}.{row.pk}"


def _beyond(rows: QuerySet, place: str, way: str) -> QuerySet:
    """Beyond a place in one direction. The path alone bounds the range, so that the index is entered there."""
    found = PLACE.fullmatch(place)
    if not found:
        return rows
    path, pk = found.groups()
    further = Q(**{f"org_path__{way}": path}) | Q(**{f"pk__{way}": int(pk)})
    return rows.filter(further, **{f"org_path__{way}e": path})
