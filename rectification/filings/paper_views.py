"""What goes with a copy beside its decision: the scan of the sealed original, and unlocking after the date."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import carry_out, status_of
from rectification.filings import originals, unlocking
from rectification.filings.forms import OriginalForm, ReasonForm, UnlockForm
from rectification.filings.views import filing_in


@policy(OFFICERS, scope="filing")
@require_http_methods(["GET", "POST"])
def original(request: HttpRequest, uid: str) -> HttpResponse:
    """Upload the scan of the sealed original, or another one in its place with the reason."""
    filing = filing_in(request, uid)
    there = filing.scan is not None and filing.scan.withdrawn_at is None
    sent = request.method == "POST"
    form = OriginalForm(request.POST if sent else None, request.FILES if sent else None, there=there)
    given = {"filing_id": filing.pk, "by": request.post, "at": timezone.now()}

    def act() -> object:
        words = form.cleaned_data
        return originals.upload(**given, file=words["file"], reason=words.get("reason", ""))

    if sent and carry_out(form, act):
        messages.success(request, f"盖章原件已上传，{filing.to.office}打开这份报送时可以看到。")
        return redirect(filing)
    refused = originals.upload_refusal(filing, request.post)
    context = {"filing": filing, "form": form, "there": there, "refused": refused}
    return render(request, "rectification/filings/original.html", context, status=status_of(form))


@policy(OFFICERS, scope="filing")
@require_http_methods(["GET", "POST"])
def original_withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Take the scan off with the reason."""
    filing = filing_in(request, uid)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    given = {"filing_id": filing.pk, "by": request.post, "at": timezone.now()}
    if request.method == "POST" and carry_out(form, lambda: originals.withdraw(**given, **form.cleaned_data)):
        messages.success(request, "盖章原件已撤下，历程中仍可查到。")
        return redirect(filing)
    context = {
        "filing": filing,
        "form": form,
        "refused": originals.upload_refusal(filing, request.post),
        "taking_off": True,
    }
    return render(request, "rectification/filings/original.html", context, status=status_of(form))


@policy(OFFICERS, scope="filing")
@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest, uid: str) -> HttpResponse:
    """解锁 with a last day and a reason, by whoever has the right at the receiving unit."""
    filing = filing_in(request, uid)
    form = UnlockForm(request.POST if request.method == "POST" else None)
    given = {"filing_id": filing.pk, "by": request.post, "at": timezone.now()}
    if request.method == "POST" and carry_out(form, lambda: unlocking.unlock(**given, **form.cleaned_data)):
        unit = filing.organization.short_name
        messages.success(request, f"已解锁并通知{unit}，下一步由{unit}重报；重报一次或到期后自动恢复锁定。")
        return redirect(filing)
    today = timezone.localdate()
    context = {
        "filing": filing,
        "form": form,
        "refused": unlocking.unlock_refusal(filing, request.post, today),
        "lock": unlocking.lock_of(filing.organization, filing.ledger, filing.scheme.year, today),
    }
    return render(request, "rectification/filings/unlock.html", context, status=status_of(form))
