"""整顿工作台账 (domain §5.3): one row per measure, the cells of its problem and of its case merged.

The versions of county, township and village (S1 眉县) are the same table: what the title already says of every row is
no column there — a township's leaves out the county, a village's own also the township, its name and its field.
"""

from collections.abc import Sequence

from django.db.models import Case as Choose
from django.db.models import F, Q, QuerySet, When

from accounts.tables import Column
from organizations.rules import FIELDS, Level
from rectification.cases.models import Case, Source
from rectification.remediation.models import MeasureState, ProblemState, Progress
from rectification.workflow import CHOICES as STAGES
from rectification.workflow import Stage
from reports.ledgers.declaration import Ledger, Record, Selection, Total

CASE, PROBLEM = 1, 2
# What a record holds, by its name here and its path from the case
TAKEN = {
    "county_name": "county__short_name",
    "township_name": "township__short_name",
    "organization_name": "organization__short_name",
    "field": "organization__field",
    "type_order": "primary__order",
    "type_short": "primary__short",
    "type_text": "primary__text",
    "problem": "problems__pk",
    "problem_text": "problems__text",
    "problem_state": "problems__state",
    "problem_closed_on": "problems__closed_on",
    "measure": "problems__measures__pk",
    "measure_text": "problems__measures__text",
    "goal": "problems__measures__goal",
    "leader": "problems__measures__leader",
    "unit": "problems__measures__unit",
    "person": "problems__measures__person",
    "due_on": "problems__measures__due_on",
    "percent": "problems__measures__percent",
    "long_term": "problems__measures__long_term",
    "state": "problems__measures__state",
    "result": "problems__measures__result",
    "cancelled": "problems__measures__cancelled_reason",
}


def source(selection: Selection) -> QuerySet:
    """Cases of the year under the unit, joined to their problems and measures; a case without any is one row."""
    return (
        Case.objects.visible_to(selection.post)
        .under(selection.unit)
        .of_year(selection.year)
        .order_by(
            "org_path",
            "pk",
            "problems__order",
            "problems__pk",
            "problems__measures__order",
            "problems__measures",
        )
        .values("pk", "source", "stage", **{name: F(path) for name, path in TAKEN.items()})
    )


def fill(_selection: Selection, records: Sequence[Record]) -> None:
    """Add the words of each measure's newest entry of progress: one query a chunk."""
    measures = [record["measure"] for record in records if record["measure"]]
    newest = (
        Progress.objects.filter(measure__in=measures)
        .order_by("measure", "-on", "-pk")
        .distinct("measure")
        .values_list("measure", "words")
    )
    words = dict(newest) if measures else {}
    for record in records:
        record["words"] = words.get(record["measure"], "")


def kind(record: Record) -> str:
    """The primary criterion as the papers call it: its circled number and its short words."""
    number = record["type_order"]
    circled = chr(0x2460 + number - 1) if 1 <= number <= 20 else f"({number})"
    return f"{circled}{record['type_short'] or record['type_text']}"


def progress(record: Record) -> str:
    """What came of the measure: its result once it is reported, until then the newest entry."""
    if record["state"] == MeasureState.CANCELLED:
        return f"已取消：{record['cancelled']}"
    if record["state"] in (MeasureState.REPORTED, MeasureState.CONFIRMED) and record["result"]:
        return record["result"]
    return f"阶段性成效：{record['words']}" if record["long_term"] and record["words"] else record["words"]


def percent(record: Record) -> int | None:
    """完成率; a cancelled measure has none and does not weigh in the mean, a long-term one not before it is done."""
    in_words = record["long_term"] and record["state"] == MeasureState.OPEN
    return None if in_words or record["state"] == MeasureState.CANCELLED else record["percent"]


WEIGHED = Choose(
    When(~Q(state=MeasureState.CANCELLED) & ~Q(long_term=True, state=MeasureState.OPEN), then=F("percent"))
)
"""`percent`, as the database says it."""


def closed(record: Record) -> str:
    """是否销号 of the problem; empty where there is no problem yet."""
    if record["problem"] is None:
        return ""
    return "是" if record["problem_state"] == ProblemState.CLOSED else "否"


def remark(record: Record) -> str:
    """Where the case comes from, when it is not simply new; that it was withdrawn from the list."""
    said = [] if record["source"] == Source.NEW else [Source(record["source"]).label]
    return "；".join([*said, *([Stage.WITHDRAWN.label] if record["stage"] == Stage.WITHDRAWN else [])])


SAID_BY_TITLE = {
    Level.TOWNSHIP: ("county",),
    Level.GRASSROOTS: ("county", "township", "organization", "field"),
}


def shape(selection: Selection) -> tuple[tuple[Column, ...], tuple[Total, ...]]:
    """The columns of the unit's version."""
    dropped = SAID_BY_TITLE.get(Level(selection.unit.level), ())
    columns = tuple(column for column in WORK.columns if column.key not in dropped)
    return columns, tuple(total for total in WORK.totals if total.column not in dropped)


WORK = Ledger(
    key="work",
    title="{year}年整顿软弱涣散基层党组织工作台账",
    columns=(
        Column("number", "序号", kind="number", width=5, merge=CASE),
        Column("county", "县市区", "county_name", width=9, group="整顿对象", merge=CASE),
        Column("township", "乡镇（街道）", "township_name", width=13, group="整顿对象", merge=CASE),
        Column("organization", "村（社区）", "organization_name", width=11, group="整顿对象", merge=CASE),
        Column("field", "领域", lambda r: FIELDS.get(r["field"], ""), width=6, group="整顿对象", merge=CASE),
        Column("type", "主要类型", kind, width=14, group="整顿对象", merge=CASE),
        Column("problem", "突出问题", "problem_text", width=24, group="问题与措施", merge=PROBLEM),
        Column("measure", "整顿措施", "measure_text", width=26, group="问题与措施"),
        Column("goal", "目标", width=18, group="问题与措施"),
        Column("leader", "责任领导", width=9, group="责任"),
        Column("unit", "责任单位", width=12, group="责任"),
        Column("person", "责任人", width=8, group="责任"),
        Column("due_on", "时限", kind="date", width=15, group="责任"),
        Column("progress", "进展情况", progress, width=24, group="完成情况"),
        Column("percent", "完成率", percent, kind="percent", width=7, group="完成情况"),
        Column("closed", "是否销号", closed, width=7, group="完成情况", merge=PROBLEM),
        Column("closed_on", "销号时间", "problem_closed_on", "date", 15, group="完成情况", merge=PROBLEM),
        Column("remark", "备注", remark, width=9, merge=CASE),
    ),
    source=source,
    fill=fill,
    shape=shape,
    parts=("pk", "problem", "measure"),
    totals=(
        Total("organization", "count", CASE, words="{}个"),
        Total("problem", "count", PROBLEM, words="{}个问题"),
        Total("measure", "count", 3, words="{}条措施"),
        Total("percent", "mean", words="{}%", asks=WEIGHED),
        Total(
            "closed",
            "where",
            PROBLEM,
            equals="是",
            words="销号{}",
            asks=Q(problem_state=ProblemState.CLOSED),
        ),
    ),
    filters={
        "field": ("领域", list(FIELDS.items()), "organization__field"),
        "stage": ("环节", STAGES, "stage"),
    },
)
