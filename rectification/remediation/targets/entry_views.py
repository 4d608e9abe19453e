"""One entry of a target: put right or withdrawn."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.changes import changes_of
from accounts.policy import policy
from accounts.submission import carry_out, opened_version
from rectification.remediation.targets import actions
from rectification.remediation.targets.forms import TargetEntryForm, WithdrawForm
from rectification.remediation.targets.models import TargetEntry

PLACE = ("organization", "scheme", "township", "county")


def _entry(request: HttpRequest, uid: str) -> TargetEntry:
    rows = TargetEntry.objects.visible_to(request.post).select_related(
        "target", "by__user", *(f"case__{name}" for name in PLACE)
    )
    return get_object_or_404(rows, uid=uid)


@policy(actions.WRITERS, scope="target_entry")
@require_http_methods(["GET", "POST"])
def target_entry(request: HttpRequest, uid: str) -> HttpResponse:
    """Put an entry right; the old number stays in its history."""
    found = _entry(request, uid)
    post = request.POST if request.method == "POST" else None
    form = TargetEntryForm(post, targets=found.case.scheme.targets.all(), entry=found)
    if post is not None:
        kept = carry_out(
            form,
            lambda: actions.correct_entry(
                entry_id=found.pk,
                version=opened_version(request),
                reached=form.reached(),
                by=request.post,
                at=timezone.now(),
            ),
        )
        if kept is not None:
            messages.success(
                request,
                f"已更正为“{kept.target.title}”{kept.number}{kept.target.unit}，原来的数留在修改记录里。",
            )
            return redirect("remediation:case_targets", uid=found.case.uid)
    return _page(request, found, form, WithdrawForm(auto_id="id_withdraw_%s"))


@policy(actions.WRITERS, scope="target_entry")
@require_POST
def target_entry_withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Take an entry out of the count, with the reason."""
    found = _entry(request, uid)
    form = WithdrawForm(request.POST, auto_id="id_withdraw_%s")
    kept = carry_out(
        form,
        lambda: actions.withdraw_entry(
            entry_id=found.pk,
            version=opened_version(request),
            reason=form.cleaned_data["reason"],
            by=request.post,
            at=timezone.now(),
        ),
    )
    if kept is not None:
        messages.success(request, "已撤回，不再计入目标进度。")
        return redirect("remediation:case_targets", uid=found.case.uid)
    return _page(request, found, TargetEntryForm(targets=found.case.scheme.targets.all(), entry=found), form)


def _page(
    request: HttpRequest, found: TargetEntry, form: TargetEntryForm, withdraw: WithdrawForm
) -> HttpResponse:
    wrong = form if form.is_bound else withdraw if withdraw.is_bound else None
    stale = getattr(wrong, "stale", None)
    context = {
        "entry": found,
        "case": found.case,
        "form": form,
        "withdraw": withdraw,
        "wrong": wrong,
        "stale": stale,
        "version": stale.version if stale else opened_version(request) or found.version,
        "refused": actions.correct_refusal(found, request.post),
        "rows": changes_of(found, skip=("case", "by", "at")),
    }
    return render(
        request, "rectification/remediation/targets/entry.html", context, status=422 if wrong else 200
    )
