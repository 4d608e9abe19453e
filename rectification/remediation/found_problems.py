"""Problems somebody above found at a case: listed whatever state its plan is in, for the township to answer."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.errors import Refused
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.remediation.actions import handler_of, lock_case, refresh_counters, tell
from rectification.remediation.carrying import take_over
from rectification.remediation.models import PlanState, Problem
from rectification.remediation.plan_actions import PLANNED, plan_of
from rectification.workflow import Stage


def accepts_refusal(case: Case) -> str | None:
    """Why nothing more is put on the problem list of this case, or None."""
    if Stage(case.stage) not in PLANNED:
        return f"{case.organization.short_name}当前处于“{case.get_stage_display()}”，不再增列问题"
    plan = plan_of(case)
    if plan is not None and plan.state == PlanState.SUBMITTED:
        return f"{case.organization.short_name}的整顿方案正在审批，审批后再增列问题"
    return None


def add_found(*, case: Case, texts: Sequence[str], source: str) -> list[Problem]:
    """The problems at the end of the list of a locked case, each with where it was found; nobody is told yet."""
    if plan_of(case) is None:  # what last year left comes first, as when the plan is begun
        take_over(case)
    last = Problem.objects.filter(case=case).aggregate(last=Max("order"))["last"] or 0
    made = [
        Problem.objects.create(case=case, order=order, text=f"{text.strip()}（来源：{source}）")
        for order, text in enumerate(texts, last + 1)
    ]
    refresh_counters([case.pk])
    return made


@transaction.atomic
def list_found(*, case_id: int, text: str, source: str, by: Appointment, at: datetime) -> Problem:
    """List a problem with where it was found (`source`, such as day, unit and kind of the inspection)."""
    case = lock_case(case_id, by)
    if refused := accepts_refusal(case):
        raise Refused(refused)
    (problem,) = add_found(case=case, texts=[text], source=source)
    order = problem.order
    audit.record("增列督导发现的问题", obj=case, order=order)
    unit, role = handler_of(case)
    plan = plan_of(case)
    next_ = (
        "请先“调整方案”，再补充整顿措施"
        if plan and plan.state == PlanState.APPROVED
        else "请在整顿方案中补充措施"
    )
    tell(
        unit,
        role,
        f"{case.organization.short_name}增列问题 {order}：{text.strip()[:60]}",
        url=f"{case.get_absolute_url()}?tab=problems",
        today=timezone.localdate(at),
        body=f"来源：{source}。{next_}。",
    )
    return problem
