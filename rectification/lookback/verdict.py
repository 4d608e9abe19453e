"""The conclusion of a lookback, what follows for last year's case, and its correction while nothing rests on it."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.errors import Refused
from organizations.models import Appointment
from rectification.cases import actions as cases
from rectification.cases.models import Case, CaseStep, Tracking
from rectification.duties import actions as duties
from rectification.duties import ending
from rectification.duties.making import NOT_TURNED_ROUND
from rectification.lookback import rules
from rectification.lookback.actions import asked_of, locked, views_of
from rectification.lookback.models import Lookback
from rectification.lookback.parties import parties_in
from rectification.lookback.rules import Outcome
from rectification.schemes.terms import Event, words
from rectification.workflow import Stage

STEPS = {Outcome.CLOSED: "lookback_close", Outcome.CARRIED: "lookback_carry"}
CORRECTED = "correct_lookback"
CONCLUSION = ("outcome", "reasons", "decided_on", "decided_by", "body", "document", "tracked_until_on")


def _step_refusal(lookback: Lookback, post: Appointment | None) -> str | None:
    """Why this post concludes nothing here: the last step of this year's chain concludes, whoever accepted the case."""
    takers = parties_in(lookback.scheme).decides
    return cases.step_refusal(lookback.case, "lookback_close", post, takers=takers)


def verdict_refusal(lookback: Lookback, post: Appointment | None) -> str | None:
    """Why this post does not conclude this lookback now, or None."""
    if lookback.decided:
        return "回头看已经作出结论，不能再改"
    return _step_refusal(lookback, post)


@transaction.atomic
def decide(
    *,
    lookback_id: int,
    by: Appointment,
    at: datetime,
    version: int | None,
    outcome: str,
    reasons: str,
    decided_on: date | None,
    body: str,
    document: str = "",
) -> Lookback:
    """Conclude: turned round closes the case into a year's tracking, not turned round takes it into this year.

    Raises Refused with whatever is missing: the judging party's part, reasons, the day, the deciding body.
    """
    lookback = locked(lookback_id, by, version)
    if refused := verdict_refusal(lookback, by):
        raise Refused(refused)
    on = _checked(lookback, outcome, reasons, decided_on, body, at)
    _conclude(lookback, Outcome(outcome), reasons.strip(), on, by)
    lookback.body, lookback.document = body.strip(), document.strip()
    lookback.save_version(*CONCLUSION)
    _follow(lookback, _take(lookback, by, at, reasons.strip()), on, by, at)
    return lookback


def _checked(
    lookback: Lookback, outcome: str, reasons: str, decided_on: date | None, body: str, at: datetime
) -> date:
    """The day of a conclusion that can stand; raises Refused with what is missing."""
    refused = rules.verdict_refusal(
        asked_of(lookback),
        views_of(lookback),
        outcome=outcome,
        reasons=reasons,
        decided_on=decided_on,
        today=timezone.localdate(at),
        parties=parties_in(lookback.scheme).order,
    )
    if refused or decided_on is None:
        raise Refused(refused or "没有填作出结论的日期")
    if not body.strip():
        raise Refused("没有填决定机关")
    return decided_on


def _take(lookback: Lookback, by: Appointment, at: datetime, reason: str) -> Case:
    return cases.take_step(
        case_id=lookback.case_id,
        step=STEPS[Outcome(lookback.outcome)],
        by=by,
        at=at,
        reason=reason,
        takers=parties_in(lookback.scheme).decides,
    )


def _conclude(lookback: Lookback, outcome: Outcome, reasons: str, on: date, by: Appointment) -> None:
    closed_on = lookback.case.closed_on
    if closed_on and on < closed_on:
        raise Refused(f"结论日期 {words(on)} 早于上年销号日期 {words(closed_on)}")
    lookback.outcome, lookback.reasons = outcome, reasons
    lookback.decided_on, lookback.decided_by = on, by
    until = rules.tracked_until(on, lookback.scheme.tracking_months)
    lookback.tracked_until_on = until if outcome is Outcome.CLOSED else None


def _follow(lookback: Lookback, case: Case, on: date, by: Appointment, at: datetime) -> None:
    """The day of 销号 where there was none, and a year of watching from the lookback on; or the end of watching and of
    the looks that were owed for it.

    A case that was closed and came back keeps the day it was closed on: this year's case is then a relapse.
    """
    tracking = Tracking.objects.filter(case=case).first()
    if lookback.outcome == Outcome.CLOSED and lookback.tracked_until_on:
        if case.closed_on is None:
            case.closed_on = on
            case.save_version("closed_on")
            # That of a 销号 which a check took back says nothing of this one: watched and looked at anew
            Tracking.objects.filter(case=case).delete()
            tracking = None
        if tracking is None:
            duties.happened(event=Event.CLOSED, case=case, on=on, by=by, at=at)
        elif tracking.ends_on < lookback.tracked_until_on:
            span = {"closed_on": tracking.starts_on, "until": lookback.tracked_until_on}
            duties.watched_longer(case=case, since=on, by=by, at=at, **span)
        tracking = tracking or Tracking(case=case, starts_on=on)
        tracking.ends_on = max(tracking.ends_on or on, lookback.tracked_until_on)
        tracking.note = ""
        tracking.save()
        ending.made_up(case=case, by=by, at=at)
        return
    ending.cancel_case(case=case, by=by, at=at, reason=NOT_TURNED_ROUND)
    if tracking is not None and tracking.ends_on > on:
        tracking.ends_on, tracking.note = max(on, tracking.starts_on), NOT_TURNED_ROUND
        tracking.save()


# --- correcting ------------------------------------------------------------------------------------------------------


def correction_refusal(lookback: Lookback, post: Appointment | None) -> str | None:
    """Why this post cannot correct the conclusion, or None: once this year's case stands on it, it stands."""
    if not lookback.decided:
        return "回头看还没有作出结论"
    if refused := _step_refusal(lookback, post):
        return refused
    following = lookback.case.following.first()
    if following is not None:
        return f"已据此列为{following.year}年整顿对象，结论不能再更正"
    return None


@transaction.atomic
def correct(
    *,
    lookback_id: int,
    by: Appointment,
    at: datetime,
    version: int | None,
    outcome: str,
    reasons: str,
    decided_on: date | None,
    body: str,
    why: str,
    document: str = "",
) -> Lookback:
    """Put a wrong conclusion right, with the reason; what it had done to the case is undone and done anew.

    The case's 历程 keeps both: what stood there, what stands now, and why. Raises Refused as `decide` does, and when
    nothing would change.
    """
    lookback = locked(lookback_id, by, version)
    if refused := correction_refusal(lookback, by):
        raise Refused(refused)
    if not why.strip():
        raise Refused("更正结论须写明原因")
    on = _checked(lookback, outcome, reasons, decided_on, body, at)
    before = Outcome(lookback.outcome)
    old = {name: getattr(lookback, name) for name in CONCLUSION}
    _undo(lookback)
    _conclude(lookback, Outcome(outcome), reasons.strip(), on, by)
    lookback.body, lookback.document = body.strip(), document.strip()
    if all(old[name] == getattr(lookback, name) for name in CONCLUSION if name != "decided_by"):
        raise Refused("更正后的内容与原来相同")
    lookback.save_version(*CONCLUSION)
    now = Outcome(outcome)
    said = f"“{before.label}”改为“{now.label}”" if now is not before else "结论不变，更正理由、日期或决定机关"
    cases.record_event(
        case=lookback.case, name=CORRECTED, reason=f"{said}。原因：{why.strip()}", by=by, at=at
    )
    case = _take(lookback, by, at, why.strip()) if now is not before else lookback.case
    _follow(lookback, case, on, by, at)
    return lookback


def _undo(lookback: Lookback) -> None:
    """Take back the day of 销号 and the watching that only the wrong conclusion had made."""
    case, on = lookback.case, lookback.decided_on
    first = CaseStep.objects.filter(case=case, step__in=STEPS.values()).first()
    if first is not None and first.before == Stage.CARRIED and case.closed_on == on:
        case.closed_on = None
        case.save_version("closed_on")
        Tracking.objects.filter(case=case, starts_on=on).delete()


def corrections_of(lookback: Lookback) -> list[CaseStep]:
    """What was put right, latest first."""
    rows = lookback.case.steps.filter(step=CORRECTED).select_related("by__user", "by__organization")
    return list(rows.order_by("-at", "-pk"))
