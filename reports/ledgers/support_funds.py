"""帮扶项目资金情况表 (S0 四（七）): what each county sets aside for the year, beside its projects one by one."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import QuerySet

from accounts.tables import Column
from organizations.models import Organization
from organizations.rules import Level
from organizations.scope import subtree
from rectification.remediation.support.funds import short, state_of
from rectification.remediation.support.models import Project, SupportFund
from reports.ledgers.declaration import Ledger, Record, Selection, Total

COUNTY = 1


def source(selection: Selection) -> QuerySet:
    """The counties the unit lies in or that lie under it."""
    seen = Organization.objects.visible_to(selection.post).active().filter(level=Level.COUNTY)
    return seen.under(selection.unit).order_by("path").values("pk", "short_name")


def compute(selection: Selection, records: Sequence[Record]) -> list[Record]:
    """A line a project, cancelled ones too for the money that came; a county without any is one line. Two queries."""
    keys = [record["pk"] for record in records]
    funds = {
        fund.organization_id: fund
        for fund in SupportFund.objects.visible_to(selection.post).filter(
            organization__in=keys, year=selection.year
        )
    }
    projects: dict[int, list[Project]] = defaultdict(list)
    rows = Project.objects.visible_to(selection.post).filter(
        subtree(selection.unit.path).q("case__org_path"), case__county__in=keys, case__year=selection.year
    )
    rows = rows.select_related("case__organization", "case__township", "helper")
    for project in rows.order_by("case__org_path", "pk"):
        projects[project.case.county_id].append(project)
    return [
        {
            "county": record["pk"],
            "name": record["short_name"],
            "amount": short(funds[record["pk"]].amount) if record["pk"] in funds else None,
            "document": funds[record["pk"]].document if record["pk"] in funds else "",
            **_project(project),
        }
        for record in records
        for project in projects[record["pk"]] or [None]
    ]


def _project(project: Project | None) -> Record:
    if project is None:
        empty = ("township", "organization", "project", "helper", "state", "progress")
        numbers = ("planned", "arrived", "spent", "due_on", "done_on")
        return {"line": None, **dict.fromkeys(empty, ""), **dict.fromkeys(numbers)}
    case = project.case
    return {
        "line": project.pk,
        "township": case.township.short_name if case.township else "",
        "organization": case.organization.short_name,
        "project": project.name,
        "helper": project.helper.name if project.helper else "",
        "planned": None if project.cancelled_reason else short(project.planned),
        "arrived": short(project.arrived),
        "spent": short(project.spent),
        "due_on": project.due_on,
        "done_on": project.done_on,
        "state": state_of(project),
        "progress": project.cancelled_reason or project.progress,
    }


SUPPORT_FUNDS = Ledger(
    key="support_funds",
    personal=False,
    title="{year}年整顿软弱涣散基层党组织帮扶项目资金情况表",
    columns=(
        Column("number", "序号", kind="number", width=5, merge=COUNTY),
        Column("name", "县市区", width=10, merge=COUNTY),
        Column("amount", "安排资金（万元）", kind="number", width=10, group="年度安排", merge=COUNTY),
        Column("document", "文号", width=16, group="年度安排", merge=COUNTY),
        Column("township", "乡镇（街道）", width=13, group="整顿对象"),
        Column("organization", "村（社区）", width=11, group="整顿对象"),
        Column("project", "项目名称", width=22, group="帮扶项目"),
        Column("helper", "帮扶单位", width=16, group="帮扶项目"),
        Column("planned", "计划（万元）", kind="number", width=12, group="资金"),
        Column("arrived", "到位（万元）", kind="number", width=12, group="资金"),
        Column("spent", "支出（万元）", kind="number", width=12, group="资金"),
        Column("due_on", "计划完成", kind="date", width=14, group="进度"),
        Column("done_on", "实际完成", kind="date", width=14, group="进度"),
        Column("state", "状态", width=8, group="进度"),
        Column("progress", "进展", width=22, group="进度"),
    ),
    source=source,
    compute=compute,
    parts=("county", "line"),
    totals=(
        Total("amount", "sum", COUNTY),
        Total("project", "count", words="{}个"),
        Total("planned", "sum"),
        Total("arrived", "sum"),
        Total("spent", "sum"),
    ),
)
