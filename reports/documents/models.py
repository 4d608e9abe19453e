"""公文: papers a unit writes over the year's facts: 简报, 工作总结 (S1 is a 简报)."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.history import tracked
from accounts.versions import Versioned
from organizations.models import Appointment
from organizations.placed import Placed
from organizations.rules import paths_over
from organizations.scope import subtree, within
from rectification.schemes.models import Scheme


class DocumentKind(models.TextChoices):
    BULLETIN = "bulletin", "简报"
    SUMMARY = "summary", "工作总结"


class DocumentState(models.TextChoices):
    DRAFT = "draft", "拟稿"
    ISSUED = "issued", "已印发"
    WITHDRAWN = "withdrawn", "已撤回"


class OfficeDocumentQuerySet(models.QuerySet):
    """Documents."""

    def visible_to(self, post: Appointment | None) -> Self:
        """One's own unit's; issued ones of the subtree; issued bulletins of the units above (送、发)."""
        seen = within(post)
        if post is None or seen == within(None):
            return self.none()
        path = post.organization.path
        above = Q(
            org_path__in=paths_over(path),
            state=DocumentState.ISSUED,
            kind=DocumentKind.BULLETIN,
        )
        own = ~Q(state=DocumentState.DRAFT) | Q(organization_id=post.organization_id)
        return self.filter((subtree(path).q("org_path") & own) | above)


@tracked
class OfficeDocument(Placed, Versioned):
    """简报 or 工作总结: drafted from facts, its words edited on screen, issued with a number of the year.

    facts: what was counted when it was drafted or redrawn, as the parts quote it. words: {part key: text}.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField("文种", max_length=10, choices=DocumentKind.choices)
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("期号", null=True, blank=True)
    title = models.CharField("标题", max_length=200)
    period_from_on = models.DateField("起")
    period_to_on = models.DateField("止")
    compiler = models.CharField("编印单位", max_length=100, blank=True)
    sent_to = models.CharField("送", max_length=300, blank=True)
    issued_to = models.CharField("发", max_length=300, blank=True)
    facts = models.JSONField("数据", default=dict)
    words = models.JSONField("文字", default=dict)
    state = models.CharField(
        "状态", max_length=10, choices=DocumentState.choices, default=DocumentState.DRAFT
    )
    issued_on = models.DateField("印发日期", null=True, blank=True)
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")

    objects = OfficeDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "公文"
        ordering = ["-year", "-period_to_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "year", "number"],
                name="one_number_a_document",
                condition=Q(number__isnull=False),
            ),
            models.CheckConstraint(
                condition=~Q(state="issued", kind="bulletin", number__isnull=True), name="issued_has_number"
            ),
            models.CheckConstraint(
                condition=Q(period_to_on__gte=F("period_from_on")), name="document_period"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("reports:document", args=[self.uid])
