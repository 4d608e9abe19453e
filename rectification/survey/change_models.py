"""What changes once scores are closed: an amended score, a case added or withdrawn in mid-year."""

import uuid
from typing import Self

from django.db import models

from accounts.history import tracked
from accounts.roles import SUBTREE
from organizations.models import Appointment
from organizations.placed import Placed
from organizations.scope import within
from rectification.cases.models import Case
from rectification.evidence.models import Attachment
from rectification.schemes.models import Criterion
from rectification.survey.models import Assessment, Survey


@tracked
class ScoreAmendment(models.Model):
    """评分更正: a deduction changed after the county closed scoring, with its reason and what stood before."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="amendments")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    before = models.DecimalField("原扣分", max_digits=5, decimal_places=1)
    after = models.DecimalField("更正为", max_digits=5, decimal_places=1)
    effect = models.TextField("对排名的影响", blank=True)
    reason = models.TextField("理由")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "评分更正"
        ordering = ["at", "pk"]


class ChangeKind(models.TextChoices):
    ADDED = "added", "年中增列"
    WITHDRAWN = "withdrawn", "退出整顿"


class CaseChangeQuerySet(models.QuerySet):
    """Changes of the list."""

    def visible_to(self, post: Appointment | None) -> Self:
        """In the post's subtree."""
        return self.filter(within(post)) if post is not None and post.role in SUBTREE else self.none()


@tracked
class CaseChange(Placed):
    """年中调整: a case added to the year's list or withdrawn from it, by which decision and why."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="changes")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField("调整", max_length=10, choices=ChangeKind.choices)
    reason = models.TextField("理由")
    body = models.CharField("决定机关", max_length=100)
    decided_on = models.DateField("决定日期")
    document = models.CharField("纪要号或文号", max_length=60)
    consent = models.CharField("上级同意（机关、日期、文号）", max_length=200, blank=True)
    scan = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间")

    objects = CaseChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "年中调整"
        ordering = ["-decided_on", "-pk"]
