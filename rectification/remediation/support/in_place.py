"""What each of many cases has been given, read in a constant number of queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat

from organizations.record_models import LeaderPost
from rectification.cases.models import Case, CaseMember
from rectification.remediation.models import Plan, PlanState
from rectification.remediation.support.in_place_rules import NAMES, Given, Item, in_place
from rectification.remediation.support.models import CommitteeNeed, HelpingUnit, Pairing, Project
from rectification.schemes.models import ItemKind, SchemeItem


def day_of(case: Case, today: date) -> date:
    """The day a case's support is looked at: today, of a closed case the day it was closed."""
    return min(today, case.closed_on) if case.closed_on else today


def given_to(cases: Sequence[Case], today: date) -> dict[int, Given]:
    """What each case has, by the case's key. Seven queries, however many cases."""
    keys, days = [case.pk for case in cases], {case.pk: day_of(case, today) for case in cases}
    plans = {plan.case_id: plan for plan in Plan.objects.filter(case__in=keys)}
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for model, name in ((HelpingUnit, "helping_unit"), (Pairing, "pairing"), (CaseMember, "")):
        for row in model.objects.filter(case__in=keys):
            if _there(row, days[row.case_id]):
                counts[row.case_id][name or row.kind] += 1
    for key in Project.objects.filter(case__in=keys, cancelled_reason="").values_list("case", flat=True):
        counts[key]["project"] += 1
    posts, vacant = _committees(cases, today)
    needs = Counter(open_needs(keys).values_list("case", flat=True))
    found = {}
    for case in cases:
        plan = plans.get(case.pk)
        found[case.pk] = Given(
            plan=plan.state if plan else "",
            approved_on=plan.approved_on if plan else None,
            counts=dict(counts[case.pk]),
            posts=posts[case.organization_id],
            vacant=vacant[case.organization_id],
            needs=needs[case.pk],
        )
    return found


def open_needs(keys: Iterable[int]) -> QuerySet:
    """Posts of these cases that are still to be settled and whose vacancy the committee does not show itself."""
    rows = CommitteeNeed.objects.standing().filter(case__in=keys, settled_on__isnull=True)
    return rows.exclude(post__holder="")


def _there(row: Any, day: date) -> bool:
    return row.from_on <= day and (row.to_on is None or row.to_on >= day)


def _committees(cases: Sequence[Case], today: date) -> tuple[Counter[int], Counter[int]]:
    posts: Counter[int] = Counter()
    vacant: Counter[int] = Counter()
    rows = LeaderPost.objects.filter(organization__in=[case.organization_id for case in cases]).current(today)
    for unit, holder in rows.values_list("organization", "holder"):
        posts[unit] += 1
        vacant[unit] += not holder
    return posts, vacant


def items_of(cases: Sequence[Case], today: date) -> dict[int, list[Item]]:
    """Each item of its scheme's support with its light, by the case's key; one query more."""
    texts: dict[int, list[str]] = defaultdict(list)
    schemes = {case.scheme_id for case in cases}
    for item in SchemeItem.objects.filter(scheme__in=schemes, kind=ItemKind.SUPPORT).order_by("order"):
        texts[item.scheme_id].append(item.text)
    given = given_to(cases, today)
    return {case.pk: in_place(texts[case.scheme_id], given[case.pk]) for case in cases}


LACKING = [(kind, f"缺{name}") for kind, name in NAMES.items() if kind in ("plan", "team", "project")]
LACKING += [("first_secretary", "缺第一书记"), ("leader", "缺联系领导"), ("committee", "班子没有配齐")]


def with_gaps(cases: QuerySet, today: date) -> QuerySet:
    """Each case with `gaps`: the kinds of support it lacks as one text, for the filter of a list (the rule of
    in_place_rules, for whole lists)."""
    members = CaseMember.objects.filter(case=OuterRef("pk"), from_on__lte=today).filter(
        Q(to_on__isnull=True) | Q(to_on__gte=today)
    )
    posts = LeaderPost.objects.filter(organization=OuterRef("organization")).current(today)
    needs = CommitteeNeed.objects.standing().filter(case=OuterRef("pk"), settled_on__isnull=True)
    there = {
        "plan": Exists(Plan.objects.filter(case=OuterRef("pk"), state=PlanState.APPROVED)),
        "project": Exists(Project.objects.filter(case=OuterRef("pk"), cancelled_reason="")),
        "committee": Exists(posts) & ~Exists(posts.vacant()) & ~Exists(needs),
    }
    for kind in ("team", "first_secretary", "leader"):
        there[kind] = Exists(members.filter(kind=kind))
    parts = [Choose(When(there[kind], then=Value("")), default=Value(f"{kind} ")) for kind, _ in LACKING]
    return cases.annotate(gaps=Concat(*parts))
