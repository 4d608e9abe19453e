"""Lists of inspections and results: their columns, and what a post is shown of those that concern it."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.tables import Column
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.supervision.inspections.models import (
    Inspection,
    InspectionQuerySet,
    InspectionResult,
    InspectionState,
)

TONES = {InspectionState.PLANNED: "yellow", InspectionState.DONE: "green", InspectionState.CANCELLED: "grey"}


def days(inspection: Inspection) -> str:
    """From when to when, short."""
    first, last = inspection.starts_on, inspection.ends_on
    begin = f"{first.month}月{first.day}日"
    return begin if first == last else f"{begin}—{last.month}月{last.day}日"


def mode(inspection: Inspection) -> str:
    """Announced or not, in words."""
    return "事先通知" if inspection.announced else "不打招呼"


def with_numbers(rows: InspectionQuerySet) -> InspectionQuerySet:
    """Each with how many cases, how many of them written, how many findings."""
    written = Q(results__on__isnull=False) | ~Q(results__skipped_reason="")
    return rows.annotate(
        cases=Count("results", distinct=True),
        written=Count("results", filter=written, distinct=True),
        found=Count("results__findings", distinct=True),
    )


COLUMNS = (
    Column("title", "名称", kind="link", width=26),
    Column("unit", "督导单位", "organization.short_name", width=12),
    Column("kind", "类别", lambda one: one.get_kind_display(), width=10),
    Column("mode", "方式", mode, width=10),
    Column("days", "日期", days, width=16),
    Column("cases", "已登记／对象", lambda one: f"{one.written}／{one.cases}", width=10),
    Column("found", "发现问题", kind="number", width=8),
    Column(
        "state", "状态", lambda one: one.get_state_display(), kind="light", tone=lambda one: TONES[one.state]
    ),
)
OFFERED = (
    Column("case", "村（社区）", "case.organization.short_name"),
    Column("unit", "乡镇（街道）", lambda one: (one.case.township or one.case.county).short_name),
    Column("stage", "环节", "case.get_stage_display"),
    Column("progress", "完成率", "case.progress", kind="percent"),
    Column(
        "last",
        "上次督导",
        lambda one: f"{one.last_on.month}月{one.last_on.day}日" if one.last_on else "未督导",
    ),
    Column("weight", "权重", kind="number"),
    Column("words", "理由（每个对象基础权重为 1）", lambda one: one.words or "—"),
)
RESULTS = (
    Column("case", "整顿对象", "case.organization.short_name", kind="link", width=14),
    Column("on", "督导日期", kind="date", width=14),
    Column("unit", "督导单位", "inspection.organization.office", width=16),
    Column("title", "督导", "inspection.title", width=22),
    Column("grade", "评估等次", lambda one: one.get_grade_display(), width=8),
    Column("found", "发现问题", kind="number", width=8),
)


def results_for(post: Appointment, year: int) -> QuerySet[InspectionResult]:
    """What others found at the cases this post sees, newest first; done inspections only."""
    rows = InspectionResult.objects.visible_to(post).filter(
        inspection__state=InspectionState.DONE, on__isnull=False, inspection__scheme__year=year
    )
    rows = rows.exclude(inspection__organization=post.organization_id, inspection__by__role=post.role)
    near = rows.select_related("case__organization", "inspection__organization").order_by("-on", "-pk")
    return near.annotate(found=Count("findings"))


def coming_to(post: Appointment, year: int) -> list[dict[str, Any]]:
    """Announced inspections of others that are to come to cases this post sees; never an unannounced one."""
    rows = (
        InspectionResult.objects.filter(
            inspection__state=InspectionState.PLANNED,
            inspection__announced=True,
            inspection__scheme__year=year,
            case__in=Case.objects.visible_to(post),
        )
        .exclude(inspection__organization=post.organization_id)
        .select_related("case__organization", "inspection__organization")
        .order_by("inspection__starts_on", "case__org_path")
    )
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        line = found.setdefault(row.inspection_id, {"inspection": row.inspection, "cases": []})
        line["cases"].append(row.case)
    return list(found.values())


def light_of_days(inspection: Inspection, today: date) -> str:
    """What to say of a planned one whose days are over."""
    if inspection.state == InspectionState.PLANNED and inspection.ends_on < today:
        return "日期已过，请登记督导情况并完成"
    return ""
