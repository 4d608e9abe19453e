"""What the 认定审批表 says of each candidate, read for many at once: a fixed number of queries a chunk."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Q, QuerySet, Value, When

from organizations.record_models import YearRecord
from organizations.rules import Field
from organizations.scope import subtree
from rectification.reviews.models import Review
from rectification.schemes.models import ChainStep, Process
from rectification.survey.joint_models import Objection, Publicity
from rectification.survey.models import Assessment, Finding, Sheet, Survey, SurveyState
from rectification.survey.note_models import SheetStep
from reports.ledgers import Selection, survey_words
from reports.papers.form import Record

FIELD_ORDER = Choose(
    *(When(field=one.value, then=Value(n)) for n, one in enumerate(Field)), default=Value(99)
)
SCORING = (SurveyState.SCORING, SurveyState.FROZEN)


def source(selection: Selection) -> QuerySet:
    """Candidates of the year under the unit: those chosen or determined; before a list is made, those proposed."""
    early = Q(survey__state__in=SCORING, township_proposes=True)
    return (
        Assessment.objects.visible_to(selection.post)
        .filter(subtree(selection.unit.path).q("org_path"), survey__year=selection.year, excluded="")
        .filter(Q(chosen=True) | Q(case__isnull=False) | early)
        .order_by("survey__org_path", FIELD_ORDER, "score", "org_path", "pk")
        .values("pk", "survey", "scorer")
    )


def fill(selection: Selection, records: Sequence[Record]) -> None:
    """Put beside each key what its page needs: the assessment with all around it, and what each body said."""
    keys = [record["pk"] for record in records]
    rows = Assessment.objects.visible_to(selection.post).select_related(
        "organization", "scorer", "primary", "case", "survey__scheme", "survey__organization"
    )
    assessed = rows.in_bulk(keys)
    organizations = {one.organization_id for one in assessed.values()}
    leaders = survey_words.secretaries(selection, organizations)
    checks = survey_words.self_checks(selection, organizations)
    earned = _incomes(organizations, selection.year - 1)
    given, settled = survey_words.opinions(selection, keys), survey_words.settlements(selection, keys)
    found, surveys = _findings(keys), {one.survey_id: one.survey for one in assessed.values()}
    chains, reviews = _chains(surveys.values()), _reviews(selection, surveys.values())
    sheets, published = _sheets(assessed.values()), _publicities(selection, surveys)
    objections = _objections(selection, keys)
    for record in records:
        one = assessed[record["pk"]]
        record |= {
            "one": one,
            "findings": found.get(one.pk, []),
            "leader": leaders.get(one.organization_id),
            "check": checks.get(one.organization_id),
            "income": earned.get((one.organization_id, one.survey.year - 1), one.organization.income),
            "opinions": given.get(one.pk, []),
            "settled": settled.get(one.pk, ""),
            "chain": chains.get(one.survey.scheme_id, []),
            "review": reviews.get(one.survey.review_id),
            "sheet": sheets.get((one.survey_id, one.scorer_id)),
            "publicity": published.get(one.survey_id),
            "objections": objections.get(one.pk, []),
        }


def _incomes(organizations: Collection[int], year: int) -> dict[tuple[int, int], Decimal]:
    """What a year's book says an organization earned, as the survey shows it; the roster's figure may be older."""
    rows = YearRecord.objects.filter(organization__in=organizations, year=year, income__isnull=False)
    return {(pk, kept): income for pk, kept, income in rows.values_list("organization", "year", "income")}


def _findings(keys: Collection[int]) -> dict[int, list[Finding]]:
    found = defaultdict(list)
    rows = Finding.objects.filter(assessment__in=keys).select_related("criterion")
    for finding in rows.order_by("criterion__order"):
        found[finding.assessment_id].append(finding)
    return found


def _chains(surveys: Iterable[Survey]) -> dict[int, list[ChainStep]]:
    steps = ChainStep.objects.filter(
        scheme__in={survey.scheme_id for survey in surveys}, process=Process.DETERMINATION
    )
    chains = defaultdict(list)
    for step in steps.order_by("order"):
        chains[step.scheme_id].append(step)
    return chains


def _reviews(selection: Selection, surveys: Iterable[Survey]) -> dict[int, Review]:
    keys = {survey.review_id for survey in surveys}
    rows = Review.objects.visible_to(selection.post).filter(pk__in=keys)
    return {review.pk: review for review in rows.prefetch_related("steps__unit")}


def _sheets(assessed: Iterable[Assessment]) -> dict[tuple[int, int], tuple[Sheet, Mapping[str, SheetStep]]]:
    """The score sheets with their own steps by name, by survey and scoring unit."""
    assessed = list(assessed)
    rows = Sheet.objects.filter(
        survey__in={one.survey_id for one in assessed}, organization__in={one.scorer_id for one in assessed}
    )
    return {
        (sheet.survey_id, sheet.organization_id): (sheet, {step.name: step for step in sheet.steps.all()})
        for sheet in rows.prefetch_related("steps")
    }


def _publicities(selection: Selection, surveys: Collection[int]) -> dict[int, Publicity]:
    """Where and when the lists were published: told to everybody who sees the survey."""
    seen = Survey.objects.visible_to(selection.post).filter(pk__in=surveys)
    return {row.survey_id: row for row in Publicity.objects.filter(survey__in=seen)}


def _objections(selection: Selection, keys: Collection[int]) -> dict[int, list[Any]]:
    found = defaultdict(list)
    seen = Publicity.objects.visible_to(selection.post)
    for row in Objection.objects.filter(assessment__in=keys, publicity__in=seen):
        found[row.assessment_id].append(row)
    return found
