"""The list of cases that are watched: until when, the last look, the next one owed."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse

from accounts.tables import Column, show
from organizations.models import Appointment
from rectification.acceptance.tracking.models import TrackingCheck
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.duties.rules import light_of
from rectification.schemes.terms import Event
from rectification.workflow import Stage

GROUPS = {"": "跟踪中", "over": "已期满待办结", "relapse": "发现反弹", "ended": "已办结"}


def page_of(case: Case) -> str:
    """A case's tracking page."""
    return reverse("acceptance:tracking_case", args=[case.uid])


def watched(post: Appointment) -> QuerySet[Case]:
    """Cases of any year that are watched or were, each with `last_on`, `relapsed`, `owed_on`."""
    counted = {"withdrawn_reason": "", "on__gte": OuterRef("closed_on")}
    checks = TrackingCheck.objects.filter(case=OuterRef("pk"), **counted)
    owed = (
        Duty.objects.filter(case=OuterRef("pk"), rule__event=Event.CLOSED).open().order_by("effective_due_on")
    )
    rows = Case.objects.visible_to(post).filter(tracking__isnull=False)
    return rows.annotate(
        last_on=Subquery(checks.order_by("-on").values("on")[:1]),
        relapsed=Exists(checks.filter(relapse=True)),
        owed_on=Subquery(owed.values("effective_due_on")[:1]),
    ).select_related("organization", "county", "township", "scheme", "tracking")


def of_group(rows: QuerySet[Case], group: str, today: date) -> QuerySet[Case]:
    """Those of one tab."""
    if group == "ended":
        return rows.filter(stage=Stage.CLOSED)
    rows = rows.filter(stage=Stage.TRACKING)
    if group == "over":
        return rows.filter(tracking__ends_on__lt=today)
    return rows.filter(relapsed=True) if group == "relapse" else rows


def columns(today: date) -> list[Column]:
    """The columns as they read on a day."""

    def owed(case: Any) -> Any:
        if case.owed_on is None or case.stage != Stage.TRACKING:
            return None
        return light_of(case.owed_on, today=today, yellow_days=case.scheme.yellow_days)

    return [
        Column("organization", "村（社区）", "organization.short_name", kind="link", link=page_of),
        Column("county", "县市区", "county.short_name"),
        Column(
            "township", "乡镇（街道）", lambda case: case.township.short_name if case.township else "县直属"
        ),
        Column("year", "整顿年度", lambda case: f"{case.year}年"),
        Column("closed_on", "销号日期", kind="date"),
        Column("until", "跟踪至", "tracking.ends_on", kind="date"),
        Column("last", "最近检查", "last_on", kind="date"),
        Column(
            "owed",
            "下次检查",
            lambda case: f"{show(case.owed_on)}，{light.text}" if (light := owed(case)) else "",
            kind="light",
            tone=lambda case: str(light.light) if (light := owed(case)) else "grey",
        ),
        Column(
            "relapse",
            "反弹",
            lambda case: "有反弹" if case.relapsed else "",
            "light",
            tone=lambda _case: "red",
        ),
    ]
