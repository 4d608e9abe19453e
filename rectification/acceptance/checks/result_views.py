"""检查结论 of one case: read by whoever sees the case once it is said, written by who looked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.changes import changes_of
from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS
from accounts.submission import carry_out, opened_version, status_of
from rectification.acceptance.actions import AGAIN
from rectification.acceptance.checks import actions, listing, overturn, result_actions
from rectification.acceptance.checks.forms import ResultForm
from rectification.acceptance.checks.models import Check, CheckResult, CheckState
from rectification.duties.models import Duty

NEAR = (
    "check_of__organization",
    "check_of__by",
    "case__organization",
    "case__scheme",
    "case__township",
    "case__county",
    "by__user",
    "by__organization",
)


def _result(request: HttpRequest, uid: str) -> CheckResult:
    return get_object_or_404(CheckResult.objects.visible_to(request.post).select_related(*NEAR), uid=uid)


@policy(CASE_READERS, scope="check_result")
@require_GET
def check_result(request: HttpRequest, uid: str) -> HttpResponse:
    """What was concluded of one case, and what is asked now."""
    found = _result(request, uid)
    owed = Duty.objects.visible_to(request.post).filter(case=found.case_id, key=AGAIN)
    sees = request.post.role in OFFICERS and Check.objects.visible_to(request.post)
    context = {
        "result": found,
        "check": found.check_of,
        "case": found.case,
        "tone": listing.VERDICT_TONES.get(found.verdict),
        "duty": owed.order_by("-pk").first() if found.due_on else None,
        "gone": overturn.left_after_closing(found.case, found) if found.due_on else [],
        "findings": found.findings.splitlines(),
        "files": list(found.attachments.filter(withdrawn_at__isnull=True)),
        "refused": actions.keep_refusal(found.check_of, request.post),
        "sees_check": bool(sees) and sees.filter(pk=found.check_of_id).exists(),
        "rows": changes_of(found, skip=("check_of", "case", "by")),
    }
    return render(request, "rectification/acceptance/checks/result.html", context)


@policy(OFFICERS, scope="check_result")
@require_http_methods(["GET", "POST"])
def check_result_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Write the conclusion or put it right."""
    found = _result(request, uid)
    posted = request.method == "POST"
    form = ResultForm(request.POST if posted else None, request.FILES or None, result=found)
    if posted:
        kept = carry_out(
            form,
            lambda: result_actions.record(
                result_id=found.pk,
                version=opened_version(request),
                written=form.written(),
                uploads=form.uploads(),
                by=request.post,
                at=timezone.now(),
            ),
        )
        if kept is not None:
            return _saved(request, found.verdict, kept)
    context = {
        "form": form,
        "result": found,
        "check": found.check_of,
        "case": found.case,
        "version": opened_version(request) or found.version,
        "stale": getattr(form, "stale", None),
        "refused": actions.keep_refusal(found.check_of, request.post),
        "no_refusal": result_actions.refuse_refusal(found, request.post),
        "gone": overturn.left_after_closing(found.case, found) if not found.due_on else [],
    }
    return render(
        request, "rectification/acceptance/checks/result_edit.html", context, status=status_of(form)
    )


def _saved(request: HttpRequest, before: str, kept: CheckResult) -> HttpResponse:
    """Back to the check for the next case; a correction goes to its own page."""
    name = kept.case.organization.short_name
    if kept.due_on and before != kept.verdict:
        who = kept.case.township or kept.case.county
        messages.success(
            request, f"{name}已退回继续整顿，已告知县乡；下一步由{who}整改，到期前重新提请验收。"
        )
        return redirect(kept)
    if before or kept.check_of.state != CheckState.PLANNED:
        messages.success(request, f"已更正{name}的检查情况，县乡看到的是更正后的内容。")
        return redirect(kept)
    left = actions.outstanding(actions.results_of(kept.check_of))
    next_ = f"还有{len(left)}个对象没有登记" if left else "全部登记完毕，请核对后点“完成检查”"
    messages.success(request, f"已登记{name}的检查情况，{next_}。")
    return redirect(kept.check_of)
