"""报送: a ledger or report frozen as it went up."""

import uuid
from typing import Self

from django.db import models
from django.utils import timezone

from accounts.history import tracked
from organizations.models import Appointment, Organization
from organizations.placed import Placed
from organizations.scope import subtree, within
from rectification.duties.models import Duty
from rectification.evidence.models import Attachment
from rectification.reviews.models import Review, ReviewState
from rectification.schemes.models import Scheme


class FilingQuerySet(models.QuerySet):
    """Filings."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Filed in the post's subtree (by where the filing unit stood when it filed)."""
        return self.filter(within(post, "filed_path"))

    def under(self, unit: Organization) -> Self:
        """Filed by a unit or one below it."""
        return self.filter(subtree(unit.path).q("filed_path"))

    def answering(self) -> Self:
        """Copies that say how a duty stands: those filed for one, and those filed anew since and received."""
        return self.filter(models.Q(duty__isnull=False) | models.Q(review__state=ReviewState.PASSED))

    def with_newest(self) -> Self:
        """With `newest`: the number of the last copy of the same submission."""
        same = self.model.objects.filter(review=models.OuterRef("review"))
        return self.annotate(newest=models.Subquery(same.order_by("-number").values("number")[:1]))


@tracked
class Filing(models.Model):
    """A frozen copy: rows as they were, their hash, and the review that took it up. It does not follow the tree."""

    stands_by = "filed_path"

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
    # 盖章原件: the printed copy, signed and sealed, photographed or scanned
    scan = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="filings")
    scanned_at = models.DateTimeField("原件上传时间", null=True)

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


@tracked
class FilingRemark(models.Model):
    """退回意见: what is wrong in one row of a frozen copy. `parts` names the row as `Filing.content["parts"]` does."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="row_remarks")
    parts = models.JSONField("所在行")
    row = models.CharField("行", max_length=200)
    column = models.CharField("栏目", max_length=60, blank=True)
    words = models.CharField("退回理由", max_length=300)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = "逐行退回意见"
        ordering = ["filing", "pk"]


class UnlockQuerySet(models.QuerySet):
    """Unlockings."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Of what units in the post's subtree file."""
        return self.filter(within(post))


@tracked
class FilingUnlock(Placed):
    """解锁: after the date a unit (`organization`) may file a ledger again, with the reason of whoever may unlock."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="filing_unlocks")
    ledger = models.SlugField("台账", max_length=40)
    until_on = models.DateField("可报至")
    reason = models.CharField("理由", max_length=300)
    used = models.ForeignKey(Filing, on_delete=models.PROTECT, null=True, blank=True, related_name="unlocks")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", default=timezone.now)

    objects = UnlockQuerySet.as_manager()

    class Meta:
        verbose_name = "报送解锁"
        ordering = ["-at"]
