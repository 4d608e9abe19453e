"""集中整顿: the plan, the problems, the measures and what came of them."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.history import tracked
from accounts.versions import Versioned
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.evidence.models import Attachment
from rectification.reviews.models import Review
from rectification.schemes.models import Criterion


class OfCaseQuerySet(models.QuerySet):
    """Rows that belong to a case are seen by whoever sees the case."""

    case_path = "case"

    def visible_to(self, post: Appointment | None) -> Self:
        """Those of the cases the post sees."""
        return self.filter(**{f"{self.case_path}__in": Case.objects.visible_to(post)})


class PlanState(models.TextChoices):
    DRAFT = "draft", "拟订中"
    SUBMITTED = "submitted", "已呈报"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "已批准"


@tracked
class Plan(Versioned):
    """整顿方案（一村一策）: what the township means to do, approved or returned by the county."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="plan")
    state = models.CharField("状态", max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    situation = models.TextField("基本情况", blank=True)
    goal = models.TextField("整顿目标", blank=True)
    steps = models.TextField("工作步骤", blank=True)
    safeguards = models.TextField("保障措施", blank=True)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, related_name="plans")
    approved_on = models.DateField("批准日期", null=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "整顿方案"

    def __str__(self) -> str:
        return f"{self.case.organization.short_name}整顿方案"

    @property
    def tone(self) -> str:
        """The colour that goes with the state's word."""
        return {"draft": "grey", "submitted": "blue", "returned": "red"}.get(self.state, "green")


class ProblemQuerySet(OfCaseQuerySet):
    """Problems."""

    def solved(self) -> Self:
        """Every measure confirmed, waiting for the county's 销号."""
        return self.filter(state=ProblemState.SOLVED)


class ProblemState(models.TextChoices):
    OPEN = "open", "整改中"
    SOLVED = "solved", "待销号"
    CLOSED = "closed", "已销号"


@tracked
class Problem(Versioned):
    """突出问题: what is wrong; 销号 is confirmed by the county."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="problems")
    order = models.PositiveSmallIntegerField("序号")
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="情形"
    )
    text = models.TextField("突出问题")
    state = models.CharField("状态", max_length=8, choices=ProblemState.choices, default=ProblemState.OPEN)
    closed_on = models.DateField("销号日期", null=True)
    closed_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = "突出问题"
        ordering = ["case", "order"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False)
                | (~Q(state="closed") & Q(closed_on__isnull=True)),
                name="closed_problem_has_date",
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def tone(self) -> str:
        """The colour that goes with the state's word."""
        return {"open": "grey", "solved": "blue"}.get(self.state, "green")


class MeasureState(models.TextChoices):
    OPEN = "open", "整改中"
    REPORTED = "reported", "已报完成"
    CONFIRMED = "confirmed", "已确认完成"
    CANCELLED = "cancelled", "已取消"


class MeasureQuerySet(OfCaseQuerySet):
    """Measures."""

    case_path = "problem__case"

    def standing(self) -> Self:
        """Not cancelled."""
        return self.exclude(state=MeasureState.CANCELLED)

    def counted(self) -> Self:
        """Those whose percentage weighs in a mean: not cancelled, a long-term one only when it is done."""
        return self.standing().exclude(long_term=True, state=MeasureState.OPEN)

    def confirmed(self) -> Self:
        """Done, and the township says so."""
        return self.filter(state=MeasureState.CONFIRMED)


class MeasureKind(models.TextChoices):
    TASK = "task", "整改任务"
    RULES = "rules", "建章立制"
    DEED = "deed", "办实事"


@tracked
class Measure(Versioned):
    """整改措施: what is done, to which goal, by whom, until when (五个明确)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="measures")
    order = models.PositiveSmallIntegerField("序号")
    kind = models.CharField("类别", max_length=6, choices=MeasureKind.choices, default=MeasureKind.TASK)
    text = models.TextField("整顿措施")
    goal = models.TextField("目标", blank=True)
    leader = models.CharField("责任领导", max_length=60, blank=True)
    unit = models.CharField("责任单位", max_length=100, blank=True)
    person = models.CharField("责任人", max_length=60, blank=True)
    requirement = models.CharField("要求", max_length=200, blank=True)
    collective_economy = models.BooleanField("属于发展村级集体经济的措施", default=False)
    long_term = models.BooleanField("长期坚持（报阶段性成效，不报百分比）", default=False)
    starts_on = models.DateField("开始日期")
    due_on = models.DateField("完成时限")
    state = models.CharField("状态", max_length=10, choices=MeasureState.choices, default=MeasureState.OPEN)
    percent = models.PositiveSmallIntegerField("完成率（%）", default=0)
    result = models.TextField("完成结果", blank=True)
    cancelled_reason = models.CharField("取消原因", max_length=200, blank=True)
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, null=True, related_name="measures")
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="measures")

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = "整改措施"
        ordering = ["problem", "order"]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gte=F("starts_on")), name="measure_due_after_start"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="measure_percent"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def tone(self) -> str:
        """The colour that goes with the state's word."""
        return {"reported": "blue", "confirmed": "green"}.get(self.state, "grey")

    @property
    def in_words(self) -> bool:
        """Reported as 阶段性成效, without a percentage: a long-term one that is not done."""
        return self.long_term and self.state == MeasureState.OPEN

    @property
    def in_force(self) -> bool:
        """Approved with a plan: from then on it is owed, and no longer deleted."""
        return self.duty_id is not None


class ProgressQuerySet(OfCaseQuerySet):
    """Entries of progress."""

    case_path = "measure__problem__case"


@tracked
class Progress(models.Model):
    """进展: an entry on a measure; a correction is a new entry, the old one stays."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="entries")
    percent = models.PositiveSmallIntegerField("完成率（%）", null=True, blank=True)
    words = models.TextField("进展情况")
    on = models.DateField("日期")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT)
    at = models.DateTimeField("填报时间")

    objects = ProgressQuerySet.as_manager()

    class Meta:
        verbose_name = "进展"
        ordering = ["-on", "-pk"]
