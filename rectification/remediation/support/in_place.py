"""What each of many cases has been given, read in a constant number of queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import chain
from operator import and_
from typing import Any

from django.contrib.postgres.aggregates import BoolAnd
from django.db.models import Case as Choose
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat, Least
from django.db.models.lookups import Exact

from organizations.record_models import LeaderPost
from rectification.cases.models import Case, CaseMember
from rectification.remediation.models import Plan, PlanState
from rectification.remediation.support.in_place_rules import NAMES, PEOPLE, Given, Item, in_place, kind_of
from rectification.remediation.support.models import CommitteeNeed, HelpingUnit, Pairing, Project


def day_of(case: Case, today: date) -> date:
    """The day a case's support is looked at: today, of a closed case the day it was closed."""
    return min(today, case.closed_on) if case.closed_on else today


@dataclass
class Rows:
    """What stands in the files of some cases: their plans; everyone and everything with days; the case of each project
    in force and of each open need; of each committee post its organization and holder."""

    plans: Iterable[Plan]
    stays: Iterable[HelpingUnit | Pairing | CaseMember]
    projects: Iterable[int]
    needs: Iterable[int]
    posts: Iterable[tuple[int, str]]


def given_to(cases: Sequence[Case], today: date) -> dict[int, Given]:
    """What each case has, by the case's key. Seven queries, however many cases."""
    keys = [case.pk for case in cases]
    rows = Rows(
        plans=Plan.objects.filter(case__in=keys),
        stays=chain.from_iterable(
            model.objects.filter(case__in=keys) for model in (HelpingUnit, Pairing, CaseMember)
        ),
        projects=Project.objects.standing().filter(case__in=keys).values_list("case", flat=True),
        needs=open_needs(keys).values_list("case", flat=True),
        posts=posts_of(cases, today),
    )
    return given_of(cases, rows, today)


def posts_of(cases: Sequence[Case], today: date) -> QuerySet:
    """The committee posts of these cases' organizations: organization and holder."""
    rows = LeaderPost.objects.filter(organization__in=[case.organization_id for case in cases])
    return rows.current(today).values_list("organization", "holder")


def given_of(cases: Sequence[Case], rows: Rows, today: date) -> dict[int, Given]:
    """What each case has by these rows, by the case's key."""
    days = {case.pk: day_of(case, today) for case in cases}
    plans = {plan.case_id: plan for plan in rows.plans}
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows.stays:
        if _there(row, days[row.case_id]):
            counts[row.case_id][_kind(row)] += 1
    for key in rows.projects:
        counts[key]["project"] += 1
    needs = Counter(rows.needs)
    posts: Counter[int] = Counter()
    vacant: Counter[int] = Counter()
    for unit, holder in rows.posts:
        posts[unit] += 1
        vacant[unit] += not holder
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


def _kind(row: HelpingUnit | Pairing | CaseMember) -> str:
    if isinstance(row, CaseMember):
        return row.kind
    return "pairing" if isinstance(row, Pairing) else "helping_unit"


def open_needs(keys: Iterable[int]) -> QuerySet:
    """Posts of these cases that are still to be settled and whose vacancy the committee does not show itself."""
    rows = CommitteeNeed.objects.standing().filter(case__in=keys, settled_on__isnull=True)
    return rows.exclude(post__holder="")


def _there(row: Any, day: date) -> bool:
    return row.from_on <= day and (row.to_on is None or row.to_on >= day)


def items_of(case: Case, texts: Iterable[str], rows: Rows, today: date) -> list[Item]:
    """Each item of the scheme's support with its light for one case; no query."""
    return in_place(texts, given_of([case], rows, today)[case.pk])


LACKING = [(kind, f"缺{name}") for kind, name in NAMES.items() if kind in ("plan", "team", "project")]
LACKING += [("first_secretary", "缺第一书记"), ("leader", "缺联系领导"), ("committee", "班子没有配齐")]


def with_gaps(cases: QuerySet, today: date) -> QuerySet:
    """Each case with `gaps`: the kinds of support it lacks as one text, for the filter of a list (the rule of
    in_place_rules, for whole lists)."""
    members = CaseMember.objects.current(today).filter(case=OuterRef("pk"))
    posts = LeaderPost.objects.filter(organization=OuterRef("organization")).current(today)
    needs = CommitteeNeed.objects.standing().filter(case=OuterRef("pk"), settled_on__isnull=True)
    there = {
        **_in_file(),
        "committee": Exists(posts) & ~Exists(posts.vacant()) & ~Exists(needs),
    }
    for kind in ("team", "first_secretary", "leader"):
        there[kind] = Exists(members.filter(kind=kind))
    parts = [Choose(When(there[kind], then=Value("")), default=Value(f"{kind} ")) for kind, _ in LACKING]
    return cases.annotate(gaps=Concat(*parts))


def _in_file() -> dict[str, Exists]:
    """Whether a case has a plan in force and a project, as the database says it."""
    own = {"case": OuterRef("pk")}
    return {
        "plan": Exists(Plan.objects.filter(**own, state=PlanState.APPROVED)),
        "project": Exists(Project.objects.standing().filter(**own)),
    }


def with_complete(cases: QuerySet, texts: Mapping[int, Sequence[str]], today: date) -> QuerySet:
    """Each case with `complete`: whether everything its scheme's support asks for is there, on the day it is looked at
    (the rule of in_place_rules, for whole lists). texts: the items, by the scheme's key; a scheme without any is met
    by nothing."""
    asked: dict[frozenset[str], list[int]] = defaultdict(list)
    for scheme, words in texts.items():
        asked[frozenset(map(kind_of, words)) - {""}].append(scheme)
    met = [
        When(reduce(and_, _there_of(kinds, today), Q(scheme__in=schemes)), then=Value(True))
        for kinds, schemes in asked.items()
    ]
    return cases.annotate(complete=Choose(*met, default=Value(False)))


def _there_of(kinds: frozenset[str], today: date) -> Iterator[Any]:
    """One condition for each of these kinds of support, one for all kinds of people."""
    day = Least(OuterRef("closed_on"), today)  # PostgreSQL passes over a day that is not set
    on_day = Q(to_on__isnull=True) | Q(to_on__gte=day), Q(from_on__lte=day, case=OuterRef("pk"))
    if people := kinds.intersection(PEOPLE):
        rows = CaseMember.objects.filter(*on_day, kind__in=people).order_by().values("case")
        yield Exact(Subquery(rows.values(number=Count("kind", distinct=True))), len(people))
    if "committee" in kinds:
        posts = LeaderPost.objects.filter(organization=OuterRef("organization")).current(today).order_by()
        full = posts.values("organization").values(full=BoolAnd(~Q(holder="")))
        needs = CommitteeNeed.objects.standing().filter(case=OuterRef("pk"), settled_on__isnull=True)
        yield Exact(Subquery(full), Value(True)) & ~Q(Exists(needs.exclude(post__holder="")))
    for kind, model in (("helping_unit", HelpingUnit), ("pairing", Pairing)):
        if kind in kinds:
            yield Exists(model.objects.filter(*on_day))
    yield from (there for kind, there in _in_file().items() if kind in kinds)
