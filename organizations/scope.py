"""What a post may see: the one place where a role and a unit become a range over the tree.

Every room's QuerySet starts from `within(post)` and adds its own clause (member of the case, department asked).
Out of scope is the same as absent.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.roles import SUBTREE, Role
from organizations.rules import range_end

if TYPE_CHECKING:
    from organizations.models import Appointment

NOTHING = Q(pk__in=[])
# Who looks after the tree itself sees units everywhere, but never what is written about them
TREE_KEEPERS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})


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
