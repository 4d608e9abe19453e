"""回头看: last year's case looked at again, point by point, by three parties, and where it goes."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.roles import Role
from accounts.versions import Versioned
from organizations.models import Appointment, Organization
from organizations.placed import Placed
from organizations.scope import subtree, within
from rectification.cases.models import Case
from rectification.evidence.models import Attachment
from rectification.lookback import rules
from rectification.schemes.models import Scheme

PARTIES = [(party.value, party.label) for party in rules.Party]
STATES = [(state.value, state.label) for state in rules.State]
OUTCOMES = [("", "没有作出结论"), *((outcome.value, outcome.label) for outcome in rules.Outcome)]


class LookbackQuerySet(models.QuerySet):
    """Lookbacks."""

    def visible_to(self, post: Appointment | None) -> Self:
        """In the post's subtree; for a helper, those of the cases the person is on."""
        if post is not None and post.role == Role.HELPER:
            return self.filter(case__in=Case.objects.visible_to(post))
        return self.filter(within(post))

    def of_year(self, year: int) -> Self:
        """Held in a year, on cases of the year before."""
        return self.filter(year=year)

    def under(self, unit: Organization) -> Self:
        """In the subtree of a unit."""
        return self.filter(subtree(unit.path).q("org_path"))


@tracked
class Lookback(Placed, Versioned):
    """The lookback on one of last year's cases under this year's scheme; without an outcome it is under way."""

    read_above_only = True

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, related_name="lookback", verbose_name="上年整顿对象"
    )
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="lookbacks")
    year = models.PositiveSmallIntegerField("年度")
    outcome = models.CharField("结论", max_length=8, choices=OUTCOMES, blank=True, default="")
    reasons = models.TextField("理由", blank=True)
    decided_on = models.DateField("结论日期", null=True)
    decided_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")
    body = models.CharField("决定机关", max_length=100, blank=True)
    document = models.CharField("文号或纪要号", max_length=60, blank=True)
    tracked_until_on = models.DateField("跟踪至", null=True)

    objects = LookbackQuerySet.as_manager()

    class Meta:
        verbose_name = "回头看"
        ordering = ["org_path", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="") | Q(decided_on__isnull=False), name="lookback_outcome_has_date"
            )
        ]
        indexes = [models.Index(fields=["year", "org_path"], name="lookback_year_path")]

    def __str__(self) -> str:
        return f"{self.organization.short_name}{self.year}年回头看"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("lookback:detail", args=[self.uid])

    @property
    def decided(self) -> bool:
        """The conclusion is on record; nobody enters anything any more."""
        return self.outcome != ""


class CheckpointQuerySet(models.QuerySet):
    """Checkpoints."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Those of the lookbacks the post sees."""
        return self.filter(lookback__in=Lookback.objects.visible_to(post))


@tracked
class Checkpoint(models.Model):
    """What is looked at: a point of the scheme, or a problem of last year, in the words it had when it was opened."""

    lookback = models.ForeignKey(Lookback, on_delete=models.PROTECT, related_name="checkpoints")
    order = models.PositiveSmallIntegerField("序号")
    problem = models.UUIDField("上年问题", null=True)  # of a room later in the year, hence no foreign key
    text = models.TextField("要点或问题")

    objects = CheckpointQuerySet.as_manager()

    class Meta:
        verbose_name = "回头看要点"
        ordering = ["lookback", "order"]
        constraints = [models.UniqueConstraint(fields=["lookback", "order"], name="one_checkpoint_per_order")]

    def __str__(self) -> str:
        return self.text


@tracked
class LookbackView(models.Model):
    """What one party says of one checkpoint; entered anew it replaces what the party said before."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="views")
    party = models.CharField("检查方", max_length=10, choices=PARTIES)
    state = models.CharField("情况", max_length=8, choices=STATES)
    finding = models.TextField("具体情况", blank=True)
    attachments = models.ManyToManyField(Attachment, related_name="+", verbose_name="佐证")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT)
    at = models.DateTimeField("填报时间")

    class Meta:
        verbose_name = "回头看意见"
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "party"], name="one_view_per_party"),
            models.CheckConstraint(
                condition=Q(state=rules.State.HELD) | ~Q(finding=""), name="what_slipped_is_said_in_words"
            ),
        ]
