"""附件: stored files with their hash, placed like everything else, served only through a checked view."""

import uuid
from typing import IO, Self

from django.db import models
from django.utils import timezone

from accounts.errors import Refused
from accounts.history import tracked
from organizations.models import Appointment
from organizations.placed import Placed
from organizations.scope import within
from rectification.cases.models import Case


class AttachmentQuerySet(models.QuerySet):
    """Stored files."""

    def visible_to(self, post: Appointment | None) -> Self:
        """In the post's subtree, or of a case it is on."""
        if post is not None and post.role == "helper":
            return self.filter(case__in=Case.objects.visible_to(post))
        return self.filter(within(post))


def storage_name(attachment: "Attachment", _name: str) -> str:
    """A random name outside the web root: what the sender called it is a column, never a path."""
    return f"evidence/{attachment.uid}"


class Scan(models.TextChoices):
    """What the virus scanner made of a file; NONE where the site had no scanner when it came."""

    NONE = "none", "未检查"
    CLEAN = "clean", "已通过安全检查"
    WAITING = "waiting", "待安全检查"
    INFECTED = "infected", "未通过安全检查"


HELD = {
    Scan.WAITING: "该附件还没有经过安全检查，检查通过后即可下载，不必重新上传",
    Scan.INFECTED: "该附件没有通过安全检查，不能下载；请上传人在本机查杀后重新上传",
}


@tracked
class Attachment(Placed):
    """A file somebody handed in as evidence."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="attachments")
    file = models.FileField(upload_to=storage_name, max_length=200)
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField(max_length=64)
    note = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT)
    at = models.DateTimeField("上传时间", default=timezone.now)
    withdrawn_at = models.DateTimeField("撤下时间", null=True)
    withdrawn_reason = models.CharField("撤下原因", max_length=200, blank=True)

    scan = models.CharField("安全检查", max_length=8, choices=Scan.choices, default=Scan.NONE)
    scanned_at = models.DateTimeField("检查时间", null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "附件"
        ordering = ["-at"]

    @property
    def held(self) -> str:
        """Why nobody gets the file, in words; "" where it may be had."""
        return HELD.get(Scan(self.scan), "")

    def opened(self) -> IO[bytes]:
        """The stored file, for handing out. Refused while it is held; OSError where it is gone."""
        if self.held:
            raise Refused(self.held)
        return self.file.open("rb")
