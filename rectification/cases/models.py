"""整顿对象: the spine. A case, the steps it took, the people on it, the watching afterwards."""

import uuid
from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BooleanField, DateField, Exists, ExpressionWrapper, F, OuterRef, Q, Value, When
from django.db.models.expressions import Case as Choose
from django.utils import timezone

from accounts.addresses import page_of
from accounts.history import tracked
from accounts.models import User
from accounts.roles import Role
from accounts.versions import Versioned
from organizations.models import Appointment, Organization
from organizations.placed import Placed
from organizations.scope import within
from organizations.spelled import SpelledField
from rectification.schemes.models import Criterion, Scheme
from rectification.workflow import CHOICES, OPEN, STEPS, Stage


class Source(models.TextChoices):
    NEW = "new", "新认定"
    CARRIED = "carried", "上年续整"
    MID_YEAR = "mid_year", "年中增列"


class Outcome(models.TextChoices):
    NONE = "", "未验收"
    PASS = "pass", "合格"
    BASIC = "basic", "基本合格"
    FAIL = "fail", "不合格"


class CaseQuerySet(models.QuerySet):
    """Cases."""

    def visible_to(self, post: Appointment | None) -> Self:
        """In the post's subtree; for a helper, the cases the person is on today."""
        if post is not None and post.role == Role.HELPER:
            today = timezone.localdate()
            mine = CaseMember.objects.filter(user_id=post.user_id).current(today).values("case_id")
            return self.filter(pk__in=mine)
        return self.filter(within(post))

    def of_year(self, year: int) -> Self:
        """A year's cases."""
        return self.filter(year=year)

    def open(self) -> Self:
        """Still being rectified."""
        return self.filter(stage__in=OPEN)

    def under(self, unit: Organization) -> Self:
        """In the subtree of a unit."""
        from organizations.scope import subtree

        return self.filter(subtree(unit.path).q("org_path"))

    def matching(self, words: str) -> Self:
        """Found by a piece of the organization's name, its pinyin initials, or the start of its code."""
        for word in words.lower().split():
            self = self.filter(
                Q(organization__name__icontains=word)
                | Q(organization__search__contains=word)
                | Q(organization__code__startswith=word)
            )
        return self

    def with_vacancy(self) -> Self:
        """Each with `vacancy`: whether a place of its people is open (空缺)."""
        left = CaseMember.objects.left_open().filter(case=OuterRef("pk"))
        vacancy = Q(stage__in=OPEN) & Q(Exists(left))  # as `vacant` says, without reading the case once more
        return self.annotate(vacancy=ExpressionWrapper(vacancy, BooleanField()))

    def with_light(self, today: date) -> Self:
        """Each with `light`: red, yellow or green by its nearest date (the rule of duties, for whole lists), or ""."""
        yellow_from = ExpressionWrapper(F("next_due_on") - F("scheme__yellow_days"), output_field=DateField())
        return self.annotate(yellow_from=yellow_from).annotate(
            light=Choose(
                When(next_due_on__isnull=True, then=Value("")),
                When(next_due_on__lt=today, then=Value("red")),
                When(yellow_from__lte=today, then=Value("yellow")),
                default=Value("green"),
            )
        )


@tracked
class Case(Placed, Versioned):
    """An organization under rectification in a year (整顿对象)."""

    read_above_only = True

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="cases")
    year = models.PositiveSmallIntegerField("年度")
    county = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name="县市区"
    )
    township = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="乡镇（街道）"
    )
    stage = models.CharField("环节", max_length=14, choices=CHOICES, default=Stage.SURVEY)
    outcome = models.CharField("验收结果", max_length=6, choices=Outcome.choices, blank=True, default="")
    source = models.CharField("来源", max_length=10, choices=Source.choices, default=Source.NEW)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="following")
    primary = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, related_name="+", verbose_name="主要类型", db_index=False
    )  # case_primary_year begins with it
    criteria = ArrayField(models.PositiveSmallIntegerField(), default=list, verbose_name="对应情形序号")
    national_type = models.PositiveSmallIntegerField("统计主要类型", null=True, blank=True)
    score = models.DecimalField("摸排得分", max_digits=6, decimal_places=1, null=True)
    rank = models.PositiveIntegerField("倒排名次", null=True)
    determined_on = models.DateField("认定日期", null=True)
    determined_by = models.CharField("认定机关", max_length=100, blank=True)
    minutes = models.CharField("纪要号", max_length=60, blank=True)
    problems_total = models.PositiveSmallIntegerField("问题数", default=0)
    problems_closed = models.PositiveSmallIntegerField("已销号问题", default=0)
    progress = models.PositiveSmallIntegerField("完成率（%）", default=0)
    next_due_on = models.DateField("最近时限", null=True, blank=True)
    closed_on = models.DateField("销号日期", null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "整顿对象"
        ordering = ["org_path", "pk"]
        constraints = [models.UniqueConstraint(fields=["year", "organization"], name="one_case_a_year")]
        indexes = [
            models.Index(
                fields=["year", "org_path"], include=["county", "stage", "primary"], name="case_year_path"
            ),
            models.Index(fields=["primary", "year", "org_path"], name="case_primary_year"),
        ]

    def __str__(self) -> str:
        return f"{self.organization.short_name}（{self.year}年）"

    def get_absolute_url(self) -> str:
        return page_of("remediation:case", self.uid)

    @property
    def is_open(self) -> bool:
        """Still being rectified: support may not leave."""
        return Stage(self.stage).open

    @property
    def began_on(self) -> date | None:
        """From when support counts: the determination, for what was carried over that of the year before."""
        first = self.previous if self.source == Source.CARRIED and self.previous else self
        return first.determined_on or self.determined_on


# What is noted in a case's 历程 beside its changes of stage
EVENTS = {
    "revise_plan": "调整方案",
    "correct_lookback": "更正回头看结论",
    "import_last_year": "从上年台账导入",
    "unsign_review": "撤回销号审批",
}


@tracked
class CaseStep(models.Model):
    """A change of stage, with its reason and whoever took it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField("步骤", max_length=20)
    before = models.CharField(max_length=14, choices=CHOICES)
    after = models.CharField(max_length=14, choices=CHOICES)
    reason = models.TextField("理由", blank=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "历程"
        ordering = ["at", "pk"]

    @property
    def label(self) -> str:
        """What was done, in words."""
        return EVENTS.get(self.step) or STEPS[self.step].name


class MemberKind(models.TextChoices):
    LEADER = "leader", "联系领导"
    TEAM = "team", "工作队员"
    FIRST_SECRETARY = "first_secretary", "第一书记"
    LIAISON = "liaison", "联络员"
    OFFICE = "office", "包联组室"
    STATIONED = "stationed", "蹲点班子成员"


class CaseMemberQuerySet(models.QuerySet):
    """People on cases."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Those of the cases the post sees."""
        return self.filter(case__in=Case.objects.visible_to(post))

    def current(self, today: date) -> Self:
        """On the case on this day."""
        return self.filter(Q(to_on__isnull=True) | Q(to_on__gte=today), from_on__lte=today)

    def staying(self, today: date) -> Self:
        """On the case on this day or to come."""
        return self.filter(Q(to_on__isnull=True) | Q(to_on__gte=today))

    def vacant(self) -> Self:
        """Places left by an order and not filled again (空缺): the row of whoever left."""
        return self.left_open().filter(case__stage__in=OPEN)

    def left_open(self) -> Self:
        """The same, whatever became of the case."""
        return self.filter(vacant_on__isnull=False, successors__isnull=True)


@tracked
class CaseMember(Versioned):
    """A person on a case, from a day to a day; without an account the file still says who it is.

    `vacant_on`: from which day the place is open because its holder was ordered away before 销号; `replaces` says whose
    place a person took.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="members")
    kind = models.CharField("帮扶身份", max_length=16, choices=MemberKind.choices)
    name = models.CharField("姓名", max_length=40)
    search = SpelledField("name")
    unit = models.CharField("单位及职务", max_length=100, blank=True)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name="账号"
    )
    contact = models.ForeignKey(
        "rectification.ContactLeader", on_delete=models.PROTECT, null=True, blank=True, related_name="members"
    )
    leads = models.BooleanField("组长", default=False)
    reserve = models.BooleanField("后备干部", default=False)
    matched = models.CharField("选派依据（因村选人）", max_length=100, blank=True)
    released_from_on = models.DateField("与原单位脱钩起", null=True, blank=True)
    released_to_on = models.DateField("脱钩止", null=True, blank=True)
    replaces = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name="接替",
    )
    from_on = models.DateField("起")
    to_on = models.DateField("止", null=True, blank=True)
    end_document = models.CharField("调整文号", max_length=60, blank=True)
    end_reason = models.CharField("调整原因", max_length=200, blank=True)
    vacant_on = models.DateField("空缺起", null=True, blank=True)

    objects = CaseMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "帮扶人员"
        ordering = ["kind", "from_on"]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_kind_display()}）"

    @property
    def called(self) -> str:
        """The kind on screen; a leader by the scheme's own word (挂点领导, 包抓领导); case.scheme must be loaded."""
        if self.kind == MemberKind.LEADER:
            return f"{self.case.scheme.contact_name}领导"
        return self.get_kind_display()


@tracked
class Tracking(models.Model):
    """跟踪管理: the watching after closing, against 反弹."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="tracking")
    starts_on = models.DateField("起")
    ends_on = models.DateField("止")
    note = models.TextField("跟踪情况", blank=True)

    class Meta:
        verbose_name = "跟踪管理"
