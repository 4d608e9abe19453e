"""撤销签署: a result signed by mistake is taken back while nothing rests on it; the case's 历程 keeps both."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.errors import Refused
from accounts.together import ask, number
from accounts.versions import lock
from organizations.models import Appointment
from rectification.acceptance.actions import AGAIN
from rectification.acceptance.checks.models import CheckVerdict
from rectification.acceptance.models import Acceptance, AcceptanceState
from rectification.acceptance.sides import accepting
from rectification.acceptance.sign_off import open_again
from rectification.acceptance.tracking.models import looks_at
from rectification.cases import actions as cases
from rectification.cases.models import Case, Outcome, Tracking
from rectification.duties import actions as duties
from rectification.duties.ending import MAKE_UP
from rectification.duties.making import UNSIGNED
from rectification.duties.models import Duty, DutyState
from rectification.lookback.models import Lookback
from rectification.remediation.actions import lock_case
from rectification.reviews import actions as reviews
from rectification.reviews.models import ReviewState
from rectification.schemes.terms import Event

STEP = "unsign"


def unsign_refusal(acceptance: Acceptance, post: Appointment | None) -> str | None:
    """Why this post cannot take the signature back, or None; the same answer for button and action."""
    case = acceptance.case
    if not accepting(case).is_(post):
        return f"撤销签署由{accepting(case).unit.office}办理"
    if acceptance.state == AcceptanceState.OPEN or not acceptance.outcome:
        return "还没有签署"
    if acceptance.state == AcceptanceState.SIGNING_OFF:
        return _in_review(acceptance)
    if case.acceptances.filter(number__gt=acceptance.number).exists():
        return "已再次提请验收，不能撤销"
    return _rests_on(case) or _passed_above(acceptance) or cases.step_refusal(case, STEP, post)


def _in_review(acceptance: Acceptance) -> str | None:
    review = acceptance.review
    if review.read_at or review.steps.exclude(decision="").exists():
        return "销号审批已经开始办理，不能撤回；如需更正请审批单位退回"
    return None


def _rests_on(case: Case) -> str | None:
    """What stands on the result already."""
    upheld = case.check_results.none()
    if case.closed_on:
        # What was said of a result before this one, which another check took back since, says nothing of this one
        upheld = case.check_results.filter(verdict=CheckVerdict.UPHELD, on__gte=case.closed_on)
    standing = (
        (Lookback.objects.filter(case=case), "已列入下年回头看，不能撤销"),
        (case.following.all(), "下年整顿对象已据此确定，不能撤销"),
        (looks_at(case), "已登记跟踪检查，不能撤销；登记有误的先撤销检查"),
        (upheld, "上级检查已作出结论，不能撤销"),
    )
    found = ask(*(number(rows) for rows, _words in standing))
    return next((words for count, (_rows, words) in zip(found, standing, strict=True) if count), None)


def _passed_above(acceptance: Acceptance) -> str | None:
    review = acceptance.review
    if review is None or review.state != ReviewState.PASSED:
        return None
    others = review.steps.exclude(unit=review.organization_id)
    return f"销号已由{others[0].unit.office}审批，不能撤销" if others else None


@transaction.atomic
def unsign(
    *, acceptance_id: int, by: Appointment, at: datetime, version: int | None, reason: str
) -> Acceptance:
    """Take the signature back with the reason: the acceptance is open again, and so is what was owed before it."""
    rows = Acceptance.objects.visible_to(by).select_related(
        "case__scheme", "case__county", "case__township", "case__organization", "review"
    )
    acceptance = lock(rows, pk=acceptance_id, version=version)
    # A look or a check is written with the case locked: none comes between the question and the undoing
    acceptance.case = lock_case(acceptance.case_id, by)
    if refused := unsign_refusal(acceptance, by):
        raise Refused(refused)
    if not reason.strip():
        raise Refused("撤销签署须写明原因")
    if acceptance.state == AcceptanceState.SIGNING_OFF:
        reviews.withdraw(review_id=acceptance.review_id, by=by, at=at)
        cases.record_event(case=acceptance.case, name="unsign_review", reason=reason, by=by, at=at)
    else:
        _undo(acceptance, by, at, reason)
    return open_again(acceptance)


def _undo(acceptance: Acceptance, by: Appointment, at: datetime, reason: str) -> None:
    signed = acceptance.case.steps.filter(step__in=("close", "consolidate", "carry_over")).last()
    case = cases.take_step(case_id=acceptance.case_id, step=STEP, by=by, at=at, reason=reason.strip())
    before = case.acceptances.filter(number__lt=acceptance.number).order_by("-number").first()
    # Of the results before only 基本合格 still stood: a 合格 before this one was taken back by a check
    case.outcome = Outcome.BASIC if before and before.outcome == Outcome.BASIC else ""
    case.closed_on = None
    case.save_version("outcome", "closed_on")
    Tracking.objects.filter(case=case).delete()
    if signed is not None:  # what ended in that very moment ended by the signature
        ended = Duty.objects.filter(case=case, ended_at=signed.at).exclude(state=DutyState.OPEN)
        ended.update(state=DutyState.OPEN, ended_at=None, ended_by=None, ended_reason="")
    brought = Duty.objects.filter(Q(key__in=(AGAIN, MAKE_UP)) | Q(rule__event=Event.CLOSED), case=case)
    for duty in brought.open():
        duties.cancel(duty=duty, by=by, at=at, reason=UNSIGNED)
    duties.open_case_duties(case=case, at=at)
    if acceptance.review is not None:
        acceptance.review = None
        acceptance.save_version("review")
