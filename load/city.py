"""The demo city grown to any size: counties, townships and villages of fictitious names, their cases and people.

The tree grows by the site's own import of divisions. Cases are copies of the demo year's cases under
rectification with everything that hangs on them (steps, people, plan, problems, measures, progress, activities,
reviews, duties), placed in new villages: a few INSERT … SELECT, the keys of each copy shifted by a number of its own.
Before that these cases get as many problems as real ones have (load.problems). History triggers stay on.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

import psycopg
from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from load.problems import fill
from organizations import divisions
from organizations.division_rules import DIVISION_HEADER
from organizations.models import Appointment, Organization
from organizations.rules import Level
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.workflow import Stage

CITY = "9901"
COUNTY_OF = 16  # townships in a county
SHIFT = 10_000_000  # above every key of the demo year
CASES_OF = 5  # one village in five is under rectification
FIRST = "石枫柳桐樟竹青白金银龙凤荷莲茶松梅云杨枣桂楠桃李杏栗榆槐柏杉"
SECOND = "桥林塘湾坪冲垅岗井溪源洲坡畈港坳"
SORTS = ("镇", "乡", "街道")
TABLES = ["Case", "CaseStep", "CaseMember", "Review", "ReviewStep", "Duty", "Plan"]
TABLES += ["Problem", "Measure", "Progress", "Activity", "LogState"]


@dataclass(frozen=True)
class Size:
    """How large the city is. cases: of this year, under rectification or not."""

    villages: int
    townships: int
    cases: int

    def words(self) -> str:
        return f"{self.villages:,} villages, {self.townships:,} townships, {self.cases:,} cases"


def size(year: int) -> Size:
    """What there is now."""
    units = Organization.objects.active()
    villages = units.filter(level=Level.GRASSROOTS).count()
    townships = units.filter(level=Level.TOWNSHIP).count()
    return Size(villages, townships, Case.objects.of_year(year).count())


def grow(villages: int, year: int) -> Size:
    """Bring the city to so many villages (20 a township), one in five of the new ones with a case; then ANALYZE."""
    last = Organization.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    missing = villages - size(year).villages
    if missing > 0:
        with transaction.atomic():
            _units(missing)
        places = _new_places(last)
        with transaction.atomic():
            fill(seeds(year))
            _cases(places, year)
            _unit_duties(last, year)
            _people(last)
        _analyze()
    return size(year)


def _analyze() -> None:
    """Only the owner may."""
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("ANALYZE")


def _units(villages: int) -> None:
    known = set(Organization.objects.exclude(code=None).values_list("code", flat=True))
    names = [a + b for a, b in product(FIRST, SECOND)]
    rows: list[tuple[str, str, str, str]] = []
    left = villages
    for number in range(1, 100_000):
        if left <= 0:
            break
        county = f"{CITY}{number:02}" if number < 100 else ""
        if not county:
            raise ValueError("a city has no more than 99 counties")
        if county in known:
            continue
        rows.append((county, f"{names[number]}县", "county", CITY))
        for place in range(1, max(COUNTY_OF, -(-villages // (20 * 75))) + 1):
            if left <= 0:
                break
            above = f"{county}{place:03}"
            rows.append(
                (
                    above,
                    f"{names[(number * 37 + place * 3) % len(names)]}{SORTS[place % 3]}",
                    "township",
                    county,
                )
            )
            for one in range(min(20, left)):
                name = names[(number * 61 + place * 20 + one) % len(names)]
                rows.append((f"{above}{201 + one}", f"{name}村民委员会", "grassroots", above))
            left -= 20
    lines = [",".join(row) for row in (DIVISION_HEADER, *rows)]
    divisions.import_divisions(lines, by=None, at=timezone.now())


def _new_places(last: int) -> list[tuple[Organization, Organization, Organization]]:
    """Village, township, county of each new village."""
    found = {unit.path: unit for unit in Organization.objects.filter(pk__gt=last)}
    step = Organization.steplen
    return [
        (unit, found[path[:-step]], found[path[: -2 * step]])
        for path, unit in found.items()
        if unit.level == Level.GRASSROOTS
    ]


def seeds(year: int) -> list[Case]:
    """The demo year's cases that are worked on, by the city's own scheme, begun this year."""
    rows = Case.objects.of_year(year).filter(stage=Stage.REMEDIATION, previous=None, pk__lt=SHIFT)
    rows = rows.filter(plan__state="approved", township__isnull=False)
    return list(rows.select_related("organization", "township", "county").order_by("pk"))


def _cases(places: list[tuple[Organization, Organization, Organization]], year: int) -> None:
    chosen, patterns = places[::CASES_OF], seeds(year)
    if not patterns:
        raise ValueError(f"the demo year has no case of {year} under rectification")
    first = (Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) // SHIFT + 1
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS load_copy")
        cursor.execute(
            "CREATE TEMP TABLE load_copy (seed bigint, shift bigint, old bigint, new bigint, old_path text,"
            " new_path text)"
        )
        rows = []
        for number, place in enumerate(chosen):
            seed = patterns[number % len(patterns)]
            for old, new in zip((seed.organization, seed.township, seed.county), place, strict=True):
                rows.append((seed.pk, (first + number) * SHIFT, old.pk, new.pk, old.path, new.path))
        cursor.executemany("INSERT INTO load_copy VALUES (%s, %s, %s, %s, %s, %s)", rows)
        cursor.execute("DROP TABLE IF EXISTS load_clone")
        cursor.execute("CREATE TEMP TABLE load_clone AS SELECT DISTINCT seed, shift FROM load_copy")
        cursor.execute("CREATE INDEX ON load_copy (shift, old)")
        cursor.execute("ANALYZE load_copy, load_clone")
        for model in _copied():
            _copy(cursor, model)


def _copied() -> list[type[models.Model]]:
    """The models that are copied, each after what it hangs on; with the tables between them and their people."""
    found = [apps.get_model("rectification", name) for name in TABLES]
    return [*found, apps.get_model("rectification", "Activity").members.through]


def _of_case(model: type[models.Model]) -> str:
    """The path of lookups that leads from a row to its case."""
    ways = {
        "Case": "pk",
        "ReviewStep": "review__case",
        "Measure": "problem__case",
        "Progress": "measure__problem__case",
        "Activity_members": "activity__case",
    }
    return ways.get(model.__name__, "case")


def _copy(cursor, model: type[models.Model]) -> None:
    """Copy a table's rows of every seed to every copy of that seed."""
    table, known = model._meta.db_table, set(_copied())
    of_seed = model._default_manager.filter(**{f"{_of_case(model)}__in": [case.pk for case in _seed_cases()]})
    pairs = of_seed.order_by().values_list("pk", _of_case(model))
    cursor.execute("CREATE TEMP TABLE IF NOT EXISTS load_row (model text, id bigint, seed bigint)")
    cursor.executemany("INSERT INTO load_row VALUES (%s, %s, %s)", [(table, *pair) for pair in pairs])
    columns, values = [], []
    for field in model._meta.local_concrete_fields:
        if field.generated:
            continue
        columns.append(f'"{field.column}"')
        values.append(_value(field, known))
    cursor.execute(
        f'INSERT INTO "{table}" ({", ".join(columns)}) SELECT {", ".join(values)} FROM "{table}" s'
        " JOIN load_row r ON r.id = s.id AND r.model = %s JOIN load_clone c ON c.seed = r.seed",
        [table],
    )


def _seed_cases() -> Iterator[Case]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT seed FROM load_clone")
        pks = [pk for (pk,) in cursor.fetchall()]
    return Case.objects.filter(pk__in=pks)


def _value(field: models.Field, known: set[type[models.Model]]) -> str:
    """What stands in a copy's column, as SQL over the seed's row `s`, its seed `r` and the copy `c`."""
    column = f's."{field.column}"'
    if field.primary_key:
        return f"{column} + c.shift"
    if field.name in ("uid",):
        return "gen_random_uuid()"
    if field.name == "sent_key":
        return "NULL"
    if field.name == "org_path":
        old = f"SELECT new_path FROM load_copy o WHERE o.shift = c.shift AND o.old_path = {column}"
        return f"coalesce(({old}), {column})"
    target = field.related_model
    if target is Organization:
        return (
            f"coalesce((SELECT new FROM load_copy o WHERE o.shift = c.shift AND o.old = {column}), {column})"
        )
    if target in known:
        table = target._meta.db_table
        own = f"SELECT FROM load_row q WHERE q.model = '{table}' AND q.id = {column}"
        return f"CASE WHEN EXISTS ({own}) THEN {column} + c.shift ELSE {column} END"
    return column


def _unit_duties(last: int, year: int) -> None:
    """What the seeds' townships and counties owe as units, the new ones owe too."""
    seed = seeds(year)[0]
    columns = [
        field
        for field in Duty._meta.local_concrete_fields
        if field.name not in ("id", "uid", "organization", "org_path")
    ]
    names = ", ".join(f'"{field.column}"' for field in columns)
    for old, level in ((seed.township, Level.TOWNSHIP), (seed.county, Level.COUNTY)):
        with connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{Duty._meta.db_table}" (uid, organization_id, org_path, {names}) SELECT'
                f" gen_random_uuid(), o.id, o.path, {', '.join(f's.{name}' for name in names.split(', '))}"
                f' FROM "{Duty._meta.db_table}" s, organizations_organization o WHERE s.organization_id = %s'
                " AND s.case_id IS NULL AND s.scheme_id = %s AND o.id > %s AND o.level = %s",
                [old.pk, seed.scheme_id, last, level],
            )


def _people(last: int) -> None:
    """An officer for each new county and township, a reporter for each new village with a case; no passwords."""
    posts = [(unit, Role.COUNTY_OFFICER) for unit in _of_level(last, Level.COUNTY)]
    posts += [(unit, Role.TOWNSHIP_OFFICER) for unit in _of_level(last, Level.TOWNSHIP)]
    of_cases = Case.objects.filter(organization_id__gt=last).select_related("organization")
    posts += [(case.organization, Role.VILLAGE_REPORTER) for case in of_cases]
    users = [
        User(
            username=f"load-{unit.code}",
            name=f"{unit.short_name[:20]}经办人",
            password="!",
            must_change_password=False,
        )
        for unit, _role in posts
    ]
    User.objects.bulk_create(users, batch_size=2000)
    Appointment.objects.bulk_create(
        [
            Appointment(
                user=user, role=role, organization=unit, from_on=date(timezone.localdate().year, 1, 1)
            )
            for user, (unit, role) in zip(users, posts, strict=True)
        ],
        batch_size=2000,
    )


def _of_level(last: int, level: Level) -> list[Organization]:
    return list(Organization.objects.filter(pk__gt=last, level=level))
