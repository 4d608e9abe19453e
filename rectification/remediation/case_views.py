"""整顿档案: the one page of a case, its parts reached by plain links."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import CASE_READERS
from accounts.tables import render as table
from accounts.together import together
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.duties.actions import extender_refusal
from rectification.evidence import actions as evidence
from rectification.evidence.models import Attachment
from rectification.lookback.lineage import lineage_of
from rectification.lookback.models import Lookback
from rectification.remediation import plan_actions, progress_actions
from rectification.remediation.activities.diary_views import activity_part
from rectification.remediation.case_history import history_of
from rectification.remediation.case_page import DUTIES, Head, duties_of, head_of, tabs_of, with_head
from rectification.remediation.closing_actions import closing_refusal
from rectification.remediation.models import Measure, Problem, ProblemState
from rectification.remediation.reporting.case_part import report_part
from rectification.remediation.support.part import part_of
from rectification.remediation.targets.campaign_reading import campaign_part
from rectification.remediation.targets.views import target_part
from rectification.survey.models import Assessment

RELATED = ("organization", "scheme", "county", "township", "primary", "previous")


@policy(CASE_READERS, scope="case")
@require_GET
def case(request: HttpRequest, uid: str) -> HttpResponse:
    """The file of one case. ?tab= names the part; a tab that is not known shows the overview."""
    rows = with_head(Case.objects.visible_to(request.post).select_related(*RELATED))
    found = get_object_or_404(rows, uid=uid)
    tab = request.GET.get("tab", "")
    tab = tab if tab in PARTS else "overview"
    head = head_of(found, request.post)
    context = {
        "case": found,
        "head": head,
        "tab": tab,
        "tabs": tabs_of(found),
        "part": f"rectification/remediation/case/{tab}.html",
        **PARTS[tab](found, request.post, head),
    }
    return render(request, "rectification/remediation/case.html", context)


def _overview(found: Case, post: Appointment, head: Head) -> dict[str, Any]:
    assessments, lookbacks = together(
        Assessment.objects.filter(case=found)[:1], Lookback.objects.visible_to(post).filter(case=found)[:1]
    )
    assessment = assessments[0] if assessments else None
    findings = assessment.findings.select_related("criterion") if assessment else []
    rows = duties_of(found, timezone.localdate())
    return {
        "assessment": assessment,
        "findings": list(findings),
        "lineage": lineage_of(found.organization, post),
        "lookback": lookbacks[0] if lookbacks else None,
        "duties": table(DUTIES, rows, caption="时限任务") if rows else "",
        **target_part(found),
        **campaign_part(found, post),
    }


def _problems(found: Case, post: Appointment, head: Head) -> dict[str, Any]:
    plan = head.plan
    problems = plan_actions.problems_of(found)
    mark_measures(found, problems, post)
    refused = plan_actions.edit_refusal(found, plan, post)
    return {"plan": plan, "problems": problems, "may_edit": refused is None}


def mark_measures(found: Case, problems: list[Problem], post: Appointment) -> None:
    """Put on each prefetched measure what this post may do with it."""
    today = timezone.localdate()
    gives = _gives_time(found, problems, post)
    closes = closing_refusal(found, post) is None
    for problem in problems:
        problem.case = found
        problem.may_return = closes and problem.state == ProblemState.SOLVED
        for measure in problem.measures.all():
            measure.problem = problem
            _mark(measure, post, today)
            measure.may_extend = gives and measure.in_force and measure.state == "open"


def _gives_time(found: Case, problems: list[Problem], post: Appointment) -> bool:
    """Whether this post extends the measures of the case: one answer, they are owed by one unit."""
    owed = (measure for problem in problems for measure in problem.measures.all() if measure.duty)
    first = next(owed, None)
    if first is None or not found.is_open:
        return False
    first.duty.case = found
    return extender_refusal(first.duty, post) is None


def _mark(measure: Measure, post: Appointment, today: Any) -> None:
    measure.may_report = progress_actions.progress_refusal(measure, post) is None
    measure.may_confirm = progress_actions.confirm_refusal(measure, post) is None
    due = measure.duty.effective_due_on if measure.duty else measure.due_on
    measure.late = measure.state == "open" and measure.in_force and due < today
    measure.extended_on = due if due != measure.due_on else None


def _support(found: Case, post: Appointment, head: Head) -> dict[str, Any]:
    return part_of(found, post, head.plan)


def _files(found: Case, post: Appointment, head: Head) -> dict[str, Any]:
    rows = list(Attachment.objects.visible_to(post).filter(case=found).select_related("by__user"))
    for row in rows:
        row.may_withdraw = evidence.withdraw_refusal(row, post) is None
    return {"rows": rows, "may_send": evidence.store_refusal(post) is None}


def _history(found: Case, post: Appointment, head: Head) -> dict[str, Any]:
    return {"lines": history_of(found, post)}


def _acceptance(found: Case, post: Appointment, head: Head) -> dict[str, Any]:
    return {"open_problems": found.problems.exclude(state="closed").count()}


PARTS: dict[str, Callable[[Case, Appointment, Head], dict[str, Any]]] = {
    "overview": _overview,
    "problems": _problems,
    "support": _support,
    "activities": activity_part,
    "reports": report_part,
    "files": _files,
    "acceptance": _acceptance,
    "history": _history,
}
