"""督导文书: what is issued to a unit and must be answered, and the steps of escalation."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.history import tracked
from accounts.roles import OFFICERS, SUBTREE, Role
from accounts.versions import Versioned
from organizations.models import Appointment, Organization
from organizations.placed import Placed
from organizations.scope import subtree, within
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.duties.models import Duty
from rectification.evidence.models import Attachment
from rectification.schemes.models import Scheme
from rectification.supervision.inspections.models import Inspection, InspectionFinding
from rectification.supervision.notices.rules import ANSWERED, state_words


class NoticeKind(models.TextChoices):
    RECTIFY = "rectify", "整改通知书"
    URGE = "urge", "督办单"
    REMIND = "remind", "提醒卡"
    TALK = "talk", "约谈记录"
    HINT = "hint", "工作提示"


class NoticeLight(models.TextChoices):
    GREEN = "green", "绿灯"
    YELLOW = "yellow", "黄灯"
    RED = "red", "红灯"


class NoticeState(models.TextChoices):
    DRAFT = "draft", "待签发"
    ISSUED = "issued", "待回复"
    REPLIED = "replied", "待核实"
    RETURNED = "returned", "退回重办"
    VERIFIED = "verified", "已核实"
    CLOSED = "closed", "已送达"
    CANCELLED = "cancelled", "不予签发"


UNSENT = (NoticeState.DRAFT, NoticeState.CANCELLED)
UNANSWERED = (NoticeState.ISSUED, NoticeState.RETURNED)
ENDED = (NoticeState.VERIFIED, NoticeState.CLOSED, NoticeState.CANCELLED)


class NoticeQuerySet(models.QuerySet):
    """Papers of supervision."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Those placed in the post's subtree; a draft is its issuer's alone. A helper reads what was issued about the
        cases the person is on, of what falls to leaders only as their liaison, and no 约谈记录."""
        if post is None:
            return self.none()
        if post.role == Role.HELPER:
            cases = Case.objects.visible_to(post)
            mine = CaseMember.objects.filter(user_id=post.user_id, kind=MemberKind.LIAISON)
            liaised = mine.current(timezone.localdate()).values("case")
            hints = Q(kind=NoticeKind.HINT, to_leader__case__in=liaised)
            rest = Q(case__in=cases) & ~Q(kind__in=(NoticeKind.HINT, NoticeKind.TALK))
            return self.filter(hints | rest).exclude(state__in=UNSENT)
        unsent = Q(state__in=UNSENT) & ~Q(issuer_id=post.organization_id)
        return self.filter(within(post)).exclude(unsent)

    def of_year(self, year: int) -> Self:
        """A year's papers."""
        return self.filter(year=year)

    def under(self, unit: Organization) -> Self:
        """Sent to a unit or one below it."""
        return self.filter(subtree(unit.path).q("org_path"))

    def at_hand(self, post: Appointment) -> Self:
        """Not at their end, sent to this post's unit or by it: what the four lists below are made of."""
        own = Q(organization_id=post.organization_id) | Q(issuer_id=post.organization_id)
        return self.exclude(state__in=ENDED).filter(own)

    def drafts_of(self, post: Appointment) -> Self:
        """Waiting for this post to issue them."""
        own = self.filter(issuer_id=post.organization_id, state=NoticeState.DRAFT)
        return own if post.role in OFFICERS else self.none()

    def to_answer(self, post: Appointment) -> Self:
        """Waiting for the reply of this post's unit."""
        asked = self.filter(organization_id=post.organization_id, state__in=UNANSWERED, kind__in=ANSWERED)
        return asked if post.role in SUBTREE else self.none()

    def to_verify(self, post: Appointment) -> Self:
        """Answered, waiting for this post to verify or return it."""
        own = self.filter(issuer_id=post.organization_id, state=NoticeState.REPLIED)
        return own if post.role in OFFICERS else self.none()

    def to_deliver(self, post: Appointment) -> Self:
        """Issued by this post's unit to somebody the system cannot tell: printed and handed over."""
        own = self.filter(issuer_id=post.organization_id, state=NoticeState.ISSUED)
        return own.exclude(kind__in=ANSWERED) if post.role in OFFICERS else self.none()

    def with_steps(self) -> Self:
        """Each with `steps`: how many steps of escalation stand on it."""
        return self.annotate(steps=models.Count("escalations")).order_by("-drafted_at", "-pk")

    def overdue(self, today: date) -> Self:
        """Unanswered past the day in force."""
        return self.filter(state__in=UNANSWERED, duty__in=Duty.objects.overdue(today))


@tracked
class Notice(Placed, Versioned):
    """督导文书: issued by `issuer` to a unit (`organization`), never to a person (a 工作提示 goes to a liaison).

    `number` counts per issuer, kind and year and is given when it is issued. 整改通知书 and 督办单 want a reply by
    `due_on` (`duty`), which is verified or returned; a 提醒卡, 工作提示 or 约谈记录 ends when it is delivered or held.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="notices")
    issuer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="notices_issued")
    kind = models.CharField("文种", max_length=8, choices=NoticeKind.choices)
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("编号", null=True, blank=True)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="notices", verbose_name="整顿对象"
    )
    about = models.ForeignKey(Duty, on_delete=models.PROTECT, null=True, related_name="notices_about")
    to_leader = models.ForeignKey(
        CaseMember, on_delete=models.PROTECT, null=True, blank=True, related_name="hints"
    )
    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, null=True, blank=True, related_name="notices"
    )
    findings = models.ManyToManyField(InspectionFinding, blank=True, related_name="notices")
    light = models.CharField("亮灯", max_length=6, choices=NoticeLight.choices, blank=True)
    title = models.CharField("事由", max_length=200)
    found = models.TextField("存在的问题", blank=True)
    asked = models.TextField("要求", blank=True)
    held_on = models.DateField("约谈日期", null=True, blank=True)
    due_on = models.DateField("回复期限", null=True, blank=True)
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, null=True, related_name="notices")
    state = models.CharField("状态", max_length=10, choices=NoticeState.choices, default=NoticeState.DRAFT)
    drafted_at = models.DateTimeField("拟稿时间")
    issued_at = models.DateTimeField("签发时间", null=True)
    issued_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")
    reply = models.TextField("回复", blank=True)
    replied_at = models.DateTimeField("回复时间", null=True)
    replied_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="notices")
    verdict = models.TextField("核实意见", blank=True)
    verified_at = models.DateTimeField("核实时间", null=True)
    verified_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "督导文书"
        ordering = ["-year", "-drafted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "kind", "year", "number"],
                name="one_number_a_notice",
                condition=Q(number__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled")) | Q(number__isnull=False),
                name="issued_notice_has_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.title}"

    @property
    def answered(self) -> bool:
        """Whether its kind wants a written reply."""
        return self.kind in ANSWERED

    @property
    def number_words(self) -> str:
        """As papers write it: 〔2026〕3号; room to write one while it is a draft."""
        return f"〔{self.year}〕{self.number or '　　'}号"

    @property
    def name(self) -> str:
        """What it is called when spoken of: 督办单〔2026〕3号."""
        return f"{self.get_kind_display()}{self.number_words if self.number else '（草稿）'}"

    @property
    def state_words(self) -> str:
        """Where it stands, in words."""
        return state_words(self.kind, self.state, self.get_state_display())

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("supervision:notice", args=[self.uid])


@tracked
class Escalation(models.Model):
    """逐级督办: one step of an overdue duty on its way up, taken once; `unit` is whom the paper goes to."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="escalations")
    step = models.PositiveSmallIntegerField("第几步")
    unit = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, related_name="escalations")
    words = models.CharField("说明", max_length=200, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "逐级督办"
        ordering = ["duty", "step"]
        constraints = [models.UniqueConstraint(fields=["duty", "step"], name="one_escalation_a_step")]
