"""2: the first 50 units of a subtree, and how many there are, as a post at the top of the tree asks for them."""

import time
from functools import cache

from django.db import connection

from accounts.roles import Role
from bench import tree
from bench.measure import Workload
from organizations.models import Appointment, Organization
from organizations.rules import range_end

TIMES = 5 if tree.LARGE else 100
ALLOWED = 0.001  # 2a: ours may cost a millisecond more than the floor


def prepare() -> None:
    """One loaded tree, and the same as an adjacency list for the recursive peer."""
    tree.schema()
    tree.empty()
    tree.load()
    with tree.owner() as owner:
        owner.execute("DROP TABLE IF EXISTS bench_parents")
        owner.execute(
            "CREATE TABLE bench_parents AS SELECT child.id, above.id AS parent_id FROM organizations_organization child"
            " LEFT JOIN organizations_organization above ON above.path = left(child.path, -4)"
        )
        owner.execute("CREATE UNIQUE INDEX ON bench_parents (id)")
        owner.execute("CREATE INDEX ON bench_parents (parent_id)")
        owner.execute("GRANT SELECT ON bench_parents TO PUBLIC")
        owner.execute("VACUUM ANALYZE bench_parents")
        owner.execute("VACUUM ANALYZE organizations_organization")
    top.cache_clear()
    town.cache_clear()


def finish() -> None:
    """Leave nothing behind."""
    with tree.owner() as owner:
        owner.execute("DROP TABLE IF EXISTS bench_parents")
    tree.empty()


@cache
def top() -> Appointment:
    """A post over a province."""
    unit = Organization.objects.filter(code="43").get()
    return Appointment(role=Role.CITY_REVIEWER, organization=unit)


@cache
def town() -> Appointment:
    """A post over one of its townships."""
    unit = Organization.objects.under(top().organization).filter(level="township", numchild__gt=10).first()
    return Appointment(role=Role.TOWNSHIP_OFFICER, organization=unit)


def _raw(sql: str) -> list[tuple]:
    path = top().organization.path
    with connection.cursor() as cursor:
        cursor.execute(sql, [path, range_end(path)])
        return cursor.fetchall()


def floor_first() -> None:
    """Raw range SQL and the millisecond that is allowed."""
    columns = ", ".join(f'"{field.column}"' for field in Organization._meta.local_concrete_fields)
    for _ in range(TIMES):
        _raw(
            f"SELECT {columns} FROM organizations_organization WHERE path >= %s AND path < %s ORDER BY path LIMIT 50"
        )
        until = time.perf_counter() + ALLOWED
        while time.perf_counter() < until:
            pass


def ours_first() -> None:
    """Through the scope, as objects."""
    for _ in range(TIMES):
        list(Organization.objects.visible_to(top())[:50])


def ours_first_in_town() -> None:
    """The same asked by a township."""
    for _ in range(TIMES):
        list(Organization.objects.visible_to(town())[:10])


def ours_first_ten() -> None:
    """As many units as a township has, asked from the top."""
    for _ in range(TIMES):
        list(Organization.objects.visible_to(top())[:10])


def descendants() -> None:
    """treebeard's own query."""
    for _ in range(TIMES):
        list(Organization.objects.get_descendants(top().organization)[:50])


def floor_count() -> None:
    """Raw range SQL."""
    for _ in range(TIMES):
        _raw("SELECT count(*) FROM organizations_organization WHERE path >= %s AND path < %s")


def ours_count() -> None:
    """Through the scope."""
    for _ in range(TIMES):
        Organization.objects.visible_to(top()).count()


def recursive() -> None:
    """A recursive query over an adjacency list."""
    sql = (
        "WITH RECURSIVE below AS (SELECT id FROM bench_parents WHERE id = %s UNION ALL"
        " SELECT p.id FROM bench_parents p JOIN below ON p.parent_id = below.id) SELECT count(*) FROM below"
    )
    for _ in range(TIMES):
        with connection.cursor() as cursor:
            cursor.execute(sql, [top().organization.pk])
            cursor.fetchone()


WORKLOADS = [
    Workload(
        "2a subtree-50/floor+1ms",
        floor_first,
        ours_first,
        goal=1,
        peer=descendants,
        peer_goal=0.05 if tree.LARGE else None,  # the peer's cost grows with the country, ours does not
        prepare=prepare,
        finish=finish,
    ),
    Workload(
        "2a province/township",
        ours_first_in_town,
        ours_first_ten,
        goal=1.3,
        prepare=prepare,
        finish=finish,
    ),
    Workload(
        "2b subtree-count",
        floor_count,
        ours_count,
        goal=1.6,
        peer=recursive,
        peer_goal=0.25 if tree.LARGE else None,
        prepare=prepare,
        finish=finish,
    ),
]
