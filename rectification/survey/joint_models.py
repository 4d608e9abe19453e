"""部门联审 and 公布: what departments say of the candidates, where the list was published, what was objected."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.roles import SUBTREE, Role
from accounts.versions import Versioned
from organizations.models import Appointment
from organizations.placed import Placed
from organizations.scope import within
from rectification.evidence.models import Attachment
from rectification.survey.joint_review_rules import Stance
from rectification.survey.models import Assessment, Survey

STANCES = [(stance.value, stance.label) for stance in Stance]


class JointReviewQuerySet(models.QuerySet):
    """Joint reviews."""

    def visible_to(self, post: Appointment | None) -> Self:
        """In the post's subtree; for a department, those it is asked in."""
        if post is not None and post.role == Role.DEPARTMENT:
            return self.filter(
                organization_id=post.organization_id,
                asked__name=post.department,
                asked__name__gt="",
                asked__withdrawn_at=None,
            )
        return self.filter(within(post)) if post is not None and post.role in SUBTREE else self.none()


@tracked
class JointReview(Placed, Versioned):
    """部门联审: chosen departments are asked about the candidates of a survey; `organization` asks."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survey = models.OneToOneField(Survey, on_delete=models.PROTECT, related_name="joint_review")
    asked_on = models.DateField("征求意见日期")
    answer_by_on = models.DateField("反馈截止日期")
    silence_reason = models.TextField("部门未反馈而继续办理的理由", blank=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("发起时间")

    objects = JointReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "部门联审"

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.survey.year}年部门联审"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("survey:joint_review", args=[self.uid])


@tracked
class AskedDepartment(models.Model):
    """A department asked in a joint review; whoever holds its post answers, or the county enters its paper."""

    review = models.ForeignKey(JointReview, on_delete=models.PROTECT, related_name="asked")
    name = models.CharField("部门", max_length=60)
    withdrawn_at = models.DateTimeField("不再征求", null=True)

    class Meta:
        verbose_name = "联审部门"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["review", "name"], name="asked_once")]

    def __str__(self) -> str:
        return self.name


@tracked
class Opinion(models.Model):
    """联审意见: what a department says of a candidate; a later one replaces the earlier, which stays in the history."""

    asked = models.ForeignKey(AskedDepartment, on_delete=models.PROTECT, related_name="opinions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="opinions")
    stance = models.CharField("意见", max_length=8, choices=STANCES)
    reason = models.TextField("理由", blank=True)
    given_on = models.DateField("出具日期")
    on_paper = models.BooleanField("代录纸质意见", default=False)
    scan = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("填报时间")

    class Meta:
        verbose_name = "联审意见"
        constraints = [
            models.UniqueConstraint(fields=["asked", "assessment"], name="one_opinion_per_candidate"),
            models.CheckConstraint(condition=~Q(stance="objects") | ~Q(reason=""), name="objection_says_why"),
        ]


@tracked
class Settlement(models.Model):
    """How the county dealt with objections or a contradiction about one candidate."""

    review = models.ForeignKey(JointReview, on_delete=models.PROTECT, related_name="settlements")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="settlements")
    how = models.TextField("研究处理情况")
    settled_on = models.DateField("研究日期")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "异议研究处理"
        constraints = [models.UniqueConstraint(fields=["review", "assessment"], name="settled_once")]


class PublicityQuerySet(models.QuerySet):
    """Publicities."""

    def visible_to(self, post: Appointment | None) -> Self:
        """In the post's subtree."""
        return self.filter(within(post)) if post is not None and post.role in SUBTREE else self.none()


@tracked
class Publicity(Placed, Versioned):
    """公布、公示: where the list was shown, from when to when; `organization` published it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survey = models.OneToOneField(Survey, on_delete=models.PROTECT, related_name="publicity")
    place = models.CharField("公布范围、地点", max_length=200)
    starts_on = models.DateField("公布起")
    ends_on = models.DateField("公布止")
    document = models.CharField("文号", max_length=60, blank=True)
    scan = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField("办结时间", null=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间")

    objects = PublicityQuerySet.as_manager()

    class Meta:
        verbose_name = "公布公示"
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="publicity_dates")
        ]

    def __str__(self) -> str:
        return f"{self.survey}名单公布"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("survey:publicity", args=[self.uid])


class ObjectionQuerySet(models.QuerySet):
    """Objections."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Those to the publicities the post sees."""
        return self.filter(publicity__in=Publicity.objects.visible_to(post))


@tracked
class Objection(models.Model):
    """An objection to the published list and how it was handled; never who raised it (domain §8)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    publicity = models.ForeignKey(Publicity, on_delete=models.PROTECT, related_name="objections")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="objections")
    text = models.TextField("异议内容")
    raised_on = models.DateField("提出日期")
    handling = models.TextField("处理情况", blank=True)
    handled_on = models.DateField("处理日期", null=True)
    upheld = models.BooleanField("异议成立", null=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间")

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "公示异议"
        ordering = ["raised_on", "pk"]
