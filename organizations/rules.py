"""What can be known of an organization from its code and its published name alone (issue 2 §2)."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from accounts.roles import Role


class Level(StrEnum):
    """The five levels of the tree, from the top."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    GRASSROOTS = "grassroots"

    @property
    def label(self) -> str:
        """The level's word on screen."""
        return _LEVEL_LABELS[self]

    @property
    def depth(self) -> int:
        """1 for the province … 5 for the grassroots."""
        return list(Level).index(self) + 1


_LEVEL_LABELS = {
    Level.PROVINCE: "省",
    Level.CITY: "市",
    Level.COUNTY: "县（市、区）",
    Level.TOWNSHIP: "乡镇（街道）",
    Level.GRASSROOTS: "村（社区）等基层",
}


OFFICER = {
    Level.CITY: Role.CITY_REVIEWER,
    Level.COUNTY: Role.COUNTY_OFFICER,
    Level.TOWNSHIP: Role.TOWNSHIP_OFFICER,
    Level.GRASSROOTS: Role.VILLAGE_REPORTER,
}
"""Who does a unit's work in the system, by its level (domain §1)."""


SECOND_FACTOR_LEVELS = frozenset({Level.PROVINCE, Level.CITY, Level.COUNTY})
"""Whose posts sign in with a second factor, and prove anew who they are for a whole unit's file."""


class Field(StrEnum):
    """领域: the kind of place a grassroots organization works in (domain §3)."""

    VILLAGE = "village"
    COMMUNITY = "community"
    AGENCY = "agency"
    INSTITUTION = "institution"
    SOE = "soe"
    SCHOOL = "school"
    PRIVATE = "private"
    SOCIAL = "social"

    @property
    def label(self) -> str:
        """The field's word on screen and in rosters."""
        return FIELDS[self]


FIELDS = {
    Field.VILLAGE: "村",
    Field.COMMUNITY: "社区",
    Field.AGENCY: "机关",
    Field.INSTITUTION: "事业单位",
    Field.SOE: "国有企业",
    Field.SCHOOL: "学校",
    Field.PRIVATE: "非公企业",
    Field.SOCIAL: "社会组织",
}

CODE_LENGTHS = {
    2: Level.PROVINCE,
    4: Level.CITY,
    6: Level.COUNTY,
    9: Level.TOWNSHIP,
    12: Level.GRASSROOTS,
}
"""Digits of a statistical code (统计用区划代码) and the level they mean."""

NAME_LENGTH = 100


def level_of_code(code: str) -> Level | None:
    """The level a statistical code belongs to by its number of digits; None if it is no such code."""
    if not re.fullmatch(r"[0-9]+", code):
        return None
    return CODE_LENGTHS.get(len(code))


class FieldReading(NamedTuple):
    """A field read from a name, or the Chinese reason why a person must decide; one of the two is None."""

    field: Field | None
    reason: str | None


_VILLAGE_ENDINGS = ("村民委员会", "村委会", "村")
_COMMUNITY_ENDINGS = ("居民委员会", "居委会", "社区")
_BOTH_ENDINGS = ("社区村委会", "社区村民委会", "社区村委员会", "社区村民委员会")
_IS_VILLAGE = FieldReading(Field.VILLAGE, None)
_IS_COMMUNITY = FieldReading(Field.COMMUNITY, None)


def read_field(name: str) -> FieldReading:
    """The field a published grassroots name shows, never guessed silently (issue 2 §2).

    …村委会/…村民委员会/…村 are villages, …居委会/…居民委员会/…社区 are communities; so "…渔场村" is a
    village by its own name. What the statistics put beside them (类似…, 虚拟…, 生活区), a name that says both
    and everything else is left to a person.
    """
    name = name.strip()
    for word in ("类似", "虚拟", "生活区"):
        if word in name:
            return FieldReading(None, f"名称含“{word}”，属统计上的类似单位，请人工确定领域")
    if name.endswith(_BOTH_ENDINGS):
        return FieldReading(None, "名称同时含“社区”和“村委会”，请人工确定领域")
    if name.endswith(_VILLAGE_ENDINGS):
        return _IS_VILLAGE
    if name.endswith(_COMMUNITY_ENDINGS):
        return _IS_COMMUNITY
    return FieldReading(None, "名称看不出是村还是社区，请人工确定领域")


def field_of(name: str) -> Field | None:
    """The field of a published name, or None where a person must decide (see `read_field` for why)."""
    return read_field(name).field


def short_name(name: str) -> str:
    """The everyday name, made only of words that are in the published one.

    七家沟村委会 → 七家沟村; 三村村民委员会 → 三村; 新华社区居委会 → 新华社区; 狮山居民委员会 → 狮山居委会: the
    last keeps 居委会, because calling it 狮山社区 would invent a name (and a township may have both 月田村
    and 月田居民委员会). Every other name is its own short name; a person may change it.
    """
    name = name.strip()
    for ending in ("村委会", "村民委员会", "居委会", "居民委员会"):
        place = name.removesuffix(ending)
        if place == name or not place:
            continue
        if ending[0] == "村":
            return place if place[1:].endswith("村") else place + "村"
        return place if place[1:].endswith("社区") else place + "居委会"
    return name


def organ_name(level: Level, name: str) -> str:
    """The party organ of a unit as papers call it (domain §1): 平江县委, 岳阳楼区委, 西塘镇党委, 岳阳楼街道党工委.

    屈原管理区党委, 经济技术开发区党工委 and 南湖风景区工委 follow S0's list of addressees. A unit of another
    kind (管理处, 公务中心, a grassroots unit) is called …党组织, which claims no type it may not have; its own
    party name, where known, goes before this one.
    """
    if level is Level.GRASSROOTS:
        return short_name(name) + "党组织"
    for endings, organ in _ORGANS:
        if name.endswith(endings):
            return name + organ
    return name + "党组织"


_ORGANS = (
    (("管理区", "镇", "乡"), "党委"),
    (("开发区", "经开区", "高新区", "街道"), "党工委"),
    (("风景区",), "工委"),
    (("省", "市", "县", "区", "州", "盟", "旗"), "委"),
)


def placement_refusal(unit: Level, above: Level) -> str | None:
    """Why a unit of one level may not stand under one of another, in Chinese; None when it may.

    Levels may be left out (a city's 直属 grassroots unit), as 经开区 and the systems of domain §1 need, but a unit
    never stands under its equal or under a lower one.
    """
    if above is Level.GRASSROOTS:
        return "基层党组织之下不设单位"
    if unit.depth <= above.depth:
        return f"“{unit.label}”一级不能设在“{above.label}”一级之下"
    return None


PATH_STEP = 4
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
AFTER_ALL = "["  # the character after Z in C collation


def paths_to(path: str) -> list[str]:
    """The paths from the top of the tree down to this one, itself the last."""
    return [path[:end] for end in range(PATH_STEP, len(path) + 1, PATH_STEP)]


def paths_over(path: str) -> list[str]:
    """The paths of the units over this one, from the top."""
    return paths_to(path)[:-1]


def path_over(path: str) -> str:
    """The path right over this one; "" at the top."""
    return path[:-PATH_STEP]


def range_end(path: str) -> str:
    """The first path after a subtree: `path >= p AND path < range_end(p)` is exactly p and what is under it.

    Paths are steps of four characters 0-9A-Z, compared byte by byte (C collation). Normally the next sibling;
    after a step ZZZZ the next sibling of the parent (never "parent+1, 0000", which would take in that parent's
    sibling itself), and after a root ZZZZ a text behind every path. Raises ValueError for what is no path.
    """
    if not path or len(path) % PATH_STEP or any(char not in _ALPHABET for char in path):
        raise ValueError(f"not a tree path: {path!r}")
    while path and path.endswith("Z" * PATH_STEP):
        path = path[:-PATH_STEP]
    if not path:
        return AFTER_ALL
    stem = path.rstrip("Z")
    raised = stem[:-1] + _ALPHABET[_ALPHABET.index(stem[-1]) + 1]
    return raised + "0" * (len(path) - len(raised))
