"""The year's schemes: this year's from the city, last year's from one county, put in force."""

from accounts.roles import Role
from organizations.models import Appointment, Organization
from organizations.rules import OFFICER, Level
from rectification.duties import actions as duties
from rectification.schemes import actions
from rectification.schemes.models import Process, Scheme, StepMode
from rectification.schemes.parts import PARTS
from reports.demo.places import CITY
from reports.demo.world import World

PRESET = "a_yueyang_2015"
COUNTY = "青禾县"
# How this year's list is decided: process, step, level, post, mode, whether it is the one that determines
STEPS = tuple(
    (Process.DETERMINATION, name, level, OFFICER[level], mode, decides)
    for name, level, mode, decides in (
        ("乡镇（街道）党（工）委初定", Level.TOWNSHIP, StepMode.RECORD, False),
        ("部门联审", Level.COUNTY, StepMode.JOINT, False),
        ("县（市、区）委组织部审核", Level.COUNTY, StepMode.HANDLE, False),
        ("县（市、区）委常委会审定", Level.COUNTY, StepMode.RECORD, True),
        ("在一定范围内公布", Level.COUNTY, StepMode.PUBLISH, False),
    )
)


def of_last_year(world: World) -> Scheme:
    """青禾县 worked by a scheme of its own a year ago."""
    post = world.post(COUNTY, Role.COUNTY_OFFICER)
    return _in_force(world, post, world.unit(COUNTY), 1, "青组发〔{year}〕6号", cap=60)


def of_this_year(world: World) -> Scheme:
    """The city's scheme, on which every county works this year; longer extensions are allowed in it."""
    post = world.post(CITY, Role.CITY_REVIEWER)
    return _in_force(world, post, world.unit(CITY), 0, "云组发〔{year}〕3号", cap=330, steps=STEPS)


def _in_force(
    world: World,
    post: Appointment,
    issuer: Organization,
    years_ago: int,
    number: str,
    cap: int,
    steps: tuple = (),
) -> Scheme:
    year = world.days.year - years_ago
    with world.scene(post, world.days.on(2, 24, years_ago)) as now:
        scheme = actions.create_from_preset(preset_key=PRESET, issuer=issuer, year=year, **now)
        base = scheme.survey_base_on + world.days.shift
        values = {
            "document_number": number.format(year=year),
            "extension_cap_days": cap,
            "survey_base_on": base,
        }
        actions.edit_head(scheme_id=scheme.pk, version=None, values=values, **now)
        if steps:
            rows = [row for row in _moved(world, scheme, "chain") if row["process"] != Process.DETERMINATION]
            rows = [dict(zip(PARTS["chain"].columns, step, strict=True)) for step in steps] + rows
            actions.edit_part(scheme_id=scheme.pk, version=None, part="chain", rows=rows, **now)
        if world.days.shift:
            for part in ("phases", "duty_rules"):
                rows = _moved(world, scheme, part)
                actions.edit_part(scheme_id=scheme.pk, version=None, part=part, rows=rows, **now)
    with world.scene(post, world.days.on(3, 1, years_ago)) as now:
        duties.start_year(scheme_id=scheme.pk, **now)
    return Scheme.objects.select_related("issuer").get(pk=scheme.pk)


def _moved(world: World, scheme: Scheme, part: str) -> list[dict]:
    """The rows as they stand, their days moved with the story."""
    rows = []
    for row in PARTS[part].rows(scheme):
        values = {name: getattr(row, name) for name in PARTS[part].columns} | {"uid": row.uid}
        days = {name: day + world.days.shift for name, day in values.items() if name.endswith("_on") and day}
        rows.append(values | days)
    return rows
