"""The list of problems and measures, while the plan is drawn up; afterwards only additions and cancelling."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError

from accounts import audit, versions
from accounts.errors import Invalid, Refused
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.cases.takers import decider_of
from rectification.duties import actions as duties
from rectification.remediation import rules
from rectification.remediation.actions import lock_case, refresh_counters, settle_problem
from rectification.remediation.models import Measure, MeasureState, Problem, ProblemState
from rectification.remediation.plan_actions import locked_plan
from rectification.remediation.plan_facts import met, of_scheme
from rectification.schemes.models import Criterion, Process
from rectification.survey.models import Finding

WORDS = (
    "text",
    "goal",
    "leader",
    "unit",
    "person",
    "requirement",
    "collective_economy",
    "starts_on",
    "due_on",
    "kind",
    "long_term",
)


def findings_left(case: Case) -> list[Finding]:
    """What the survey found of this organization and no problem answers yet."""
    taken = set(case.problems.exclude(criterion=None).values_list("criterion", flat=True))
    left = list(met(case))
    for finding in left:
        finding.criterion = of_scheme(case, finding.criterion)
    return sorted((one for one in left if one.criterion.pk not in taken), key=lambda one: one.criterion.order)


@transaction.atomic
def take_findings(*, case_id: int, by: Appointment, at: datetime) -> int:
    """Make a problem of each thing the survey found; returns how many are new, carried ones included."""
    case = lock_case(case_id, by)
    before = case.problems.count()
    locked_plan(case, by)
    found = findings_left(case)
    if not found and case.problems.count() == before:
        raise Refused("摸排中的具体表现已经全部列为问题")
    for order, finding in enumerate(found, _next(Problem.objects.filter(case=case))):
        text = finding.words.strip() or finding.criterion.text
        Problem.objects.create(case=case, order=order, criterion=finding.criterion, text=text)
    refresh_counters([case.pk])
    listed = case.problems.count() - before
    audit.record("由摸排生成问题清单", obj=case, count=listed)
    return listed


def _next(rows: Any) -> int:
    return (rows.aggregate(last=Max("order"))["last"] or 0) + 1


def frozen_refusal(problem: Problem) -> str | None:
    """Why the words of a problem stand as they are, or None: it was approved with its measures."""
    if problem.state == ProblemState.CLOSED:
        return f"问题 {problem.order} 已销号"
    if any(measure.in_force for measure in problem.measures.all()):
        return f"问题 {problem.order} 已随方案批准，不再改写；可以补充措施，或另列新问题"
    return None


@transaction.atomic
def save_problem(
    *,
    case_id: int,
    text: str,
    criterion: Criterion | None,
    by: Appointment,
    at: datetime,
    problem_id: int | None = None,
    version: int | None = None,
) -> Problem:
    """Add a problem, or change the one with this id and version. Raises StaleVersion."""
    case = lock_case(case_id, by)
    locked_plan(case, by)
    if problem_id is None:
        order = _next(Problem.objects.filter(case=case))
        problem = Problem.objects.create(case=case, order=order, criterion=criterion, text=text.strip())
    else:
        problem = versions.lock(Problem.objects.filter(case=case), pk=problem_id, version=version)
        if refused := frozen_refusal(problem):
            raise Refused(refused)
        problem.text, problem.criterion = text.strip(), criterion
        problem.save_version("text", "criterion")
    refresh_counters([case.pk])
    audit.record("保存问题", obj=case, order=problem.order)
    return problem


@transaction.atomic
def remove_problem(*, problem_id: int, by: Appointment, at: datetime) -> None:
    """Strike a problem that was never in force, with its measures; the history keeps them."""
    seen = Problem.objects.visible_to(by).get(pk=problem_id)
    case = lock_case(seen.case_id, by)
    locked_plan(case, by)
    problem = Problem.objects.select_for_update().get(pk=problem_id)
    if refused := frozen_refusal(problem):
        raise Refused(refused)
    if problem.carried_from_id:
        raise Refused(f"问题 {problem.order} 由上年续整转来，不能删除")
    try:
        problem.measures.all().delete()
        problem.delete()
    except ProtectedError as kept:
        raise Refused(f"问题 {problem.order} 已有办理记录，不能删除") from kept
    refresh_counters([case.pk])
    audit.record("删除未呈报的问题", obj=case, order=seen.order)


@transaction.atomic
def save_measure(
    *,
    problem_id: int,
    by: Appointment,
    at: datetime,
    measure_id: int | None = None,
    version: int | None = None,
    **given: Any,
) -> Measure:
    """Add a measure to a problem, or change one that is not in force yet; `given` are some of WORDS.

    Raises Invalid and StaleVersion.
    """
    if foreign := set(given) - set(WORDS):
        raise TypeError(f"a measure has no {sorted(foreign)}")
    seen = Problem.objects.visible_to(by).get(pk=problem_id)
    case = lock_case(seen.case_id, by)
    locked_plan(case, by)
    problem = Problem.objects.select_for_update().get(pk=problem_id)
    if problem.state == ProblemState.CLOSED:
        raise Refused(f"问题 {problem.order} 已销号，不能再加措施")
    if measure_id is None:
        measure = Measure(problem=problem, order=_next(problem.measures))
    else:
        measure = versions.lock(Measure.objects.filter(problem=problem), pk=measure_id, version=version)
        if measure.in_force:
            cancels = decider_of(case, Process.CLOSING).unit.office
            raise Refused(f"措施已随方案批准，不再改写；延期和取消在措施页面办理，取消由{cancels}决定")
    for name in given:
        setattr(measure, name, given[name])
    wrong = [finding for finding in rules.measure_findings(measure) if finding.is_error]
    if wrong:
        raise Invalid({finding.field: [finding.message] for finding in wrong})
    if measure.pk:
        measure.save_version(*WORDS)
    else:
        measure.save()
    audit.record("保存措施", obj=case, order=problem.order)
    return measure


@transaction.atomic
def remove_measure(*, measure_id: int, by: Appointment, at: datetime) -> None:
    """Strike a measure that was never in force."""
    seen = Measure.objects.visible_to(by).select_related("problem").get(pk=measure_id)
    case = lock_case(seen.problem.case_id, by)
    locked_plan(case, by)
    measure = Measure.objects.select_for_update().get(pk=measure_id)
    if measure.in_force:
        cancels = decider_of(case, Process.CLOSING).unit.office
        raise Refused(f"措施已随方案批准，不能删除；确需取消由{cancels}写明原因办理")
    measure.delete()
    audit.record("删除未呈报的措施", obj=case)


def cancel_refusal(measure: Measure, post: Appointment | None) -> str | None:
    """Why this post cannot cancel a measure in force, or None; `measure.problem` must be loaded."""
    confirms = decider_of(measure.problem.case, Process.CLOSING)
    if not confirms.is_(post):
        return f"已批准的措施由{confirms.unit.office}取消"
    if not measure.in_force or measure.state not in (MeasureState.OPEN, MeasureState.REPORTED):
        return f"该措施{measure.get_state_display()}，不用取消"
    others = measure.problem.measures.standing().exclude(pk=measure.pk)
    if not others.exists():
        return "这是该问题唯一的措施，取消后问题无措施可落实；请先让乡镇调整方案补充措施"
    return None


@transaction.atomic
def cancel_measure(*, measure_id: int, reason: str, by: Appointment, at: datetime) -> Measure:
    """Take a measure out of force with its reason; the row, its entries and its reason stay."""
    seen = Measure.objects.visible_to(by).select_related("problem").get(pk=measure_id)
    case = lock_case(seen.problem.case_id, by)
    measure = Measure.objects.select_for_update(of=("self",)).select_related("problem").get(pk=measure_id)
    if refused := cancel_refusal(measure, by):
        raise Refused(refused)
    if not reason.strip():
        raise Refused("取消措施须写明原因")
    measure.state, measure.cancelled_reason = MeasureState.CANCELLED, reason.strip()[:200]
    measure.save_version("state", "cancelled_reason")
    duties.cancel(duty=measure.duty, by=by, at=at, reason=f"措施取消：{reason.strip()}")
    settle_problem(measure.problem)
    refresh_counters([case.pk])
    audit.record("取消措施", obj=case)
    return measure
