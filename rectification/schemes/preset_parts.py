"""The parts of a preset as typed values, each read from its table of the file."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TypedDict

from accounts.roles import Role
from organizations.rules import Field, Level
from rectification.schemes import terms
from rectification.schemes.date_rules import SERIES
from rectification.schemes.preset_reading import MonthDay, Table

STAGES = ("lookback", "survey", "remediation", "consolidation", "acceptance")
SUBJECTS = ("unit", "unit_with_case", "case")
PROCESSES = ("lookback", "determination", "plan", "closing", "inspection", "filing", "acceptance", "sign_off")
"""The processes a preset may say the takers of, in the order of the year."""
DEBTORS = ("leader", "team", "first_secretary", "helping_unit")
SHIFTS = ("earlier", "later")
MODES = ("handle", "record", "joint", "publish")
NATIONAL_TYPES = 10


@dataclass(frozen=True)
class Sourced:
    """Any part of a preset: where it comes from, and whether its values are only starters."""

    source: str
    starter: bool


@dataclass(frozen=True)
class PresetCriterion(Sourced):
    """情形, with the national types it may map to (1–10, domain §5.13)."""

    order: int
    text: str
    short: str
    points: Decimal
    fields: tuple[str, ...]
    national_types: tuple[int, ...]
    hard: bool
    threshold: Decimal | None

    @classmethod
    def read(cls, table: Table) -> PresetCriterion:
        """Read it from its table."""
        order = table.whole("order")
        types = table.wholes("national_types")
        for number in types:
            if not 1 <= number <= NATIONAL_TYPES:
                table.wrong("national_types", f"党内统计主要类型 {number} 应在 1 与 {NATIONAL_TYPES} 之间")
        return cls(
            order=order,
            text=table.text("text", longest=300),
            short=table.text("short", longest=20),
            points=table.number("points") or Decimal(0),
            fields=table.fields("fields", Field),
            national_types=types,
            hard=table.flag("hard"),
            threshold=table.number("threshold", needed=False),
            **sourced(table),
        )


@dataclass(frozen=True)
class PresetQuota(Sourced):
    """倒排比例: the fields of one row are pooled; percent None is 不设比例."""

    fields: tuple[str, ...]
    percent: Decimal | None

    @classmethod
    def read(cls, table: Table) -> PresetQuota:
        """Read it from its table; "all" is every field pooled."""
        return cls(
            fields=table.fields("fields", Field) or tuple(Field),
            percent=table.number("percent", needed=False),
            **sourced(table),
        )


@dataclass(frozen=True)
class PresetPhase(Sourced):
    """阶段, in days of any year."""

    name: str
    stage: str
    starts: MonthDay | None
    ends: MonthDay | None

    @classmethod
    def read(cls, table: Table) -> PresetPhase:
        """Read it from its table."""
        return cls(
            name=table.text("name", longest=60),
            stage=table.choice("stage", STAGES),
            starts=table.month_day("starts"),
            ends=table.month_day("ends"),
            **sourced(table),
        )


@dataclass(frozen=True)
class PresetText(Sourced):
    """A listed item that is only words: a lookback point, a support item, a help, a campaign."""

    text: str

    @classmethod
    def read(cls, table: Table) -> PresetText:
        """Read it from its table."""
        return cls(text=table.text("text", longest=200), **sourced(table))


@dataclass(frozen=True)
class PresetDutyRule(Sourced):
    """时限规则; `ledger` is the key of the ledger it asks for.

    In a series `due` is its last possible day; `day` is the day of the month (0: the last), `month` the month of
    the quarter (0: the third). `stage` limits it to the phase of that stage. `debtor` is who of the people on
    a case owes it, where it is not the unit. `shift` moves it off free days, `grace_days` delay the red light. A
    count is done in `every` period; `within_days` are counted from the `event`, a series waits for it.
    """

    key: str
    title: str
    subject: str
    owner_level: str
    owner_role: str
    rhythm: str
    times: int
    due: MonthDay | None
    ledger: str
    day: int
    month: int
    stage: str
    debtor: str
    shift: str
    grace_days: int
    starts: MonthDay | None
    every: str
    event: str
    within_days: int
    in_working_days: bool

    @classmethod
    def read(cls, table: Table) -> PresetDutyRule:
        """Read it from its table; what is counted from an event has no date of its own."""
        rhythm = table.choice("rhythm", terms.Rhythm)
        event = table.choice("event", terms.Event, needed=False)
        undated = rhythm == terms.Rhythm.WITHIN or event == terms.Event.CLOSED
        return cls(
            key=table.text("key", longest=40),
            title=table.text("title", longest=100),
            subject=table.choice("subject", SUBJECTS),
            owner_level=table.choice("owner_level", Level),
            owner_role=table.choice("owner_role", Role),
            rhythm=rhythm,
            times=table.whole("times", default=1),
            due=table.month_day("due", needed=not undated),
            ledger=table.text("ledger", longest=40, needed=False),
            day=table.whole("day", default=0),
            month=table.whole("month", default=0),
            stage=table.choice("stage", STAGES, needed=False),
            debtor=table.choice("debtor", DEBTORS, needed=False),
            shift=table.choice("shift", SHIFTS, needed=False),
            grace_days=table.whole("grace_days", default=0),
            starts=table.month_day("starts", needed=False),
            every=table.choice("every", SERIES, needed=False),
            event=event,
            within_days=table.whole("within_days", default=0),
            in_working_days=table.flag("in_working_days"),
            **sourced(table),
        )


@dataclass(frozen=True)
class PresetAcceptanceItem(Sourced):
    """验收项目."""

    text: str
    points: Decimal | None
    veto: bool

    @classmethod
    def read(cls, table: Table) -> PresetAcceptanceItem:
        """Read it from its table."""
        return cls(
            text=table.text("text", longest=200),
            points=table.number("points"),
            veto=table.flag("veto"),
            **sourced(table),
        )


@dataclass(frozen=True)
class PresetChainStep(Sourced):
    """审批环节 of a process, in order after the submission; optional ones are offered, not switched on.

    `decides` is where a determination is made (认定环节); on an optional step: it takes that over when switched on.
    """

    process: str
    name: str
    level: str
    role: str
    mode: str
    decides: bool
    optional: bool

    @classmethod
    def read(cls, table: Table, process: str) -> PresetChainStep:
        """Read it from its table under the process."""
        return cls(
            process=process,
            name=table.text("name", longest=60),
            level=table.choice("level", Level),
            role=table.choice("role", Role),
            mode=table.choice("mode", MODES),
            decides=table.flag("decides"),
            optional=table.flag("optional"),
            **sourced(table),
        )


@dataclass(frozen=True)
class PresetValues:
    """What a scheme says once; `starter` names those that are starters. Lines are points, rates percent."""

    full_marks: Decimal
    survey_base: MonthDay | None
    pass_line: Decimal | None
    basic_line: Decimal | None
    satisfaction_line: Decimal | None
    dissatisfied_veto: Decimal | None
    satisfied_options: tuple[str, ...]
    other_options: tuple[str, ...]
    dissatisfied_options: tuple[str, ...]
    satisfaction_items: tuple[str, ...]
    publicity_least_days: int
    reminder_days: tuple[int, ...]
    escalation_days: tuple[int, ...]
    yellow_days: int
    extension_cap_days: int
    tracking_months: int
    poll_least: int
    check_percent: Decimal | None
    evaluation_grades: tuple[str, ...]
    evaluation_uses: tuple[str, ...]
    support_name: str
    contact_name: str
    note: str
    starter: tuple[str, ...]

    @classmethod
    def read(cls, table: Table) -> PresetValues:
        """Read them from their table; `starter` may name only values there are."""
        values = cls(
            full_marks=table.number("full_marks") or Decimal(0),
            survey_base=table.month_day("survey_base"),
            pass_line=table.number("pass_line"),
            basic_line=table.number("basic_line", needed=False),
            satisfaction_line=table.number("satisfaction_line", needed=False),
            dissatisfied_veto=table.number("dissatisfied_veto", needed=False),
            satisfied_options=table.words("satisfied_options"),
            other_options=table.words("other_options"),
            dissatisfied_options=table.words("dissatisfied_options"),
            satisfaction_items=table.words("satisfaction_items"),
            publicity_least_days=table.whole("publicity_least_days", default=0),
            reminder_days=table.wholes("reminder_days"),
            escalation_days=table.wholes("escalation_days"),
            yellow_days=table.whole("yellow_days"),
            extension_cap_days=table.whole("extension_cap_days"),
            tracking_months=table.whole("tracking_months"),
            poll_least=table.whole("poll_least"),
            check_percent=table.number("check_percent", needed=False),
            evaluation_grades=table.words("evaluation_grades"),
            evaluation_uses=table.words("evaluation_uses"),
            support_name=table.text("support_name", longest=20),
            contact_name=table.text("contact_name", longest=20),
            note=table.text("note", longest=60, needed=False),
            starter=table.words("starter"),
        )
        for name in values.starter:
            if name not in {one.name for one in fields(cls)}:
                table.wrong("starter", f"“{name}”不是方案的数值")
        return values


class _SourceWords(TypedDict):
    source: str
    starter: bool


def sourced(table: Table) -> _SourceWords:
    """Where a part comes from: every part says so."""
    return {"source": table.text("source", longest=60), "starter": table.flag("starter")}
