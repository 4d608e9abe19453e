"""The plan's pages: drawn up and sent by the township, read and decided above."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import Refused, StaleVersion
from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS
from accounts.submission import opened_version, status_of
from rectification.cases.models import Case
from rectification.remediation import plan_actions, plan_facts
from rectification.remediation.actions import handler_of, is_handler
from rectification.remediation.forms import DecisionForm, PlanForm, ReasonForm
from rectification.remediation.models import Plan, PlanState
from rectification.remediation.plan_rules import RETURNABLE, compare
from rectification.reviews import actions as reviews
from rectification.reviews.models import Review
from rectification.schemes.models import Process, StepMode

RELATED = ("organization", "scheme", "county", "township", "primary")


@policy(CASE_READERS, scope="case")
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, uid: str) -> HttpResponse:
    """The plan of a case: a form for whoever draws it up, plain reading for everyone else."""
    case = get_object_or_404(Case.objects.visible_to(request.post).select_related(*RELATED), uid=uid)
    kept = plan_actions.plan_of(case)
    refused = plan_actions.edit_refusal(case, kept, request.post)
    if request.method == "POST":
        return _keep(request, case, kept)
    first = None if kept else {"situation": plan_facts.first_words(case, timezone.localdate())}
    form = None if refused else PlanForm(instance=kept, initial=first)
    return _page(request, case, kept, form, refused=refused)


def _keep(request: HttpRequest, case: Case, kept: Plan | None) -> HttpResponse:
    """Save what was typed; with 保存并呈报 send it too. What cannot be sent is saved all the same."""
    form = PlanForm(request.POST, instance=Plan(case=case))
    version = request.POST.get("_version", "")
    opened = int(version) if version.isdecimal() else 0
    now = timezone.now()
    form.is_valid()
    try:
        kept = plan_actions.save_plan(
            case_id=case.pk, version=opened, by=request.post, at=now, **form.cleaned_data
        )
    except StaleVersion as stale:
        return _page(request, case, stale.current, form, stale=stale.current)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, case, kept, form)
    if request.POST.get("do") != "submit":
        messages.success(request, "方案已保存，尚未呈报。")
        return redirect("remediation:plan", uid=case.uid)
    try:
        sent = plan_actions.submit_plan(case_id=case.pk, version=kept.version, by=request.post, at=now)
    except Refused as refused:
        form.add_error(None, f"内容已保存。{refused}")
        return _page(request, case, kept, form)
    messages.success(request, f"方案已呈报，下一步由{sent.review.at_unit}审批。")
    return redirect("remediation:plan", uid=case.uid)


def _page(
    request: HttpRequest,
    case: Case,
    kept: Plan | None,
    form: PlanForm | None,
    *,
    refused: str | None = None,
    stale: Plan | None = None,
) -> HttpResponse:
    review = kept.review if kept else None
    handles = is_handler(case, request.post)
    context = {
        "case": case,
        "plan": kept,
        "form": form,
        "version": kept.version if kept else 0,
        "stale": stale,
        "refused": refused,
        "review": review,
        "remarks": _remarks(review),
        "missing": plan_actions.missing_of(case, kept) if form else [],
        "problems": plan_actions.problems_of(case),
        "manifest": plan_facts.manifest_of(case),
        "support": plan_facts.support_of(case, timezone.localdate()),
        "sent": Review.objects.visible_to(request.post).filter(case=case, process=Process.PLAN).exists(),
        "handler": handler_of(case)[0],
        "may_withdraw": handles and kept and kept.state == PlanState.SUBMITTED,
        "may_revise": handles and kept and kept.state == PlanState.APPROVED and case.is_open,
    }
    status = 422 if form is not None and form.is_bound and (form.errors or stale) else 200
    return render(request, "rectification/remediation/plan.html", context, status=status)


def _remarks(review: Review | None) -> list[Any]:
    """Returns so far, newest first, with the returned parts in words."""
    rows = (
        list(review.remarks.select_related("by__user", "by__organization").order_by("-at")) if review else []
    )
    for remark in rows:
        remark.parts = [RETURNABLE.get(name, name) for name in remark.fields]
    return rows


@policy(OFFICERS, scope="case")
@require_POST
def plan_withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Take the plan back before anyone above has read it."""
    case = get_object_or_404(Case.objects.visible_to(request.post), uid=uid)
    try:
        plan_actions.withdraw_plan(case_id=case.pk, by=request.post, at=timezone.now())
        messages.success(request, "方案已撤回，可以继续修改。")
    except (Refused, Plan.DoesNotExist) as refused:
        messages.error(request, str(refused) if isinstance(refused, Refused) else "方案还没有拟订")
    return redirect("remediation:plan", uid=case.uid)


@policy(OFFICERS, scope="case")
@require_http_methods(["GET", "POST"])
def plan_revise(request: HttpRequest, uid: str) -> HttpResponse:
    """调整方案: open an approved plan for more problems and measures, with the reason."""
    case = get_object_or_404(Case.objects.visible_to(request.post).select_related(*RELATED), uid=uid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            plan_actions.revise_plan(
                case_id=case.pk, reason=form.cleaned_data["reason"], by=request.post, at=timezone.now()
            )
        except (Refused, Plan.DoesNotExist) as refused:
            form.add_error("reason", str(refused) if isinstance(refused, Refused) else "方案还没有拟订")
        else:
            messages.success(request, "方案已打开调整：补充问题和措施后再次呈报，已批准的措施继续执行。")
            return redirect("remediation:problems", uid=case.uid)
    context = {
        "case": case,
        "form": form,
        "title": "调整整顿方案",
        "lead": "方案批准后需要补充问题或措施时使用。已批准的措施照常执行，不改写。",
        "button": "开始调整",
    }
    return render(request, "rectification/remediation/reason.html", context, status=status_of(form))


@policy(OFFICERS, scope="review")
@require_GET
def plan_review(request: HttpRequest, uid: str) -> HttpResponse:
    """The plan as it was sent, beside what was sent last time."""
    review = _review(request, uid)
    reviews.mark_read(review=review, by=request.post, at=timezone.now())
    return _review_page(request, review, _form(review, None))


@policy(OFFICERS, scope="review")
@require_POST
def plan_decide(request: HttpRequest, uid: str) -> HttpResponse:
    """Pass the plan or return it with the reason."""
    review = _review(request, uid)
    form = _form(review, request.POST)
    if not form.is_valid():
        return _review_page(request, review, form)
    given, now, opened = form.cleaned_data, timezone.now(), opened_version(request)
    try:
        if request.POST.get("do") == "return":
            plan_actions.return_plan(
                review_id=review.pk,
                by=request.post,
                at=now,
                opinion=given["opinion"],
                fields=given["fields_to_change"],
                opened=opened,
            )
            messages.success(request, f"方案已退回{review.organization}修改，改好后直接回到您这里。")
        else:
            words = {k: given[k] for k in ("opinion", "body", "document", "decided_on") if k in given}
            done = plan_actions.pass_plan(
                review_id=review.pk, by=request.post, at=now, opened=opened, **words
            )
            messages.success(request, _passed(done, review))
    except Refused as refused:
        form.add_error("opinion", str(refused))
        return _review_page(request, review, form)
    following = Review.objects.visible_to(request.post).waiting_for(request.post)
    other = following.filter(process=Process.PLAN).first()
    return redirect("remediation:plan_review", uid=other.uid) if other else redirect("reports:queue")


def _passed(done: Plan, review: Review) -> str:
    if done.state != PlanState.APPROVED:
        return "本环节已通过，方案已送下一环节。"
    return f"{review.title}已批准，措施开始计时，下一步由{review.organization}组织落实。"


def _review(request: HttpRequest, uid: str) -> Review:
    rows = Review.objects.visible_to(request.post).filter(process=Process.PLAN)
    related = ("case__organization", "organization", "at_unit", "submitted_by__user")
    return get_object_or_404(rows.select_related(*related), uid=uid)


def _form(review: Review, data: Any) -> DecisionForm:
    step = review.steps.exclude(decision="passed").first()
    return DecisionForm(data, recorded=bool(step and step.mode == StepMode.RECORD))


def _review_page(request: HttpRequest, review: Review, form: DecisionForm) -> HttpResponse:
    context = {
        "review": review,
        "case": review.case,
        "comparison": compare(review.before, review.content),
        "again": bool(review.before),
        "remarks": _remarks(review),
        "steps": list(review.steps.select_related("unit", "by__user")),
        "form": form,
        "refused": reviews.decision_refusal(review, request.post),
        "opened": reviews.opened_as(review),
        "waiting": Review.objects.waiting_for(request.post).filter(process=Process.PLAN).count(),
    }
    return render(request, "rectification/remediation/plan_review.html", context, status=status_of(form))
