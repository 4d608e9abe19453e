"""The three ways of selecting side by side on one set of scores: who is in, who would enter, who would leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rectification.schemes.terms import Criterion, Mode
from rectification.survey.rules import group_quota, select
from rectification.survey.terms import Assessment, Ground, Place, Selection


@dataclass(frozen=True)
class ModeColumn:
    """One mode's list against the scheme's own: places from the lowest score up.

    `enter` are listed here and not under the scheme's own mode, `leave` the other way round. `quota`, `tie_seats`
    and `shortfall` are those of all groups together (quota None without a ratio).
    """

    mode: Mode
    own: bool
    listed: tuple[Place, ...]
    enter: tuple[Place, ...]
    leave: tuple[Place, ...]
    quota: int | None
    tie_seats: int
    shortfall: int

    @property
    def ties(self) -> tuple[Place, ...]:
        """In by equal score at the border only."""
        return tuple(place for place in self.listed if place.tied)

    @property
    def hard(self) -> tuple[Place, ...]:
        """In by a hard criterion."""
        return self._with(Ground.HARD)

    @property
    def carried(self) -> tuple[Place, ...]:
        """In because they were not turned round last year."""
        return self._with(Ground.LOOKBACK)

    def _with(self, ground: Ground) -> tuple[Place, ...]:
        return tuple(place for place in self.listed if ground in place.grounds)


@dataclass(frozen=True)
class ModeRow:
    """One organization under every mode: where it stands and whether it is in (mode → its place)."""

    key: int
    name: str
    score: Decimal
    rank: int
    places: Mapping[Mode, Place]

    @property
    def listed(self) -> bool:
        """In under any mode."""
        return any(place.listed for place in self.places.values())

    @property
    def differs(self) -> bool:
        """In under some modes and out under others."""
        return len({place.listed for place in self.places.values()}) > 1


@dataclass(frozen=True)
class ModeComparison:
    """All modes side by side: a column each, and a row for every organization that is in under any of them."""

    columns: tuple[ModeColumn, ...]
    rows: tuple[ModeRow, ...]

    def column(self, mode: str) -> ModeColumn:
        """The column of one mode."""
        return next(one for one in self.columns if one.mode == mode)


@dataclass(frozen=True)
class RankedGroup:
    """Organizations ranked together: those of the fields of one quota row (`percent` None: no ratio set).

    quota: the least number where it is known already, because townships survey some organizations by themselves.
    """

    assessments: Sequence[Assessment]
    percent: Decimal | None = None
    quota: int | None = None


def compare_modes(
    groups: Sequence[RankedGroup],
    *,
    criteria: Sequence[Criterion],
    own_mode: str,
    full_marks: Decimal,
    everyone: bool = False,
) -> ModeComparison:
    """Who is in under each of the three modes, for all groups of a county together.

    own_mode: the mode the others are held against. everyone: a row also for who is in under none of them. The groups
    are those of the quota rows, also for the modes that do not use the share. Ranks are within the group,
    keys unique in the county. Linear but for the sorting: 500 organizations take well under a second.
    """
    chosen = {mode: [_select(group, criteria, mode, full_marks) for group in groups] for mode in Mode}
    places = {
        mode: {place.key: place for selection in selections for place in selection.places}
        for mode, selections in chosen.items()
    }
    own = places[Mode(own_mode)]
    columns = tuple(_column(mode, chosen[mode], own, mode == own_mode) for mode in Mode)
    rows = [
        ModeRow(key, place.name, place.score, place.rank, {mode: places[mode][key] for mode in Mode})
        for key, place in own.items()
        if everyone or any(places[mode][key].listed for mode in Mode)
    ]
    return ModeComparison(columns, tuple(sorted(rows, key=lambda row: (row.score, row.key))))


def _select(group: RankedGroup, criteria: Sequence[Criterion], mode: Mode, full_marks: Decimal) -> Selection:
    """A group under one mode; the quota is pooled over the group and rounded up once (domain §6)."""
    quota = group.quota
    if quota is None:
        quota = group_quota({"": len(group.assessments)}, ("",), group.percent)
    return select(group.assessments, criteria=criteria, mode=mode, quota=quota, full_marks=full_marks)


def _column(
    mode: Mode, selections: Sequence[Selection], own: Mapping[int, Place], is_own: bool
) -> ModeColumn:
    every = sorted(
        (place for selection in selections for place in selection.places),
        key=lambda place: (place.score, place.key),
    )
    quotas = [selection.quota for selection in selections if selection.quota is not None]
    return ModeColumn(
        mode=mode,
        own=is_own,
        listed=tuple(place for place in every if place.listed),
        enter=tuple(place for place in every if place.listed and not own[place.key].listed),
        leave=tuple(own[place.key] for place in every if not place.listed and own[place.key].listed),
        quota=sum(quotas) if quotas else None,
        tie_seats=sum(selection.tie_seats for selection in selections),
        shortfall=sum(selection.shortfall for selection in selections),
    )
