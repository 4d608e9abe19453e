"""摸排认定: scores by criterion, the ranking, the proposed list and the decision on it."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.history import tracked, tracked_in_bulk
from accounts.versions import Versioned
from organizations.models import Appointment, Organization
from organizations.placed import Placed
from organizations.scope import within
from rectification.cases.models import Case
from rectification.reviews.models import Review
from rectification.schemes.models import Criterion, Scheme


class SurveyState(models.TextChoices):
    SCORING = "scoring", "乡镇评分中"
    FROZEN = "frozen", "评分已封存"
    PROPOSED = "proposed", "名单已提交审定"
    DETERMINED = "determined", "已认定"


class SurveyQuerySet(models.QuerySet):
    """Surveys."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Of the counties in the subtree, and of the county a township or village belongs to."""
        if post is None:
            return self.none()
        path = post.organization.path
        own_county = Q(organization__path__in=[path[:end] for end in range(4, len(path), 4)])
        below = within(post)
        return self.filter(below | own_county) if post.role in SURVEYORS else self.none()


SURVEYORS = frozenset({"city_reviewer", "county_officer", "township_officer", "village_reporter"})


@tracked
class Survey(Placed, Versioned):
    """A county's survey of a year under its scheme; `organization` is the county."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="surveys")
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=12, choices=SurveyState.choices, default=SurveyState.SCORING)
    base_on = models.DateField("基准日")
    frozen_at = models.DateTimeField("封存时间", null=True)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, related_name="surveys")
    fewer_reason = models.TextField("少于比例的理由", blank=True)
    fewer_consent = models.CharField("上级同意（机关、日期、文号）", max_length=200, blank=True)
    tie_reason = models.TextField("同分取舍的理由", blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = "摸排"
        constraints = [models.UniqueConstraint(fields=["organization", "year"], name="one_survey_a_year")]

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.year}年摸排"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("survey:ranking", args=[self.uid])


class AssessmentQuerySet(models.QuerySet):
    """Assessed organizations."""

    def visible_to(self, post: Appointment | None) -> Self:
        """In the post's subtree."""
        return self.filter(within(post))

    def of(self, survey: Survey) -> Self:
        """One survey's."""
        return self.filter(survey=survey)


@tracked_in_bulk
class Assessment(Placed, Versioned):
    """摸排评分: one organization's score in a survey, and whether it is proposed."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="assessments")
    township = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="乡镇（街道）"
    )
    field = models.CharField("领域", max_length=12)
    deducted = models.DecimalField("扣分", max_digits=6, decimal_places=1, default=0)
    score = models.DecimalField("得分", max_digits=6, decimal_places=1, default=100)
    rank = models.PositiveIntegerField("倒排名次", null=True)
    submitted_at = models.DateTimeField("乡镇提交时间", null=True)
    carried = models.BooleanField("上年未转化", default=False)
    chosen = models.BooleanField("列为拟整顿对象", default=False)
    primary = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="主要类型"
    )
    national_type = models.PositiveSmallIntegerField("统计主要类型", null=True)
    township_reason = models.TextField("乡镇不提名的理由", blank=True)
    township_proposes = models.BooleanField("乡镇提名", default=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, related_name="assessment")

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "摸排评分"
        ordering = ["org_path", "pk"]
        constraints = [models.UniqueConstraint(fields=["survey", "organization"], name="assessed_once")]

    def __str__(self) -> str:
        return self.organization.short_name


@tracked
class Finding(models.Model):
    """具体表现: one criterion hit, the points taken and the words for it."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="findings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    deduction = models.DecimalField("扣分", max_digits=5, decimal_places=1)
    words = models.TextField("具体表现", blank=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "具体表现"
        ordering = ["criterion__order"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="one_finding_per_criterion"),
            models.CheckConstraint(condition=Q(deduction__gte=0), name="deduction_not_negative"),
        ]
