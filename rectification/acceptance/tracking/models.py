"""跟踪管理: what was seen when a closed case was looked at again in its year of watching, against 反弹."""

import uuid

from django.db import models

from accounts.history import tracked
from accounts.versions import Versioned
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.evidence.models import Attachment
from rectification.remediation.models import OfCaseQuerySet


@tracked
class TrackingCheck(Versioned):
    """跟踪检查: a look at a closed case; recorded in error it is withdrawn with the reason, never deleted."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tracking_checks")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, null=True, related_name="tracking_checks")
    on = models.DateField("检查日期")
    words = models.TextField("跟踪情况")
    relapse = models.BooleanField("出现反弹", default=False)
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="tracking_checks")
    withdrawn_reason = models.CharField("撤销登记原因", max_length=200, blank=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "跟踪检查"
        ordering = ["case", "-on", "-pk"]


def looks_at(case: Case) -> models.QuerySet[TrackingCheck]:
    """The looks that count in the case's watching of now, the latest first: one that a check of the unit above ended
    keeps its looks, but they say nothing of the 销号 that came after it."""
    rows = case.tracking_checks.filter(withdrawn_reason="")
    return rows.filter(on__gte=case.closed_on) if case.closed_on else rows
