"""The fictitious city: four counties with their townships and villages, a development zone and a system of organs."""

import csv
import io
from random import Random

from accounts.roles import Role
from organizations import actions, divisions
from organizations.division_rules import DIVISION_HEADER
from organizations.models import Organization
from organizations.rules import Field, Level, path_over
from reports.demo.days import at
from reports.demo.world import World

CITY = "云泽市"
COUNTIES = {
    "青禾县": ("990121", ("城关街道", "柳溪镇", "禾塘镇", "松坪镇", "白岩乡", "云岭乡")),
    "澄湖区": ("990102", ("湖滨街道", "文昌街道", "东门街道", "莲湾镇", "渔洲镇", "沙塘乡")),
    "望津市": ("990181", ("津口街道", "北渡镇", "双桥镇", "金沙镇", "芦荡乡", "鹤洲乡")),
    "石岭县": ("990122", ("石门镇", "枫木镇", "清泉镇", "银坑镇", "黑石乡", "大岭乡")),
}
ZONE, HARBOUR, ORGANS = "云泽经济技术开发区", "临港街道", "云泽市直属机关工作委员会"
FIRST = "石枫柳桐樟竹青白金银龙凤荷莲茶松梅云杨枣桂楠"
SECOND = ("桥", "林", "塘", "湾", "坪", "冲", "垅", "岗", "井", "溪", "源", "洲", "坡", "畈")
STREETS = ("河街", "新街", "北街", "书院", "桥头", "东风", "和平", "新民", "团结", "建设")
VILLAGES, COMMUNITIES = 10, 2
# Names the story speaks of; they come first in their township
NAMED = {
    "城关街道": ("桃园社区",),
    "柳溪镇": ("石桥村", "枫林村", "大塘村", "河街社区"),
    "禾塘镇": ("竹山村", "桂花村"),
    "松坪镇": ("梅冲村", "杨湾村"),
    "白岩乡": ("青石村", "龙井村"),
    "云岭乡": ("金竹村", "茶亭村"),
    "莲湾镇": ("荷叶村", "柳岸村", "新滩村"),
    "渔洲镇": ("白沙村", "渡口村"),
    "沙塘乡": ("古塘村",),
    "东门街道": ("锦绣社区",),
    "北渡镇": ("双井村", "老渡村"),
    "金沙镇": ("沙坪村", "银滩村"),
    "芦荡乡": ("芦花村",),
    "鹤洲乡": ("鹤鸣村",),
    "津口街道": ("临江社区",),
}
DEPARTMENTS = {"青禾县教育局党委": ("青禾县第二中学", "青禾县实验小学", "青禾县职业中专")}
ENTERPRISES = {"青禾县非公有制企业党委": ("禾丰米业公司党支部", "云溪竹木制品公司党支部")}


def build(world: World) -> None:
    """Load the tree as an official divisions file would bring it; what has no code is made by hand later."""
    rows = [("99", "云州省", "province", ""), ("9901", CITY, "city", "99")]
    for county, (code, townships) in COUNTIES.items():
        rows.append((code, county, "county", "9901"))
        used = {name for names in NAMED.values() for name in names}
        for number, township in enumerate(townships, 1):
            above = f"{code}{number:03}"
            rows.append((above, township, "township", code))
            rows += _villages(above, township, used, world.rng)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([DIVISION_HEADER, *rows])
    divisions.import_divisions(
        text.getvalue().splitlines(keepends=True), by=None, at=at(world.days.on(1, 8, 1))
    )
    remember(world)


def _villages(above: str, township: str, used: set[str], rng: Random) -> list[tuple[str, str, str, str]]:
    """A street has more communities than villages, a town the other way round."""
    villages, communities = (4, 8) if township.endswith("街道") else (VILLAGES, COMMUNITIES)
    named = NAMED.get(township, ())
    told = [name for name in named if name.endswith("村")]
    told += _new_names(villages - len(told), used, rng)
    blocks = [name.removesuffix("社区") for name in named if name.endswith("社区")]
    blocks += [name for name in rng.sample(STREETS, communities + 1) if name not in blocks]
    blocks = blocks[:communities]
    return [
        *((f"{above}{200 + n}", f"{name}民委员会", "grassroots", above) for n, name in enumerate(told, 1)),
        *((f"{above}{n:03}", f"{name}社区居委会", "grassroots", above) for n, name in enumerate(blocks, 1)),
    ]


def _new_names(count: int, used: set[str], rng: Random) -> list[str]:
    names: list[str] = []
    while len(names) < count:
        name = f"{rng.choice(FIRST)}{rng.choice(SECOND)}村"
        if name not in used:
            used.add(name)
            names.append(name)
    return names


def remember(world: World) -> None:
    """Units by their names in the story; a village is told with its township."""
    above: dict[str, Organization] = {}
    for unit in Organization.objects.all():
        above[unit.path] = unit
        if unit.level == Level.GRASSROOTS:
            world.units[f"{above[path_over(unit.path)].short_name}/{unit.short_name}"] = unit
        else:
            world.units[unit.name] = unit


def by_hand(world: World) -> None:
    """What stands in no official file: the zone, the city's organs, a county's schools and firms."""
    keeper = world.post(CITY, Role.SYSTEM_ADMIN)
    with world.scene(keeper, world.days.on(1, 9, 1)) as now:
        zone = _make(world, CITY, ZONE, Level.COUNTY, now, party_name="云泽经济技术开发区党工委")
        _make(world, zone.name, HARBOUR, Level.TOWNSHIP, now)
        for name in ("港前社区", "港后社区", "物流园社区"):
            _make(world, HARBOUR, name, Level.GRASSROOTS, now, field=Field.COMMUNITY)
        _make(world, HARBOUR, "临港装备公司党支部", Level.GRASSROOTS, now, field=Field.PRIVATE)
        _make(world, CITY, ORGANS, Level.COUNTY, now, party_name="云泽市直机关工委")
        for name in ("市发展和改革委员会机关党委", "市交通运输局机关党委", "市水利局机关党委"):
            _make(world, ORGANS, name, Level.GRASSROOTS, now, field=Field.AGENCY)
        for kind, systems in ((Field.SCHOOL, DEPARTMENTS), (Field.PRIVATE, ENTERPRISES)):
            for system, members in systems.items():
                _make(world, "青禾县", system, Level.TOWNSHIP, now, party_name=system)
                for name in members:
                    _make(world, system, name, Level.GRASSROOTS, now, field=kind)


def _make(world: World, above: str, name: str, level: Level, now: dict, **given: str) -> Organization:
    parent = world.unit(above)
    unit = actions.create_unit(parent_id=parent.pk, name=name, level=level, **given, **now)
    world.units[name if level != Level.GRASSROOTS else f"{above}/{name}"] = unit
    return unit
