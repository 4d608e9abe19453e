"""What a plan says from facts already in the system: the village, what the survey found, the people on the case.

Nothing here is typed for the plan; its first words may be edited, the rest is drawn anew until the plan is sent.
"""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from accounts.together import together
from organizations.record_models import LeaderPost, YearRecord
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.remediation.plan_rules import situation_of
from rectification.remediation.support.models import HelpingUnit, Pairing, Project
from rectification.schemes.difference_rules import counterpart
from rectification.schemes.models import Criterion
from rectification.survey.models import Finding

# As the papers name them: leaders and first secretary before the team and those who accompany it
ORDER = (
    MemberKind.LEADER,
    MemberKind.FIRST_SECRETARY,
    MemberKind.TEAM,
    MemberKind.OFFICE,
    MemberKind.STATIONED,
    MemberKind.LIAISON,
)
NAMES = {MemberKind.LEADER: "挂点联系领导", MemberKind.TEAM: "工作队（组）"}


def first_words(case: Case, today: date) -> str:
    """What the plan's 基本情况 starts with, from the organization's page and the determination."""
    unit = case.organization
    keys = "households population members groups venue poor_village construction_village"
    facts: dict[str, Any] = {key: getattr(unit, key) for key in keys.split()}
    record = YearRecord.objects.filter(organization=unit, year=case.year - 1, income__isnull=False).first()
    facts["income"] = record.income if record else unit.income
    posts = list(LeaderPost.objects.filter(organization=unit).current(today))
    facts["posts"] = [(post.title, post.holder, post.since_on, post.secretary) for post in posts]
    criteria = case.scheme.criteria.filter(order__in=case.criteria or [case.primary.order])
    words = "；".join(f"{criterion.number}{criterion.text}" for criterion in criteria)
    return situation_of({"name": unit.short_name, "criteria": words, **facts})


def met(case: Case) -> QuerySet[Finding]:
    """What the survey found of the case's organization."""
    # A criterion without points is met by its words alone (S1 扶风, S2 岔路)
    found = Q(deduction__gt=0) | Q(criterion__points=0)
    rows = Finding.objects.filter(found, assessment__case=case)
    return rows.select_related("criterion").order_by("criterion__order")


def of_scheme(case: Case, criterion: Criterion) -> Criterion:
    """The criterion as the case's own scheme has it: a county may have surveyed by another one (survey.nearest)."""
    if criterion.scheme_id == case.scheme_id:
        return criterion
    return counterpart(criterion, list(case.scheme.criteria.all())) or criterion


def manifest_of(case: Case) -> list[str]:
    """具体表现: each thing the survey found, with the criterion it belongs to."""
    lines = []
    for finding in met(case):
        criterion = of_scheme(case, finding.criterion)
        lines.append(f"{criterion}：{finding.words.strip() or criterion.text}")
    return lines


def support_of(case: Case, today: date) -> list[str]:
    """帮扶力量: who is on the case today and what it is given, one line a kind; what is missing has no line."""
    members, helping, pairing, projects = together(
        CaseMember.objects.filter(case=case).current(today).order_by("-leads", "from_on", "pk"),
        HelpingUnit.objects.filter(case=case).current(today),
        Pairing.objects.filter(case=case).current(today),
        Project.objects.standing().filter(case=case),
    )
    lines = []
    for kind in ORDER:
        people = [_person(member) for member in members if member.kind == kind]
        if people:
            lines.append(f"{NAMES.get(kind, kind.label)}：{'、'.join(people)}")
    for name, rows in (("帮扶单位", helping), ("结对共建", pairing), ("帮扶项目", projects)):
        words = "、".join(str(row) for row in rows)
        if words:
            lines.append(f"{name}：{words}")
    return lines


def _person(member: CaseMember) -> str:
    said = "，".join(filter(None, (member.unit, "组长" if member.leads else "")))
    return f"{member.name}（{said}）" if said else member.name
