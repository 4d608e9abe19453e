"""督导检查: who looked at which cases, announced or not, drawn how, and what was found."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.history import tracked
from accounts.versions import Versioned
from organizations.models import Appointment
from organizations.placed import Placed
from organizations.record_models import Grade
from organizations.scope import within
from rectification.cases.models import Case
from rectification.evidence.models import Attachment
from rectification.remediation.models import Problem
from rectification.schemes.models import Scheme
from rectification.schemes.practice_models import InspectionRule


class InspectionKind(models.TextChoices):
    INSPECTION = "inspection", "督导检查"
    EVALUATION = "evaluation", "季度评估"


class InspectionState(models.TextChoices):
    PLANNED = "planned", "已安排"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class InspectionQuerySet(models.QuerySet):
    """Inspections."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Of the inspecting units in the post's subtree: those below never see one coming."""
        return self.filter(within(post))


@tracked
class Inspection(Placed, Versioned):
    """督导: one round by a unit (`organization`), its cases drawn by a recorded seed or picked by hand.

    draw: what the draw was made from, so that anyone can run it again: {"seed", "size", "pool": [{"case": uid,
    "weight", "reasons"}]}; {} where the cases were picked.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="inspections")
    rule = models.ForeignKey(
        InspectionRule, on_delete=models.PROTECT, null=True, blank=True, related_name="inspections"
    )
    kind = models.CharField("类别", max_length=10, choices=InspectionKind.choices)
    title = models.CharField("名称", max_length=100)
    announced = models.BooleanField("事先通知", default=False)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    team = models.CharField("督导人员", max_length=200, blank=True)
    draw = models.JSONField("抽取记录", default=dict)
    state = models.CharField(
        "状态", max_length=10, choices=InspectionState.choices, default=InspectionState.PLANNED
    )
    ended_reason = models.CharField("取消原因", max_length=200, blank=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间")

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = "督导"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="inspection_dates")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("supervision:inspection", args=[self.uid])


class InspectionResultQuerySet(models.QuerySet):
    """What inspections found at cases."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Whoever sees the inspection; whoever sees the case, once the inspection is done."""
        mine = Q(inspection__in=Inspection.objects.visible_to(post))
        done = Q(inspection__state=InspectionState.DONE, case__in=Case.objects.visible_to(post))
        return self.filter(mine | done)


@tracked
class InspectionResult(Versioned):
    """督导情况: one case of an inspection; `on` is empty until somebody went there."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="results")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="inspection_results")
    on = models.DateField("督导日期", null=True, blank=True)
    words = models.TextField("督导情况", blank=True)
    grade = models.CharField("评估等次", max_length=6, choices=Grade.choices, blank=True)
    skipped_reason = models.CharField("未督导的原因", max_length=200, blank=True)
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="inspection_results")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")

    objects = InspectionResultQuerySet.as_manager()

    class Meta:
        verbose_name = "督导情况"
        ordering = ["case__org_path", "pk"]
        constraints = [models.UniqueConstraint(fields=["inspection", "case"], name="one_result_a_case")]

    def __str__(self) -> str:
        return f"{self.case.organization.short_name}：{self.inspection.title}"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("supervision:inspection_result", args=[self.uid])


class FindingQuerySet(models.QuerySet):
    """What was found."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Whoever sees the result it belongs to."""
        return self.filter(result__in=InspectionResult.objects.visible_to(post))


@tracked
class InspectionFinding(Versioned):
    """督导发现的问题: goes into the case's problem list, into a notice, or was settled on the spot."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    result = models.ForeignKey(InspectionResult, on_delete=models.PROTECT, related_name="findings")
    order = models.PositiveSmallIntegerField("序号")
    text = models.TextField("发现的问题")
    problem = models.ForeignKey(
        Problem, on_delete=models.PROTECT, null=True, related_name="inspection_findings"
    )
    settled = models.CharField("现场整改情况", max_length=200, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "督导发现的问题"
        ordering = ["result", "order"]
