"""The seals upon the audit trail, and each time somebody had them checked."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models

from accounts.roles import Role
from accounts.work import Work, WorkQuerySet


class AuditSeal(models.Model):
    """One sealed window of the trail: all events with `from_id` < id ≤ `upto_id`; inserted, never changed.

    digest: SHA-256 over the window's rows. mac: HMAC of everything here and of the seal before, so that a chain of
    windows stands or falls together; key: which of the site's keys it was made with (accounts/sealing.py).
    """

    number = models.BigIntegerField("封存号", primary_key=True)
    format = models.PositiveSmallIntegerField("行格式", default=1)
    from_id = models.BigIntegerField("自编号")
    upto_id = models.BigIntegerField("至编号")
    count = models.PositiveIntegerField("记录数")
    first_at = models.DateTimeField("最早记录时间")
    last_at = models.DateTimeField("最晚记录时间")
    sealed_at = models.DateTimeField("封存时间")
    digest = models.CharField("内容校验值", max_length=64)
    previous = models.CharField("上一封存", max_length=64)
    key = models.CharField("密钥标识", max_length=8)
    mac = models.CharField("封存校验值", max_length=64)

    class Meta:
        verbose_name = "审计封存"
        ordering = ["number"]


class AuditCheckQuerySet(WorkQuerySet):
    """Checks of the seals."""

    def visible_to(self, post: Any) -> Self:
        """All for the auditor, none for anybody else (post: the acting appointment)."""
        return self.all() if post is not None and post.role == Role.AUDITOR else self.none()


class AuditCheck(Work):
    """The whole chain of seals checked against the trail, at somebody's wish."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    windows = models.PositiveIntegerField("封存数", default=0)
    events = models.PositiveBigIntegerField("记录数", default=0)
    problems = models.JSONField("发现的问题", default=list)

    task_name = "accounts.tasks.check_audit"
    objects = AuditCheckQuerySet.as_manager()

    class Meta:
        verbose_name = "审计验证"
        ordering = ["-created_at", "-id"]
