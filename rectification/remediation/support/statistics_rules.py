"""调整培训书记 of the 党内统计表 (domain §5.13): which recorded needs and courses make its six numbers.

A need is a post that was vacant or to be replaced (`secretary`, `kind`, `from_start`, `settled_on`), a course one
person trained once (`secretary`, `level`; "county" is 县级及以上); withdrawn ones do not reach these rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Recorded = Mapping[str, Any]


def vacant(need: Recorded) -> bool:
    """年初缺配数: a secretary's post that was vacant at the year's start."""
    return _of_the_start(need) and need["kind"] == "vacant"


def filled(need: Recorded) -> bool:
    """已选配: of these, filled since."""
    return vacant(need) and need["settled_on"] is not None


def to_replace(need: Recorded) -> bool:
    """年初需调整数: a secretary who was to be replaced at the year's start."""
    return _of_the_start(need) and need["kind"] == "replace"


def replaced(need: Recorded) -> bool:
    """已调整: of these, replaced since."""
    return to_replace(need) and need["settled_on"] is not None


def trained(course: Recorded) -> bool:
    """培训人次: a secretary on one course."""
    return bool(course["secretary"])


def trained_by_county(course: Recorded) -> bool:
    """其中县级及以上."""
    return trained(course) and course["level"] == "county"


def _of_the_start(need: Recorded) -> bool:
    return bool(need["secretary"] and need["from_start"])
