"""报送: a ledger or report frozen as it went up."""

import uuid
from typing import Self

from django.db import models
from django.utils import timezone

from accounts.history import tracked
from organizations.models import Appointment, Organization
from organizations.scope import subtree, within
from rectification.duties.models import Duty
from rectification.reviews.models import Review
from rectification.schemes.models import Scheme


class FilingQuerySet(models.QuerySet):
    """Filings."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Filed in the post's subtree (by where the filing unit stood when it filed)."""
        return self.filter(within(post, "filed_path"))

    def under(self, unit: Organization) -> Self:
        """Filed by a unit or one below it."""
        return self.filter(subtree(unit.path).q("filed_path"))

    def with_newest(self) -> Self:
        """With `newest`: the number of the last copy of the same submission."""
        same = self.model.objects.filter(review=models.OuterRef("review"))
        return self.annotate(newest=models.Subquery(same.order_by("-number").values("number")[:1]))


@tracked
class Filing(models.Model):
    """A frozen copy: rows as they were, their hash, and the review that took it up. It does not follow the tree."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="filings")
    ledger = models.SlugField("台账", max_length=40)
    title = models.CharField("标题", max_length=200)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, verbose_name="报送单位")
    filed_path = models.CharField(max_length=40, db_collation="C", editable=False)
    to = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", verbose_name="报往")
    number = models.PositiveSmallIntegerField("第几次报送", default=1)
    content = models.JSONField("内容")
    rows = models.PositiveIntegerField("行数", default=0)
    sha256 = models.CharField("校验值", max_length=64)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="filings")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, null=True, related_name="filings")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT)
    at = models.DateTimeField("报送时间", default=timezone.now)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = "报送"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its page."""
        from django.urls import reverse

        return reverse("filings:detail", args=[self.uid])
