"""What the parties enter, and the county's conclusion with what follows from it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment
from rectification.cases import actions as cases
from rectification.cases.models import Case, Tracking
from rectification.cases.takers import judging_roles
from rectification.lookback import rules
from rectification.lookback.models import Checkpoint, Lookback, LookbackView
from rectification.lookback.rules import Outcome, Party, State
from rectification.schemes.terms import words

STEPS = {Outcome.CLOSED: "lookback_close", Outcome.CARRIED: "lookback_carry"}
# Whose own column a role's is; a village needs no account, so its township enters its self-check for it (代录)
OWN_PARTY = {
    Role.VILLAGE_REPORTER: Party.SELF,
    Role.TOWNSHIP_OFFICER: Party.SUPERIOR,
    Role.COUNTY_OFFICER: Party.DEPARTMENT,
}


def parties_of(lookback: Lookback, post: Appointment | None) -> list[Party]:
    """The columns this post fills in, its own first; the county acts as superior where no township stands between."""
    own = OWN_PARTY.get(Role(post.role)) if post else None
    if own is None:
        return []
    if own is Party.SELF:
        return [own]
    if own is Party.SUPERIOR:
        return [own, Party.SELF]
    return [own] if lookback.case.township_id else [own, Party.SUPERIOR, Party.SELF]


def entry_refusal(lookback: Lookback, post: Appointment | None, party: Party) -> str | None:
    """Why this post cannot enter a party's part now, or None."""
    if lookback.decided:
        return "回头看已经作出结论，不能再改"
    if party not in parties_of(lookback, post):
        return f"“{party.label}”不由您的岗位填写"
    return None


@transaction.atomic
def save_views(
    *,
    lookback_id: int,
    party: Party,
    answers: Mapping[int, tuple[str, str]],
    by: Appointment,
    at: datetime,
    version: int | None,
) -> Lookback:
    """Enter one party's part. answers: checkpoint id → (state or "", finding); what is not named stays as it is.

    Raises Refused for a wrong post or after the conclusion, StaleVersion, and Invalid with `finding-<id>` or
    `state-<id>` as keys.
    """
    lookback = locked(lookback_id, by, version)
    if refused := entry_refusal(lookback, by, party):
        raise Refused(refused)
    points = list(lookback.checkpoints.filter(pk__in=answers))
    if errors := _errors(points, party, answers):
        raise Invalid(errors)
    earlier = {
        view.checkpoint_id: view for view in LookbackView.objects.filter(checkpoint__in=points, party=party)
    }
    for point in points:
        state, finding = answers[point.pk]
        _put(earlier.get(point.pk), point, party, state, finding.strip(), by, at)
    lookback.save_version()
    audit.record("填报回头看", obj=lookback, party=party.value)
    return lookback


def _errors(
    points: Iterable[Checkpoint], party: Party, answers: Mapping[int, tuple[str, str]]
) -> dict[str, list[str]]:
    errors = {}
    for point in points:
        state, finding = answers[point.pk]
        if state and state not in set(State):
            errors[f"state-{point.pk}"] = ["请选择巩固、下滑或反弹"]
        elif not state and finding.strip():
            errors[f"state-{point.pk}"] = [f"“{point.text}”写了具体情况，请同时选择巩固、下滑或反弹"]
        elif state and (said := _view_error(point, party, State(state), finding)):
            errors[f"finding-{point.pk}"] = [said]
    return errors


def _view_error(point: Checkpoint, party: Party, state: State, finding: str) -> str | None:
    key = str(point.pk)
    return rules.view_error(rules.View(key, party, state, finding), rules.Checkpoint(key, point.text))


def _put(
    old: LookbackView | None,
    point: Checkpoint,
    party: Party,
    state: str,
    finding: str,
    by: Appointment,
    at: datetime,
) -> None:
    """Write one answer; an emptied one is taken back, an unchanged one keeps its author and time."""
    if not state:
        if old:
            old.delete()
    elif old is None:
        LookbackView.objects.create(checkpoint=point, party=party, state=state, finding=finding, by=by, at=at)
    elif (old.state, old.finding) != (state, finding):
        old.state, old.finding, old.by, old.at = state, finding, by, at
        old.save()


def locked(lookback_id: int, by: Appointment, version: int | None) -> Lookback:
    """The lookback with its case, locked; raises StaleVersion."""
    rows = Lookback.objects.visible_to(by).select_related("case__scheme", "scheme", "organization")
    return lock(rows, pk=lookback_id, version=version)


def asked_of(lookback: Lookback) -> list[rules.Checkpoint]:
    """The checkpoints as the rules take them."""
    return [
        rules.Checkpoint(str(point.pk), point.text, point.problem is not None)
        for point in lookback.checkpoints.all()
    ]


def views_of(lookback: Lookback) -> list[rules.View]:
    """What was said, as the rules take it."""
    return [
        rules.View(str(view.checkpoint_id), Party(view.party), State(view.state), view.finding)
        for point in lookback.checkpoints.all()
        for view in point.views.all()
    ]


def suggested(lookback: Lookback) -> rules.Suggestion:
    """What follows from the three parties' views, with every reason; a person decides."""
    return rules.suggested(asked_of(lookback), views_of(lookback))


def verdict_refusal(lookback: Lookback, post: Appointment | None) -> str | None:
    """Why this post does not conclude this lookback now, or None."""
    if lookback.decided:
        return "回头看已经作出结论，不能再改"
    return cases.step_refusal(lookback.case, "lookback_close", post, takers=judging_roles(lookback.scheme))


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

    Raises Refused with whatever is missing: the department's part, reasons, the day, the deciding body.
    """
    lookback = locked(lookback_id, by, version)
    if refused := verdict_refusal(lookback, by):
        raise Refused(refused)
    refused = rules.verdict_refusal(
        asked_of(lookback),
        views_of(lookback),
        outcome=outcome,
        reasons=reasons,
        decided_on=decided_on,
        today=timezone.localdate(at),
    )
    if refused or decided_on is None:
        raise Refused(refused or "没有填作出结论的日期")
    if not body.strip():
        raise Refused("没有填决定机关")
    _conclude(lookback, Outcome(outcome), reasons.strip(), decided_on, by)
    lookback.body, lookback.document = body.strip(), document.strip()
    lookback.save_version(*CONCLUSION)
    _follow(lookback, _move(lookback, by, at), decided_on)
    return lookback


def _move(lookback: Lookback, by: Appointment, at: datetime) -> Case:
    """Take the case where the conclusion sends it."""
    return cases.take_step(
        case_id=lookback.case_id,
        step=STEPS[Outcome(lookback.outcome)],
        by=by,
        at=at,
        reason=lookback.reasons,
        takers=judging_roles(lookback.scheme),
    )


CONCLUSION = ("outcome", "reasons", "decided_on", "decided_by", "body", "document", "tracked_until_on")


def _conclude(lookback: Lookback, outcome: Outcome, reasons: str, on: date, by: Appointment) -> None:
    closed_on = lookback.case.closed_on
    if closed_on and on < closed_on:
        raise Refused(f"结论日期 {words(on)} 早于上年销号日期 {words(closed_on)}")
    lookback.outcome, lookback.reasons = outcome, reasons
    lookback.decided_on, lookback.decided_by = on, by
    if outcome is Outcome.CLOSED:
        lookback.tracked_until_on = rules.tracked_until(on, lookback.scheme.tracking_months)


def _follow(lookback: Lookback, case: Case, on: date) -> None:
    """The day of 销号 where there was none, and a year of watching from the lookback on; or the end of watching.

    A case that was closed and came back keeps the day it was closed on: this year's case is then a relapse.
    """
    tracking = Tracking.objects.filter(case=case).first()
    if lookback.outcome == Outcome.CLOSED and lookback.tracked_until_on:
        if case.closed_on is None:
            case.closed_on = on
            case.save_version("closed_on")
        tracking = tracking or Tracking(case=case, starts_on=on, ends_on=on)
        tracking.ends_on = max(tracking.ends_on, lookback.tracked_until_on)
        tracking.save()
    elif tracking is not None and tracking.ends_on > on:
        tracking.ends_on, tracking.note = max(on, tracking.starts_on), "回头看没有转化到位，纳入本年整顿"
        tracking.save()
