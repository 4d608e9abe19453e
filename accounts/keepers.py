"""Who holds the posts of the three administrators, so that no mistake leaves a site without one (decision 28)."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from accounts.models import User
from accounts.roles import LABELS, Role

# Only they switch such accounts on, so that without one of them nobody can; the auditor's are switched on by another
NEVER_OFF = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})


def holders(role: Role, on: date) -> list[User]:
    """The accounts that may sign in and hold such a post on a day; locked until the transaction ends."""
    held = Q(appointments__role=role, appointments__from_on__lte=on)
    lasting = Q(appointments__to_on__isnull=True) | Q(appointments__to_on__gte=on)
    found = User.objects.active().filter(held & lasting).values("pk")
    return list(User.objects.filter(pk__in=found).order_by("pk").select_for_update(no_key=True))


def last_of(user: User, roles: Collection[Role], on: date) -> Role | None:
    """The role among these that nobody but this person would hold on a day, or None. Locks who holds them.

    Two who take leave of each other at the same moment wait here for each other, and the second is told.
    """
    for role in sorted(roles):
        there = holders(role, on)
        if not any(one.pk != user.pk for one in there):
            return role
    return None


def last_words(user: User, role: Role, what: str) -> str:
    """Why the last one stays; what: what cannot be done before another one is there."""
    return f"{user.name}是唯一在任的{LABELS[role]}，须先有接任的{LABELS[role]}，才能{what}"
