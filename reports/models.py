"""Exports: files made from ledgers by a worker, kept for a while, recorded."""

import uuid
from typing import Self

from django.db import models

from accounts.history import tracked
from accounts.work import Work, WorkQuerySet
from organizations.models import Appointment, Organization

FORMATS = [("xlsx", "Excel"), ("pdf", "PDF"), ("docx", "Word"), ("zip", "压缩包")]


class ExportQuerySet(WorkQuerySet):
    """Exports."""

    def visible_to(self, post: Appointment | None) -> Self:
        """A person's own, in the post they were asked from: another post's scope may be wider."""
        return self.filter(by=post) if post else self.none()


@tracked
class Export(Work):
    """A ledger asked for as a file."""

    # A person's own, the auditor's too, who reaches no content: the row holds none, and its file was drawn in a reach
    stands_by = None

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="exports")
    ledger = models.SlugField("台账", max_length=40)
    title = models.CharField("标题", max_length=200)
    unit = models.ForeignKey(Organization, on_delete=models.PROTECT, verbose_name="范围")
    year = models.PositiveSmallIntegerField("年度")
    format = models.CharField("格式", max_length=4, choices=FORMATS)
    filters = models.JSONField("筛选", default=dict)
    reason = models.CharField("用途", max_length=20, blank=True)
    as_of = models.DateTimeField("数据截止", null=True)
    rows = models.PositiveIntegerField("行数", null=True)
    file = models.CharField("文件", max_length=200, blank=True)
    size = models.PositiveIntegerField("大小", null=True)
    sha256 = models.CharField("校验值", max_length=64, blank=True)
    expires_at = models.DateTimeField("失效时间", null=True)

    task_name = "reports.tasks.export"
    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = "导出"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title


# Django finds the nouns of the folders from here
from reports.column_models import LedgerCell, LedgerColumn  # noqa: E402, F401
from reports.documents.models import OfficeDocument  # noqa: E402, F401
from reports.view_models import SavedView  # noqa: E402, F401
