"""问题销号: what was finished below, closed several at once or given back."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.submission import status_of
from rectification.remediation import closing_actions
from rectification.remediation.forms import ReturnProblemForm
from rectification.remediation.models import Problem

PAGE = 100


@policy(closing_actions.CLOSERS, scope="none")
@require_GET
def closing(request: HttpRequest) -> HttpResponse:
    """Every problem that waits for this post's 销号."""
    return _page(request)


def _page(request: HttpRequest, refused: str = "", chosen: frozenset[str] = frozenset()) -> HttpResponse:
    rows = closing_actions.awaiting(request.post)
    rows = rows.select_related("case__organization", "case__township", "criterion").order_by(
        "case__org_path", "order"
    )
    page = Paginator(rows.prefetch_related("measures__duty"), PAGE).get_page(request.GET.get("page"))
    for problem in page.object_list:
        problem.chosen = str(problem.uid) in chosen
    context = {"page": page, "refused": refused, "count": page.paginator.count}
    return render(request, "rectification/remediation/closing.html", context, status=422 if refused else 200)


@policy(closing_actions.CLOSERS, scope="none")
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close all that were chosen, or none: one out of the post's sight makes the whole request absent."""
    given = request.POST.getlist("problem")
    try:
        uids = [UUID(uid) for uid in given]
    except ValueError as wrong:
        raise Http404 from wrong
    try:
        closed = closing_actions.close_problems(uids=uids, by=request.post, at=timezone.now())
    except Problem.DoesNotExist as foreign:
        raise Http404 from foreign
    except Refused as refused:
        return _page(request, str(refused), frozenset(given))
    messages.success(request, f"已销号 {len(closed)} 个问题，已告知办理单位。")
    return redirect("remediation:closing")


@policy(closing_actions.CLOSERS, scope="problem")
@require_http_methods(["GET", "POST"])
def problem_return(request: HttpRequest, uid: str) -> HttpResponse:
    """Give back a problem that is not solved."""
    rows = Problem.objects.visible_to(request.post).select_related(
        "case__organization", "case__township", "case__county", "case__scheme"
    )
    problem = get_object_or_404(rows.prefetch_related("measures"), uid=uid)
    form = ReturnProblemForm(request.POST or None, problem=problem)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            closing_actions.return_problem(
                problem_id=problem.pk,
                measures=[UUID(chosen) for chosen in given["measures"]],
                reason=given["reason"],
                by=request.post,
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error("reason", str(refused))
        else:
            messages.success(
                request, f"已退回{problem.case.township or problem.case.county}继续落实，原时限不变。"
            )
            return redirect("remediation:closing")
    refused = closing_actions.closing_refusal(problem.case, request.post)
    context = {"problem": problem, "case": problem.case, "form": form, "refused": refused}
    return render(request, "rectification/remediation/problem_return.html", context, status=status_of(form))
