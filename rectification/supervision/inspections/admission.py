"""Who may inspect, as the schemes say it: the steps of their 督导检查, the levels of their 督导安排, their issuer."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Value

from accounts.roles import OFFICERS, Role
from organizations.models import Appointment
from organizations.rules import OFFICER, Level
from rectification.cases.models import Case, CaseQuerySet
from rectification.schemes.models import ChainStep, Process, Scheme
from rectification.schemes.practice_models import InspectionRule

Admitted = dict[int, set[tuple[str, str]]]


def admitted(schemes: Iterable[Scheme]) -> Admitted:
    """The levels and roles that inspect, by scheme; one query.

    Where a scheme's chain names nobody the county inspects (S0 五); its issuer always may, and the issuer of the scheme
    it rests on: who sets the work may look at it.
    """
    given = list(schemes)
    found: Admitted = defaultdict(set)
    steps = ChainStep.objects.filter(scheme__in=given, process=Process.INSPECTION).order_by()
    rules = InspectionRule.objects.filter(scheme__in=given, level__in=OFFICER).order_by()
    named = steps.values_list("scheme", "level", "role")
    for scheme, level, role in named.union(rules.values_list("scheme", "level", Value(""))):
        found[scheme].add((level, role or OFFICER[Level(level)]))
    for scheme in given:
        if not found[scheme.pk]:
            found[scheme.pk].add((Level.COUNTY, Role.COUNTY_OFFICER))
        for one in filter(None, (scheme, scheme.based_on)):
            level = Level(one.issuer.level)
            if level in OFFICER:
                found[scheme.pk].add((level, OFFICER[level]))
    return found


def inspect_refusal(post: Appointment | None, scheme: Scheme | None) -> str | None:
    """Why this post inspects nothing in its scheme's year, or None; the same answer for button, action and test."""
    if post is None or Role(post.role) not in OFFICERS:
        return "督导由党委组织部门或乡镇（街道）党（工）委开展"
    if scheme is None:
        return "本年度还没有执行的实施方案，不能安排督导"
    who = admitted([scheme])[scheme.pk]
    if (post.organization.level, post.role) not in who:
        levels = "、".join(sorted({Level(level).label for level, _role in who}))
        return f"按《{scheme.title}》，督导由{levels}开展"
    return None


def may_be_inspected(post: Appointment, year: int) -> CaseQuerySet:
    """The open cases of a year this post may inspect: those of schemes that admit its level."""
    rows = Case.objects.visible_to(post).of_year(year).open()
    schemes = Scheme.objects.filter(pk__in=rows.values("scheme")).select_related("issuer", "based_on__issuer")
    here = (post.organization.level, post.role)
    allowed = [key for key, who in admitted(schemes).items() if here in who]
    return rows.filter(scheme__in=allowed)
