"""量化目标 and 专项整治: what a case or a county counts towards."""

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
from rectification.remediation.models import OfCaseQuerySet
from rectification.schemes.models import Scheme, SchemeItem
from rectification.schemes.practice_models import Target


class TargetEntryQuerySet(OfCaseQuerySet):
    """What was reached."""

    def standing(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_reason="")


@tracked
class TargetEntry(Versioned):
    """目标进度: so many more of a target were reached on a day; without names of those counted."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="target_entries")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="entries", verbose_name="目标")
    number = models.PositiveSmallIntegerField("完成数")
    on = models.DateField("日期")
    words = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("填报时间")
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)

    objects = TargetEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "目标进度"
        ordering = ["-on", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(number__gt=0), name="target_entry_counts")]


class CampaignQuerySet(models.QuerySet):
    """Special campaigns."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Of the units in the post's subtree, and those that one of its cases is in."""
        taking_part = self.model.cases.through.objects.filter(case__in=Case.objects.visible_to(post))
        return self.filter(within(post) | Q(pk__in=taking_part.values("campaign")))

    def of_year(self, year: int) -> Self:
        """Under a scheme of the year."""
        return self.filter(scheme__year=year)


@tracked
class Campaign(Placed, Versioned):
    """专项整治: a county's drive of one kind, with a lead department and the cases it is for (S0 四（六）)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="campaigns")
    item = models.ForeignKey(
        SchemeItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="类别"
    )
    title = models.CharField("名称", max_length=100)
    lead = models.CharField("牵头部门", max_length=100)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    cases = models.ManyToManyField(Case, blank=True, related_name="campaigns", verbose_name="涉及的整顿对象")

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = "专项整治"
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="campaign_dates"
            )
        ]

    def __str__(self) -> str:
        return self.title


@tracked
class CampaignEntry(Versioned):
    """专项整治进度: problems found and solved for one case; of discipline a count and a transfer number only (§8)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="entries")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="campaign_entries")
    on = models.DateField("日期")
    found = models.PositiveSmallIntegerField("发现问题", default=0)
    solved = models.PositiveSmallIntegerField("解决问题", default=0)
    transferred = models.PositiveSmallIntegerField("移送违纪违法线索（件）", default=0)
    transfer_number = models.CharField("移送函号", max_length=60, blank=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)

    objects = TargetEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "专项整治进度"
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(transferred=0) | ~Q(transfer_number=""), name="transfer_has_number"
            )
        ]
