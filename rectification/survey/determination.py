"""The steps on the proposed list, the decision among them, and the cases that follow from it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from organizations.models import Appointment
from rectification.cases import actions as cases
from rectification.cases.models import Case, Source
from rectification.duties import actions as duties
from rectification.duties.ending import made_up
from rectification.evidence import actions as evidence
from rectification.evidence.models import Attachment
from rectification.reviews import actions as reviews
from rectification.reviews.models import Review, ReviewState, ReviewStep
from rectification.schemes.chain_rules import deciding_step
from rectification.schemes.models import StepMode
from rectification.survey import joint_board, publicity_rules, ranking
from rectification.survey.holders import county_of
from rectification.survey.joint_models import JointReview, Publicity
from rectification.survey.merged import gone_words
from rectification.survey.models import Assessment, Survey, SurveyState
from rectification.survey.nearest import worked_under
from rectification.survey.ranking import Row
from rectification.workflow import Stage

ELSEWHERE = {
    StepMode.JOINT: "部门联审在联审页面征求意见、办结",
    StepMode.PUBLISH: "公布公示在公布页面登记、办结",
}


def decides(review: Review, step: ReviewStep | None) -> bool:
    """Whether a step is the one that determines; where none is marked (an older list), the last with an opinion."""
    return step is not None and deciding_step(list(review.steps.all())) == step


def records(review: Review, step: ReviewStep | None) -> bool:
    """Whether a step is a recorded decision: body, date and number belong to it."""
    return step is not None and (step.mode == StepMode.RECORD or decides(review, step))


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
    items: Mapping[str, str] | None = None,
    upload: BinaryIO | None = None,
) -> Review:
    """Take the step the list stands at: 办理, or 登记决定 of a meeting or paper; with the deciding one cases are made.

    items: an opinion of its own on single candidates, by their uid. upload: the scan of the minutes or the paper. What
    follows the decision (公布, 报市备案) goes on beside the work.
    """
    survey, review, step = _step_to_take(review_id, by)
    deciding = decides(review, step)
    if records(review, step):
        _check_decision(body=body, document=document, decided_on=decided_on, on=timezone.localtime(at).date())
    if deciding:
        _check_ready(survey, review, decided_on)
    review = reviews.pass_step(
        review_id=review_id,
        by=by,
        at=at,
        opinion=opinion,
        body=body,
        document=document,
        decided_on=decided_on,
        opened=opened,
        items=_of_list(review, items or {}),
        scan=_scan(survey, step, upload, by, at),
    )
    if deciding:
        _carry_out(survey, review.steps.get(pk=step.pk), by, at)
    return review


def _step_to_take(review_id: int, by: Appointment) -> tuple[Survey, Review, ReviewStep]:
    """The list under lock and the step it stands at, where that is taken on this page and by this post."""
    survey = _survey_of(review_id, by)
    review = Review.objects.get(pk=review_id)
    step = review.standing_step
    if review.state == ReviewState.PASSED or step is None:
        raise Refused(f"{survey}的整顿对象已经认定，不能重复登记")
    if refused := reviews.decision_refusal(review, by):
        raise reviews.NotYours(refused)
    if step.mode in ELSEWHERE:
        raise Refused(f"现在是“{step.name}”：{ELSEWHERE[StepMode(step.mode)]}")
    return survey, review, step


def _scan(
    survey: Survey, step: ReviewStep, upload: BinaryIO | None, by: Appointment, at: datetime
) -> Attachment | None:
    if not upload:
        return None
    note = f"{survey}：{step.name}"
    return evidence.store_paper(organization=survey.organization, upload=upload, by=by, at=at, note=note)


def _of_list(review: Review, items: Mapping[str, str]) -> dict[str, str]:
    known = {row["uid"] for row in review.content.get("list", [])}
    return {uid: words for uid, words in items.items() if uid in known}


def _check_decision(*, body: str, document: str, decided_on: date | None, on: date) -> None:
    """A recorded decision needs a body, a date and a document."""
    missing = [
        label
        for label, value in (
            ("决定机关", body.strip()),
            ("会议（文件）日期", decided_on),
            ("纪要号或文号", document.strip()),
        )
        if not value
    ]
    if missing:
        raise Refused(f"登记决定还缺：{'、'.join(missing)}")
    if decided_on and decided_on > on:
        raise Refused(f"会议（文件）日期 {decided_on:%Y-%m-%d} 晚于今天，尚未作出的决定不能登记")


def _check_ready(survey: Survey, review: Review, decided_on: date | None) -> None:
    """Before the decision the joint review is closed, nobody on the list has merged away, the 公示 has ended."""
    joint = JointReview.objects.select_related("survey__review").filter(survey=survey).first()
    if joint is not None and joint.closed_at is None:
        raise Refused("部门联审还没有办结，请先研究处理并办结，再登记决定")
    if joint is not None and (unasked := joint_board.came_in_after(joint)):
        raise Refused(
            f"{'、'.join(unasked)}是部门联审办结以后列入的，还没有征求部门意见；请重新征求意见并办结，再登记决定"
        )
    _check_listed(survey, list(_listed(survey)))
    shown = Publicity.objects.filter(survey=survey).first()
    if shown is not None:
        dates = publicity_rules.Dates(
            publicity_from=shown.starts_on, publicity_to=shown.ends_on, determined_on=decided_on
        )
        if errors := publicity_rules.order_errors(dates, publicity_first=True):
            raise Invalid({"decided_on": list(errors.values())})


def _check_listed(survey: Survey, listed: Sequence[Assessment]) -> None:
    """Whoever is on the list is still there, still below the holder, and no case of this year already."""
    if moved := [gone_words(one, survey) for one in listed if not one.org_path.startswith(survey.org_path)]:
        raise Refused(f"{'；'.join(moved)}；请退回名单修改")
    if closed := [str(one) for one in listed if one.organization.closed_on]:
        raise Refused(f"{'、'.join(closed)}已撤并，不能认定；请退回名单修改")
    standing = Case.objects.of_year(survey.year).filter(organization__in=[one.organization for one in listed])
    if twice := [str(one.organization) for one in standing.select_related("organization")]:
        raise Refused(f"{'、'.join(twice)}本年度已经认定为整顿对象，不能重复认定；请退回名单修改")


def _listed(survey: Survey) -> Any:
    chosen = Assessment.objects.of(survey).filter(chosen=True, case=None)
    return chosen.select_related("organization", "scorer", "primary")


def _survey_of(review_id: int, by: Appointment) -> Survey:
    return Survey.objects.visible_to(by).select_for_update(of=("self",)).get(review_id=review_id)


def _carry_out(survey: Survey, decision: ReviewStep, by: Appointment, at: datetime) -> None:
    """Make the cases and what they and their units owe."""
    places = {row.assessment.pk: row for group in ranking.groups_of(survey) for row in group.rows}
    carried = Case.objects.filter(year=survey.year - 1, stage=Stage.CARRIED)
    before = {case.organization_id: case for case in carried}
    count = 0
    for one in _listed(survey):
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
    under = worked_under(survey, one.organization, one.primary, row.place.criteria)
    case = cases.open_case(
        scheme=under.scheme,
        organization=one.organization,
        county=county_of(survey.organization) or survey.organization,
        by=by,
        at=at,
        # The running chain says who decides, whatever the scheme says meanwhile
        takers=frozenset({Role(by.role)}),
        source=Source.CARRIED if one.carried else Source.NEW,
        previous=previous,
        primary=under.primary,
        criteria=under.criteria,
        national_type=one.national_type,
        score=one.score,
        rank=one.rank,
        determined_on=decision.decided_on,
        determined_by=decision.body,
        minutes=decision.document,
    )
    duties.open_case_duties(case=case, at=at)
    if previous is not None:
        made_up(case=previous, by=by, at=at)
    return case


@transaction.atomic
def return_determination(
    *,
    review_id: int,
    by: Appointment,
    at: datetime,
    opinion: str,
    opened: int | None = None,
    about: tuple[str, ...] | list[str] = (),
) -> Review:
    """Send the list back to the unit that proposed it, with the reason; it may be changed and sent again.

    about: the uids of the candidates the reason is about; none: the list as a whole.
    """
    survey = _survey_of(review_id, by)
    if survey.state == SurveyState.DETERMINED:
        raise Refused(
            f"{survey}的整顿对象已经认定，名单不再退回；确需调整的，由{survey.organization.office}"
            "办理年中增列或退出整顿"
        )
    known = {row["uid"] for row in survey.review.content.get("list", [])} if survey.review else set()
    fields = [uid for uid in about if uid in known] or ["list"]
    return reviews.return_(review_id=review_id, by=by, at=at, opinion=opinion, fields=fields, opened=opened)
