"""扫码测评: an anonymous poll for one meeting. Nothing here can tell who answered what (reliability design, Audit)."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.history import tracked
from accounts.versions import Versioned
from organizations.models import Appointment
from rectification.acceptance.models import Acceptance, TallyGroup
from rectification.remediation.models import OfCaseQuerySet


class PollQuerySet(OfCaseQuerySet):
    """Polls."""

    case_path = "acceptance__case"


@tracked
class Poll(Versioned):
    """扫码测评 of one group at one meeting: what is asked, from when until when, how many slips were printed.

    questions: the scheme's items with their options as they stood when it was opened: [[item, [option, …]], …].
    closed_at: set once, when it was closed by hand or its time was over; from then on its counts are in the tally.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    acceptance = models.ForeignKey(Acceptance, on_delete=models.PROTECT, related_name="polls")
    group = models.CharField("对象", max_length=8, choices=TallyGroup.choices)
    questions = models.JSONField("测评内容", default=list)
    opens_at = models.DateTimeField("开始时间")
    closes_at = models.DateTimeField("结束时间")
    closed_at = models.DateTimeField("结束于", null=True, blank=True)
    slips = models.PositiveSmallIntegerField("测评码数", default=0)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = "扫码测评"
        ordering = ["acceptance", "group"]
        constraints = [
            models.UniqueConstraint(fields=["acceptance", "group"], name="one_poll_per_group"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="poll_times"),
        ]

    @property
    def told(self) -> bool:
        """Whether what the box holds is told: closed with enough answers; with too few the box was emptied."""
        return self.closed_at is not None and bool(self.box.counts)


class PollCode(models.Model):
    """A single-use code: only its digest, and whether it was used; no time, no answer. Deliberately without history."""

    stands_by = None  # nobody who answers has a place; there is no content in it (decision 19)

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="codes")
    digest = models.CharField(max_length=64, unique=True)
    used = models.BooleanField(default=False)

    class Meta:
        verbose_name = "测评码"


class PollBox(models.Model):
    """票箱: the counts of a poll in one row, so that no answer leaves a row of its own. Deliberately without history.

    counts: {item: {option: votes}}.
    """

    stands_by = None  # nobody who answers has a place; there is no content in it (decision 19)

    poll = models.OneToOneField(Poll, on_delete=models.PROTECT, related_name="box")
    returned = models.PositiveIntegerField("收回", default=0)
    counts = models.JSONField("各选项票数", default=dict)

    class Meta:
        verbose_name = "票箱"
