"""What the 考核验收评分表 and the 销号审批表 say of each acceptance, read for many at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import Q, QuerySet

from rectification.acceptance.models import AcceptanceState
from rectification.cases.models import Outcome
from rectification.remediation.models import Problem
from rectification.reviews.models import Review
from rectification.schemes.models import ChainStep, Process
from reports.ledgers import Selection, survey_words
from reports.ledgers import acceptance_words as words
from reports.papers.form import Record


def scored(selection: Selection) -> QuerySet:
    """Every acceptance of the year's cases under the unit; not one that was sent back without a result."""
    rows = words.of_year(selection).exclude(state=AcceptanceState.SIGNED, outcome="")
    return rows.values("pk")


def closing(selection: Selection) -> QuerySet:
    """The signed 合格 of cases that are closed or whose closing is being approved."""
    signed = Q(state__in=(AcceptanceState.SIGNED, AcceptanceState.SIGNING_OFF))
    return words.newest(words.of_year(selection)).filter(signed, outcome=Outcome.PASS).values("pk")


def fill(selection: Selection, records: Sequence[Record]) -> None:
    """Put beside each key the acceptance with all around it."""
    found = words.whole(selection, [record["pk"] for record in records])
    cases = {one.case_id: one.case for one in found.values()}
    leaders = survey_words.secretaries(selection, {case.organization_id for case in cases.values()})
    problems = _problems(selection, cases)
    chains = _chains({case.scheme_id for case in cases.values()})
    reviews = _reviews(selection, {one.review_id for one in found.values()})
    for record in records:
        one = found[record["pk"]]
        record |= {
            "one": one,
            "case": one.case,
            "leader": leaders.get(one.case.organization_id),
            "problems": problems.get(one.case_id, []),
            "chain": chains.get(one.case.scheme_id, []),
            "review": reviews.get(one.review_id),
        }


def _problems(selection: Selection, cases: Collection[int]) -> dict[int, list[Problem]]:
    found = defaultdict(list)
    rows = Problem.objects.visible_to(selection.post).filter(case__in=cases)
    for problem in rows.order_by("case", "order"):
        found[problem.case_id].append(problem)
    return found


def _chains(schemes: Collection[int]) -> dict[int, list[ChainStep]]:
    found = defaultdict(list)
    rows = ChainStep.objects.filter(scheme__in=schemes, process=Process.SIGN_OFF)
    for step in rows.order_by("order"):
        found[step.scheme_id].append(step)
    return found


def _reviews(selection: Selection, keys: Collection[int]) -> dict[int, Review]:
    rows = Review.objects.visible_to(selection.post).filter(pk__in=keys)
    return {review.pk: review for review in rows.prefetch_related("steps")}
