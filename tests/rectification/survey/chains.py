"""Chains of the determination for tests, and a list on its way along one."""

from rectification.schemes.models import Process

JOINT = ("部门联审", "county", "county_officer", "joint")
COUNTY = ("县委组织部研判", "county", "county_officer", "handle")
MEETING = ("县委常委会审定", "county", "county_officer", "record")
PUBLISH = ("公布", "county", "county_officer", "publish")


def chain(scheme, *steps):
    """Replace the determination's chain: (name, level, role, mode); the meeting decides."""
    scheme.chain.filter(process=Process.DETERMINATION).delete()
    for order, (name, level, role, mode) in enumerate(steps, 1):
        scheme.chain.create(
            process=Process.DETERMINATION,
            order=order,
            name=name,
            level=level,
            role=role,
            mode=mode,
            decides=name == MEETING[0],
        )


def on_its_way(year, *steps):
    """石桥村 and 新枫林村 proposed under this chain, 上塘村 just below the line."""
    chain(year.scheme, *steps)
    for name, points in (("石桥村", 9), ("新枫林村", 8), ("上塘村", 2)):
        year.score(name, c1=points)
    year.close_scoring()
    return year.propose("石桥村", "新枫林村")
