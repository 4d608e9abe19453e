"""问题清单 of a unit's cases, and 问题清单、任务清单、责任清单 measure by measure (domain §5.5)."""

from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.tables import Column
from organizations.rules import FIELDS
from rectification.cases.models import Case
from rectification.remediation.models import Measure, MeasureKind, MeasureState, Problem, ProblemState
from reports.ledgers.declaration import Ledger, Record, Selection, Total

STATES = dict(ProblemState.choices)
KINDS = dict(MeasureKind.choices)
DONE = dict(MeasureState.choices)
CASE, PROBLEM = 1, 2
PLACE = {
    "county_name": "case__county__short_name",
    "township_name": "case__township__short_name",
    "organization_name": "case__organization__short_name",
    "field": "case__organization__field",
    "criterion_order": "criterion__order",
    "criterion_short": "criterion__short",
    "criterion_text": "criterion__text",
}
MEASURE = {
    "measure": "measures__pk",
    "measure_text": "measures__text",
    "kind": "measures__kind",
    "goal": "measures__goal",
    "leader": "measures__leader",
    "unit": "measures__unit",
    "person": "measures__person",
    "requirement": "measures__requirement",
    "due_on": "measures__due_on",
    "extended_on": "measures__duty__effective_due_on",
    "measure_state": "measures__state",
    "result": "measures__result",
}


def _problems(selection: Selection) -> QuerySet:
    cases = Case.objects.visible_to(selection.post).of_year(selection.year).under(selection.unit)
    return Problem.objects.visible_to(selection.post).filter(case__in=cases)


def source(selection: Selection) -> QuerySet:
    """Problems of the year's cases under the unit with their measures counted, cancelled ones apart."""
    return (
        _problems(selection)
        .annotate(
            asked=_measures(~Q(state=MeasureState.CANCELLED)),
            done=_measures(Q(state=MeasureState.CONFIRMED)),
        )
        .order_by("case__org_path", "case", "order", "pk")
        .values(
            "pk",
            "case",
            "text",
            "state",
            "closed_on",
            "carried_from",
            "asked",
            "done",
            **{name: F(path) for name, path in PLACE.items()},
        )
    )


def _measures(which: Q) -> Coalesce:
    """How many measures a problem has; no grouping, which a past day's tables without keys could not be read by."""
    rows = Measure.objects.filter(which, problem=OuterRef("pk")).order_by().values("problem")
    return Coalesce(Subquery(rows.values(number=Count("pk"))), 0)


def lists_source(selection: Selection) -> QuerySet:
    """The same problems joined to the measures that stand; a problem without any is one row."""
    # Named one by one: of "not cancelled" Django makes a question for each of a city's sixteen thousand measures
    stand = [state for state in MeasureState.values if state != MeasureState.CANCELLED]
    standing = Q(measures=None) | Q(measures__state__in=stand)
    return (
        _problems(selection)
        .filter(standing)
        .order_by("case__org_path", "case", "order", "pk", "measures__order", "measures")
        .values("pk", "case", "text", **{name: F(path) for name, path in (PLACE | MEASURE).items()})
    )


def criterion(record: Record) -> str:
    """The criterion a problem belongs to as the papers call it; empty where it belongs to none."""
    number = record["criterion_order"]
    if number is None:
        return ""
    circled = chr(0x2460 + number - 1) if 1 <= number <= 20 else f"({number})"
    return f"{circled}{record['criterion_short'] or record['criterion_text']}"


def _named(table: dict[str, str], name: str) -> Any:
    return lambda record: table.get(record[name], "")


def due(record: Record) -> Any:
    """The date in force: the approved one, or the later one it was extended to."""
    return record["extended_on"] or record["due_on"]


def _place(width: int) -> tuple[Column, ...]:
    return (
        Column("number", "序号", kind="number", width=5, merge=CASE),
        Column("county", "县市区", "county_name", width=9, merge=CASE),
        Column("township", "乡镇（街道）", "township_name", width=13, merge=CASE),
        Column("organization", "村（社区）", "organization_name", width=width, merge=CASE),
    )


PROBLEMS = Ledger(
    key="problems",
    title="{year}年软弱涣散基层党组织整顿问题清单",
    columns=(
        *_place(11),
        Column("field", "领域", _named(FIELDS, "field"), width=7, merge=CASE),
        Column("problem", "突出问题", "text", width=30),
        Column("criterion", "对应情形", criterion, width=17),
        Column("asked", "措施数", kind="number", width=8, group="整改措施"),
        Column("done", "已完成", kind="number", width=8, group="整改措施"),
        Column("state", "状态", _named(STATES, "state"), width=9),
        Column("closed_on", "销号日期", kind="date", width=15),
        Column("remark", "备注", lambda r: "上年转入" if r["carried_from"] else "", width=10),
    ),
    source=source,
    parts=("case", "pk"),
    totals=(
        Total("organization", "count", CASE, words="{}个"),
        Total("problem", "count", PROBLEM, words="{}个问题"),
        Total("asked", "sum", PROBLEM, asks=F("asked")),
        Total("done", "sum", PROBLEM, asks=F("done")),
        Total(
            "state",
            "where",
            PROBLEM,
            equals=STATES["closed"],
            words="销号{}",
            asks=Q(state=ProblemState.CLOSED),
        ),
    ),
    filters={
        "field": ("领域", list(FIELDS.items()), "case__organization__field"),
        "state": ("状态", ProblemState.choices, "state"),
    },
)
LISTS = Ledger(
    key="task_lists",
    title="{year}年整顿问题清单、任务清单、责任清单",
    columns=(
        Column("number", "序号", kind="number", width=5, merge=CASE),
        Column("organization", "村（社区）", "organization_name", width=11, merge=CASE),
        Column("problem", "突出问题", "text", width=26, group="问题清单", merge=PROBLEM),
        Column("criterion", "对应情形", criterion, width=13, group="问题清单", merge=PROBLEM),
        Column("measure", "整顿措施", "measure_text", width=28, group="任务清单"),
        Column("kind", "类别", _named(KINDS, "kind"), width=10, group="任务清单"),
        Column("goal", "任务目标", width=20, group="任务清单"),
        Column("requirement", "要求", width=16, group="任务清单"),
        Column("unit", "责任单位", width=13, group="责任清单"),
        Column("leader", "责任领导", width=9, group="责任清单"),
        Column("person", "责任人", width=9, group="责任清单"),
        Column("due_on", "时限", due, "date", 15, group="责任清单"),
        Column("state", "完成情况", _named(DONE, "measure_state"), width=11),
    ),
    source=lists_source,
    parts=("case", "pk", "measure"),
    totals=(
        Total("organization", "count", CASE, words="{}个"),
        Total("problem", "count", PROBLEM, words="{}个问题"),
        Total("measure", "count", 3, words="{}条措施"),
        Total(
            "state",
            "where",
            3,
            equals=DONE["confirmed"],
            words="完成{}",
            asks=Q(measure_state=MeasureState.CONFIRMED),
        ),
    ),
    filters={
        "field": ("领域", list(FIELDS.items()), "case__organization__field"),
        "kind": ("类别", MeasureKind.choices, "kind"),
    },
)
