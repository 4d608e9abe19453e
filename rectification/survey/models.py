"""摸排认定: scores by criterion, the ranking, the proposed list and the decision on it."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.history import tracked, tracked_in_bulk
from accounts.roles import SUBTREE, Role
from accounts.versions import Versioned
from organizations.models import Appointment, Organization
from organizations.placed import Placed
from organizations.rules import Level, paths_over
from organizations.scope import within
from rectification.cases.models import Case
from rectification.evidence.models import Attachment
from rectification.reviews.models import Review
from rectification.schemes.models import Criterion, Scheme
from rectification.survey.terms import FindingSource

SOURCES = [(source.value, source.label) for source in FindingSource]


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
        own_county = Q(organization__path__in=paths_over(path))
        below = within(post)
        return self.filter(below | own_county) if post.role in SUBTREE else self.none()


@tracked
class Survey(Placed, Versioned):
    """摸排: a year's survey; `organization` holds it: the county, or a township under its own scheme (S2)."""

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
    passed_over_reason = models.TextField("列入而不认定的理由", blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = "摸排"
        constraints = [models.UniqueConstraint(fields=["organization", "year"], name="one_survey_a_year")]

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.year}年摸排"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("survey:ranking", args=[self.uid])

    @property
    def by_township(self) -> bool:
        """Whether a township holds it under its own scheme."""
        return self.organization.level == Level.TOWNSHIP

    @property
    def returned(self) -> bool:
        """The proposed list came back and may be changed and sent again."""
        return self.state == SurveyState.PROPOSED and self.review is not None and self.review.reopened

    @property
    def proposable(self) -> bool:
        """Whether the list can be made up now."""
        return self.state == SurveyState.FROZEN or self.returned

    @property
    def standing(self) -> str:
        """Where the survey stands, in words."""
        return "名单被退回，待修改" if self.returned else self.get_state_display()


class SheetState(models.TextChoices):
    SCORING = "scoring", "评分中"
    SUBMITTED = "submitted", "已提交"
    RETURNED = "returned", "被退回"


class SheetQuerySet(models.QuerySet):
    """Townships' score sheets."""

    def visible_to(self, post: Appointment | None) -> Self:
        """In the post's subtree; whoever sits below the township sees whether its own sheet went up."""
        if post is None or post.role not in SUBTREE:
            return self.none()
        if post.role != Role.VILLAGE_REPORTER:
            return self.filter(within(post))
        path = post.organization.path
        return self.filter(org_path__in=paths_over(path))

    def not_submitted(self) -> Self:
        """Still with the township."""
        return self.exclude(state=SheetState.SUBMITTED)

    def with_rows(self) -> Self:
        """That still have anything to score: a township that surveys by itself leaves an empty one behind."""
        rows = Assessment.objects.filter(
            survey=OuterRef("survey"), scorer=OuterRef("organization"), excluded=""
        )
        return self.filter(Exists(rows))


@tracked
class Sheet(Placed, Versioned):
    """乡镇评分表: a township's scores on their way to the county.

    `organization` scores: the township, or the county itself for what stands directly below it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="sheets")
    state = models.CharField("状态", max_length=10, choices=SheetState.choices, default=SheetState.SCORING)
    submitted_at = models.DateTimeField("提交时间", null=True)
    submitted_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")
    returned_reason = models.TextField("退回理由", blank=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = "乡镇评分表"
        ordering = ["org_path", "pk"]
        constraints = [models.UniqueConstraint(fields=["survey", "organization"], name="one_sheet_per_unit")]

    def __str__(self) -> str:
        return f"{self.organization.short_name}评分表"

    @property
    def is_open(self) -> bool:
        """Whether its scores may still be changed by whoever scores."""
        return self.state != SheetState.SUBMITTED


@tracked
class SurveyRemark(models.Model):
    """A written reason in the course of a survey: a sheet returned, scoring closed early or opened again."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="remarks")
    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, null=True, related_name="remarks")
    what = models.CharField("事项", max_length=40)
    reason = models.TextField("理由")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "摸排纪事"
        ordering = ["at", "pk"]


class AssessmentQuerySet(models.QuerySet):
    """Assessed organizations."""

    def visible_to(self, post: Appointment | None) -> Self:
        """In the post's subtree."""
        return self.filter(within(post))

    def of(self, survey: Survey) -> Self:
        """One survey's, without what was left out since."""
        return self.filter(survey=survey, excluded="")

    def scored_by(self, sheet: Sheet) -> Self:
        """What one sheet's unit scores."""
        return self.of(sheet.survey).filter(scorer_id=sheet.organization_id)


@tracked_in_bulk
class Assessment(Placed, Versioned):
    """摸排评分: one organization's score in a survey, and whether it is proposed."""

    read_above_only = True

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="assessments")
    scorer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name="评分单位"
    )
    field = models.CharField("领域", max_length=12)
    deducted = models.DecimalField("扣分", max_digits=6, decimal_places=1, default=0)
    score = models.DecimalField("得分", max_digits=6, decimal_places=1, default=100)
    rank = models.PositiveIntegerField("倒排名次", null=True)
    excluded = models.CharField("不参加摸排的原因", max_length=100, blank=True)
    carried = models.BooleanField("上年未转化", default=False)
    chosen = models.BooleanField("列为拟整顿对象", default=False)
    primary = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="主要类型"
    )
    national_type = models.PositiveSmallIntegerField("统计主要类型", null=True)
    township_reason = models.TextField("乡镇不提名的理由", blank=True)
    township_opinion = models.TextField("乡镇意见", blank=True)
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
    source = models.CharField("来源", max_length=14, choices=SOURCES, default=FindingSource.VISIT)
    source_note = models.CharField("来源说明", max_length=60, blank=True)
    attachments = models.ManyToManyField(Attachment, related_name="+", verbose_name="佐证")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "具体表现"
        ordering = ["criterion__order"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="one_finding_per_criterion"),
            models.CheckConstraint(condition=Q(deduction__gte=0), name="deduction_not_negative"),
        ]
