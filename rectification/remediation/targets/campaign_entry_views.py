"""One entry of a campaign: put right or withdrawn."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.changes import changes_of
from accounts.policy import policy
from accounts.submission import carry_out, opened_version
from rectification.remediation.targets import campaign_actions as actions
from rectification.remediation.targets.campaign_forms import CampaignEntryForm
from rectification.remediation.targets.forms import WithdrawForm
from rectification.remediation.targets.models import CampaignEntry


def _entry(request: HttpRequest, uid: str) -> CampaignEntry:
    rows = CampaignEntry.objects.visible_to(request.post).select_related(
        "campaign__organization", "case__organization", "case__township", "case__county", "by__user"
    )
    return get_object_or_404(rows, uid=uid)


@policy(actions.WRITERS, scope="campaign_entry")
@require_http_methods(["GET", "POST"])
def campaign_entry(request: HttpRequest, uid: str) -> HttpResponse:
    """Put an entry right; the old numbers stay in its history."""
    found = _entry(request, uid)
    post = request.POST if request.method == "POST" else None
    form = CampaignEntryForm(post, cases=[found.case], entry=found)
    if post is not None:
        kept = carry_out(
            form,
            lambda: actions.correct_entry(
                entry_id=found.pk,
                version=opened_version(request),
                progress=form.progress(),
                by=request.post,
                at=timezone.now(),
            ),
        )
        if kept is not None:
            messages.success(request, "已更正，累计已更新；原来的数留在修改记录里。")
            return redirect("remediation:campaign", uid=found.campaign.uid)
    return _page(request, found, form, WithdrawForm(auto_id="id_withdraw_%s"))


@policy(actions.WRITERS, scope="campaign_entry")
@require_POST
def campaign_entry_withdraw(request: HttpRequest, uid: str) -> HttpResponse:
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
        messages.success(request, "已撤回，不再计入累计。")
        return redirect("remediation:campaign", uid=found.campaign.uid)
    return _page(request, found, CampaignEntryForm(cases=[found.case], entry=found), form)


def _page(request: HttpRequest, found: CampaignEntry, form: forms.Form, withdraw: forms.Form) -> HttpResponse:
    wrong = form if form.is_bound else withdraw if withdraw.is_bound else None
    stale = getattr(wrong, "stale", None)
    refused = "这条进度已经撤回" if found.withdrawn_reason else None
    context = {
        "entry": found,
        "form": form,
        "withdraw": withdraw,
        "wrong": wrong,
        "stale": stale,
        "version": stale.version if stale else opened_version(request) or found.version,
        "refused": refused or actions.entry_refusal(found.campaign, found.case, request.post),
        "rows": changes_of(found, skip=("campaign", "case", "by")),
    }
    return render(
        request,
        "rectification/remediation/targets/campaign_entry.html",
        context,
        status=422 if wrong else 200,
    )
