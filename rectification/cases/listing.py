"""The list of cases: its columns, sorting, and the choices of its filters."""

from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery

from accounts.addresses import page_of
from accounts.tables import Column
from organizations.models import Appointment, Organization
from organizations.rules import Level
from rectification.cases.forms import LIGHTS
from rectification.cases.models import CaseQuerySet
from rectification.cases.rules import light_of
from rectification.schemes.models import Criterion
from rectification.schemes.terms import circled
from rectification.workflow import CHOICES

WORDS = dict(LIGHTS)
STAGES = dict(CHOICES)
# What a row is made of: fifty cases as objects, with four more each, were a tenth of the page
FACTS = (
    *("pk", "uid", "org_path", "stage", "progress", "problems_closed", "problems_total", "next_due_on"),
    *("organization__short_name", "county__short_name", "township__short_name", "scheme__yellow_days"),
    *("primary__order", "primary__short", "primary__text", "vacancy"),
)


def facts(rows: CaseQuerySet) -> CaseQuerySet:
    """Cases as the rows that `columns` draws."""
    return rows.with_vacancy().values_list(*FACTS, named=True)


def columns(today: date) -> tuple[Column, ...]:
    """The columns of a list of cases, with the lights of a day."""

    def light(row: Any) -> str:
        return light_of(row.next_due_on, today=today, yellow_days=row.scheme__yellow_days)

    return (
        Column(
            "unit",
            "村（社区）",
            "organization__short_name",
            kind="link",
            width=16,
            sort=True,
            link=lambda row: page_of("remediation:case", row.uid),
        ),
        Column("county", "县市区", "county__short_name", width=10),
        Column("township", "乡镇（街道）", "township__short_name", width=12),
        Column("type", "主要类型", _type, width=18, sort=True),
        Column("stage", "环节", lambda row: STAGES.get(row.stage, row.stage), width=10, sort=True),
        Column("progress", "完成率", kind="percent", width=8, sort=True),
        Column(
            "problems", "已销号/问题", lambda row: f"{row.problems_closed}/{row.problems_total}", width=10
        ),
        Column("due", "最近时限", "next_due_on", kind="date", width=13, sort=True),
        Column("light", "亮灯", lambda row: WORDS.get(light(row), ""), kind="light", tone=light),
        Column(
            "vacancy", "帮扶", lambda row: "空缺" if row.vacancy else "", kind="light", tone=lambda row: "red"
        ),
    )


def _type(row: Any) -> str:
    return f"{circled(row.primary__order)}{row.primary__short or row.primary__text}"


ORDER = {
    "unit": "org_path",
    "type": "primary__order",
    "stage": "stage",
    "progress": "progress",
    "due": "next_due_on",
}


def in_order(rows: Any, sort: str) -> Any:
    """Sorted as the address asks; by the tree when it asks nothing known."""
    column = ORDER.get(sort.removeprefix("-"))
    if column is None:
        return rows.order_by("org_path", "pk")
    return rows.order_by(f"-{column}" if sort.startswith("-") else column, "org_path", "pk")


def sorts(sort: str) -> bool:
    """Whether the address asks for another order than the tree's."""
    return sort.removeprefix("-") in ORDER and sort != "unit"


def is_long(post: Appointment) -> bool:
    """Whether the list is of more than a city: then nothing counts through all of it."""
    return post.organization.level == Level.PROVINCE


def units_of(rows: Any) -> list[Organization]:
    """Counties and townships that have cases among these rows, in the order of the tree."""
    rows = rows.order_by()
    found = set(rows.values_list("county_id", flat=True).distinct())
    found |= set(rows.values_list("township_id", flat=True).distinct())
    return list(Organization.objects.filter(pk__in=found - {None}).order_by("path"))


def types_of(rows: Any) -> list[Criterion]:
    """The main types found among these rows: the first row of each is looked for, not all of a country's rows read.

    In the order of the index case_primary_year, or PostgreSQL hopes to meet one by reading the table.
    """
    first = rows.filter(primary=OuterRef("pk")).order_by("org_path").values("org_path")[:1]
    found = Criterion.objects.alias(first=Subquery(first)).exclude(first=None).order_by("order", "pk")
    return list(found.only("uid", "order", "short", "text"))
