"""工作纪实: the one log of what was done at a case."""

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.versions import Versioned
from organizations.models import Appointment
from rectification.cases.models import Case, CaseMember
from rectification.evidence.models import Attachment
from rectification.remediation.activities.rules import CHOICES
from rectification.remediation.models import OfCaseQuerySet


class ActivityQuerySet(OfCaseQuerySet):
    """Entries of the log."""

    def standing(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


@tracked
class Activity(Versioned):
    """An entry of the 工作纪实: on which day, who, what, with what result; corrected or withdrawn, never deleted."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="activities")
    kind = models.CharField("类别", max_length=14, choices=CHOICES)
    on = models.DateField("日期")
    members = models.ManyToManyField(CaseMember, related_name="activities", verbose_name="参加的帮扶人员")
    others = models.CharField("其他参加人员", max_length=200, blank=True)
    # Who took part as it was written: the row's own history then tells it too
    people = models.CharField("参加人员", max_length=600, editable=False)
    what = models.TextField("做了什么")
    result = models.TextField("结果", blank=True)
    households = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name="入户")
    phoned = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name="电话联系（外出户）"
    )
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="activities")
    on_behalf = models.BooleanField("代录", default=False)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", verbose_name="录入人")
    at = models.DateTimeField("录入时间")
    # The key the phone gave the entry: what is sent again weeks later is still the same entry
    sent_key = models.UUIDField(null=True, editable=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = "工作纪实"
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["case", "-on"], name="activity_case_on")]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
                name="withdrawn_activity_has_reason",
            ),
            models.UniqueConstraint(fields=["by", "sent_key"], name="one_activity_a_key"),
        ]

    def __str__(self) -> str:
        return f"{self.on.year}年{self.on.month}月{self.on.day}日 {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("remediation:activity", args=[self.uid])


class Tone(models.IntegerChoices):
    """The lights of a log, the most urgent first."""

    RED = 0, "已逾期未完成"
    YELLOW = 1, "可能完不成"
    GREEN = 2, "正常"


@tracked
class LogState(models.Model):
    """How a case's log stands: its most urgent light, kept with each entry and every night, so that the lists of a
    whole province need not count the entries."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="log_state")
    tone = models.PositiveSmallIntegerField("进度", choices=Tone.choices, default=Tone.GREEN)

    class Meta:
        verbose_name = "工作纪实进度"
