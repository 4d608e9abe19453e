"""工作纪实台账: every standing entry of the log, oldest first within its case."""

from collections.abc import Sequence

from django.db.models import F, IntegerField, QuerySet
from django.db.models.expressions import Func

from accounts.tables import Column
from organizations.scope import subtree
from rectification.remediation.activities.models import Activity
from rectification.remediation.activities.rules import CHOICES, LABELS, Kind
from reports.ledgers.declaration import Ledger, Record, Selection, Total

CASE = 1
TAKEN = {
    "county_name": "case__county__short_name",
    "township_name": "case__township__short_name",
    "organization_name": "case__organization__short_name",
    "by_name": "by__user__name",
}
MONTHS = [(str(month), f"{month}月") for month in range(1, 13)]
QUARTERS = [(str(number), f"第{word}季度") for number, word in enumerate("一二三四", start=1)]


def source(selection: Selection) -> QuerySet:
    """Entries that stand of the year's cases under the unit."""
    return (
        Activity.objects.visible_to(selection.post)
        .standing()
        .filter(subtree(selection.unit.path).q("case__org_path"), case__year=selection.year)
        .order_by("case__org_path", "case", "on", "pk")
        .values(
            "pk",
            "case",
            "kind",
            "on",
            "people",
            "what",
            "result",
            "households",
            "phoned",
            "on_behalf",
            **{name: F(path) for name, path in TAKEN.items()},
        )
    )


def fill(_selection: Selection, records: Sequence[Record]) -> None:
    """Households as numbers: which ones stands in the entry itself."""
    for record in records:
        for name in ("households", "phoned"):
            record[name] = len(record[name]) or None


def _counted(name: str) -> Func:
    """The same number, as the database says it."""
    return Func(F(name), function="cardinality", output_field=IntegerField())


def behalf(record: Record) -> str:
    """Who wrote it, where that was not one of those who took part."""
    return f"{record['by_name']}代录" if record["on_behalf"] else ""


ACTIVITIES = Ledger(
    key="activities",
    title="{year}年软弱涣散基层党组织整顿工作纪实台账",
    columns=(
        Column("number", "序号", kind="number", width=5, merge=CASE),
        Column("county", "县市区", "county_name", width=9, merge=CASE),
        Column("township", "乡镇（街道）", "township_name", width=13, merge=CASE),
        Column("organization", "整顿对象", "organization_name", width=12, merge=CASE),
        Column("on", "日期", kind="date", width=15),
        Column("kind", "类别", lambda record: LABELS[Kind(record["kind"])], width=10),
        Column("people", "参加人员", width=20),
        Column("what", "做了什么", width=40),
        Column("result", "结果", width=28),
        Column("households", "入户", kind="number", width=7, group="走访户数"),
        Column("phoned", "电话", kind="number", width=7, group="走访户数"),
        Column("behalf", "代录", behalf, width=12),
    ),
    source=source,
    fill=fill,
    parts=("case", "pk"),
    totals=(
        Total("organization", "count", CASE, words="{}个"),
        Total("on", "count", words="{}条"),
        Total("households", "sum", words="{}户次", asks=_counted("households")),
        Total("phoned", "sum", words="{}户次", asks=_counted("phoned")),
    ),
    filters={
        "quarter": ("季度", QUARTERS, "on__quarter"),
        "month": ("月份", MONTHS, "on__month"),
        "kind": ("类别", CHOICES, "kind"),
    },
)
