"""A country at work: the divisions, five years of cases with problems, activities, open duties, on its own servers.

Made once for each profile in VAR/bench/country-SIZE and kept until these statements or the divisions change; the rows
are made by SQL, set by set, without history. Over the provinces stands one unit more, so that somebody sees all.
"""

import json
import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench import tree

YEAR = 2026
NATION = "A000"  # no path of an import begins so
EACH = 10 if tree.LARGE else 1  # one in so many villages has a case in a year: 62,000 of 620,000
PARTS = 25_000  # villages of the city that a workbook is read for
TRACKED = ("organization", "appointment", "case", "problem", "activity", "duty")

SYNTHETIC = """
    INSERT INTO organizations_organization (depth, numchild, version, uid, path, code, name, short_name, search, level,
        field, party_name, party_type, venue, poor_village, construction_village, closed_reason)
    SELECT length(p) / 4, 0, 1, gen_random_uuid(), p, c, n, n, '', l, f, '', '', '', false, false, '' FROM (
        SELECT '{nation}' p, NULL c, '全国' n, 'province' l, '' f
        UNION ALL SELECT '{nation}Z000', '99', '样本省', 'province', ''
        UNION ALL SELECT '{nation}Z0000001', '9901', '样本市', 'city', ''
        UNION ALL SELECT '{nation}Z00000010001', '990101', '样本县', 'county', ''
        UNION ALL SELECT '{nation}Z000000100010001', '990101101', '样本镇', 'township', ''
        UNION ALL SELECT '{nation}Z000000100010001' || lpad(to_hex(i), 4, '0'), (990101200000 + i)::text,
            '样本' || i || '村', 'grassroots', 'village' FROM generate_series(1, {parts}) i) units"""
HEXADECIMAL = "UPDATE organizations_organization SET path = upper(path) WHERE path <> upper(path)"
OFFICERS = """
    WITH made AS (
        INSERT INTO accounts_user ({user_columns}, username, name)
        SELECT {user_values}, 'bench-' || path, short_name FROM organizations_organization WHERE level = 'township'
        RETURNING id, username)
    INSERT INTO organizations_appointment ({post_columns}, role, organization_id, user_id)
    SELECT {post_values}, 'township_officer', o.id, made.id
    FROM made JOIN organizations_organization o ON o.path = substr(made.username, 7)"""
CASES = """
    INSERT INTO rectification_case (version, org_path, uid, year, stage, outcome, source, criteria, determined_by,
        minutes, problems_total, problems_closed, progress, county_id, township_id, organization_id, primary_id,
        scheme_id, next_due_on)
    SELECT 1, v.path, gen_random_uuid(), y, (ARRAY['remediation', 'acceptance', 'closed', 'planning'])[1 + v.id %% 4],
        '', 'new', '{{}}', '', '', 4, v.id %% 4, 25 * (v.id %% 5), c.id, t.id, v.id,
        (%(kinds)s::bigint[])[1 + v.id %% %(many)s], %(scheme)s, %(today)s::date + (v.id %% 90)::int
    FROM organizations_organization v JOIN organizations_organization c ON c.path = left(v.path, 16)
    JOIN organizations_organization t ON t.path = left(v.path, 20),
    generate_series({year} - 4, {year}) y
    WHERE v.level = 'grassroots' AND length(v.path) = 24 AND v.path < '{nation}Z' AND v.id %% {each} = y %% {each}
    ORDER BY y, v.path"""
PROBLEMS = """
    INSERT INTO rectification_problem (version, uid, "order", text, state, case_id, closed_on)
    SELECT 1, gen_random_uuid(), n, '书记空缺', CASE WHEN n = 1 THEN 'closed' ELSE 'open' END, c.id,
        CASE WHEN n = 1 THEN make_date(c.year, 3, 1) + (c.id %% 240)::int END
    FROM rectification_case c, generate_series(1, 4) n ORDER BY c.id, n"""
ACTIVITIES = """
    INSERT INTO rectification_activity ({activity_columns}, uid, kind, "on", what, case_id, by_id, at)
    SELECT {activity_values}, gen_random_uuid(), 'visit', make_date(c.year, 3, 1) + n * 30, '走访党员户', c.id,
        %(by)s, make_date(c.year, 3, 1) + n * 30
    FROM rectification_case c, generate_series(1, 6) n ORDER BY c.id, n"""
# Four a case: made long ago, due on one of the 360 days from today on
DUTIES = """
    INSERT INTO rectification_duty ({duty_columns}, org_path, uid, key, title, owner_role, organization_id, scheme_id,
        case_id, due_on, effective_due_on, made_at, state)
    SELECT {duty_values}, t.path, gen_random_uuid(), 'bench', '整顿进展报告', 'township_officer', t.id, c.scheme_id,
        c.id, d, d, %(today)s::date - 400, 'open'
    FROM rectification_case c JOIN organizations_organization t ON t.id = c.township_id, generate_series(1, 4) n,
        LATERAL (SELECT %(today)s::date + ((c.id * 7 + n * 90) %% 360)::int AS d) due
    ORDER BY c.id, n"""
ROWS = (SYNTHETIC, OFFICERS, CASES, PROBLEMS, ACTIVITIES, DUTIES)

_open: dict[str, Any] = {}


def prepare() -> None:
    """Turn this process, and those it starts, to the country's servers; make the country if it is not there."""
    from config.embedded import servers
    from config.launch import migrations_now

    folder = Path(os.environ["VAR_DIR"]) / f"country-{'large' if tree.LARGE else 'small'}"
    _open["before"] = {name: os.environ[name] for name in ("DATABASE_URL", "OWNER_DATABASE_URL")}
    for name in _open["before"]:
        del os.environ[name]
    _open["servers"] = ExitStack()
    addresses = _open["servers"].enter_context(servers(folder))
    _turn({name: addresses[name] for name in _open["before"]})
    made = {
        "schema": migrations_now(),
        "rows": sha256("".join(ROWS).encode() + tree.divisions().read_bytes()).hexdigest(),
    }
    stamp = folder / "made-of.json"
    known = json.loads(stamp.read_text()) if stamp.exists() else {}
    if known.get("schema") != made["schema"]:
        tree.schema.__wrapped__()
    if known.get("rows") != made["rows"]:
        stamp.unlink(missing_ok=True)
        _make()
    stamp.write_text(json.dumps(made))
    post.cache_clear()


def finish() -> None:
    """Back to the bench's own servers; the country stays for the next run."""
    _turn(_open.pop("before"))
    _open.pop("servers").close()


def _turn(addresses: dict[str, str]) -> None:
    import environ
    from django.conf import settings
    from django.db import connection

    connection.close()
    os.environ.update(addresses)
    login = environ.Env.db_url_config(addresses["DATABASE_URL"])
    for known in (connection.settings_dict, settings.DATABASES["default"]):
        known.update({name: login[name] for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD")})
        known["OPTIONS"] = {**known.get("OPTIONS", {}), **login.get("OPTIONS", {})}


def _make() -> None:
    from datetime import date

    with tree.owner() as owner:
        owner.execute("TRUNCATE organizations_organization, accounts_user, rectification_scheme CASCADE")
        for name in _tables():
            owner.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        tree.load()
        owner.execute(f"UPDATE organizations_organization SET path = '{NATION}' || path, depth = depth + 1")
        owner.execute(SYNTHETIC.format(nation=NATION, parts=PARTS))
        owner.execute(HEXADECIMAL)
        owner.execute("VACUUM ANALYZE organizations_organization")
    by, scheme = _people_and_scheme()
    words = {"nation": NATION, "year": YEAR, "each": EACH}
    asked = {
        "scheme": scheme.pk,
        "kinds": (kinds := list(scheme.criteria.values_list("pk", flat=True))),
        "many": len(kinds),
        "today": date(YEAR, 6, 1),
        "by": by.pk,
    }
    with tree.owner() as owner:
        for statement in ROWS[1:]:
            owner.execute(statement.format(**words, **_rest(owner)), asked)
        for name in _tables():
            owner.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
            owner.execute(f"VACUUM ANALYZE {name}")
        owner.execute("VACUUM ANALYZE accounts_user")


def _tables() -> list[str]:
    return [f"{'organizations' if n in TRACKED[:2] else 'rectification'}_{n}" for n in TRACKED]


def _rest(owner: Any) -> dict[str, str]:
    """For the tables with many columns: those that nothing is said of, and empty values for them."""
    said = {
        "user": ("accounts_user", {"username", "name"}),
        "post": ("organizations_appointment", {"role", "organization_id", "user_id"}),
        "activity": ("rectification_activity", {"uid", "kind", "on", "what", "case_id", "by_id", "at"}),
        "duty": (
            "rectification_duty",
            {"org_path", "uid", "key", "title", "owner_role", "organization_id", "scheme_id", "case_id"}
            | {"due_on", "effective_due_on", "made_at", "state"},
        ),
    }
    empty = {"uuid": "gen_random_uuid()", "boolean": "false", "ARRAY": "'{}'", "jsonb": "'{}'"}
    empty |= {"date": "'2026-01-01'", "timestamp with time zone": "'2026-01-01'"}
    empty |= {"smallint": "1", "integer": "1", "bigint": "1"}
    found = {}
    for word, (table, known) in said.items():
        columns = owner.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
            " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' ORDER BY 1",
            [table],
        ).fetchall()
        rest = [(f'"{name}"', empty.get(kind, "''")) for name, kind in columns if name not in known]
        if word == "user":
            rest = [(name, "true" if name == '"is_active"' else value) for name, value in rest]
        found |= {f"{word}_columns": ", ".join(name for name, _ in rest)}
        found |= {f"{word}_values": ", ".join(value for _, value in rest)}
    return found


def _people_and_scheme() -> tuple[Any, Any]:
    from django.utils import timezone

    from accounts.models import User
    from accounts.roles import Role
    from organizations.models import Appointment, Organization
    from rectification.schemes import actions as schemes
    from rectification.schemes.models import Scheme

    for path in (NATION, *Organization.objects.filter(code="4306").values_list("path", flat=True)):
        unit = Organization.objects.get(path=path)
        user = User.objects.create(
            username=f"bench-{unit.pk}", name="量", must_change_password=False, is_active=True
        )
        post = Appointment.objects.create(user=user, role=Role.CITY_REVIEWER, organization=unit)
    scheme = schemes.create_from_preset(
        preset_key="a_yueyang_2015", issuer=post.organization, year=YEAR, by=post, at=timezone.now()
    )
    Scheme.objects.filter(pk=scheme.pk).update(state="in_force")
    return post, scheme


@cache
def post(where: str) -> Any:
    """Who asks: of the "nation", or of the "city"."""
    from organizations.models import Appointment

    rows = Appointment.objects.filter(role="city_reviewer").select_related("organization", "user")
    return rows.get(organization__path=NATION) if where == "nation" else rows.get(organization__code="4306")


def in_post(where: str, work: Callable[[], object]) -> None:
    """Do the work as that post: the database shows it no more than the post reaches."""
    from organizations.acting import acting_as

    with acting_as(post(where)):
        work()
