"""What was logged of a case, as plain values the rules of a report count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Window(NamedTuple):
    """What counts as this period (both days), and until when the next one lasts."""

    since: date
    until: date
    next_until: date


class CaseRow(NamedTuple):
    """A case: its names, where it stands, households of the village (None: not known), its plan's approval."""

    uid: str
    name: str
    township: str
    stage: str
    closed_on: date | None
    households: int | None
    planned: bool


class ProblemRow(NamedTuple):
    """A problem; it is on the list from the day its first measure was approved."""

    key: int
    text: str
    closed_on: date | None


class MeasureRow(NamedTuple):
    """An approved measure: since when it is owed, until when, when it was confirmed."""

    key: int
    problem: int
    text: str
    kind: str
    unit: str
    made_on: date
    due_on: date
    done_on: date | None
    result: str
    long_term: bool


class EntryRow(NamedTuple):
    """An entry of progress."""

    measure: int
    on: date
    percent: int | None
    words: str


class ActivityRow(NamedTuple):
    """An entry of the 工作纪实."""

    kind: str
    on: date
    what: str
    households: Sequence[str]
    phoned: Sequence[str]


class TargetRow(NamedTuple):
    """So many more of a target."""

    target: int
    number: int
    on: date


class TargetAsked(NamedTuple):
    """A target of the scheme."""

    key: int
    title: str
    unit: str
    least: int | None


class ProjectRow(NamedTuple):
    """A project's money, in 万元."""

    planned: Decimal
    arrived: Decimal
    spent: Decimal


class Logged(NamedTuple):
    """Everything that was logged of one case."""

    problems: Sequence[ProblemRow] = ()
    measures: Sequence[MeasureRow] = ()
    entries: Sequence[EntryRow] = ()
    activities: Sequence[ActivityRow] = ()
    targets: Sequence[TargetRow] = ()
    projects: Sequence[ProjectRow] = ()
