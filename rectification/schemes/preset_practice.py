"""How a place goes about it: what its paper says beyond criteria, phases and points. Every part may be empty.

What a paper names without listing it stands here as an empty place to fill in (`Gap`), so that nothing is invented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from organizations.rules import Field, Level
from rectification.schemes import terms
from rectification.schemes.practice_terms import INPUTS, LEADERSHIP, PROVISIONS
from rectification.schemes.preset_parts import PresetText, Sourced, sourced
from rectification.schemes.preset_reading import MonthDay, Table

FORM_KINDS = ("self_check", "dragnet", "revisit")


@dataclass(frozen=True)
class Gap(Sourced):
    """An empty place: the part of the preset a person must fill in, and why it is empty."""

    part: str
    text: str

    @classmethod
    def read(cls, table: Table) -> Gap:
        """Read it from its table."""
        return cls(
            part=table.text("part", longest=40), text=table.text("text", longest=200), **sourced(table)
        )


@dataclass(frozen=True)
class PresetAspect(Sourced):
    """方面: a group of types (类型) of weakness; name and types may still be empty."""

    name: str
    types: tuple[str, ...]

    @classmethod
    def read(cls, table: Table) -> PresetAspect:
        """Read it from its table."""
        return cls(
            name=table.text("name", longest=60, needed=False), types=table.words("types"), **sourced(table)
        )


@dataclass(frozen=True)
class PresetSurveyForm(Sourced):
    """A survey form beside the scores: 自查 topics, "拉网式"摸排, 回访调研; each question is answered in words."""

    key: str
    title: str
    kind: str
    questions: tuple[str, ...]

    @classmethod
    def read(cls, table: Table) -> PresetSurveyForm:
        """Read it from its table."""
        return cls(
            key=table.text("key", longest=40),
            title=table.text("title", longest=60),
            kind=table.choice("kind", FORM_KINDS),
            questions=table.words("questions"),
            **sourced(table),
        )


@dataclass(frozen=True)
class PresetContact(Sourced):
    """Leaders who owe a case; `fields` are the kinds of organization that fulfil it, none: any."""

    text: str
    fields: tuple[str, ...]

    @classmethod
    def read(cls, table: Table) -> PresetContact:
        """Read it from its table."""
        fields = table.fields("fields", Field) if "fields" in table.values else ()
        return cls(text=table.text("text", longest=200), fields=fields, **sourced(table))


@dataclass(frozen=True)
class PresetKeyed(Sourced):
    """A sentence known by a key: what is looked at beside the score, or a provision of the paper."""

    key: str
    text: str

    @classmethod
    def read(cls, table: Table, known: Mapping[str, str]) -> PresetKeyed:
        """Read it from its table; the key is one of those known."""
        return cls(key=table.choice("key", known), text=table.text("text", longest=200), **sourced(table))

    @classmethod
    def read_input(cls, table: Table) -> PresetKeyed:
        """What is looked at beside the score."""
        return cls.read(table, INPUTS)

    @classmethod
    def read_provision(cls, table: Table) -> PresetKeyed:
        """What the paper provides."""
        return cls.read(table, PROVISIONS)


@dataclass(frozen=True)
class PresetInspection(Sourced):
    """督导: how often whom looks, announced or not; `ranking` is a 通报 with ranking of units by progress.

    `ranking` is what a new scheme starts with, and off unless a person switches it on (domain §5.8).
    """

    key: str
    title: str
    rhythm: str
    times: int
    level: str
    announced: bool
    ranking: bool

    @classmethod
    def read(cls, table: Table) -> PresetInspection:
        """Read it from its table; a rhythm may be missing where the paper gives none."""
        return cls(
            key=table.text("key", longest=40),
            title=table.text("title", longest=100),
            rhythm=table.choice("rhythm", terms.Rhythm, needed=False),
            times=table.whole("times", default=1),
            level=table.choice("level", Level),
            announced=table.flag("announced"),
            ranking=table.flag("ranking"),
            **sourced(table),
        )


@dataclass(frozen=True)
class PresetTarget(Sourced):
    """What each case is to reach in the year: at least `least`, at most `most` (None: open) of `unit`.

    `least` None is counted without a set number.
    """

    key: str
    title: str
    unit: str
    least: int | None
    most: int | None

    @classmethod
    def read(cls, table: Table) -> PresetTarget:
        """Read it from its table."""
        least, most = table.number("least", needed=False), table.number("most", needed=False)
        if least is not None and most is not None and most < least:
            table.wrong("most", f"“most”的 {terms.plain(most)} 小于“least”的 {terms.plain(least)}")
        return cls(
            key=table.text("key", longest=40),
            title=table.text("title", longest=60),
            unit=table.text("unit", longest=10),
            least=None if least is None else int(least),
            most=None if most is None else int(most),
            **sourced(table),
        )


@dataclass(frozen=True)
class PresetTreatment(Sourced):
    """What is done with one kind of weakness, by which day; the day is empty where the paper says only 限期."""

    criterion: int
    text: str
    due: MonthDay | None

    @classmethod
    def read(cls, table: Table) -> PresetTreatment:
        """Read it from its table."""
        return cls(
            criterion=table.whole("criterion"),
            text=table.text("text", longest=200),
            due=table.month_day("due", needed=False),
            **sourced(table),
        )


@dataclass(frozen=True)
class PresetStarter(Sourced):
    """措施参考: a measure as the papers word it, for one kind of weakness; `criterion` 0 is for every kind."""

    criterion: int | None
    text: str

    @classmethod
    def read(cls, table: Table) -> PresetStarter:
        """Read it from its table."""
        return cls(
            criterion=table.whole("criterion", default=0) or None,
            text=table.text("text", longest=200),
            **sourced(table),
        )


@dataclass(frozen=True)
class PresetLeadership(Sourced):
    """Who leads, by office and never by name; `key` is 领导小组, 办公室, 第一责任人, 直接责任人 …"""

    key: str
    text: str

    @classmethod
    def read(cls, table: Table) -> PresetLeadership:
        """Read it from its table, where the key is called role."""
        return cls(
            key=table.choice("role", LEADERSHIP), text=table.text("text", longest=200), **sourced(table)
        )


@dataclass(frozen=True)
class Practice:
    """Everything of the kind, in the order of the year."""

    gaps: tuple[Gap, ...]
    aspects: tuple[PresetAspect, ...]
    survey_forms: tuple[PresetSurveyForm, ...]
    inputs: tuple[PresetKeyed, ...]
    departments: tuple[PresetText, ...]
    treatments: tuple[PresetTreatment, ...]
    starters: tuple[PresetStarter, ...]
    provisions: tuple[PresetKeyed, ...]
    targets: tuple[PresetTarget, ...]
    inspections: tuple[PresetInspection, ...]
    leadership: tuple[PresetLeadership, ...]

    @classmethod
    def read(cls, top: Table) -> Practice:
        """Read it from the top table of a preset."""
        return cls(
            gaps=_all(top, "gaps", Gap.read),
            aspects=_all(top, "aspects", PresetAspect.read),
            survey_forms=_all(top, "survey_forms", PresetSurveyForm.read),
            inputs=_all(top, "inputs", PresetKeyed.read_input),
            departments=_all(top, "departments", PresetText.read),
            treatments=_all(top, "treatments", PresetTreatment.read),
            starters=_all(top, "starters", PresetStarter.read),
            provisions=_all(top, "provisions", PresetKeyed.read_provision),
            targets=_all(top, "targets", PresetTarget.read),
            inspections=_all(top, "inspections", PresetInspection.read),
            leadership=_all(top, "leadership", PresetLeadership.read),
        )


P = TypeVar("P", bound=Sourced)


def _all(top: Table, key: str, read: Callable[[Table], P]) -> tuple[P, ...]:
    return tuple(read(table) for table in top.tables(key, needed=False))
