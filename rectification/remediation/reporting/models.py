"""进展报告: drafted from what was logged, its words edited, sent up; the quarterly check of accounts."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.history import tracked
from accounts.versions import Versioned
from organizations.models import Appointment
from organizations.placed import Placed
from organizations.scope import within
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.remediation.models import OfCaseQuerySet
from rectification.reviews.models import Review
from rectification.schemes.models import Scheme


class ReportRhythm(models.TextChoices):
    HALF_MONTH = "half_month", "半月报告"
    MONTHLY = "monthly", "月报告"
    QUARTERLY = "quarterly", "季报告"


class ReportState(models.TextChoices):
    DRAFT = "draft", "拟稿"
    SUBMITTED = "submitted", "已报送"
    RETURNED = "returned", "已退回"
    ACCEPTED = "accepted", "已接收"


class ProgressReportQuerySet(models.QuerySet):
    """Progress reports."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Of the units in the post's subtree; a draft is its own unit's until it goes up."""
        if post is None:
            return self.none()
        drafts = Q(state=ReportState.DRAFT) & ~Q(organization_id=post.organization_id)
        return self.filter(within(post)).exclude(drafts)


@tracked
class ProgressReport(Placed, Versioned):
    """进展报告 of a unit for a period. `words` are the officer's, by part; `facts` the numbers frozen when it went up.

    words: {part key: text}; facts: {} while a draft (they are counted anew whenever it is read), then as sent.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="progress_reports")
    rhythm = models.CharField("报告周期", max_length=10, choices=ReportRhythm.choices)
    period_from_on = models.DateField("起")
    period_to_on = models.DateField("止")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, null=True, related_name="progress_reports")
    state = models.CharField("状态", max_length=10, choices=ReportState.choices, default=ReportState.DRAFT)
    words = models.JSONField("文字", default=dict)
    facts = models.JSONField("数据", default=dict)
    sha256 = models.CharField("校验值", max_length=64, blank=True)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, related_name="progress_reports")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField("报送时间", null=True)

    objects = ProgressReportQuerySet.as_manager()

    class Meta:
        verbose_name = "进展报告"
        ordering = ["-period_to_on", "org_path"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "organization", "rhythm", "period_from_on"], name="one_report_a_period"
            ),
            models.CheckConstraint(condition=Q(period_to_on__gte=F("period_from_on")), name="report_period"),
        ]

    def __str__(self) -> str:
        first, last = self.period_from_on, self.period_to_on
        days = f"{first.year}年{first.month}月{first.day}日—{last.month}月{last.day}日"
        return f"{self.organization.short_name}{self.get_rhythm_display()}（{days}）"


@tracked
class FinanceCheck(Versioned):
    """财务审查与公开: 镇农经、财政 look at a village's accounts each quarter, which then publishes (S2)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="finance_checks")
    period_from_on = models.DateField("季度起")
    period_to_on = models.DateField("季度止")
    checked_on = models.DateField("审查日期", null=True, blank=True)
    checkers = models.CharField("审查单位", max_length=100, blank=True)
    found = models.TextField("审查发现", blank=True)
    published_on = models.DateField("公开日期", null=True, blank=True)
    published_where = models.CharField("公开方式", max_length=100, blank=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "财务审查与公开"
        ordering = ["-period_from_on"]
        constraints = [
            models.UniqueConstraint(fields=["case", "period_from_on"], name="one_finance_check_a_quarter")
        ]
