"""The plan: drawn up by the township, sent up the scheme's chain, approved or returned, adjusted later."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Refused, StaleVersion
from organizations.models import Appointment
from organizations.rules import Level
from rectification.cases import actions as cases
from rectification.cases.models import Case
from rectification.duties import actions as duties
from rectification.remediation import rules
from rectification.remediation.actions import (
    handler_of,
    is_handler,
    lock_case,
    refresh_counters,
    settle_problem,
)
from rectification.remediation.carrying import take_over
from rectification.remediation.models import Measure, Plan, PlanState, Problem
from rectification.remediation.plan_content import content_of, problems_of, standing_measures
from rectification.remediation.plan_facts import first_words
from rectification.remediation.plan_rules import PARTS
from rectification.reviews import actions as reviews
from rectification.reviews.models import Review, ReviewState
from rectification.schemes.models import ChainStep, ItemKind, Process
from rectification.workflow import Stage

# Where a plan may still be drawn up, approved and carried out
PLANNED = (Stage.REMEDIATION, Stage.CONSOLIDATION)


def edit_refusal(case: Case, plan: Plan | None, post: Appointment | None) -> str | None:
    """Why this post cannot change plan, problems and measures now, or None; one answer for page and action."""
    unit, role = handler_of(case)
    if not is_handler(case, post):
        return f"整顿方案由{unit}{role.label}拟订"
    if Stage(case.stage) not in PLANNED:
        return f"当前处于“{case.get_stage_display()}”，不再修改整顿方案"
    if plan is not None and plan.state == PlanState.SUBMITTED:
        return "方案已呈报，正在审批；上级未审阅前可以撤回修改"
    if plan is not None and plan.state == PlanState.APPROVED:
        return "方案已批准；需要增加问题或措施，请先“调整方案”"
    return None


def plan_of(case: Case) -> Plan | None:
    """The case's plan, if it was begun."""
    return Plan.objects.filter(case=case).select_related("review").first()


def locked_plan(case: Case, by: Appointment) -> Plan:
    """The plan of a locked case, begun when there is none, ready to be changed. Raises Refused."""
    plan = Plan.objects.select_for_update().filter(case=case).first()
    if refused := edit_refusal(case, plan, by):
        raise Refused(refused)
    return plan or _begin(case)


def _begin(case: Case) -> Plan:
    take_over(case)
    return Plan.objects.create(case=case, situation=first_words(case, timezone.localdate()))


@transaction.atomic
def save_plan(*, case_id: int, version: int, by: Appointment, at: datetime, **words: str) -> Plan:
    """Keep the plan's words. version: as opened, 0 when there was no plan yet; raises StaleVersion."""
    case = lock_case(case_id, by)
    plan = locked_plan(case, by)
    if max(version, 1) != plan.version:  # a first problem begins the plan without touching its words
        raise StaleVersion(plan)
    for name in PARTS:
        setattr(plan, name, words[name].strip())
    plan.save_version(*PARTS)
    audit.record("保存整顿方案", obj=case)
    return plan


def missing_of(case: Case, plan: Plan | None) -> list[str]:
    """Everything the plan lacks before it may be sent, by name; empty when it may."""
    words = [f"没有写{label}" for name, label in PARTS.items() if plan is None or not getattr(plan, name)]
    problems = [(problem, standing_measures(problem)) for problem in problems_of(case)]
    poor = case.organization.poor_village and not any(
        measure.collective_economy for _, measures in problems for measure in measures
    )
    clear = case.scheme.items.filter(kind=ItemKind.PROVISION, key="five_clear").exists()
    return words + rules.plan_missing(problems, needs_collective_economy=poor, five_clear=clear)


@transaction.atomic
def submit_plan(*, case_id: int, version: int | None, by: Appointment, at: datetime) -> Plan:
    """Send the plan up the scheme's chain; a returned one goes straight back to whoever returned it."""
    case = lock_case(case_id, by)
    plan = locked_plan(case, by)
    if version is not None and plan.version != version:
        raise StaleVersion(plan)
    if missing := missing_of(case, plan):
        raise Refused(f"方案还不能呈报：{'；'.join(missing)}")
    last = plan.review
    again = last if last and last.state in (ReviewState.RETURNED, ReviewState.WITHDRAWN) else None
    plan.review = reviews.submit(
        process=Process.PLAN,
        title=f"{case.organization.short_name}整顿方案",
        organization=by.organization,
        chain=_chain_over(case, by),
        content=content_of(case, plan, timezone.localdate(at)),
        by=by,
        at=at,
        case=case,
        review=again,
    )
    if again is None and last is not None:  # an adjusted plan is read beside the one that was approved
        Review.objects.filter(pk=plan.review.pk).update(before=last.content)
    plan.state = PlanState.SUBMITTED
    plan.save_version("state", "review")
    return plan


def _chain_over(case: Case, by: Appointment) -> list[ChainStep]:
    """The scheme's plan steps above the sender; at its own level where a county draws up the plan of a unit that
    stands directly below it."""
    own = Level(by.organization.level).depth
    steps = list(case.scheme.chain.filter(process=Process.PLAN).order_by("order"))
    above = [step for step in steps if Level(step.level).depth < own]
    return above or [step for step in steps if Level(step.level).depth == own]


@transaction.atomic
def withdraw_plan(*, case_id: int, by: Appointment, at: datetime) -> Plan:
    """Take the plan back while nobody above has opened it."""
    case = lock_case(case_id, by)
    plan = Plan.objects.select_for_update().get(case=case)
    if plan.state != PlanState.SUBMITTED or plan.review is None:
        raise Refused(f"方案{plan.get_state_display()}，不用撤回")
    reviews.withdraw(review_id=plan.review_id, by=by, at=at)
    plan.state = PlanState.DRAFT
    plan.save_version("state")
    return plan


@transaction.atomic
def revise_plan(*, case_id: int, reason: str, by: Appointment, at: datetime) -> Plan:
    """调整方案: open an approved plan again for more problems and measures; what is in force stays in force."""
    case = lock_case(case_id, by)
    plan = Plan.objects.select_for_update().get(case=case)
    if plan.state != PlanState.APPROVED:
        raise Refused(f"方案{plan.get_state_display()}，不用调整")
    plan.state = PlanState.DRAFT
    if refused := edit_refusal(case, plan, by):
        raise Refused(refused)
    if not reason.strip():
        raise Refused("调整方案须写明理由")
    plan.save_version("state")
    cases.record_event(case=case, name="revise_plan", reason=reason, by=by, at=at)
    return plan


def _plan_under(review_id: int, by: Appointment) -> tuple[Case, Plan]:
    seen = Review.objects.visible_to(by).get(pk=review_id, process=Process.PLAN)
    case = lock_case(seen.case_id, by)
    return case, Plan.objects.select_for_update().get(case=case, review_id=review_id)


@transaction.atomic
def pass_plan(
    *,
    review_id: int,
    by: Appointment,
    at: datetime,
    opinion: str = "",
    body: str = "",
    document: str = "",
    decided_on: date | None = None,
    opened: int | None = None,
) -> Plan:
    """Pass the step the plan stands at; after the last one the plan is approved and its measures are owed.

    A plan whose case has moved on meanwhile can only be returned: its measures would be owed by nobody.
    """
    case, plan = _plan_under(review_id, by)
    if Stage(case.stage) not in PLANNED:
        raise Refused(f"{case}已处于“{case.get_stage_display()}”，方案不能再批准；可以退回")
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
        _approve(case, plan, by, at)
    return plan


def _approve(case: Case, plan: Plan, by: Appointment, at: datetime) -> None:
    plan.state, plan.approved_on = PlanState.APPROVED, timezone.localdate(at)
    plan.save_version("state", "approved_on")
    duties.discharge_rule(key="plan", case=case, by=by, at=at)
    unit, role = handler_of(case)
    waiting = Measure.objects.standing().filter(problem__case=case, duty__isnull=True)
    for measure in waiting.select_related("problem"):
        measure.duty = duties.open_duty(
            case=case,
            key="measure",
            title=f"{case.organization.short_name}：{measure.text}",
            unit=unit,
            role=role,
            due_on=measure.due_on,
        )
        measure.save(update_fields=["duty"])
    for problem in Problem.objects.filter(case=case):
        settle_problem(problem)
    refresh_counters([case.pk])


@transaction.atomic
def return_plan(
    *,
    review_id: int,
    by: Appointment,
    at: datetime,
    opinion: str,
    fields: tuple[str, ...] | list[str],
    opened: int | None = None,
) -> Plan:
    """Send the plan back with the reason and the parts that must change."""
    _, plan = _plan_under(review_id, by)
    reviews.return_(review_id=review_id, by=by, at=at, opinion=opinion, fields=fields, opened=opened)
    plan.state = PlanState.RETURNED
    plan.save_version("state")
    return plan
