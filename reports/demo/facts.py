"""What is known of each unit, written down by its township: households, members, income."""

from decimal import Decimal

from accounts.roles import Role
from organizations import actions
from organizations.rules import Field, Level
from reports.demo.places import COUNTIES, DEPARTMENTS, ENTERPRISES
from reports.demo.world import World

POOR = frozenset({"白岩乡/青石村", "云岭乡/茶亭村", "大岭乡"})
VENUES = ("村部办公楼（2019年建）", "党群服务中心 260 平方米", "与村小学合用", "党群服务中心 180 平方米")
CONSTRUCTION = frozenset({"柳溪镇/石桥村"})


def write_down(world: World) -> None:
    """Each township its own units, on one day in January of last year."""
    townships = [name for _code, names in COUNTIES.values() for name in names]
    for township in (*townships, *DEPARTMENTS, *ENTERPRISES):
        with world.scene(world.post(township, Role.TOWNSHIP_OFFICER), world.days.on(1, 15, 1)) as now:
            for name, unit in world.units.items():
                if name.startswith(f"{township}/") and unit.level == Level.GRASSROOTS:
                    facts = _village(world, name) if unit.code.isdecimal() else _office(world)
                    facts |= _party(unit.short_name, facts["members"], unit.field)
                    actions.edit_facts(unit_id=unit.pk, version=None, facts=facts, **now)


def _village(world: World, name: str) -> dict:
    rng = world.rng
    households = rng.randrange(180, 760)
    return {
        "households": households,
        "population": households * rng.randrange(33, 41) // 10,
        "members": rng.randrange(24, 96),
        "groups": rng.randrange(3, 7),
        "income": Decimal(rng.randrange(300, 4200)) / 100,
        "venue": rng.choice(VENUES),
        "poor_village": name in POOR,
        "construction_village": name in CONSTRUCTION,
    }


def _office(world: World) -> dict:
    return {"members": world.rng.randrange(12, 60), "groups": world.rng.randrange(1, 4)}


def _party(short_name: str, members: int, field: str) -> dict:
    """A branch up to fifty members, a general branch above (党章 and its rules know no more than that here)."""
    kind, word = ("general", "党总支") if members > 50 else ("branch", "党支部")
    return {"party_type": kind, "party_name": short_name if field == Field.PRIVATE else f"{short_name}{word}"}
