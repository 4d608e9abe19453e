"""调整培训书记 of the 党内统计表 (domain §5.13): counted from what was recorded, typed by nobody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Need(Protocol):
    """A post vacant or to be replaced; `settled_on` is None while it is open."""

    secretary: bool
    kind: str
    from_start: bool
    settled_on: object
    withdrawn_reason: str


class Course(Protocol):
    """A person trained once; level "county" is 县级及以上."""

    secretary: bool
    level: str
    withdrawn_reason: str


class SecretaryCounts(NamedTuple):
    """年初缺配数, 已选配, 年初需调整数, 已调整, 培训人次, 其中县级及以上."""

    vacant: int
    filled: int
    to_replace: int
    replaced: int
    trained: int
    trained_by_county: int


def secretary_counts(needs: Iterable[Need], courses: Iterable[Course]) -> SecretaryCounts:
    """The six numbers of some cases: only secretaries, only what was so at the year's start, nothing withdrawn."""
    started = [need for need in needs if need.secretary and need.from_start and not need.withdrawn_reason]
    vacant = [need for need in started if need.kind == "vacant"]
    unfit = [need for need in started if need.kind == "replace"]
    trained = [course for course in courses if course.secretary and not course.withdrawn_reason]
    return SecretaryCounts(
        len(vacant),
        sum(need.settled_on is not None for need in vacant),
        len(unfit),
        sum(need.settled_on is not None for need in unfit),
        len(trained),
        sum(course.level == "county" for course in trained),
    )
