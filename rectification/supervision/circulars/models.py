"""通报: how the units below stand in a period."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.versions import Versioned
from organizations.models import Appointment
from organizations.placed import Placed
from organizations.rules import paths_over
from organizations.scope import subtree, within
from rectification.schemes.models import Scheme


class CircularState(models.TextChoices):
    DRAFT = "draft", "拟稿"
    ISSUED = "issued", "已印发"


class CircularQuerySet(models.QuerySet):
    """Circulars."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Issued in the post's subtree; issued by a unit above it; a draft is its issuer's alone."""
        seen = within(post)
        if post is None or seen == within(None):
            return self.none()
        path = post.organization.path
        above = Q(org_path__in=paths_over(path), state=CircularState.ISSUED)
        own = Q(state=CircularState.ISSUED) | Q(organization_id=post.organization_id)
        return self.filter((subtree(path).q("org_path") & own) | above)


@tracked
class Circular(Placed, Versioned):
    """通报: how the units below stand in a period; drafted from the facts, words edited, then issued to all below.

    facts: what was counted when it was drafted, and the ranking of units by progress of cases where the scheme has
    one (never of persons). words: {part key: text}.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="circulars")
    title = models.CharField("标题", max_length=200)
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("期号", null=True, blank=True)
    period_from_on = models.DateField("起")
    period_to_on = models.DateField("止")
    ranking = models.BooleanField("附各单位进度排名", default=False)
    facts = models.JSONField("数据", default=dict)
    words = models.JSONField("文字", default=dict)
    state = models.CharField("状态", max_length=8, choices=CircularState.choices, default=CircularState.DRAFT)
    issued_at = models.DateTimeField("印发时间", null=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")

    objects = CircularQuerySet.as_manager()

    class Meta:
        verbose_name = "通报"
        ordering = ["-year", "-period_to_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "year", "number"],
                name="one_number_a_circular",
                condition=Q(number__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def number_words(self) -> str:
        """Its number as papers write it: 督导通报〔2026〕3号; "" for a draft."""
        return f"督导通报〔{self.year}〕{self.number}号" if self.number else ""

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("supervision:circular", args=[self.uid])
