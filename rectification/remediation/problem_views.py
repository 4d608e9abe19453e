"""Problems and measures on one page, each with its own small form, while the plan may be changed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import Invalid, Refused, StaleVersion
from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS
from accounts.submission import opened_version, status_of
from rectification.cases.models import Case
from rectification.remediation import plan_actions, problem_actions, rules
from rectification.remediation.forms import MeasureForm, ProblemForm, ReasonForm
from rectification.remediation.models import Measure, Problem, ProblemState
from rectification.schemes.models import Criterion, ItemKind

RELATED = ("organization", "scheme", "county", "township", "primary")


def _case(request: HttpRequest, uid: Any) -> Case:
    return get_object_or_404(Case.objects.visible_to(request.post).select_related(*RELATED), uid=uid)


@policy(CASE_READERS, scope="case")
@require_GET
def problems(request: HttpRequest, uid: str) -> HttpResponse:
    """The list of problems with their measures, to be drawn up; who may not is led to the reading page."""
    case = _case(request, uid)
    if plan_actions.edit_refusal(case, plan_actions.plan_of(case), request.post):
        return redirect(f"{case.get_absolute_url()}?tab=problems")
    return _page(request, case)


def _page(
    request: HttpRequest,
    case: Case,
    bound: forms.BaseForm | None = None,
    ready: forms.BaseForm | None = None,
    **extra: Any,
) -> HttpResponse:
    """The page; `bound` is the one form that came back with errors, `ready` one filled in for the person: put in its
    own place and opened."""
    plan = plan_actions.plan_of(case)
    refused = plan_actions.edit_refusal(case, plan, request.post)
    rows = plan_actions.problems_of(case)
    opened = bound or ready
    where = getattr(opened, "auto_id", "")
    listed = list(case.scheme.criteria.all())
    if refused is None or bound is not None:
        for problem in rows:
            _give_forms(case, problem, listed, opened, where)
    starters = list(case.scheme.items.filter(kind=ItemKind.STARTER)) if refused is None else []
    for problem in rows:
        order = problem.criterion.order if problem.criterion else None
        poor = case.organization.poor_village
        problem.starters = [item for item in starters if rules.suggests(item, order, poor=poor)]
    new = ProblemForm(scheme=case.scheme, listed=listed, auto_id="id_new_%s") if not refused else None
    context = {
        "case": case,
        "plan": plan,
        "refused": refused,
        "problems": rows,
        "new": bound if where.startswith("id_new_") else new,
        "bound": bound,
        "opened": opened,
        "findings": [] if refused else problem_actions.findings_left(case),
        **extra,
    }
    status = 422 if bound is not None else 200
    return render(request, "rectification/remediation/problems.html", context, status=status)


def _give_forms(
    case: Case, problem: Problem, listed: list[Criterion], bound: forms.BaseForm | None, where: str
) -> None:
    def form_at(auto_id: str, make: Any) -> Any:
        return bound if where == auto_id else make(auto_id)

    if problem_actions.frozen_refusal(problem) is None:
        problem.form = form_at(
            f"id_{problem.uid}_%s",
            lambda at: ProblemForm(instance=problem, scheme=case.scheme, listed=listed, auto_id=at),
        )
    if problem.state != ProblemState.CLOSED:
        poor = case.organization.poor_village
        problem.new = form_at(
            f"id_in_{problem.uid}_%s", lambda at: MeasureForm(auto_id=at, initial=_start(case), poor=poor)
        )
    for measure in problem.measures.all():
        if not measure.in_force:
            measure.form = form_at(
                f"id_{measure.uid}_%s",
                lambda at, m=measure: MeasureForm(
                    instance=m, auto_id=at, poor=case.organization.poor_village
                ),
            )


def _start(case: Case) -> dict[str, Any]:
    return {"starts_on": timezone.localdate(), "unit": case.organization.party_name}


@policy(OFFICERS, scope="problem")
@require_GET
def starter(request: HttpRequest, uid: str, order: int) -> HttpResponse:
    """A suggested measure taken into the form of a problem, to be worded for this village before it is added."""
    problem = get_object_or_404(
        Problem.objects.visible_to(request.post).select_related("case", "criterion"), uid=uid
    )
    case = _case(request, problem.case.uid)
    suggested = get_object_or_404(case.scheme.items.filter(kind=ItemKind.STARTER), order=order)
    if plan_actions.edit_refusal(case, plan_actions.plan_of(case), request.post):
        return redirect(f"{case.get_absolute_url()}?tab=problems")
    filled = _start(case) | {"text": suggested.text, "collective_economy": rules.ECONOMY in suggested.text}
    poor = case.organization.poor_village
    form = MeasureForm(auto_id=f"id_in_{problem.uid}_%s", initial=filled, poor=poor)
    return _page(request, case, ready=form)


def _saved(request: HttpRequest, case: Case, form: Any, save: Any, words: str) -> HttpResponse:
    """Do one action with a bound form; what is refused comes back with everything typed."""
    if not form.is_valid():
        return _page(request, case, form)
    try:
        save(form.cleaned_data)
    except StaleVersion as stale:
        return _page(request, case, form, stale=stale.current)
    except Invalid as invalid:
        for name, texts in invalid.errors.items():
            form.add_error(name or None, texts)
        return _page(request, case, form)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, case, form)
    messages.success(request, words)
    return redirect("remediation:problems", uid=case.uid)


@policy(OFFICERS, scope="case")
@require_POST
def findings_take(request: HttpRequest, uid: str) -> HttpResponse:
    """Make problems of what the survey found."""
    case = _case(request, uid)
    try:
        made = problem_actions.take_findings(case_id=case.pk, by=request.post, at=timezone.now())
        messages.success(request, f"已由摸排的具体表现列出 {made} 个问题，请逐个补充整顿措施。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("remediation:problems", uid=case.uid)


@policy(OFFICERS, scope="case")
@require_POST
def problem_add(request: HttpRequest, uid: str) -> HttpResponse:
    """One more problem."""
    case = _case(request, uid)
    form = ProblemForm(request.POST, scheme=case.scheme, auto_id="id_new_%s")

    def save(given: dict[str, Any]) -> None:
        problem_actions.save_problem(case_id=case.pk, by=request.post, at=timezone.now(), **given)

    return _saved(request, case, form, save, "问题已列出，请补充整顿措施。")


@policy(OFFICERS, scope="problem")
@require_POST
def problem_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Other words for a problem."""
    problem = get_object_or_404(Problem.objects.visible_to(request.post).select_related("case"), uid=uid)
    case = _case(request, problem.case.uid)
    form = ProblemForm(request.POST, scheme=case.scheme, auto_id=f"id_{uid}_%s")

    def save(given: dict[str, Any]) -> None:
        problem_actions.save_problem(
            case_id=case.pk,
            problem_id=problem.pk,
            version=opened_version(request),
            by=request.post,
            at=timezone.now(),
            **given,
        )

    return _saved(request, case, form, save, f"问题 {problem.order} 已保存。")


@policy(OFFICERS, scope="problem")
@require_POST
def problem_remove(request: HttpRequest, uid: str) -> HttpResponse:
    """Strike a problem that was never in force."""
    problem = get_object_or_404(Problem.objects.visible_to(request.post).select_related("case"), uid=uid)
    case = problem.case
    try:
        problem_actions.remove_problem(problem_id=problem.pk, by=request.post, at=timezone.now())
        messages.success(request, f"问题 {problem.order} 及其措施已删除。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("remediation:problems", uid=case.uid)


def _save_measure(
    request: HttpRequest, problem: Problem, measure: Measure | None, auto_id: str
) -> HttpResponse:
    case = _case(request, problem.case.uid)
    poor = case.organization.poor_village or bool(measure and measure.collective_economy)
    form = MeasureForm(request.POST, instance=Measure(), auto_id=auto_id, poor=poor)

    def save(given: dict[str, Any]) -> None:
        problem_actions.save_measure(
            problem_id=problem.pk,
            measure_id=measure.pk if measure else None,
            version=opened_version(request) if measure else None,
            by=request.post,
            at=timezone.now(),
            **given,
        )

    return _saved(request, case, form, save, f"问题 {problem.order} 的措施已保存。")


@policy(OFFICERS, scope="problem")
@require_POST
def measure_add(request: HttpRequest, uid: str) -> HttpResponse:
    """One more measure for a problem."""
    problem = get_object_or_404(Problem.objects.visible_to(request.post).select_related("case"), uid=uid)
    return _save_measure(request, problem, None, f"id_in_{uid}_%s")


@policy(OFFICERS, scope="measure")
@require_POST
def measure_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Other words for a measure that is not in force yet."""
    measure = get_object_or_404(
        Measure.objects.visible_to(request.post).select_related("problem__case"), uid=uid
    )
    return _save_measure(request, measure.problem, measure, f"id_{uid}_%s")


@policy(OFFICERS, scope="measure")
@require_POST
def measure_remove(request: HttpRequest, uid: str) -> HttpResponse:
    """Strike a measure that was never in force."""
    measure = get_object_or_404(
        Measure.objects.visible_to(request.post).select_related("problem__case"), uid=uid
    )
    case = measure.problem.case
    try:
        problem_actions.remove_measure(measure_id=measure.pk, by=request.post, at=timezone.now())
        messages.success(request, "措施已删除。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("remediation:problems", uid=case.uid)


@policy(OFFICERS, scope="measure")
@require_http_methods(["GET", "POST"])
def measure_cancel(request: HttpRequest, uid: str) -> HttpResponse:
    """The county takes a measure out of force."""
    rows = Measure.objects.visible_to(request.post).select_related("problem__case__organization")
    measure = get_object_or_404(rows, uid=uid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            problem_actions.cancel_measure(
                measure_id=measure.pk, reason=form.cleaned_data["reason"], by=request.post, at=timezone.now()
            )
        except Refused as refused:
            form.add_error("reason", str(refused))
        else:
            messages.success(request, "措施已取消，原因留在档案里。")
            return redirect("remediation:measure", uid=measure.uid)
    context = {
        "case": measure.problem.case,
        "form": form,
        "title": "取消措施",
        "lead": f"“{measure.text}”取消后不再督促，已填的进展保留。",
        "button": "取消这条措施",
    }
    return render(request, "rectification/remediation/reason.html", context, status=status_of(form))
