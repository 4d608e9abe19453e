"""销号 of problems by whoever the scheme names, several at once, and the return of what is not solved."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.errors import Refused
from accounts.roles import Role
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.cases.takers import Decider, decider_of, deciding_roles
from rectification.remediation import rules
from rectification.remediation.actions import handler_of, lock_case, refresh_counters, settle_problem, tell
from rectification.remediation.models import Measure, MeasureState, Problem, ProblemState
from rectification.remediation.plan_content import standing_measures
from rectification.remediation.progress_actions import reopen
from rectification.schemes.models import Process

CLOSERS = frozenset({Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER})
"""Roles that may confirm 销号; of which cases, the scheme of each says."""


def closing(case: Case) -> Decider:
    """Who confirms the 销号 of a case's problems: the county (domain §6), unless its scheme names another."""
    return decider_of(case, Process.CLOSING)


def closing_refusal(case: Case, post: Appointment | None) -> str | None:
    """Why this post closes and returns no problems of a case, or None."""
    confirms = closing(case)
    return None if confirms.is_(post) else f"问题销号由{confirms.unit.office}确认"


def awaiting(post: Appointment) -> QuerySet[Problem]:
    """The problems that wait for this post's 销号."""
    solved = Problem.objects.visible_to(post).solved()
    named = deciding_roles(Process.CLOSING, solved.order_by().values("case__scheme"))
    if post.role != Role.COUNTY_OFFICER:
        return solved.filter(case__scheme__in=[key for key, role in named.items() if role == post.role])
    others = [key for key, role in named.items() if role != post.role]
    # What stands directly below the county has no township that could confirm
    return solved.filter(~Q(case__scheme__in=others) | Q(case__township=None))


@transaction.atomic
def close_problems(*, uids: Collection[UUID], by: Appointment, at: datetime) -> list[Problem]:
    """Close all of them or none. Raises Problem.DoesNotExist when one is out of the post's sight, Refused by name."""
    wanted = set(uids)
    if not wanted:
        raise Refused("还没有选择要销号的问题")
    seen = list(Problem.objects.visible_to(by).filter(uid__in=wanted).values_list("pk", "case_id"))
    if len(seen) != len(wanted):
        raise Problem.DoesNotExist
    cases = Case.objects.filter(pk__in={case for _, case in seen}).order_by("pk")
    related = ("organization", "scheme", "county", "township")
    by_pk = {case.pk: case for case in cases.select_for_update(of=("self",)).select_related(*related)}
    for case in by_pk.values():
        if refused := closing_refusal(case, by):
            raise Refused(refused)
    rows = Problem.objects.filter(pk__in=[pk for pk, _ in seen]).order_by("case__org_path", "order")
    problems = list(rows.select_for_update(of=("self",)).prefetch_related("measures__entries__by"))
    _refuse(problems, by_pk, by)
    Problem.objects.filter(pk__in=[problem.pk for problem in problems]).update(
        state=ProblemState.CLOSED,
        closed_on=timezone.localdate(at),
        closed_by=by,
        version=F("version") + 1,
    )
    refresh_counters(by_pk)
    for case in by_pk.values():
        orders = [problem.order for problem in problems if problem.case_id == case.pk]
        audit.record("问题销号", obj=case, orders=orders)
        _tell_closed(case, orders, at)
    return problems


def _refuse(problems: list[Problem], cases: dict[int, Case], by: Appointment) -> None:
    rows = {problem.pk: (problem, standing_measures(problem)) for problem in problems}
    refusals = rules.close_problems_refusals(rows)
    for problem in problems:
        case = cases[problem.case_id]
        if not case.is_open:
            refusals[problem.pk] = f"整顿对象处于“{case.get_stage_display()}”，不再办理销号"
        for measure in standing_measures(problem):
            last = max(measure.entries.all(), key=lambda entry: entry.pk, default=None)
            own = last and rules.separation_refusal(
                by_person=by.user_id,
                by_unit=by.organization_id,
                submitter=last.by.user_id,
                submitter_unit=last.by.organization_id,
            )
            if own:
                refusals.setdefault(problem.pk, own)
    if refusals:
        named = [
            f"{cases[problem.case_id].organization.short_name}：{refusals[problem.pk]}"
            for problem in problems
            if problem.pk in refusals
        ]
        raise Refused(f"没有销号。{'；'.join(named)}")


def _tell_closed(case: Case, orders: Iterable[int], at: datetime) -> None:
    unit, role = handler_of(case)
    tell(
        unit,
        role,
        f"已销号：{case.organization.short_name}问题 {'、'.join(map(str, orders))}",
        url=case.get_absolute_url(),
        today=timezone.localdate(at),
    )


@transaction.atomic
def return_problem(
    *, problem_id: int, measures: Collection[UUID], reason: str, by: Appointment, at: datetime
) -> Problem:
    """Not solved after all: the named measures are open and owed again, with the reason on each."""
    seen = Problem.objects.visible_to(by).get(pk=problem_id)
    case = lock_case(seen.case_id, by)
    if refused := closing_refusal(case, by):
        raise Refused(refused)
    problem = Problem.objects.select_for_update().get(pk=problem_id)
    if problem.state != ProblemState.SOLVED:
        raise Refused(f"问题 {problem.order} {problem.get_state_display()}，不能退回")
    if not reason.strip():
        raise Refused("退回须写明理由，说明还差什么")
    rows = Measure.objects.filter(problem=problem, state=MeasureState.CONFIRMED, uid__in=set(measures))
    chosen = list(rows.select_for_update(of=("self",)).select_related("duty"))
    if not chosen or len(chosen) != len(set(measures)):
        raise Refused("请选择至少一条要继续落实的措施")
    for measure in chosen:
        reopen(measure, f"{closing(case).unit.office}退回：{reason.strip()}", by, at)
    settle_problem(problem)
    refresh_counters([case.pk])
    audit.record("退回问题", obj=case, order=problem.order)
    unit, role = handler_of(case)
    tell(
        unit,
        role,
        f"问题被退回：{case.organization.short_name}问题 {problem.order}",
        url=reverse("remediation:measure", args=[chosen[0].uid]),
        today=timezone.localdate(at),
        body=reason.strip(),
    )
    return problem
