"""The yearly support funds of counties beside what their projects planned, got and spent, in 万元."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.tables import Column
from organizations.models import Appointment, Organization
from organizations.rules import Level
from rectification.remediation.support.models import Project, SupportFund
from rectification.schemes.terms import plain

ZERO = Decimal(0)
MONEY = ("planned", "arrived", "spent")


@dataclass(frozen=True)
class FundRow:
    """A county's year: what is set aside (None: not said yet) and the totals of its projects."""

    name: str
    url: str
    amount: Decimal | None
    document: str
    projects: int
    planned: Decimal
    arrived: Decimal
    spent: Decimal

    @property
    def words(self) -> dict[str, str]:
        """Planned, arrived and spent without idle noughts."""
        return {name: plain(getattr(self, name)) for name in MONEY}


def standing() -> Q:
    """Projects whose plan counts; money that came or went counts for cancelled ones too."""
    return Q(cancelled_reason="")


def sums(rows: QuerySet) -> dict[str, Any]:
    """The totals of some projects as aggregates: how many stand, planned, arrived and spent."""
    kept = {"planned": standing(), "arrived": Q(), "spent": Q()}
    total = {
        f"total_{name}": Coalesce(Sum(name, filter=kept[name]), ZERO, output_field=DecimalField())
        for name in MONEY
    }
    return {"number": Count("pk", filter=standing()), **total}


def rows_of(post: Appointment, year: int) -> list[FundRow]:
    """Every county the post sees, in the tree's order, with or without funds; three queries."""
    counties = list(Organization.objects.visible_to(post).active().filter(level=Level.COUNTY))
    found = {fund.organization_id: fund for fund in SupportFund.objects.visible_to(post).filter(year=year)}
    projects = Project.objects.visible_to(post).filter(case__year=year)
    totals = {
        row["case__county"]: row
        for row in projects.order_by().values("case__county").annotate(**sums(projects))
    }
    none = {"number": 0, **{f"total_{name}": ZERO for name in MONEY}}
    return [_row(county, found.get(county.pk), totals.get(county.pk, none), year) for county in counties]


def _row(county: Organization, fund: SupportFund | None, total: dict[str, Any], year: int) -> FundRow:
    return FundRow(
        county.short_name,
        f"{reverse('remediation:support_fund', args=[county.uid])}?year={year}",
        fund.amount if fund else None,
        fund.document if fund else "",
        total["number"],
        *(total[f"total_{name}"] for name in MONEY),
    )


def row_of(county: Organization, fund: SupportFund | None, projects: Sequence[Project]) -> FundRow:
    """One county's row from its projects as they were read."""
    kept = [one for one in projects if not one.cancelled_reason]
    return FundRow(
        county.short_name,
        "",
        fund.amount if fund else None,
        fund.document if fund else "",
        len(kept),
        sum((one.planned for one in kept), ZERO),
        sum((one.arrived for one in projects), ZERO),
        sum((one.spent for one in projects), ZERO),
    )


def total_of(rows: Sequence[FundRow]) -> FundRow:
    """The 合计 row."""
    said = [row.amount for row in rows if row.amount is not None]
    amount = sum(said, ZERO) if said else None
    count = sum(row.projects for row in rows)
    return FundRow(
        "合计", "", amount, "", count, *(sum((getattr(row, name) for row in rows), ZERO) for name in MONEY)
    )


def projects_of(post: Appointment, county: Organization, year: int) -> list[Project]:
    """A county's projects of a year, case by case."""
    rows = Project.objects.visible_to(post).filter(case__county=county, case__year=year)
    rows = rows.select_related("case__organization", "case__township", "helper")
    return list(rows.order_by("case__org_path", "pk"))


def short(amount: Decimal) -> Decimal:
    """The same amount without idle noughts: 8.00 → 8, as a sheet shows it."""
    return Decimal(plain(amount))


def years_near(year: int) -> list[int]:
    """The years to choose from."""
    return [year + 1, year, year - 1]


def state_of(project: Project) -> str:
    """Where a project stands today, in words."""
    if project.cancelled_reason:
        return "已取消"
    if project.done_on:
        return "已完成"
    return "已逾期" if project.due_on and project.due_on < timezone.localdate() else "进行中"


def tone_of(project: Project) -> str:
    """The colour that goes with the state's word."""
    return {"已取消": "grey", "已完成": "green", "已逾期": "red"}.get(state_of(project), "blue")


COLUMNS = (
    Column("name", "县市区", kind="link", link=lambda row: row.url),
    Column(
        "amount", "年度安排资金", lambda row: "未登记" if row.amount is None else row.amount, kind="number"
    ),
    Column("document", "文号", width=20),
    Column("projects", "项目数", kind="number"),
    Column("planned", "计划资金", kind="number"),
    Column("arrived", "到位资金", kind="number"),
    Column("spent", "已支出", kind="number"),
)
PROJECTS = (
    Column("case", "整顿对象", "case.organization.short_name"),
    Column("township", "乡镇（街道）", lambda one: one.case.township.short_name if one.case.township else ""),
    Column(
        "name",
        "项目名称",
        kind="link",
        link=lambda one: f"{one.case.get_absolute_url()}?tab=support#projects",
    ),
    Column("helper", "帮扶单位", lambda one: one.helper.name if one.helper else ""),
    Column("planned", "计划资金", kind="number"),
    Column("arrived", "到位资金", kind="number"),
    Column("spent", "已支出", kind="number"),
    Column("due_on", "计划完成", kind="date"),
    Column("state", "状态", state_of, kind="light", tone=tone_of),
    Column("progress", "进展", lambda one: one.cancelled_reason or one.progress, width=24),
)
