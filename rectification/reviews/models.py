"""呈报审批: what is submitted goes up a chain; used by every room that submits."""

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.history import tracked
from accounts.roles import CHOICES as ROLE_CHOICES
from organizations.models import Appointment, Organization
from organizations.placed import Placed
from organizations.scope import within
from rectification.cases.models import Case
from rectification.evidence.models import Attachment
from rectification.schemes.models import Process, StepMode


class ReviewState(models.TextChoices):
    PENDING = "pending", "审批中"
    RETURNED = "returned", "已退回"
    PASSED = "passed", "已通过"
    WITHDRAWN = "withdrawn", "已撤回"


class ReviewQuerySet(models.QuerySet):
    """Submissions."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Sent from the post's subtree; a chain only ever goes up, so whoever decides sees it too."""
        return self.filter(within(post))

    def waiting_for(self, post: Appointment) -> Self:
        """Standing with this post now."""
        return self.filter(state=ReviewState.PENDING, at_unit_id=post.organization_id, at_role=post.role)

    def sent_by(self, post: Appointment) -> Self:
        """Submitted by this post's unit."""
        return self.filter(organization_id=post.organization_id, submitted_by__role=post.role)


@tracked
class Review(Placed):
    """One submission: frozen content, version by version, and where it stands. `organization` sent it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    process = models.CharField("事项", max_length=14, choices=Process.choices)
    title = models.CharField("标题", max_length=200)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="reviews")
    state = models.CharField("状态", max_length=10, choices=ReviewState.choices, default=ReviewState.PENDING)
    round = models.PositiveSmallIntegerField("第几次呈报", default=1)
    content = models.JSONField("呈报内容", default=dict)
    before = models.JSONField("上次呈报内容", default=dict)
    at_unit = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="现在何处"
    )
    at_role = models.CharField(max_length=20, choices=ROLE_CHOICES, blank=True)
    submitted_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField("呈报时间", default=timezone.now)
    read_at = models.DateTimeField("审阅时间", null=True)
    ended_at = models.DateTimeField("办结时间", null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "呈报"
        ordering = ["submitted_at", "pk"]
        indexes = [
            models.Index(fields=["at_unit", "at_role"], name="review_queue", condition=Q(state="pending"))
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reopened(self) -> bool:
        """Back with the sender, who may change it and send it again."""
        return self.state in (ReviewState.RETURNED, ReviewState.WITHDRAWN)

    @property
    def standing_step(self) -> "ReviewStep | None":
        """The step it stands at, or comes back to; None when all are passed. One query, none where they are read."""
        if "steps" in getattr(self, "_prefetched_objects_cache", ()):
            return next((step for step in self.steps.all() if step.decision != Decision.PASSED), None)
        return self.steps.exclude(decision=Decision.PASSED).select_related("unit").first()

    @property
    def mode(self) -> str:
        """How the step it stands at is taken: done here, or a decision recorded."""
        step = self.standing_step
        return step.mode if step else StepMode.HANDLE


class Decision(models.TextChoices):
    NONE = "", "待办"
    PASSED = "passed", "通过"
    RETURNED = "returned", "退回"


@tracked
class ReviewStep(models.Model):
    """One step of the chain, copied from the scheme when the review started, so a running chain keeps its own."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="steps")
    order = models.PositiveSmallIntegerField()
    name = models.CharField("环节", max_length=60)
    unit = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    role = models.CharField("岗位", max_length=20, choices=ROLE_CHOICES)
    mode = models.CharField("方式", max_length=8, choices=StepMode.choices)
    decision = models.CharField("结果", max_length=10, choices=Decision.choices, blank=True, default="")
    opinion = models.TextField("意见", blank=True)
    fields = ArrayField(models.CharField(max_length=60), default=list, verbose_name="须改内容")
    body = models.CharField("决定机关", max_length=100, blank=True)
    document = models.CharField("纪要号或文号", max_length=60, blank=True)
    decided_on = models.DateField("日期", null=True)
    decides = models.BooleanField("认定环节", default=False)
    items = models.JSONField("逐个意见", default=dict)
    scan = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("办理时间", null=True)

    class Meta:
        verbose_name = "审批环节"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["review", "order"], name="one_step_per_place")]


@tracked
class ReviewRemark(models.Model):
    """A return that was given on an earlier round; the steps start afresh, the words stay."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="remarks")
    round = models.PositiveSmallIntegerField("第几次呈报")
    step = models.CharField("环节", max_length=60)
    opinion = models.TextField("退回理由")
    fields = ArrayField(models.CharField(max_length=60), default=list, verbose_name="须改内容")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "退回意见"
        ordering = ["at"]
