"""年底考核: what contact leaders, team members, first secretaries and secretaries did in the year, and what is said of
it in words (S0 五). No points, no ranking of persons (domain §7)."""

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.versions import Versioned
from organizations.models import Appointment
from organizations.placed import Placed
from organizations.scope import within
from rectification.cases.leader_models import ContactLeader
from rectification.cases.models import Case, CaseMember
from rectification.schemes.models import Scheme


class EvaluationKind(models.TextChoices):
    CONTACT_LEADER = "contact_leader", "联系领导"
    TEAM = "team", "工作队员"
    FIRST_SECRETARY = "first_secretary", "第一书记"
    SECRETARY = "secretary", "村（社区）党组织书记"


class EvaluationState(models.TextChoices):
    DRAFT = "draft", "待考核"
    DONE = "done", "已考核"


class EvaluationQuerySet(models.QuerySet):
    """Evaluations of people."""

    def visible_to(self, post: Appointment | None) -> Self:
        """Of the assessing units in the post's subtree; a village reads none, its secretary is among them.

        What is not done yet is read by the assessing unit alone: words may still change.
        """
        if post is None or post.role in ("village_reporter", "helper"):
            return self.none()
        mine = models.Q(organization_id=post.organization_id)
        return self.filter(within(post)).filter(mine | ~models.Q(state=EvaluationState.DRAFT))


@tracked
class PersonEvaluation(Placed, Versioned):
    """One person's year as `organization` assesses it.

    facts: what the file says the person did, frozen when it is done ({} before: drawn anew when read). local_words:
    what the party organization says in which the person served: a first secretary is assessed there (S0 四（三）).
    uses: what follows (结果运用), of the scheme's list, with `uses_words` beside. corrected_reason: of the last time.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="evaluations")
    kind = models.CharField("考核对象", max_length=16, choices=EvaluationKind.choices)
    contact = models.ForeignKey(
        ContactLeader, on_delete=models.PROTECT, null=True, blank=True, related_name="evaluations"
    )
    member = models.ForeignKey(
        CaseMember, on_delete=models.PROTECT, null=True, blank=True, related_name="evaluations"
    )
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="evaluations"
    )
    name = models.CharField("姓名", max_length=40)
    post_words = models.CharField("单位及职务", max_length=100, blank=True)
    facts = models.JSONField("履职情况", default=dict)
    local_words = models.TextField("派驻（所在）党组织意见", blank=True)
    words = models.TextField("考核意见", blank=True)
    grade = models.CharField("考核等次", max_length=20, blank=True)
    uses = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name="结果运用")
    uses_words = models.TextField("结果运用说明", blank=True)
    assessor = models.CharField("考核单位或考核人", max_length=100, blank=True)
    on = models.DateField("考核日期", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=8, choices=EvaluationState.choices, default=EvaluationState.DRAFT
    )
    corrected_reason = models.CharField("更正原因", max_length=200, blank=True)
    by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = "年底考核"
        ordering = ["org_path", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "contact"],
                name="one_evaluation_a_leader",
                condition=Q(contact__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["scheme", "member"], name="one_evaluation_a_member", condition=Q(member__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["scheme", "case", "name"],
                name="one_evaluation_a_secretary",
                condition=Q(kind="secretary"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_kind_display()}）"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("acceptance:evaluation", args=[self.uid])
