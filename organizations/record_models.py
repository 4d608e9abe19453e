"""What is known of an organization year by year, and its committee: looked at beside the survey's score."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.history import tracked, tracked_in_bulk
from accounts.versions import Versioned
from organizations.models import Appointment
from organizations.placed import Placed
from organizations.scope import within
from organizations.spelled import SpelledField


class Grade(models.TextChoices):
    """分类定级 (domain §3)."""

    GOOD = "good", "好"
    FAIR = "fair", "较好"
    PLAIN = "plain", "一般"
    POOR = "poor", "较差"


class YearRecordQuerySet(models.QuerySet):
    """Yearly records."""

    def visible_to(self, post: Appointment | None) -> Self:
        """In the post's subtree."""
        return self.filter(within(post))


@tracked_in_bulk
class YearRecord(Placed, Versioned):
    """年度情况: one organization's grade, committee assessment, petitions and reported problems of a year."""

    read_above_only = True

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    year = models.PositiveSmallIntegerField("年度")
    grade = models.CharField("分类定级", max_length=6, choices=Grade.choices, blank=True)
    committee_class = models.PositiveSmallIntegerField(
        "村班子年度考核",
        null=True,
        blank=True,
        choices=[(1, "一类"), (2, "二类"), (3, "三类")],
    )
    petitions = models.PositiveSmallIntegerField("信访件数", null=True, blank=True)
    review_problems = models.TextField("述职评议考核查摆的问题", blank=True)
    income = models.DecimalField(
        "集体经济收入（万元）", max_digits=12, decimal_places=2, null=True, blank=True
    )

    objects = YearRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "年度情况"
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["organization", "year"], name="one_record_a_year")]

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.year}年情况"


class LeaderPostQuerySet(models.QuerySet):
    """Committee posts."""

    def visible_to(self, post: Appointment | None) -> Self:
        """In the post's subtree."""
        return self.filter(within(post))

    def current(self, today: date) -> Self:
        """Posts there are on this day, held or vacant."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=today))

    def vacant(self) -> Self:
        """Without a holder."""
        return self.filter(holder="")


@tracked
class LeaderPost(Placed, Versioned):
    """班子成员: a post in an organization's committee and its holder; a vacancy is a post without holder."""

    read_above_only = True

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField("职务", max_length=40)
    secretary = models.BooleanField("书记", default=False)
    holder = models.CharField("姓名", max_length=40, blank=True)
    search = SpelledField("holder")
    since_on = models.DateField("任职（空缺）起", default=timezone.localdate)
    ended_on = models.DateField("职务撤销", null=True, blank=True)

    objects = LeaderPostQuerySet.as_manager()

    class Meta:
        verbose_name = "班子成员"
        ordering = ["org_path", "-secretary", "pk"]

    def __str__(self) -> str:
        return f"{self.title}{self.holder or '（空缺）'}"
