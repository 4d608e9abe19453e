"""10: what the second wall costs: the same lists with row-level security (ours) and without it (floor).

The floor is the same code signed in as the owner of the tables, whom no policy limits. Both keep the application's own
filter. 310,000 cases of five years in one synthetic city of 62,000 villages, as a county and as the city ask for them.
"""

import os
from functools import cache
from itertools import product
from typing import Any

import environ
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from bench import tree
from bench.measure import Workload
from organizations.acting import acting_as
from organizations.models import Appointment, Organization
from rectification.cases.models import Case
from rectification.remediation.models import Problem
from rectification.schemes import actions as schemes

YEAR = 2026
COUNTIES, TOWNSHIPS, VILLAGES = 14, 30, 148
# level, length of the path, how many under each unit above
LEVELS = (("city", 4, 1), ("county", 8, COUNTIES), ("township", 12, TOWNSHIPS), ("grassroots", 16, VILLAGES))
ORGANIZATIONS = """
    INSERT INTO organizations_organization (depth, numchild, version, uid, path, name, short_name, search, level, field,
        party_name, party_type, venue, poor_village, construction_village, closed_reason)
    SELECT {size} / 4, 0, 1, gen_random_uuid(), up.path || lpad(n::text, 4, '0'), '{level}' || n, '{level}' || n, '',
        '{level}', 'village', '', '', '', false, false, ''
    FROM ({above}) up(path), generate_series(1, {count}) n"""
CASES = """
    INSERT INTO rectification_case (version, org_path, uid, year, stage, outcome, source, criteria, determined_by,
        minutes, problems_total, problems_closed, progress, county_id, township_id, organization_id, primary_id,
        scheme_id)
    SELECT 1, v.path, gen_random_uuid(), y, (ARRAY['remediation', 'acceptance', 'closed'])[1 + v.id %% 3], '', 'new',
        '{}', '', '', 1, 0, 25, c.id, t.id, v.id, %s, %s
    FROM organizations_organization v JOIN organizations_organization c ON c.path = left(v.path, 8)
    JOIN organizations_organization t ON t.path = left(v.path, 12), generate_series(2022, 2026) y
    WHERE v.level = 'grassroots' ORDER BY y, v.path"""
PROBLEMS = """
    INSERT INTO rectification_problem (version, uid, "order", text, state, case_id)
    SELECT 1, gen_random_uuid(), 1, '书记空缺', 'open', id FROM rectification_case ORDER BY id"""


def prepare() -> None:
    """The tree, a scheme of its city, the cases of five years with a problem each; history is not written."""
    tree.schema()
    tree.empty()
    tables = ("organizations_organization", "rectification_case", "rectification_problem")
    with tree.owner() as owner:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for level, size, count in LEVELS:
            above = f"SELECT path FROM organizations_organization WHERE length(path) = {size - 4}"
            rule = {"level": level, "size": size, "count": count, "above": above if size > 4 else "SELECT ''"}
            owner.execute(ORGANIZATIONS.format(**rule))
    city = Organization.objects.get(level="city")
    user, _made = User.objects.get_or_create(
        username="bench-wall", defaults={"name": "量", "must_change_password": False}
    )
    by = Appointment.objects.create(user=user, role=Role.CITY_REVIEWER, organization=city)
    scheme = schemes.create_from_preset(
        preset_key="a_yueyang_2015", issuer=city, year=YEAR, by=by, at=timezone.now()
    )
    with tree.owner() as owner:
        owner.execute(CASES, [scheme.criteria.first().pk, scheme.pk])
        owner.execute(PROBLEMS)
        for table in tables:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            owner.execute(f"VACUUM ANALYZE {table}")
    for known in (session, post):
        known.cache_clear()


def finish() -> None:
    """Leave nothing behind."""
    for known in ("app", "owner"):
        session(known).close()
    with tree.owner() as owner:
        owner.execute("TRUNCATE rectification_scheme, organizations_appointment CASCADE")
    tree.empty()


@cache
def session(role: str) -> Any:
    """A database connection of Django's as the application or as the owner."""
    url = os.environ["DATABASE_URL" if role == "app" else "OWNER_DATABASE_URL"]
    made = connections.create_connection(DEFAULT_DB_ALIAS)
    login = environ.Env.db_url_config(url)
    made.settings_dict = made.settings_dict | {"USER": login["USER"], "PASSWORD": login["PASSWORD"]}
    return made


@cache
def post(level: str) -> Appointment:
    """Who asks: the city's reviewer, or a county's officer."""
    unit = Organization.objects.filter(level=level).order_by("path").first()
    role = Role.CITY_REVIEWER if level == "city" else Role.COUNTY_OFFICER
    return Appointment(role=role, organization=unit, user=User.objects.get(username="bench-wall"))


def page(by: Appointment) -> None:
    """A list's first fifty with what they name, and how many there are."""
    rows = Case.objects.visible_to(by).of_year(YEAR)
    list(
        rows.select_related("organization", "county", "township", "primary")
        .with_vacancy()
        .order_by("org_path", "pk")[:50]
    )
    rows.count()


def board(by: Appointment) -> None:
    """Child unit × stage."""
    list(
        Case.objects.visible_to(by)
        .of_year(YEAR)
        .order_by()
        .values_list("county", "stage")
        .annotate(n=Count("pk"))
    )


def problems(by: Appointment) -> None:
    """Rows without a place of their own, read with their case: the first fifty, and how many are open."""
    rows = Problem.objects.visible_to(by).filter(case__year=YEAR, state="open")
    list(rows.select_related("case__organization").order_by("case__org_path", "order")[:50])
    rows.count()


def as_role(role: str, work: Any, level: str, times: int) -> None:
    before = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = session(role)
    try:
        for _ in range(times):
            with acting_as(post(level)):
                work(post(level))
    finally:
        connections[DEFAULT_DB_ALIAS] = before


def workload(work: Any, level: str, times: int) -> Workload:
    return Workload(
        f"10 wall: {work.__name__}, {level}",
        lambda: as_role("owner", work, level, times),
        lambda: as_role("app", work, level, times),
        goal=1.15,
        rounds=15,
        prepare=prepare if (work, level) == (page, "county") else None,
        finish=finish if (work, level) == (problems, "city") else None,
    )


WORKLOADS = [
    workload(work, level, 20 if level == "county" else 3)
    for work, level in product((page, board, problems), ("county", "city"))
]
