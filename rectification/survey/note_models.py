"""Written in a survey beside the points: self-checks, notes of visits, what the township decided on its sheet."""

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.roles import SUBTREE, Role
from accounts.versions import Versioned
from organizations.models import Appointment
from organizations.placed import Placed
from organizations.scope import within
from rectification.evidence.models import Attachment
from rectification.schemes.models import StepMode
from rectification.schemes.practice_models import FormKind, SurveyForm
from rectification.survey.models import Sheet, Survey


class SurveyNoteQuerySet(models.QuerySet):
    """Survey notes."""

    def visible_to(self, post: Appointment | None) -> Self:
        """In the post's subtree; whoever reports for a village reads its self-check, not what visitors noted."""
        if post is None or post.role not in SUBTREE:
            return self.none()
        rows = self.filter(within(post))
        return rows.self_checks() if post.role == Role.VILLAGE_REPORTER else rows

    def self_checks(self) -> Self:
        """The organizations' own."""
        return self.filter(kind=FormKind.SELF_CHECK)


@tracked
class SurveyNote(Placed, Versioned):
    """摸排记录: a self-check or a note of a visit at one organization, question by question, in words.

    `answers` are rows {"question": …, "words": …} in the form's order; `criteria` are the numbers of the criteria it
    sees met. A self-check is the organization's own and there is one; `on_paper` says the township entered the signed
    sheet for it (代录). Visits are many.
    """

    read_above_only = True

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField("类别", max_length=12, choices=FormKind.choices)
    form = models.ForeignKey(SurveyForm, on_delete=models.PROTECT, null=True, related_name="notes")
    answers = models.JSONField("情况", default=list)
    criteria = ArrayField(models.PositiveSmallIntegerField(), default=list, verbose_name="自认符合情形")
    conclusion = models.TextField("综合意见", blank=True)
    made_on = models.DateField("日期")
    made_by = models.CharField("参加人员", max_length=200, blank=True)
    on_paper = models.BooleanField("代录纸质材料", default=False)
    submitted_at = models.DateTimeField("提交时间", null=True)
    attachments = models.ManyToManyField(Attachment, related_name="+", verbose_name="附件")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("填报时间")

    objects = SurveyNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "摸排记录"
        ordering = ["-made_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "organization"], name="one_self_check", condition=Q(kind="self_check")
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("survey:note", args=[self.uid])


@tracked
class SheetStep(models.Model):
    """A step of the determination taken below the survey's holder, copied from the scheme: 乡镇党委初定."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="steps")
    order = models.PositiveSmallIntegerField("序号")
    name = models.CharField("环节", max_length=60)
    mode = models.CharField("方式", max_length=8, choices=StepMode.choices)
    body = models.CharField("决定机关", max_length=100, blank=True)
    decided_on = models.DateField("日期")
    document = models.CharField("纪要号或文号", max_length=60, blank=True)
    opinion = models.TextField("意见", blank=True)
    scan = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "乡镇环节"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["sheet", "order"], name="one_sheet_step_per_place")]
