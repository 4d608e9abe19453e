"""What signing in keeps: open sessions, wrong attempts, former passwords, second factors."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone

USER = "accounts.User"


class SessionQuerySet(models.QuerySet):
    """Open sessions."""

    def of(self, user: Any, now: datetime) -> Self:
        """A person's own that have not run out, last used first."""
        return self.filter(user=user, expire_date__gt=now).order_by("-seen_at", "pk")


class Session(AbstractBaseSession):
    """A browser that is signed in: whose, from where, since when. Read in the one look-up each request makes anyway."""

    user = models.ForeignKey(USER, on_delete=models.CASCADE, null=True, related_name="sessions")
    address = models.CharField("来源地址", max_length=45, blank=True)
    device = models.CharField("设备", max_length=60, blank=True)
    started_at = models.DateTimeField("登录时间", null=True)
    seen_at = models.DateTimeField("最近操作", null=True)

    objects = BaseSessionManager.from_queryset(SessionQuerySet)()

    class Meta:
        verbose_name = "会话"

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        """The store that keeps these rows."""
        from accounts.sessions import SessionStore

        return SessionStore

    @property
    def handle(self) -> uuid.UUID:
        """A name for the page; the key itself would be a way in."""
        return uuid.uuid5(uuid.NAMESPACE_OID, self.session_key)


class SignInAttempt(models.Model):
    """A try to sign in that did not end well; counted for a quarter of an hour, gone within a day."""

    username = models.CharField("用户名", max_length=40)
    address = models.CharField("来源地址", max_length=45, blank=True)
    device = models.CharField("设备标记", max_length=32, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "登录失败"
        indexes = [
            models.Index(fields=["username", "-at"], name="attempt_username"),
            models.Index(fields=["address", "-at"], name="attempt_address"),
        ]


class PastPassword(models.Model):
    """A password its owner chose, hashed, so that it is not chosen again; the newest row is the one in force."""

    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="past_passwords")
    password = models.CharField("密码", max_length=128)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "历史密码"
        ordering = ["-at", "-id"]


class SecondFactor(models.Model):
    """An authenticator: its secret sealed, the last step it was used in, and what is left of the recovery codes.

    Without row history: neither a secret nor a code may live on in a copy.
    """

    user = models.OneToOneField(USER, on_delete=models.CASCADE, related_name="second_factor")
    secret = models.CharField("动态口令密钥（加密）", max_length=200)
    last_step = models.BigIntegerField(default=0)
    recovery = ArrayField(models.CharField(max_length=64), default=list, verbose_name="备用码（摘要）")
    set_at = models.DateTimeField("绑定时间", default=timezone.now)

    class Meta:
        verbose_name = "动态口令"
