"""延期 of a measure: asked for by whoever carries it out, given by whoever approves the plan; `due_on` never moves."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from organizations.models import Appointment
from rectification.cases.takers import Decider, decider_of
from rectification.duties import actions as duties
from rectification.duties import rules as duty_rules
from rectification.remediation import rules
from rectification.remediation.actions import is_handler, lock_case, tell
from rectification.remediation.models import Measure, MeasureState, Progress
from rectification.schemes.models import Process

ASKED = "申请延期至"


def approver(measure: Measure) -> Decider:
    """Who gives more time: the unit and role that approve the plan by the scheme."""
    return decider_of(measure.problem.case, Process.PLAN)


def last_day(measure: Measure) -> date:
    """The latest day all extensions together may reach: the scheme's cap after the date first approved."""
    return measure.due_on + timedelta(days=measure.problem.case.scheme.extension_cap_days)


def extend_refusal(measure: Measure, post: Appointment | None) -> str | None:
    """Why this post gives no more time for a measure, or None; `measure.problem.case` must be loaded."""
    if standing := _not_owed(measure):
        return standing
    refused = duties.extender_refusal(measure.duty, post)
    return refused and f"延期由{approver(measure).unit.office}批准"


def ask_refusal(measure: Measure, post: Appointment | None) -> str | None:
    """Why this post does not ask for more time, or None."""
    if standing := _not_owed(measure):
        return standing
    case = measure.problem.case
    if extend_refusal(measure, post) is None:
        return "您可以直接批准延期，不用申请"
    asks = post is not None and (is_handler(case, post) or post.role in (Role.HELPER, Role.VILLAGE_REPORTER))
    return None if asks else "延期由承办单位申请"


def _not_owed(measure: Measure) -> str | None:
    if not measure.in_force:
        return "方案还没有批准，时限可以在方案里直接修改"
    if not measure.problem.case.is_open:
        return f"整顿对象处于“{measure.problem.case.get_stage_display()}”，不再办理延期"
    if measure.state != MeasureState.OPEN:
        return f"该措施{measure.get_state_display()}，不用延期"
    return None


def _locked(measure_id: int, by: Appointment) -> Measure:
    seen = Measure.objects.visible_to(by).select_related("problem").get(pk=measure_id)
    case = lock_case(seen.problem.case_id, by)
    rows = Measure.objects.select_for_update(of=("self",)).select_related("problem", "duty__organization")
    measure = rows.get(pk=measure_id)
    measure.problem.case = case
    if measure.duty:
        measure.duty.case = case
    return measure


@transaction.atomic
def extend_measure(*, measure_id: int, until_on: date, reason: str, by: Appointment, at: datetime) -> Measure:
    """Give a measure more time, with the reason. Raises Refused: who may, the cap, a day not after the one in force."""
    measure = _locked(measure_id, by)
    if refused := extend_refusal(measure, by):
        raise Refused(refused)
    measure.duty = duties.extend(duty_id=measure.duty_id, until_on=until_on, reason=reason, by=by, at=at)
    audit.record("措施延期", obj=measure.problem.case, until=until_on.isoformat())
    unit = measure.duty.organization
    tell(
        unit,
        measure.duty.owner_role,
        f"已延期至{rules.words(until_on)}：“{measure.text[:30]}”",
        url=reverse("remediation:measure", args=[measure.uid]),
        today=timezone.localdate(at),
        body=reason.strip(),
    )
    return measure


@transaction.atomic
def ask_extension(*, measure_id: int, until_on: date, reason: str, by: Appointment, at: datetime) -> Progress:
    """Ask for more time: an entry among the progress that stays, and a line in the inbox of whoever may give it.

    Raises Invalid for what could not be given anyway, so that nobody above has to refuse it.
    """
    measure = _locked(measure_id, by)
    if refused := ask_refusal(measure, by):
        raise Refused(refused)
    refused = duty_rules.extension_refusal(
        reason=reason,
        due_on=measure.due_on,
        effective_due_on=measure.duty.effective_due_on,
        until_on=until_on,
        cap_days=measure.problem.case.scheme.extension_cap_days,
    )
    if refused:
        raise Invalid({"reason" if "理由" in refused else "until_on": [refused]})
    entry = Progress.objects.create(
        measure=measure,
        percent=None,
        words=f"{ASKED}{rules.words(until_on)}：{reason.strip()}",
        on=timezone.localdate(at),
        by=by,
        at=at,
    )
    gives = approver(measure)
    tell(
        gives.unit,
        gives.role,
        f"{ASKED}{rules.words(until_on)}：{measure.problem.case.organization.short_name}“{measure.text[:30]}”",
        url=reverse("remediation:measure", args=[measure.uid]) + "#extend",
        today=timezone.localdate(at),
        body=reason.strip(),
    )
    audit.record("申请延期", obj=measure.problem.case, until=until_on.isoformat())
    return entry
