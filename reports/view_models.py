"""Saved views: a list with its filters under a name, one's own or shared within the unit."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.history import tracked
from organizations.models import Appointment, Organization


class SavedViewQuerySet(models.QuerySet):
    """Saved views."""

    def visible_to(self, post: Appointment | None) -> Self:
        """The person's own in this post, and those shared in the unit for the same work."""
        if post is None:
            return self.none()
        shared = Q(organization_id=post.organization_id, role=post.role, shared=True)
        return self.filter(Q(by=post) | shared)


@tracked
class SavedView(models.Model):
    """常用视图: a list page and its filters; it holds no data, so whoever opens it sees only what the post may."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="saved_views")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    route = models.CharField("页面", max_length=60)
    query = models.CharField("筛选", max_length=1000, blank=True)
    name = models.CharField("名称", max_length=40)
    shared = models.BooleanField("本单位共用", default=False)
    at = models.DateTimeField("保存时间")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = "常用视图"
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["by", "route", "name"], name="one_view_per_name")]

    def __str__(self) -> str:
        return self.name
