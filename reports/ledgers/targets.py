"""量化目标完成情况表: a row per case, columns from the targets of the schemes (S1 眉县)."""

from collections.abc import Sequence

from django.db.models import F, QuerySet

from accounts.tables import Column
from rectification.cases.models import Case
from rectification.remediation.targets.matrix import asked
from rectification.remediation.targets.rules import COUNTED
from rectification.remediation.targets.standing import standings
from rectification.schemes.practice_models import Target
from rectification.workflow import CHOICES as STAGES
from rectification.workflow import Stage
from reports.ledgers.declaration import Ledger, Record, Selection, Total

TAKEN = {
    "county_name": "county__short_name",
    "township_name": "township__short_name",
    "organization_name": "organization__short_name",
}
PLACE = (
    Column("number", "序号", kind="number", width=5),
    Column("county", "县市区", "county_name", width=9),
    Column("township", "乡镇（街道）", "township_name", width=13),
    Column("organization", "村（社区）", "organization_name", width=12),
)


def cases_of(selection: Selection) -> QuerySet:
    """Cases of the year under the unit whose schemes ask for targets: without them there is nothing to tell."""
    rows = Case.objects.visible_to(selection.post).under(selection.unit).of_year(selection.year)
    rows = rows.filter(scheme__in=Target.objects.values("scheme"))
    return rows.exclude(stage__in=(Stage.SURVEY, Stage.WITHDRAWN))


def source(selection: Selection) -> QuerySet:
    """One record a case."""
    rows = cases_of(selection).order_by("org_path", "pk")
    return rows.values("pk", **{name: F(path) for name, path in TAKEN.items()})


def fill(_selection: Selection, records: Sequence[Record]) -> None:
    """Add what was planned, reached and is missing of each target: four queries a chunk."""
    cases = list(Case.objects.filter(pk__in=[record["pk"] for record in records]))
    found = standings(cases)
    for record in records:
        for one in found[record["pk"]]:
            key, result = one.target.key, one.result
            record[f"{key}_planned"], record[f"{key}_reached"] = result.planned, result.reached
            record[f"{key}_short"] = result.short if result.met is not None else None


def heads(selection: Selection) -> dict[str, Target]:
    """The targets of the schemes these cases are worked by, the first scheme's words for each key."""
    rows = Target.objects.filter(scheme__in=cases_of(selection).order_by().values("scheme"))
    found: dict[str, Target] = {}
    for target in rows.order_by("scheme", "order", "pk"):
        found.setdefault(target.key, target)
    return found


def shape(selection: Selection) -> tuple[tuple[Column, ...], tuple[Total, ...]]:
    """The columns of each target under its own words, and their sums."""
    columns: list[Column] = []
    for key, target in heads(selection).items():
        group = f"{target.title}（{asked(target)}）"
        if key in COUNTED:
            columns.append(_column(f"{key}_planned", "计划", group))
        columns.append(_column(f"{key}_reached", "完成", group))
        if key in COUNTED or target.least is not None:
            columns.append(_column(f"{key}_short", "还差", group))
    totals = (Total("organization", "count", words="{}个"), *(Total(one.key, "sum") for one in columns))
    return (*PLACE, *columns), totals


def _column(key: str, title: str, group: str) -> Column:
    return Column(key, title, lambda record: record.get(key), kind="number", width=8, group=group)


TARGETS = Ledger(
    key="targets",
    title="{year}年软弱涣散基层党组织整顿量化目标完成情况表",
    columns=PLACE,
    source=source,
    parts=("pk",),
    fill=fill,
    shape=shape,
    filters={"stage": ("环节", STAGES, "stage")},
    paper="A4",
)
