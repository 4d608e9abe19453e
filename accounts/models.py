"""Users and what is kept for them: audit trail, inbox, drafts, submission keys."""

import uuid
from datetime import datetime
from functools import partial
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from accounts.history import tracked
from accounts.roles import Role
from accounts.work import Work, WorkQuerySet


class UserQuerySet(models.QuerySet):
    """Accounts."""

    def active(self) -> Self:
        """Accounts that may sign in."""
        return self.filter(is_active=True)

    def visible_to(self, post: Any) -> Self:
        """All accounts for those who administer them, none for anybody else (post: the acting appointment)."""
        keeps = post is not None and post.role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
        return self.all() if keeps else self.none()

    def matching(self, words: str) -> Self:
        """Found by a piece of the name, the user name or the telephone number."""
        for word in words.split():
            self = self.filter(
                models.Q(name__icontains=word)
                | models.Q(username__icontains=word)
                | models.Q(phone__contains=word)
            )
        return self


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        """Make an account with a hashed password."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save()
        return user


@partial(tracked, secret=("password",))
class User(AbstractBaseUser):
    """A person who signs in; what they may do comes from their appointments, not from here."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    username = models.CharField("用户名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField("演示账号", default=False, editable=False)
    must_change_password = models.BooleanField("首次登录须改密码", default=True)
    created_at = models.DateTimeField("建立时间", default=timezone.now, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = "账号"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name


class AuditEventQuerySet(models.QuerySet):
    """The trail."""

    def visible_to(self, post: Any) -> Self:
        """The whole trail for the auditor, nothing for anybody else (post: the acting appointment)."""
        return self.all() if post is not None and post.role == Role.AUDITOR else self.none()


class AuditEvent(models.Model):
    """Something somebody did or was refused; written in the business transaction, never changed."""

    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    username = models.CharField(max_length=40, blank=True)
    post = models.CharField("岗位", max_length=120, blank=True)
    unit_path = models.CharField(max_length=40, blank=True, db_collation="C")
    address = models.CharField("来源地址", max_length=45, blank=True)
    request = models.CharField("请求编号", max_length=36, blank=True)
    action = models.CharField("操作", max_length=40)
    object = models.CharField("对象", max_length=200, blank=True)
    fields = models.JSONField("写入项", default=list)
    detail = models.JSONField("内容", default=dict)
    result = models.CharField("结果", max_length=20, default="成功")

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        # Partitioned by month of `at` in the database, where the key is (id, at): migration 0002
        verbose_name = "审计记录"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_at"),
            models.Index(fields=["username", "-id"], name="audit_person"),
            models.Index(fields=["action", "-id"], name="audit_action"),
            models.Index(fields=["unit_path", "-id"], name="audit_unit"),
        ]


class MessageQuerySet(WorkQuerySet):
    """Inbox rows."""

    def of(self, user: User) -> Self:
        """What one person received."""
        return self.filter(user=user)

    def unread(self) -> Self:
        """Not opened yet."""
        return self.filter(read_at__isnull=True)


class Message(Work):
    """A line in somebody's inbox, sent by e-mail too when they have an address."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="messages")
    title = models.CharField("标题", max_length=200)
    body = models.TextField("内容", blank=True)
    url = models.CharField("链接", max_length=200, blank=True)
    read_at = models.DateTimeField("阅读时间", null=True)

    task_name = "accounts.tasks.deliver"
    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "消息"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="message_inbox"),
            models.Index(
                fields=["id"], name="message_open", condition=models.Q(state__in=["waiting", "running"])
            ),
        ]


class Draft(models.Model):
    """What a person was typing in a form, kept on the server until the form is submitted."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "草稿"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_draft_per_form")]


class SubmissionKey(models.Model):
    """A form that was sent: the same key again answers with the first result."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    path = models.CharField(max_length=300)
    location = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "提交编号"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_result_per_key")]

    @classmethod
    def claim(cls, *, user: User, key: uuid.UUID, path: str, at: datetime) -> "SubmissionKey | None":
        """Take the key; None when it was used. A second sender waits here until the first has committed."""
        row, created = cls.objects.get_or_create(user=user, key=key, defaults={"path": path, "at": at})
        return row if created else None


# Django finds the nouns of the trail's seals, of signing in and of the clock from here
from accounts.clock_models import Lease, Run  # noqa: E402, F401
from accounts.seal_models import AuditCheck, AuditSeal  # noqa: E402, F401
from accounts.sign_in_models import PastPassword, SecondFactor, Session, SignInAttempt  # noqa: E402, F401
