"""帮扶力量 beside the people: helping units, pairing, projects and money, 五帮, the committee, training (S0 四)."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.history import tracked
from accounts.versions import Versioned
from organizations.models import Appointment, Organization
from organizations.placed import Placed
from organizations.record_models import LeaderPost
from organizations.scope import within
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.remediation.models import OfCaseQuerySet
from rectification.schemes.models import SchemeItem


class SupportQuerySet(OfCaseQuerySet):
    """What a case is given from a day to a day."""

    def current(self, today: date) -> Self:
        """Given on this day."""
        return self.filter(Q(to_on__isnull=True) | Q(to_on__gte=today), from_on__lte=today)


class OfCase(Versioned):
    """A row of one case's support."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="%(class)ss")

    class Meta:
        abstract = True


class Staying(OfCase):
    """Support that may not leave before 销号: from, to, and the paper and reason of an ordered end (S0 五)."""

    from_on = models.DateField("起")
    to_on = models.DateField("止", null=True, blank=True)
    end_document = models.CharField("调整文号", max_length=60, blank=True)
    end_reason = models.CharField("调整原因", max_length=200, blank=True)

    objects = SupportQuerySet.as_manager()

    class Meta:
        abstract = True


class RecordedQuerySet(OfCaseQuerySet):
    """Rows that may turn out to have been recorded in error."""

    def standing(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_reason="")


class Recorded(OfCase):
    """What was recorded of a case; recorded in error it is withdrawn with the reason, never deleted."""

    withdrawn_reason = models.CharField("撤销登记原因", max_length=200, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        abstract = True


@tracked
class HelpingUnit(Staying):
    """帮扶单位: a department that helps; it stays until 销号."""

    name = models.CharField("帮扶单位", max_length=100)
    contact = models.CharField("联系人", max_length=40, blank=True)

    class Meta:
        verbose_name = "帮扶单位"
        ordering = ["from_on", "pk"]

    def __str__(self) -> str:
        return self.name


@tracked
class Pairing(Staying):
    """结对共建: an advanced organization that draws the case along; a known one is linked, any other is named."""

    partner = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="pairings"
    )
    partner_name = models.CharField("结对党组织", max_length=100)
    form = models.CharField("方式", max_length=60, blank=True)

    class Meta:
        verbose_name = "结对共建"
        ordering = ["from_on", "pk"]

    def __str__(self) -> str:
        return self.partner_name


class ProjectQuerySet(OfCaseQuerySet):
    """Projects."""

    def standing(self) -> Self:
        """Not cancelled: those whose plan counts."""
        return self.filter(cancelled_reason="")


@tracked
class Project(OfCase):
    """帮扶项目: funds planned, arrived and spent, in 万元; spent never exceeds arrived."""

    name = models.CharField("项目名称", max_length=100)
    helper = models.ForeignKey(
        HelpingUnit, on_delete=models.PROTECT, null=True, blank=True, related_name="projects"
    )
    planned = models.DecimalField("计划资金（万元）", max_digits=10, decimal_places=2, default=0)
    arrived = models.DecimalField("到位资金（万元）", max_digits=10, decimal_places=2, default=0)
    spent = models.DecimalField("已支出（万元）", max_digits=10, decimal_places=2, default=0)
    due_on = models.DateField("计划完成", null=True, blank=True)
    done_on = models.DateField("实际完成", null=True, blank=True)
    progress = models.CharField("进展", max_length=200, blank=True)
    cancelled_reason = models.CharField("取消原因", max_length=200, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "帮扶项目"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(spent__gte=0, planned__gte=0, spent__lte=F("arrived")), name="project_funds"
            )
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class Help(Recorded):
    """帮建内容落实 (五帮): what was done for one of the scheme's helps."""

    item = models.ForeignKey(SchemeItem, on_delete=models.PROTECT, related_name="helps")
    words = models.TextField("落实情况")
    on = models.DateField("日期")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "帮建内容"
        ordering = ["item__order", "on"]


class CommitteeNeedKind(models.TextChoices):
    VACANT = "vacant", "空缺，待选配"
    REPLACE = "replace", "不胜任，待调整"


@tracked
class CommitteeNeed(Recorded):
    """班子调整: a post that is vacant or to be replaced, until when, and who came from where (党内统计表 调整培训书记).

    `from_start`: it was so at the year's start, when the case was determined. `post`: the post in the organization's
    own committee that gets the new holder.
    """

    post = models.ForeignKey(
        LeaderPost,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="needs",
        verbose_name="班子职务",
    )
    title = models.CharField("职务", max_length=40)
    secretary = models.BooleanField("书记", default=False)
    kind = models.CharField("情况", max_length=8, choices=CommitteeNeedKind.choices)
    from_start = models.BooleanField("年初即有", default=True)
    since_on = models.DateField("自何日起")
    limit_on = models.DateField("限期")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, null=True, related_name="committee_needs")
    settled_on = models.DateField("配齐（调整）日期", null=True, blank=True)
    holder = models.CharField("继任人选", max_length=40, blank=True)
    origin = models.CharField("人选来源", max_length=60, blank=True)
    words = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "班子调整"
        ordering = ["-secretary", "since_on", "pk"]


class TrainingLevel(models.TextChoices):
    COUNTY = "county", "县级及以上"
    TOWNSHIP = "township", "乡镇（街道）"


@tracked
class Training(Recorded):
    """培训: one person, one course; counted by 人次 in the 党内统计表."""

    person = models.CharField("参训人员", max_length=40)
    secretary = models.BooleanField("书记", default=True)
    on = models.DateField("日期")
    level = models.CharField("组织层级", max_length=8, choices=TrainingLevel.choices)
    title = models.CharField("培训内容", max_length=100)

    class Meta:
        verbose_name = "培训"
        ordering = ["-on", "-pk"]


class SupportFundQuerySet(models.QuerySet):
    """Yearly funds."""

    def visible_to(self, post: Appointment | None) -> Self:
        """In the post's subtree."""
        return self.filter(within(post))


@tracked
class SupportFund(Placed, Versioned):
    """帮扶项目资金: what a county sets aside for a year, in 万元 (S0 四（七）)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    year = models.PositiveSmallIntegerField("年度")
    amount = models.DecimalField("安排资金（万元）", max_digits=12, decimal_places=2)
    document = models.CharField("文号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = SupportFundQuerySet.as_manager()

    class Meta:
        verbose_name = "年度帮扶资金"
        constraints = [models.UniqueConstraint(fields=["organization", "year"], name="one_fund_a_year")]
