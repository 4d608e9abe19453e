"""What a post may see: the one place where a role and a unit become a range over the tree.

Every room's QuerySet starts from `within(post)` and adds its own clause (member of the case, department asked).
Out of scope is the same as absent.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, OuterRef, Q, Value
from django.db.models.expressions import CombinedExpression

from accounts.roles import SUBTREE, Role
from organizations.reach import EVERYTHING, Reach, reaching
from organizations.reach import NOTHING as NOWHERE
from organizations.rules import AFTER_ALL, paths_over, range_end

if TYPE_CHECKING:
    from organizations.models import Appointment

NOTHING = Q(pk__in=[])
# Who looks after the tree itself sees units everywhere, but never what is written about them
TREE_KEEPERS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})
# How posts reach that have no subtree: from a post to the paths of what it is on. Filled by the room that knows
BY_MEMBERSHIP: dict[Role, Callable[["Appointment"], Iterable[str]]] = {}


@dataclass(frozen=True)
class PathRange:
    """A subtree as a half-open range of C-collated paths."""

    start: str
    end: str

    def q(self, field: str) -> Q:
        """The condition on a path column."""
        return Q(**{f"{field}__gte": self.start, f"{field}__lt": self.end})

    def covers(self, path: str) -> bool:
        """Whether a path lies in the subtree."""
        return self.start <= path < self.end


def subtree(path: str) -> PathRange:
    """The range of one unit and all below it."""
    return PathRange(path, range_end(path))


def under_outer(path: str, field: str) -> Q:
    """In a subquery, the rows of a unit of the outer query and of all below it; by the outer query's column `path`.

    Joined plainly: Concat wraps the column, and then no index is entered at the end of the range.
    """
    end = CombinedExpression(OuterRef(path), "||", Value(AFTER_ALL), output_field=CharField())
    return Q(**{f"{field}__gte": OuterRef(path), f"{field}__lt": end})


def within(post: "Appointment | None", field: str = "org_path") -> Q:
    """Rows placed in the post's subtree; nothing for roles that see no case content."""
    if post is None or Role(post.role) not in SUBTREE:
        return NOTHING
    return subtree(post.organization.path).q(field)


def organizations_of(post: "Appointment | None") -> Q:
    """Units a post may look up: its subtree; all for those who keep the tree; a helper's come with the cases."""
    if post is None:
        return NOTHING
    if Role(post.role) in TREE_KEEPERS:
        return Q()
    if Role(post.role) in SUBTREE:
        return subtree(post.organization.path).q("path")
    if Role(post.role) is Role.HELPER:
        return Q(pk=post.organization_id)
    return NOTHING


def covers(post: "Appointment | None", unit: Any) -> bool:
    """Whether a unit lies in the post's subtree."""
    return post is not None and subtree(post.organization.path).covers(unit.path)


def reach_of(post: "Appointment | None") -> Reach:
    """How far the database shows a post anything (organizations.wall): its unit's subtree and the line above it.

    For a helper the smallest subtree with all the cases the person is on. The administrators reach nothing (三员分立).
    """
    if post is None:
        return NOWHERE
    if (role := Role(post.role)) in BY_MEMBERSHIP:
        with reaching(EVERYTHING):
            paths = list(BY_MEMBERSHIP[role](post))
        return line(shared(paths))
    # A department is asked by a unit about its subtree; about whom, the first wall says
    return line(post.organization.path) if role in SUBTREE or role is Role.DEPARTMENT else NOWHERE


def shared(paths: Sequence[str]) -> str:
    """The lowest unit that all these paths are at or under; "" where there is none."""
    first, last = min(paths, default=""), max(paths, default="")
    return next((path for path in (first, *reversed(paths_over(first))) if last.startswith(path)), "")


def line(path: str) -> Reach:
    """A unit, all below it, and the units above it; nothing where there is no unit."""
    if not path:
        return NOWHERE
    return Reach(path, range_end(path), tuple(paths_over(path)))
