"""How a place goes about it: what its paper says beyond criteria, phases and points. Every part may be empty."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.history import tracked
from organizations.models import Appointment
from rectification.schemes.models import LEVELS, Part, Scheme
from rectification.schemes.terms import Rhythm


@tracked
class Aspect(Part):
    """方面: a group of types of weakness (四个方面11种类型); name and types may still be empty."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="aspects")
    name = models.CharField("方面", max_length=60, blank=True)
    types = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name="类型")

    class Meta(Part.Meta):
        verbose_name = "方面类型"


class FormKind(models.TextChoices):
    SELF_CHECK = "self_check", "自查"
    DRAGNET = "dragnet", "拉网式摸排"
    REVISIT = "revisit", "回访调研"


@tracked
class SurveyForm(Part):
    """摸排表: a form beside the scores, each question answered in words."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="survey_forms")
    key = models.SlugField("代号", max_length=40)
    title = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=12, choices=FormKind.choices)
    questions = ArrayField(models.CharField(max_length=100), default=list, verbose_name="问题")

    class Meta(Part.Meta):
        verbose_name = "摸排表"

    def __str__(self) -> str:
        return self.title


@tracked
class Target(Part):
    """量化目标: what each case is to reach in the year, from `least` to `most` (None: open) of `unit`."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="targets")
    key = models.SlugField("代号", max_length=40)
    title = models.CharField("目标", max_length=60)
    unit = models.CharField("单位", max_length=10)
    least = models.PositiveSmallIntegerField("不少于", null=True, blank=True)
    most = models.PositiveSmallIntegerField("不多于", null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = "量化目标"

    def __str__(self) -> str:
        return self.title


@tracked
class InspectionRule(Part):
    """督导安排: how often whom looks, announced or not; `ranking` is of units by progress, never of persons."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="inspection_rules")
    key = models.SlugField("代号", max_length=40)
    title = models.CharField("督导安排", max_length=100)
    rhythm = models.CharField(
        "频次", max_length=10, blank=True, choices=[(one.value, one.label) for one in Rhythm]
    )
    times = models.PositiveSmallIntegerField("次数", default=1)
    level = models.CharField("层级", max_length=12, choices=LEVELS)
    announced = models.BooleanField("事先通知", default=True)
    ranking = models.BooleanField("通报排名", default=False)

    class Meta(Part.Meta):
        verbose_name = "督导安排"

    def __str__(self) -> str:
        return self.title


@tracked
class SchemeGap(Part):
    """An empty place: the part a person must still fill in because the source names without listing."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="gaps")
    part = models.CharField("部分", max_length=40)
    text = models.CharField("待填内容", max_length=200)
    filled_at = models.DateTimeField("已填", null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = "待填内容"


@tracked
class LaxerReason(models.Model):
    """Why a scheme is laxer in one item than the scheme above; `key` is that of the difference."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="laxer_reasons")
    key = models.CharField("项目", max_length=300)
    reason = models.TextField("理由")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = "宽于上级的理由"
        constraints = [models.UniqueConstraint(fields=["scheme", "key"], name="one_laxer_reason_per_item")]


@tracked
class SchemeAmendment(models.Model):
    """A recorded change of a scheme in force: what, why, by whom, before and after."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="amendments")
    at = models.DateTimeField("时间", default=timezone.now)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT)
    what = models.CharField("修改内容", max_length=200)
    before = models.TextField("修改前", blank=True)
    after = models.TextField("修改后", blank=True)
    reason = models.TextField("理由")

    class Meta:
        verbose_name = "方案修订"
        ordering = ["-at"]
