"""市检查: the unit above looks again at what was accepted, at all of it or at a share drawn by lot (S0 三（三）)."""

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
from rectification.evidence.models import Attachment
from rectification.schemes.models import Scheme


class CheckState(models.TextChoices):
    PLANNED = "planned", "已安排"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class CheckQuerySet(models.QuerySet):
    """Checks of what was accepted."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Of the checking units in the post's subtree."""
        return self.filter(within(post))


@tracked
class Check(Placed, Versioned):
    """One check by a unit (`organization`, as a rule the city).

    draw: what the draw was made from, so that anyone can run it again: {"seed", "size", "pool": [{"case": uid,
    "weight", "reasons"}]}; {} where all are checked.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="checks")
    title = models.CharField("名称", max_length=100)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    team = models.CharField("检查人员", max_length=200, blank=True)
    draw = models.JSONField("抽取记录", default=dict)
    state = models.CharField("状态", max_length=10, choices=CheckState.choices, default=CheckState.PLANNED)
    ended_reason = models.CharField("取消原因", max_length=200, blank=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间")

    objects = CheckQuerySet.as_manager()

    class Meta:
        verbose_name = "市检查"
        ordering = ["-starts_on", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="check_dates")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("acceptance:check", args=[self.uid])


class CheckVerdict(models.TextChoices):
    NONE = "", "未检查"
    UPHELD = "upheld", "认可验收结果"
    REFUSED = "refused", "不认可，退回继续整顿"


class CheckResultQuerySet(models.QuerySet):
    """What checks said of cases."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Whoever sees the check; whoever sees the case, once something was concluded there."""
        mine = Q(check_of__in=Check.objects.visible_to(post))
        said = Q(case__in=Case.objects.visible_to(post)) & ~Q(verdict="")
        return self.filter(mine | said)


@tracked
class CheckResult(Versioned):
    """检查情况: one case of a check; `on` is empty until somebody looked."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    check_of = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="results")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="check_results")
    on = models.DateField("检查日期", null=True, blank=True)
    words = models.TextField("检查情况", blank=True)
    # 不认可: what must still be put right, a line each; listed as open problems of the case when it was taken back
    findings = models.TextField("须继续整改的问题", blank=True)
    verdict = models.CharField(
        "检查结论", max_length=8, choices=CheckVerdict.choices, blank=True, default=CheckVerdict.NONE
    )
    due_on = models.DateField("重新提请验收期限", null=True, blank=True)
    skipped_reason = models.CharField("未检查的原因", max_length=200, blank=True)
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="check_results")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CheckResultQuerySet.as_manager()

    class Meta:
        verbose_name = "检查情况"
        ordering = ["case__org_path", "pk"]
        constraints = [models.UniqueConstraint(fields=["check_of", "case"], name="one_check_result_a_case")]

    def __str__(self) -> str:
        return f"{self.case.organization.short_name}：{self.check_of.title}"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("acceptance:check_result", args=[self.uid])

    @property
    def written(self) -> bool:
        """Whether something is said of it: a conclusion, or why nobody looked."""
        return bool(self.verdict or self.skipped_reason)
