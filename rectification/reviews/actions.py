"""Submit → opinions up a chain → return or pass. Written once, used by every room that submits.

Return names fields and goes back to the sender; a resubmission goes straight to whoever returned it, with what has
changed marked (`changed_fields`). What follows from a passed review is the later room's action.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.actions import notify
from accounts.errors import Refused
from organizations.models import Appointment, Organization
from rectification.cases.models import Case
from rectification.evidence.models import Attachment
from rectification.reviews.chains import units_over
from rectification.reviews.models import Decision, Review, ReviewRemark, ReviewState, ReviewStep
from rectification.schemes.models import ChainStep, StepMode


class NotYours(Refused):
    """This review does not stand with the acting post."""


@transaction.atomic
def submit(
    *,
    process: str,
    title: str,
    organization: Organization,
    chain: Iterable[ChainStep],
    content: dict[str, Any],
    by: Appointment,
    at: datetime,
    case: Case | None = None,
    review: Review | None = None,
) -> Review:
    """Send something up its chain; with `review`, send a returned or withdrawn one again.

    chain: the steps above the sender, in order. content: plain values, frozen as sent. Raises Refused when a step's
    level has no unit above the sender, or the review is not open for resubmission.
    """
    if review is not None:
        return _resubmit(review, content=content, by=by, at=at)
    review = Review.objects.create(
        process=process,
        title=title,
        organization=organization,
        case=case,
        content=content,
        submitted_by=by,
        submitted_at=at,
    )
    _copy_chain(review, list(chain))
    _stand_at(review, review.steps.first())
    audit.record("呈报", obj=review)
    return review


def _copy_chain(review: Review, steps: Sequence[ChainStep]) -> None:
    if not steps:
        raise Refused("方案没有规定由谁审批，请先在年度方案中补上审批环节")
    units = units_over(review.organization)
    for order, step in enumerate(steps, 1):
        if step.level not in units:
            where = f"{review.organization}之上没有这一级单位"
            raise Refused(f"“{step.name}”由{step.get_level_display()}办理，但{where}")
        ReviewStep.objects.create(
            review=review,
            order=order,
            name=step.name,
            unit=units[step.level],
            role=step.role,
            mode=step.mode,
            decides=step.decides,
        )


def _resubmit(review: Review, *, content: dict[str, Any], by: Appointment, at: datetime) -> Review:
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if review.state not in (ReviewState.RETURNED, ReviewState.WITHDRAWN):
        raise Refused(f"“{review.title}”{review.get_state_display()}，不能重复呈报")
    review.before, review.content = review.content, content
    review.round += 1
    review.state, review.submitted_by, review.submitted_at, review.read_at = ReviewState.PENDING, by, at, None
    review.save()
    # Straight back to whoever returned it: the steps passed before stay passed
    back = review.steps.exclude(decision=Decision.PASSED).first()
    ReviewStep.objects.filter(pk=back.pk).update(
        decision=Decision.NONE, opinion="", fields=[], by=None, at=None
    )
    _stand_at(review, back)
    audit.record("再次呈报", obj=review, round=review.round)
    return review


def _stand_at(review: Review, step: ReviewStep | None) -> None:
    review.at_unit, review.at_role = (step.unit, step.role) if step else (None, "")
    review.save(update_fields=["at_unit", "at_role"])
    if step:
        _tell(step.unit, step.role, f"待审批：{review.title}", review)


def _tell(unit: Organization, role: str, title: str, review: Review) -> None:
    today = timezone.localdate()
    for post in Appointment.objects.at(unit, role).current(today).select_related("user"):
        notify(
            user=post.user, title=title, body=f"呈报单位：{review.organization}", url=reverse("reports:queue")
        )


def decision_refusal(review: Review, post: Appointment | None) -> str | None:
    """Why this post cannot decide now, or None; the same answer for the form, the action and the test."""
    if review.state != ReviewState.PENDING:
        return f"该呈报{review.get_state_display()}"
    if post is None or (post.organization_id, post.role) != (review.at_unit_id, review.at_role):
        return f"该呈报现由{review.at_unit}办理"
    same_person = post.user_id == review.submitted_by.user_id
    if same_person and post.organization_id != review.organization_id:
        return "不能审批本人呈报的事项，请由本单位其他同志办理"
    return None


def opened_as(review: Review) -> int:
    """What a decision form says it was opened with: the round and the step the review stands at."""
    return review.round * 100 + review.steps.filter(decision=Decision.PASSED).count()


def _locked(review_id: int, by: Appointment, opened: int | None) -> tuple[Review, ReviewStep]:
    review = Review.objects.select_for_update(of=("self",)).get(pk=review_id)
    refused = decision_refusal(review, by)
    if refused:
        raise NotYours(refused)
    if opened is not None and opened != opened_as(review):
        raise Refused("这份呈报在您打开之后已经办理过或重新呈报，没有办理；请看过下面现在的内容再决定")
    return review, review.steps.exclude(decision=Decision.PASSED).first()


@transaction.atomic
def pass_step(
    *,
    review_id: int,
    by: Appointment,
    at: datetime,
    opinion: str = "",
    body: str = "",
    document: str = "",
    decided_on: date | None = None,
    opened: int | None = None,
    items: Mapping[str, str] | None = None,
    scan: Attachment | None = None,
) -> Review:
    """Pass the step the review stands at; a 登记决定 step needs the deciding body, its date and document number.

    opened: as `opened_as` said when the form was shown, so that nobody passes a round they have not read. items: an
    opinion of its own on single things of the list, by their uid. scan: the paper that was recorded.
    """
    review, step = _locked(review_id, by, opened)
    if step.mode == StepMode.RECORD and not (body.strip() and document.strip() and decided_on):
        raise Refused("登记决定须填写决定机关、会议（文件）日期和纪要号（文号）")
    step.decision, step.opinion, step.by, step.at = Decision.PASSED, opinion.strip(), by, at
    step.body, step.document, step.decided_on = (
        body.strip(),
        document.strip(),
        decided_on or timezone.localtime(at).date(),
    )
    step.items = {key: words.strip() for key, words in (items or {}).items() if words.strip()}
    step.scan = scan
    step.save()
    following = review.steps.exclude(decision=Decision.PASSED).first()
    if following is None:
        review.state, review.ended_at = ReviewState.PASSED, at
        review.save(update_fields=["state", "ended_at"])
        _tell(review.organization, review.submitted_by.role, f"已通过：{review.title}", review)
    _stand_at(review, following)
    audit.record("审批通过", obj=review, step=step.name)
    return review


@transaction.atomic
def return_(
    *,
    review_id: int,
    by: Appointment,
    at: datetime,
    opinion: str,
    fields: Sequence[str] = (),
    opened: int | None = None,
) -> Review:
    """Send it back to the sender with the reason and the names of what must change."""
    if not opinion.strip():
        raise Refused("退回须写明理由，说明哪里需要修改")
    review, step = _locked(review_id, by, opened)
    step.decision, step.opinion, step.fields = Decision.RETURNED, opinion.strip(), list(fields)
    step.by, step.at, step.decided_on = by, at, timezone.localtime(at).date()
    step.save()
    ReviewRemark.objects.create(
        review=review,
        round=review.round,
        step=step.name,
        opinion=step.opinion,
        fields=step.fields,
        by=by,
        at=at,
    )
    review.state = ReviewState.RETURNED
    review.save(update_fields=["state"])
    _stand_at(review, None)
    _tell(review.organization, review.submitted_by.role, f"已退回：{review.title}", review)
    audit.record("退回", obj=review, step=step.name)
    return review


@transaction.atomic
def withdraw(*, review_id: int, by: Appointment, at: datetime) -> Review:
    """Take back what nobody has read yet."""
    review = Review.objects.select_for_update(of=("self",)).get(pk=review_id)
    if by.organization_id != review.organization_id or by.role != review.submitted_by.role:
        raise NotYours("只有呈报单位可以撤回")
    if review.state != ReviewState.PENDING or review.read_at or review.steps.exclude(decision="").exists():
        raise Refused("上级已审阅，不能撤回；如需修改请联系上级退回")
    review.state = ReviewState.WITHDRAWN
    review.save(update_fields=["state"])
    _stand_at(review, None)
    audit.record("撤回呈报", obj=review)
    return review


@transaction.atomic
def call_off(*, review: Review, by: Appointment, at: datetime, reason: str) -> None:
    """End a submission whose object is gone, such as the plan of a withdrawn case; nobody decides on it any more, and
    one that came back is not sent again."""
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if review.state in (ReviewState.PENDING, ReviewState.RETURNED):
        review.state = ReviewState.WITHDRAWN
        review.save(update_fields=["state"])
        _stand_at(review, None)
        audit.record("终止呈报", obj=review, reason=reason)


def mark_read(*, review: Review, by: Appointment, at: datetime) -> None:
    """The deciding post has opened it: from now on it cannot be withdrawn."""
    if review.read_at is None and decision_refusal(review, by) is None:
        waiting = Review.objects.filter(pk=review.pk, state=ReviewState.PENDING, round=review.round)
        waiting.filter(read_at__isnull=True).update(read_at=at)


def changed_fields(review: Review) -> list[str]:
    """Names of the parts of the content that differ from the round before; empty on the first round."""
    if review.round == 1:
        return []
    names = {**review.before, **review.content}
    return [name for name in names if review.before.get(name) != review.content.get(name)]
