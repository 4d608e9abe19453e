"""Lists of checks and of what they concluded: their columns, and what a post is shown of its own cases."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.tables import Column
from organizations.models import Appointment
from rectification.acceptance.checks.models import (
    Check,
    CheckQuerySet,
    CheckResult,
    CheckState,
    CheckVerdict,
)
from rectification.cases.models import Case

TONES = {CheckState.PLANNED: "yellow", CheckState.DONE: "green", CheckState.CANCELLED: "grey"}
VERDICT_TONES = {CheckVerdict.UPHELD: "green", CheckVerdict.REFUSED: "red"}
SHORT = {CheckVerdict.UPHELD: "认可", CheckVerdict.REFUSED: "不认可，退回"}


def days(check: Check) -> str:
    """From when to when, short."""
    first, last = check.starts_on, check.ends_on
    begin = f"{first.month}月{first.day}日"
    return begin if first == last else f"{begin}—{last.month}月{last.day}日"


def with_numbers(rows: CheckQuerySet) -> CheckQuerySet:
    """Each with how many cases, how many concluded or accounted for, how many refused."""
    written = ~Q(results__verdict="") | ~Q(results__skipped_reason="")
    return rows.annotate(
        cases=Count("results"),
        written=Count("results", filter=written),
        refused=Count("results", filter=Q(results__verdict=CheckVerdict.REFUSED)),
    )


COLUMNS = (
    Column("title", "名称", kind="link", width=26),
    Column("unit", "检查单位", "organization.short_name", width=12),
    Column("how", "对象", lambda one: "随机抽取" if one.draw else "范围内全部", width=10),
    Column("days", "日期", days, width=16),
    Column("cases", "已登记／对象", lambda one: f"{one.written}／{one.cases}", width=10),
    Column("refused", "不认可", kind="number", width=8),
    Column(
        "state", "状态", lambda one: one.get_state_display(), kind="light", tone=lambda one: TONES[one.state]
    ),
)
RESULTS = (
    Column("case", "整顿对象", "case.organization.short_name", kind="link", width=14),
    Column("on", "检查日期", kind="date", width=14),
    Column("unit", "检查单位", "check_of.organization.office", width=16),
    Column("title", "检查", "check_of.title", width=22),
    Column(
        "verdict",
        "检查结论",
        lambda one: SHORT[CheckVerdict(one.verdict)],
        kind="light",
        tone=lambda one: VERDICT_TONES[one.verdict],
    ),
    Column("due_on", "重新提请验收期限", kind="date", width=14),
)


def results_for(post: Appointment, year: int) -> QuerySet[CheckResult]:
    """What other units concluded of the cases this post sees, newest first."""
    rows = CheckResult.objects.visible_to(post).filter(check_of__scheme__year=year).exclude(verdict="")
    rows = rows.exclude(check_of__organization=post.organization_id, check_of__by__role=post.role)
    return rows.select_related("case__organization", "check_of__organization").order_by("-on", "-pk")


def of_case(case: Case, post: Appointment | None) -> list[dict[str, Any]]:
    """What checks concluded of a case, newest first, for the page of its acceptance; one query."""
    rows = CheckResult.objects.visible_to(post).filter(case=case).exclude(verdict="")
    near = rows.select_related("check_of__organization", "case").order_by("-on", "-pk")
    return [
        {
            "result": one,
            "text": SHORT[CheckVerdict(one.verdict)],
            "tone": VERDICT_TONES[CheckVerdict(one.verdict)],
        }
        for one in near
    ]
