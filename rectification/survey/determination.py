"""The decision on the proposed list (登记决定), and the cases that follow from it."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Refused
from organizations.models import Appointment
from rectification.cases import actions as cases
from rectification.cases.models import Case, Source
from rectification.duties import actions as duties
from rectification.reviews import actions as reviews
from rectification.reviews.models import Decision, Review, ReviewState, ReviewStep
from rectification.survey import ranking
from rectification.survey.models import Assessment, Survey, SurveyState
from rectification.survey.ranking import Row
from rectification.workflow import Stage


@transaction.atomic
def record_determination(
    *,
    review_id: int,
    by: Appointment,
    at: datetime,
    body: str = "",
    document: str = "",
    decided_on: date | None = None,
    opinion: str = "",
    opened: int | None = None,
) -> Review:
    """Record the decision on the list (登记决定) or pass a step before it; with the last step the cases are made."""
    survey = _survey_of(review_id, by)
    review = Review.objects.get(pk=review_id)
    if review.state != ReviewState.PASSED:
        _check_decision(
            review, body=body, document=document, decided_on=decided_on, on=timezone.localtime(at).date()
        )
        review = reviews.pass_step(
            review_id=review_id,
            by=by,
            at=at,
            opinion=opinion,
            body=body,
            document=document,
            decided_on=decided_on,
            opened=opened,
        )
    if review.state == ReviewState.PASSED:
        _carry_out(survey, review, by, at)
    return review


def _check_decision(review: Review, *, body: str, document: str, decided_on: date | None, on: date) -> None:
    """The last step determines, whatever its mode: it needs a body, a date and a document."""
    ahead = review.steps.exclude(decision=Decision.PASSED).count()
    missing = [
        label
        for label, value in (
            ("决定机关", body.strip()),
            ("会议（文件）日期", decided_on),
            ("纪要号或文号", document.strip()),
        )
        if not value
    ]
    if ahead <= 1 and missing:
        raise Refused(f"登记决定还缺：{'、'.join(missing)}")
    if decided_on and decided_on > on:
        raise Refused(f"会议（文件）日期 {decided_on:%Y-%m-%d} 晚于今天，尚未作出的决定不能登记")


def _survey_of(review_id: int, by: Appointment) -> Survey:
    survey = Survey.objects.visible_to(by).select_for_update(of=("self",)).get(review_id=review_id)
    if survey.state == SurveyState.DETERMINED:
        raise Refused(f"{survey}的整顿对象已经认定，不能重复登记")
    return survey


def _carry_out(survey: Survey, review: Review, by: Appointment, at: datetime) -> None:
    """Make the cases and what they and their units owe."""
    decision = review.steps.filter(decision=Decision.PASSED).last()
    places = {row.assessment.pk: row for group in ranking.groups_of(survey) for row in group.rows}
    carried = Case.objects.filter(year=survey.year - 1, stage=Stage.CARRIED)
    before = {case.organization_id: case for case in carried}
    count = 0
    chosen = Assessment.objects.of(survey).filter(chosen=True, case=None)
    for one in chosen.select_related("organization", "scorer", "primary"):
        previous = before.get(one.organization_id) if one.carried else None
        one.case = _open(survey, one, places[one.pk], decision, previous, by, at)
        one.save_version("case")
        count += 1
    survey.state = SurveyState.DETERMINED
    survey.save_version("state")
    audit.record("认定整顿对象", obj=survey, cases=count)


def _open(
    survey: Survey,
    one: Assessment,
    row: Row,
    decision: ReviewStep,
    previous: Case | None,
    by: Appointment,
    at: datetime,
) -> Case:
    case = cases.open_case(
        scheme=survey.scheme,
        organization=one.organization,
        county=survey.organization,
        by=by,
        at=at,
        source=Source.CARRIED if one.carried else Source.NEW,
        previous=previous,
        primary=one.primary,
        criteria=list(row.place.criteria),
        national_type=one.national_type,
        score=one.score,
        rank=one.rank,
        determined_on=decision.decided_on,
        determined_by=decision.body,
        minutes=decision.document,
    )
    duties.open_case_duties(case=case)
    return case


@transaction.atomic
def return_determination(
    *, review_id: int, by: Appointment, at: datetime, opinion: str, opened: int | None = None
) -> Review:
    """Send the list back to the county that proposed it, with the reason; it may be changed and sent again."""
    _survey_of(review_id, by)
    return reviews.return_(review_id=review_id, by=by, at=at, opinion=opinion, fields=["list"], opened=opened)
