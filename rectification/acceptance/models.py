"""考核验收: scored items, the tally, the result a person signs."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.history import tracked
from accounts.versions import Versioned
from organizations.models import Appointment
from rectification.cases.models import Case, Outcome
from rectification.evidence.models import Attachment
from rectification.remediation.models import OfCaseQuerySet
from rectification.reviews.models import Review
from rectification.schemes.models import SchemeItem


class AcceptanceState(models.TextChoices):
    OPEN = "open", "验收中"
    SIGNING_OFF = "signing_off", "销号审批中"
    SIGNED = "signed", "已签署"


ENDED = "验收终止"
"""How the reason of one begins that ended with its case, which left the rectification."""


@tracked
class Acceptance(Versioned):
    """One acceptance of a case: the items' scores, the tallies, and the result with its reasons."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="acceptances")
    number = models.PositiveSmallIntegerField("第几次验收", default=1)
    state = models.CharField(
        "状态", max_length=12, choices=AcceptanceState.choices, default=AcceptanceState.OPEN
    )
    open_problems_reason = models.TextField("尚有未销号问题的理由", blank=True)
    # What was not in place when it was asked for or signed, and why it was passed over: {gate key: reason}
    passed_over = models.JSONField("未齐备事项的理由", default=dict)
    self_words = models.TextField("自查情况", blank=True)
    self_on = models.DateField("自查日期", null=True, blank=True)
    self_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")
    township_words = models.TextField("乡镇（街道）初验意见", blank=True)
    township_on = models.DateField("初验日期", null=True, blank=True)
    township_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")
    county_words = models.TextField("验收意见", blank=True)
    total = models.DecimalField("县验收分", max_digits=6, decimal_places=1, null=True)
    suggested = models.CharField(
        "按规则的结果", max_length=6, choices=Outcome.choices, blank=True, default=""
    )
    outcome = models.CharField("验收结果", max_length=6, choices=Outcome.choices, blank=True, default="")
    reasons = models.JSONField("理由", default=list)
    different_reason = models.TextField("与规则不一致的理由", blank=True)
    signed_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")
    signed_name = models.CharField("签署人", max_length=40, blank=True)
    signed_on = models.DateField("签署日期", null=True)
    # 基本合格: until when it consolidates; 不合格: until when it makes up (限期补课)
    follow_due_on = models.DateField("巩固提升（限期补课）期限", null=True, blank=True)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, related_name="acceptances")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "考核验收"
        ordering = ["case", "number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_acceptance_per_number")]

    @property
    def result_words(self) -> str:
        """What came of one that is over: its result, or that it ended without one."""
        if self.outcome:
            return self.get_outcome_display()
        return ENDED if self.reasons and self.reasons[0].startswith(ENDED) else "退回继续整顿"


@tracked
class ItemScore(models.Model):
    """An acceptance item on one row: the township's and the county's score, and why points were taken.

    `county_score` is the accepting unit's; where a township accepts by itself it is its only score.
    """

    acceptance = models.ForeignKey(Acceptance, on_delete=models.PROTECT, related_name="scores")
    item = models.ForeignKey(SchemeItem, on_delete=models.PROTECT, related_name="+")
    township_score = models.DecimalField("乡镇评分", max_digits=5, decimal_places=1, null=True)
    county_score = models.DecimalField("县验收分", max_digits=5, decimal_places=1, null=True)
    township_reason = models.CharField("乡镇扣分理由", max_length=300, blank=True)
    reason = models.CharField("扣分理由", max_length=300, blank=True)
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="item_scores")
    vetoed = models.BooleanField("否决", default=False)

    class Meta:
        verbose_name = "验收评分"
        ordering = ["item__order"]
        constraints = [models.UniqueConstraint(fields=["acceptance", "item"], name="item_scored_once")]


class TallyGroup(models.TextChoices):
    MEMBERS = "members", "党员"
    MASSES = "masses", "群众"


@tracked
class Tally(models.Model):
    """满意度测评: one group's ballots, counted; never a single person's ballot.

    The columns are of paper and QR together; `paper` holds what was counted by hand: {"issued", "returned", "valid",
    "invalid", "counts": {item: {option: votes}}}.
    """

    acceptance = models.ForeignKey(Acceptance, on_delete=models.PROTECT, related_name="tallies")
    group = models.CharField("对象", max_length=8, choices=TallyGroup.choices)
    held_on = models.DateField("测评日期")
    place = models.CharField("地点", max_length=100)
    entitled = models.PositiveIntegerField("应到人数", null=True, blank=True)
    present = models.PositiveIntegerField("实到人数", null=True, blank=True)
    issued = models.PositiveIntegerField("发出票")
    returned = models.PositiveIntegerField("收回票")
    valid = models.PositiveIntegerField("有效票")
    invalid = models.PositiveIntegerField("无效票")
    counts = models.JSONField("各选项票数", default=dict)
    paper = models.JSONField("纸质票", default=dict)
    teller = models.CharField("计票人", max_length=40)
    supervisor = models.CharField("监票人", max_length=40)

    class Meta:
        verbose_name = "满意度测评"
        constraints = [
            models.UniqueConstraint(fields=["acceptance", "group"], name="one_tally_per_group"),
            models.CheckConstraint(
                condition=Q(returned=F("valid") + F("invalid")) & Q(returned__lte=F("issued")),
                name="tally_adds_up",
            ),
        ]
