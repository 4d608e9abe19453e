"""时限规则: who owes what by when, as a scheme says it; and the official calendar its days are counted by."""

from typing import Self

from django.db import models

from accounts.history import tracked
from accounts.roles import CHOICES as ROLE_CHOICES
from organizations.models import Appointment
from rectification.schemes.calendar_rules import Shift
from rectification.schemes.models import LEVELS, Part, PhaseStage, Scheme
from rectification.schemes.terms import Event, Rhythm

SHIFTS = [(shift.value, shift.label) for shift in Shift]
EVENTS = [(event.value, event.label) for event in Event]
EVERY = [(one.value, one.label) for one in (Rhythm.HALF_MONTH, Rhythm.MONTHLY, Rhythm.QUARTERLY)]


class Debtor(models.TextChoices):
    """Who of the people on a case owes it; empty: the unit."""

    LEADER = "leader", "挂点联系领导"
    TEAM = "team", "工作组"
    FIRST_SECRETARY = "first_secretary", "第一书记"
    HELPING_UNIT = "helping_unit", "帮扶单位"


class DutySubject(models.TextChoices):
    UNIT = "unit", "每个单位"
    UNIT_WITH_CASE = "unit_with_case", "有整顿对象的单位"
    CASE = "case", "每个整顿对象"


@tracked
class DutyRule(Part):
    """Who owes what by when. `key` says what discharges it: a filing, an approved plan, an acceptance."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="duty_rules")
    key = models.SlugField("事项", max_length=40)
    title = models.CharField("时限任务", max_length=100)
    subject = models.CharField("对象", max_length=16, choices=DutySubject.choices)
    owner_level = models.CharField("责任层级", max_length=12, choices=LEVELS)
    owner_role = models.CharField("责任岗位", max_length=20, choices=ROLE_CHOICES)
    rhythm = models.CharField("频次", max_length=10, default="once")
    times = models.PositiveSmallIntegerField("次数", default=1)
    due_on = models.DateField("截止日期", null=True, blank=True)
    starts_on = models.DateField("开始日期", null=True, blank=True)
    stage = models.CharField("限于环节", max_length=14, choices=PhaseStage.choices, blank=True)
    day = models.PositiveSmallIntegerField("几日（0 为最后一日）", default=0)
    month = models.PositiveSmallIntegerField("季度第几个月（0 为末月）", default=0)
    every = models.CharField("计次周期", max_length=10, blank=True, choices=EVERY)
    event = models.CharField("起算事项", max_length=20, blank=True, choices=EVENTS)
    within_days = models.PositiveSmallIntegerField("多少天之内", default=0)
    in_working_days = models.BooleanField("按工作日计算", default=False)
    shift = models.CharField("遇休息日", max_length=8, blank=True, choices=SHIFTS)
    grace_days = models.PositiveSmallIntegerField("宽限天数", default=0)
    debtor = models.CharField("责任人", max_length=16, blank=True, choices=Debtor.choices)
    ledger = models.SlugField("台账", max_length=40, blank=True)
    # Taken out of a scheme in force: duties it made still name it, new ones are not made
    withdrawn = models.BooleanField("已撤销", default=False)

    class Meta(Part.Meta):
        verbose_name = "时限规则"
        constraints = [models.UniqueConstraint(fields=["scheme", "key"], name="one_duty_rule_per_key")]

    def __str__(self) -> str:
        return self.title


class CalendarDayQuerySet(models.QuerySet):
    """Days of the official calendar."""

    def visible_to(self, post: Appointment | None) -> Self:
        """All of them: the order is the same for everybody."""
        return self

    def of_year(self, year: int) -> Self:
        """A year's days."""
        return self.filter(on__year=year)


@tracked
class CalendarDay(models.Model):
    """A day worked or free against the plain weekend, by the official holiday order of its year."""

    on = models.DateField("日期", unique=True)
    working = models.BooleanField("上班", default=False)
    name = models.CharField("说明", max_length=40, blank=True)

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        verbose_name = "放假调休"
        ordering = ["on"]
