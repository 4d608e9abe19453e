"""Chains of the determination for tests, and a list on its way along one."""

from tests import cast

JOINT = ("部门联审", "county", "county_officer", "joint")
COUNTY = ("县委组织部研判", "county", "county_officer", "handle")
MEETING = ("县委常委会审定", "county", "county_officer", "record")
PUBLISH = ("公布", "county", "county_officer", "publish")


def chain(scheme, *steps):
    """Replace the determination's chain: (name, level, role, mode); the meeting decides."""
    cast.determination_chain(scheme, [(*step, step[0] == MEETING[0]) for step in steps])


def on_its_way(year, *steps):
    """石桥村 and 新枫林村 proposed under this chain, 上塘村 just below the line."""
    chain(year.scheme, *steps)
    for name, points in (("石桥村", 9), ("新枫林村", 8), ("上塘村", 2)):
        year.score(name, c1=points)
    year.close_scoring()
    return year.propose("石桥村", "新枫林村")
