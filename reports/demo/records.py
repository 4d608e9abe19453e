"""What is known of each organization beside its facts: a year's grade, assessment and petitions, and its committee."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random

from accounts.roles import Role
from organizations import record_actions
from organizations.models import Organization
from organizations.record_models import Grade
from organizations.rules import Field, Level
from reports.demo import other_units, this_year
from reports.demo.people import GIVEN, SURNAMES
from reports.demo.places import COUNTIES, DEPARTMENTS, ENTERPRISES
from reports.demo.world import SEED, World

WEAK = {**this_year.WEAK, **other_units.LAKE_WEAK, **other_units.FERRY_WEAK}
PROBLEM = "抓党建主动性不够，“三会一课”不规范，为民服务不到位"
ELECTED = (2021, 3)  # when the committees of the story came into office, and its seniors before them


def write_down(world: World) -> None:
    """Each township for its own units, in January: last year's record, and who sits in the committee."""
    rng = Random(SEED + 1)  # of its own, so that the story told so far stays as it is
    townships = [name for _code, names in COUNTIES.values() for name in names]
    for township in (*townships, *DEPARTMENTS, *ENTERPRISES):
        post = world.post(township, Role.TOWNSHIP_OFFICER)
        for years_ago in (1, 0):
            with world.scene(post, world.days.on(1, 20, years_ago), 15) as now:
                for name, unit in _of(world, township):
                    year = world.days.year - years_ago - 1
                    facts = _record(rng, name, unit)
                    record_actions.save_record(unit_id=unit.pk, year=year, facts=facts, version=None, **now)
        with world.scene(post, world.days.on(1, 21), 10) as now:
            for name, unit in _of(world, township):
                _committee(world, rng, name, unit, now)


def _of(world: World, township: str) -> Iterator[tuple[str, Organization]]:
    """The grassroots units of a township, with their names in the story."""
    for name, unit in world.units.items():
        if name.startswith(f"{township}/") and unit.level == Level.GRASSROOTS:
            yield name, unit


def _record(rng: Random, name: str, unit: Organization) -> dict:
    weak = name in WEAK
    usual = (Grade.GOOD, Grade.FAIR, Grade.FAIR, Grade.PLAIN)
    facts = {
        "grade": Grade.POOR if weak else rng.choice(usual),
        "petitions": rng.randrange(3, 9) if weak else rng.randrange(3),
        "review_problems": PROBLEM if weak else "",
    }
    if unit.field == Field.VILLAGE:
        facts |= {"committee_class": 3 if weak else rng.choice((1, 1, 2))}
        facts |= {"income": Decimal(rng.randrange(300, 4200)) / 100}
    return facts


def _committee(world: World, rng: Random, name: str, unit: Organization, now: dict) -> None:
    """A secretary since the last election or long before; where the story says so, the post stands empty."""
    since = date(ELECTED[0] - rng.choice((0, 0, 4, 7)), ELECTED[1], rng.randrange(1, 28))
    vacant = 1 in WEAK.get(name, ())
    record_actions.add_post(
        unit_id=unit.pk,
        title="党组织书记",
        secretary=True,
        holder="" if vacant else rng.choice(SURNAMES) + rng.choice(GIVEN),
        since_on=world.days.on(8, 15, 1) if vacant else since,
        **now,
    )
    record_actions.add_post(
        unit_id=unit.pk,
        title="组织委员",
        secretary=False,
        holder=rng.choice(SURNAMES) + rng.choice(GIVEN),
        since_on=since,
        **now,
    )
