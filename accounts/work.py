"""Work that must survive is a row first (architecture, Work): Celery carries its id, a worker claims the row."""

import logging
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 5
# How long after each failed try the next one is made; no lease and no pause is longer than LONGEST
PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
LONGEST = timedelta(days=1)
YOUNG = timedelta(seconds=5)
QUIET_SECONDS = 15

log = logging.getLogger("zhengdun.work")
_quiet_until = 0.0


class WorkState(models.TextChoices):
    WAITING = "waiting", "等待处理"
    RUNNING = "running", "处理中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"


class WorkQuerySet(models.QuerySet):
    """Rows of work, asked in the words of whoever hands it out."""

    def unclaimed(self, now: datetime) -> Self:
        """Work nobody is on: its worker has not been heard of since its lease ended, or its pause is over.

        A lease further ahead than anybody gives was written while the machine's clock was wrong.
        """
        over = Q(claimed_until=None) | Q(claimed_until__lt=now) | Q(claimed_until__gt=now + LONGEST)
        return self.filter(over, state__in=(WorkState.WAITING, WorkState.RUNNING))

    def claim(self, pk: int, now: datetime) -> Any | None:
        """Take one row by a conditional UPDATE; None when somebody else has it or it has ended."""
        token = uuid.uuid4()
        free = self.filter(pk=pk).unclaimed(now)
        free.filter(attempts__gte=MAX_ATTEMPTS).update(
            state=WorkState.FAILED,
            error="多次处理未成功，请重新发起或联系管理员",
            finished_at=now,
            claimed_until=None,
        )
        taken = free.update(
            state=WorkState.RUNNING,
            claim=token,
            claimed_until=now + (self.model.lease or LEASE),
            attempts=F("attempts") + 1,
        )
        return self.get(pk=pk) if taken else None


class Work(models.Model):
    """A piece of work that ends done or visibly failed, whoever is killed on the way."""

    state = models.CharField("状态", max_length=8, choices=WorkState.choices, default=WorkState.WAITING)
    claim = models.UUIDField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    progress = models.PositiveSmallIntegerField("进度", default=0)
    error = models.TextField("原因", blank=True)
    created_at = models.DateTimeField("发起时间", default=timezone.now, editable=False)
    finished_at = models.DateTimeField("结束时间", null=True, editable=False)

    task_name = ""
    lease: timedelta | None = None  # of kinds whose tasks say nothing on the way

    class Meta:
        abstract = True

    def send(self) -> None:
        """Hint to the workers, after commit, that this row waits; a lost hint is re-sent by the sweeper."""
        transaction.on_commit(lambda: hint(self.task_name, self.pk))

    def advance(self, percent: int) -> None:
        """Say how far it is and keep the claim; raises LostClaim when the lease went to another worker."""
        self._mine().update(
            progress=percent, claimed_until=timezone.now() + (self.lease or LEASE)
        ) or self._lost()

    def finish(self, **values: Any) -> None:
        """End as done, once: only the holder of the claim may."""
        ended = {
            "state": WorkState.DONE,
            "progress": 100,
            "finished_at": timezone.now(),
            "error": "",
        } | values
        self._mine().update(**ended) or self._lost()

    def fail(self, reason: str) -> None:
        """End as visibly failed."""
        self._mine().update(
            state=WorkState.FAILED, error=reason, finished_at=timezone.now(), claimed_until=None
        )

    def again(self, reason: str) -> None:
        """Give it back to be tried later, each time later; after the last try it ends as visibly failed."""
        if self.attempts >= MAX_ATTEMPTS:
            return self.fail(reason)
        later = timezone.now() + PAUSES[self.attempts - 1]
        self._mine().update(state=WorkState.WAITING, error=reason, claimed_until=later)

    def _mine(self) -> models.QuerySet:
        return type(self)._default_manager.filter(pk=self.pk, claim=self.claim, state=WorkState.RUNNING)

    def _lost(self) -> None:
        raise LostClaim(f"{self._meta.label} {self.pk}")


def hint(task_name: str, pk: int) -> None:
    """Tell the workers of a row, if they can be told: what was committed never fails for want of a broker.

    After a failure nothing is tried for a quarter of a minute, so that a form which tells forty people waits for a
    dead broker once, not forty times.
    """
    global _quiet_until
    from celery import current_app

    if time.monotonic() < _quiet_until:
        return
    try:
        current_app.send_task(task_name, args=[pk], retry=False)
    except Exception as broken:  # whatever the transport raises: the row is there, the sweeper finds it
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("no broker: %s", type(broken).__name__, extra={"task": task_name})


class LostClaim(Exception):
    """The work was given to another worker while this one was silent; whatever this one made is dropped."""


def kinds() -> list[type[Work]]:
    """Every concrete kind of work in the project."""
    from django.apps import apps

    return [model for model in apps.get_models() if issubclass(model, Work)]


def trouble(now: datetime) -> list[tuple[str, int, int]]:
    """For whoever runs the site: each kind of work with how many failed within a week and how many nobody took for ten
    minutes though they could; kinds without either are left out. Says nothing of what is in them."""
    found = []
    for model in kinds():
        rows = model._default_manager
        failed = rows.filter(state=WorkState.FAILED, finished_at__gte=now - timedelta(days=7)).count()
        late = rows.unclaimed(now).filter(created_at__lt=now - timedelta(minutes=10)).count()
        if failed or late:
            found.append((str(model._meta.verbose_name), failed, late))
    return found


def sweep(now: datetime, send: Callable[[str, int], object]) -> int:
    """Send again what waits and nobody took; returns how many. Younger than five seconds is left to its first hint."""
    count = 0
    for model in kinds():
        rows = model._default_manager.unclaimed(now).exclude(created_at__range=(now - YOUNG, now))
        for pk in rows.order_by("pk").values_list("pk", flat=True)[:500]:
            send(model.task_name, pk)
            count += 1
    return count
