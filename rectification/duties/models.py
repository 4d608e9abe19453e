"""时限任务: what is owed, by whom, until when. The one source of reminders, lights and completeness."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.utils import timezone

from accounts.addresses import page_of
from accounts.history import tracked
from accounts.models import Message, User
from accounts.roles import CHOICES as ROLE_CHOICES
from organizations.models import Appointment, Organization
from organizations.placed import Placed
from organizations.scope import subtree, within
from rectification.cases.models import Case
from rectification.duties import debtors
from rectification.schemes.duty_models import Debtor, DutyRule
from rectification.schemes.models import Scheme


class DutyState(models.TextChoices):
    OPEN = "open", "待办"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


def is_overdue(today: date) -> Q:
    """What tells an overdue duty on this day."""
    late = Q(late_after_on__isnull=True) | Q(late_after_on__lt=today)
    return late & Q(state=DutyState.OPEN, effective_due_on__lt=today)


def is_near(today: date) -> Q:
    """What tells a duty that is near its date on this day."""
    warned_until = ExpressionWrapper(
        Value(today, output_field=models.DateField()) + F("scheme__yellow_days"),
        output_field=models.DateField(),
    )
    due = Q(effective_due_on__gte=today) | Q(late_after_on__gte=today)
    return due & Q(state=DutyState.OPEN, effective_due_on__lte=warned_until)


class DutyQuerySet(models.QuerySet):
    """Duties."""

    def visible_to(self, post: Appointment | None) -> Self:
        """In the post's subtree; for a helper, those of the cases the person is on; for a department, its own."""
        if post is not None and post.role == "helper":
            return self.filter(case__in=Case.objects.visible_to(post))
        if post is not None and post.role == "department":
            return self.filter(organization_id=post.organization_id, owner_role=post.role).filter(
                department=post.department, department__gt=""
            )
        return self.filter(within(post))

    def open(self) -> Self:
        """Still owed."""
        return self.filter(state=DutyState.OPEN)

    def overdue(self, today: date) -> Self:
        """Owed and past the date in force, the days of grace too."""
        return self.filter(is_overdue(today))

    def near(self, today: date) -> Self:
        """Owed within the days the scheme calls 临期, today and the days of grace included."""
        return self.filter(is_near(today))

    def under(self, unit: Organization) -> Self:
        """Owed by a unit or one below it."""
        return self.filter(subtree(unit.path).q("org_path"))

    def owed_by(self, post: Appointment) -> Self:
        """What this very post owes: its unit's, for its role; what falls to the person on a case; and for a unit's
        officer what falls to people on its cases where nobody holds the place."""
        today = timezone.localdate()
        if post.role == "helper":
            return self.visible_to(post).filter(debtors.held_by(post.user_id, today))
        if post.role == "department":
            return self.visible_to(post)
        own = Q(owner_role=post.role)
        if post.role == debtors.stand_in(post.organization.level):
            own |= debtors.held_by_nobody(today)
        return self.filter(own, organization_id=post.organization_id)


@tracked
class Duty(Placed):
    """Someone owes something by a date. `organization` owes it; `due_on` never moves, an extension does."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="duties")
    rule = models.ForeignKey(DutyRule, on_delete=models.PROTECT, null=True, related_name="duties")
    key = models.SlugField("事项", max_length=40)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="duties")
    owner_role = models.CharField("责任岗位", max_length=20, choices=ROLE_CHOICES)
    title = models.CharField("时限任务", max_length=200)
    due_on = models.DateField("截止日期")
    effective_due_on = models.DateField("现行截止日期")
    late_after_on = models.DateField("宽限至", null=True, blank=True)
    period_from_on = models.DateField("所属时段起", null=True, blank=True)
    period_to_on = models.DateField("所属时段止", null=True, blank=True)
    times = models.PositiveSmallIntegerField("应办次数", default=1)
    debtor = models.CharField("责任人", max_length=16, choices=Debtor.choices, blank=True)
    department = models.CharField("责任部门", max_length=60, blank=True)
    made_at = models.DateTimeField("产生时间", default=timezone.now, editable=False)
    state = models.CharField("状态", max_length=10, choices=DutyState.choices, default=DutyState.OPEN)
    ended_at = models.DateTimeField("办结时间", null=True)
    ended_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")
    ended_reason = models.CharField("说明", max_length=200, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = "时限任务"
        ordering = ["effective_due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "organization", "period_from_on"],
                nulls_distinct=False,
                name="one_unit_duty_per_rule",
                condition=Q(case__isnull=True, rule__isnull=False) & ~Q(state="cancelled"),
            ),
            models.UniqueConstraint(
                fields=["rule", "case", "period_from_on"],
                nulls_distinct=False,
                name="one_case_duty_per_rule",
                condition=Q(case__isnull=False, rule__isnull=False) & ~Q(state="cancelled"),
            ),
            models.CheckConstraint(
                condition=Q(effective_due_on__gte=F("due_on")), name="extension_only_later"
            ),
        ]
        indexes = [
            models.Index(fields=["effective_due_on"], name="duty_open", condition=Q(state="open")),
            models.Index(fields=["org_path", "effective_due_on"], name="duty_place"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def last_on(self) -> date:
        """The last day on which it is in time: with the days of grace, unless an extension goes beyond them."""
        return max(self.effective_due_on, self.late_after_on or self.effective_due_on)

    @property
    def period_words(self) -> str:
        """The time it is about: 5月1日—5月15日; "" where it is about the whole year."""
        first, last = self.period_from_on, self.period_to_on
        if first is None or last is None:
            return ""
        year = f"{last.year}年" if last.year != self.scheme.year else ""
        return f"{year}{first.month}月{first.day}日—{last.month}月{last.day}日"

    def get_absolute_url(self) -> str:
        return page_of("duties:detail", self.uid)


@tracked
class Extension(models.Model):
    """延期: a later date with its reason; the old date stays readable."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="extensions")
    before_on = models.DateField("原截止日期")
    until_on = models.DateField("延期至")
    reason = models.TextField("理由")
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT)
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = "延期"
        ordering = ["at"]


@tracked
class Reminder(models.Model):
    """A reminder that was given; the unique key is what makes it fall once (reliability 14)."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="reminders")
    due_on = models.DateField("所提醒的截止日期")
    rule = models.SmallIntegerField("提前天数")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = "提醒"
        constraints = [
            models.UniqueConstraint(fields=["duty", "due_on", "rule", "user"], name="remind_once"),
        ]
