"""Who is the site's clock now, and what it has had done: the daily jobs as rows of work."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models

from accounts.work import Work, WorkQuerySet


class Lease(models.Model):
    """Something that one process at a time may do, and until when it may (by the database's own clock)."""

    name = models.CharField(max_length=20, primary_key=True)
    holder = models.UUIDField()
    until = models.DateTimeField()

    class Meta:
        verbose_name = "独占凭据"


class RunQuerySet(WorkQuerySet):
    """Runs of daily jobs."""

    def over(self, before: datetime) -> Self:
        """Those whose day is long gone."""
        return self.filter(slot__lt=before)


class Run(Work):
    """One daily job of one day; made once, whichever scheduler comes first."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    job = models.CharField("任务", max_length=100)
    slot = models.DateTimeField("应在")

    task_name = "accounts.tasks.run_daily"
    lease = timedelta(minutes=35)  # longer than a task may take: its job says nothing on the way
    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = "定时任务"
        ordering = ["-slot", "job"]
        constraints = [models.UniqueConstraint(fields=["job", "slot"], name="one_run_of_a_job_a_day")]
