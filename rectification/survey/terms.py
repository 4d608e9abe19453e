"""What a selection is about: an assessment going in, a place in the ranking coming out, with its grounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True)
class Assessment:
    """One organization's survey: deductions by criterion number.

    `met` are criteria found to hold without being scored (符合认定). `failed_lookback` is who was reviewed and
    not turned round last year (S0 一). `gone` says why one that merged away is not listed any more; it still counts
    for the quota and keeps its rank.
    """

    key: int
    name: str
    deductions: Mapping[int, Decimal] = field(default_factory=dict)
    met: frozenset[int] = frozenset()
    failed_lookback: bool = False
    gone: str = ""


class Ground(StrEnum):
    """Why an organization is in the list of 拟整顿对象."""

    LOOKBACK = "lookback"
    HARD = "hard"
    MEETS = "meets"
    THRESHOLD = "threshold"
    RANK = "rank"
    TIE = "tie"

    @property
    def label(self) -> str:
        """The ground's words on screen."""
        return _GROUNDS[self]

    @property
    def binding(self) -> bool:
        """Whether it enters regardless of rank and takes a place of the quota (domain §6)."""
        return self in {Ground.LOOKBACK, Ground.HARD}


class FindingSource(StrEnum):
    """Where a finding (具体表现) comes from (issue 3)."""

    SELF_CHECK = "self_check"
    VISIT = "visit"
    REPORT_REVIEW = "report_review"
    PETITION = "petition"
    GRADING = "grading"
    THIRD_CLASS = "third_class"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The source's words on screen."""
        return _SOURCES[self]


_SOURCES = {
    FindingSource.SELF_CHECK: "自查",
    FindingSource.VISIT: "走访",
    FindingSource.REPORT_REVIEW: "述职评议考核",
    FindingSource.PETITION: "信访",
    FindingSource.GRADING: "分类定级",
    FindingSource.THIRD_CLASS: "考核三类村",
    FindingSource.OTHER: "其他",
}

Grounds: TypeAlias = tuple[Ground, ...]
_GROUNDS = {
    Ground.LOOKBACK: "上年整顿未转化到位，续整",
    Ground.HARD: "符合硬性情形",
    Ground.MEETS: "符合认定情形",
    Ground.THRESHOLD: "扣分达到起点",
    Ground.RANK: "倒排在比例之内",
    Ground.TIE: "与末位同分",
}


@dataclass(frozen=True)
class Place:
    """Where one organization stands: its score, its rank (1 is the lowest score), why it is listed or not.

    `criteria` are the numbers of all criteria met, `threshold` those whose starting points are reached; a reached
    threshold lists by itself only where there is no ratio. `why` is the whole reason in words.
    """

    key: int
    name: str
    score: Decimal
    deducted: Decimal
    rank: int
    grounds: tuple[Ground, ...]
    criteria: tuple[int, ...]
    threshold: tuple[int, ...]
    why: str
    gone: bool = False

    @property
    def listed(self) -> bool:
        """In the list of 拟整顿对象."""
        return bool(self.grounds)

    @property
    def tied(self) -> bool:
        """In only by equal score at the border: the county chooses."""
        return self.grounds == (Ground.TIE,)


@dataclass(frozen=True)
class Selection:
    """A group's ranking with its cut.

    `places` go from the lowest score up. `quota` is None without a ratio. `cut_score` is the highest score that
    still enters by rank, None when nobody does. `tie_seats` is how many of `ties` the quota still needs: all of
    them enter the list, and the county takes at least so many. `shortfall` is how many the quota lacks because too
    few organizations have any deduction.
    """

    places: tuple[Place, ...]
    quota: int | None
    cut_score: Decimal | None
    tie_seats: int
    shortfall: int

    @property
    def listed(self) -> tuple[Place, ...]:
        """The 拟整顿对象."""
        return tuple(place for place in self.places if place.listed)

    @property
    def ties(self) -> tuple[Place, ...]:
        """Those in by equal score at the border."""
        return tuple(place for place in self.places if place.tied)
