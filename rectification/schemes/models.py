"""年度实施方案: a year's rules as data. Nothing that differs by year or place is a constant in code."""

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.roles import CHOICES as ROLE_CHOICES
from accounts.versions import Versioned
from organizations.models import Appointment, Organization
from organizations.rules import Level, paths_over, paths_to
from organizations.scope import TREE_KEEPERS, subtree
from rectification.schemes.terms import Mode, circled, field_names

LEVELS = [(level.value, level.label) for level in Level]
MODES = [(mode.value, mode.label) for mode in Mode]


class SchemeState(models.TextChoices):
    DRAFT = "draft", "拟订中"
    IN_FORCE = "in_force", "执行中"
    CLOSED = "closed", "已结束"


class PhaseStage(models.TextChoices):
    LOOKBACK = "lookback", "回头看"
    SURVEY = "survey", "摸排认定"
    REMEDIATION = "remediation", "集中整顿"
    CONSOLIDATION = "consolidation", "巩固提升"
    ACCEPTANCE = "acceptance", "考核验收"


class SchemeQuerySet(models.QuerySet):
    """Schemes."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Issued by a unit in the post's subtree, or by a unit above it and in force."""
        if post is None or post.role in TREE_KEEPERS or post.role == "auditor":
            return self.none()
        path = post.organization.path
        above = Q(issuer__path__in=paths_over(path))
        return self.filter(subtree(path).q("issuer__path") | (above & ~Q(state=SchemeState.DRAFT)))

    def in_force(self) -> Self:
        """Under which work is done now."""
        return self.filter(state=SchemeState.IN_FORCE)

    def of_year(self, year: int) -> Self:
        """A year's schemes."""
        return self.filter(year=year)

    def governing(self, unit: Organization, year: int) -> "Scheme | None":
        """The scheme a unit works by: in force, issued by itself or by the nearest unit above."""
        return self.in_force().worked_by(unit, year)

    def worked_by(self, unit: Organization, year: int) -> "Scheme | None":
        """The same, also after the year was closed."""
        return self.working_for(unit, year).first()

    def working_for(self, unit: Organization, year: int) -> Self:
        """The schemes a unit may work by, the one it does work by first."""
        in_force_first = models.Case(models.When(state=SchemeState.IN_FORCE, then=0), default=1)
        rows = self.on_the_way_to(unit, year).exclude(state=SchemeState.DRAFT).select_related("issuer")
        return rows.order_by("-issuer__path", in_force_first, "-pk")

    def on_the_way_to(self, unit: Organization, year: int) -> Self:
        """A year's schemes of a unit and of those above it."""
        return self.filter(year=year, issuer__path__in=paths_to(unit.path))


@tracked
class Scheme(Versioned):
    """A year's implementation scheme, issued by a unit for itself and all below it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="schemes", verbose_name="制发单位"
    )
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("标题", max_length=200)
    document_number = models.CharField("文号", max_length=60, blank=True)
    preset = models.CharField("样本", max_length=60, blank=True)
    based_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, verbose_name="依据方案"
    )
    state = models.CharField("状态", max_length=10, choices=SchemeState.choices, default=SchemeState.DRAFT)
    mode = models.CharField("认定方式", max_length=10, choices=MODES, default=Mode.QUOTA.value)
    full_marks = models.DecimalField("满分", max_digits=6, decimal_places=1, default=100)
    survey_base_on = models.DateField("摸排基准日", null=True, blank=True)
    support_name = models.CharField("帮扶力量名称", max_length=20, default="五个一")
    contact_name = models.CharField("领导联系的叫法", max_length=20, default="挂点")
    pass_line = models.DecimalField("合格线", max_digits=5, decimal_places=1, default=80)
    basic_line = models.DecimalField("基本合格线", max_digits=5, decimal_places=1, default=60)
    satisfaction_line = models.DecimalField("满意率线（%）", max_digits=5, decimal_places=1, default=80)
    dissatisfied_veto = models.DecimalField("不满意否决线（%）", max_digits=5, decimal_places=1, default=50)
    satisfied_options = ArrayField(
        models.CharField(max_length=20), default=list, verbose_name="计入满意的选项"
    )
    other_options = ArrayField(models.CharField(max_length=20), default=list, verbose_name="其他选项")
    dissatisfied_options = ArrayField(
        models.CharField(max_length=20), default=list, verbose_name="计入不满意的选项"
    )
    satisfaction_items = ArrayField(models.CharField(max_length=40), default=list, verbose_name="测评内容")
    publicity_least_days = models.PositiveSmallIntegerField("公示最少天数", default=0)
    reminder_days = ArrayField(models.SmallIntegerField(), default=list, verbose_name="提前提醒天数")
    yellow_days = models.PositiveSmallIntegerField("临期天数", default=7)
    extension_cap_days = models.PositiveSmallIntegerField("延期上限（天）", default=60)
    # 逐级提醒督办: after so many working days overdue it goes to the owner, then one level further up each time
    escalation_days = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name="逾期逐级督办（工作日）"
    )
    tracking_months = models.PositiveSmallIntegerField("跟踪月数", default=12)
    poll_least = models.PositiveSmallIntegerField("扫码测评结果最少票数", default=10)
    # 市检查: of all (100), of a share drawn by lot, or none
    check_percent = models.DecimalField(
        "市检查比例（%）", max_digits=5, decimal_places=1, null=True, blank=True
    )
    evaluation_grades = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name="年底考核等次"
    )
    evaluation_uses = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name="考核结果运用"
    )
    starter_values = ArrayField(models.CharField(max_length=40), default=list, verbose_name="示例分值项")
    in_force_at = models.DateTimeField("执行时间", null=True, blank=True)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = "年度实施方案"
        ordering = ["-year", "issuer__path"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "year"], name="one_scheme_in_force", condition=Q(state="in_force")
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("schemes:detail", args=[self.uid])


class Part(models.Model):
    """A row of a scheme, in the scheme's order, with where it comes from."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.PositiveSmallIntegerField("序号")
    source = models.CharField("出处", max_length=60, blank=True)
    starter = models.BooleanField("示例值", default=False)

    class Meta:
        abstract = True
        ordering = ["order"]

    @property
    def field_words(self) -> str:
        """The fields it is about, in words."""
        return field_names(getattr(self, "fields", ())) or "全部领域"


@tracked
class Phase(Part):
    """A named, dated step of the year; phases may share a day or overlap (S2)."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="phases")
    name = models.CharField("阶段", max_length=60)
    stage = models.CharField("环节", max_length=14, choices=PhaseStage.choices)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")

    class Meta(Part.Meta):
        verbose_name = "阶段"


@tracked
class Criterion(Part):
    """情形: one way of being weak, with its standard points."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="criteria")
    text = models.CharField("情形", max_length=300)
    short = models.CharField("简称", max_length=20, blank=True)
    points = models.DecimalField("标准分", max_digits=5, decimal_places=1)
    rubric = models.TextField("评分细则", blank=True)
    fields = ArrayField(models.CharField(max_length=12), default=list, verbose_name="适用领域")
    threshold = models.DecimalField("扣分达到即认定", max_digits=5, decimal_places=1, null=True, blank=True)
    hard = models.BooleanField("硬杠杠", default=False)
    national_types = ArrayField(
        models.PositiveSmallIntegerField(), default=list, verbose_name="党内统计主要类型"
    )

    class Meta(Part.Meta):
        verbose_name = "情形"

    def __str__(self) -> str:
        return f"{self.number}{self.short or self.text}"

    @property
    def number(self) -> str:
        """The circled number the papers use."""
        return circled(self.order)


@tracked
class Quota(Part):
    """倒排比例: the least share to be determined, for one field or several pooled."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="quotas")
    fields = ArrayField(models.CharField(max_length=12), verbose_name="领域")
    percent = models.DecimalField("不低于（%）", max_digits=5, decimal_places=2)

    class Meta(Part.Meta):
        verbose_name = "倒排比例"


class ItemKind(models.TextChoices):
    LOOKBACK = "lookback", "回头看要点"
    SUPPORT = "support", "帮扶力量"
    HELP = "help", "帮建内容"
    CONTACT = "contact", "挂点联系"
    CAMPAIGN = "campaign", "专项整治"
    ACCEPTANCE = "acceptance", "验收项目"
    DEPARTMENT = "department", "联审部门"
    INPUT = "input", "摸排参考"
    LEADERSHIP = "leadership", "领导责任"
    PROVISION = "provision", "其他规定"
    TREATMENT = "treatment", "分类处置"
    STARTER = "starter", "措施参考"


@tracked
class SchemeItem(Part):
    """A listed item of the scheme: a lookback point, a support item, a help, an acceptance item with points, …

    `key` names what a program looks for (an input, a provision, who leads); a treatment says which criterion it is for
    and by which day.
    """

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField("类别", max_length=10, choices=ItemKind.choices)
    text = models.CharField("内容", max_length=200)
    points = models.DecimalField("标准分", max_digits=5, decimal_places=1, null=True, blank=True)
    veto = models.BooleanField("否决项", default=False)
    key = models.CharField("代号", max_length=40, blank=True)
    criterion = models.PositiveSmallIntegerField("情形序号", null=True, blank=True)
    due_on = models.DateField("期限", null=True, blank=True)
    # 挂点联系: what kinds of organization fulfil it; empty: any
    fields = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name="限于领域")

    class Meta(Part.Meta):
        verbose_name = "方案条目"

    def __str__(self) -> str:
        return self.text


class Process(models.TextChoices):
    LOOKBACK = "lookback", "回头看"
    DETERMINATION = "determination", "摸排认定"
    PLAN = "plan", "整顿方案"
    CLOSING = "closing", "问题销号"
    INSPECTION = "inspection", "督导检查"
    FILING = "filing", "报送"
    ACCEPTANCE = "acceptance", "考核验收"
    SIGN_OFF = "sign_off", "销号审批"


class StepMode(models.TextChoices):
    HANDLE = "handle", "办理"
    RECORD = "record", "登记决定"
    JOINT = "joint", "部门联审"
    PUBLISH = "publish", "公布公示"


@tracked
class ChainStep(Part):
    """Who takes a step of a process, in the system (办理) or by recording a meeting or a paper (登记决定)."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="chain")
    process = models.CharField("事项", max_length=14, choices=Process.choices)
    name = models.CharField("环节", max_length=60)
    level = models.CharField("层级", max_length=12, choices=LEVELS)
    role = models.CharField("岗位", max_length=20, choices=ROLE_CHOICES)
    mode = models.CharField("方式", max_length=8, choices=StepMode.choices, default=StepMode.HANDLE)
    decides = models.BooleanField("认定环节", default=False)

    class Meta(Part.Meta):
        verbose_name = "审批环节"
        ordering = ["process", "order"]

    def __str__(self) -> str:
        return self.name
