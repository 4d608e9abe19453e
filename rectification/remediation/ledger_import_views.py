"""The page that takes an office's own 整顿工作台账."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policy import policy
from accounts.roles import Role
from organizations.layouts import remembered
from organizations.models import ImportBatch, Organization
from organizations.roster_views import RECENT, handed_in
from rectification.remediation.ledger_import import WANTED, WORK_LEDGER


class LedgerImportForm(forms.Form):
    """A ledger handed in."""

    file = forms.FileField(label="台账文件", help_text="格式为 .xlsx，不超过 20 MB，表头一行或两行均可。")


@policy({Role.TOWNSHIP_OFFICER, Role.COUNTY_OFFICER}, scope="organization")
@require_http_methods(["GET", "POST"])
def ledger_import(request: HttpRequest, uid: str) -> HttpResponse:
    """Hand in a ledger of any layout for one's own unit."""
    unit = get_object_or_404(Organization.objects.visible_to(request.post), uid=uid)
    form = LedgerImportForm(request.POST or None, request.FILES or None)
    if batch := handed_in(request, unit, form, WORK_LEDGER.key):
        return redirect("organizations:batch", uid=batch.uid)
    batches = ImportBatch.objects.visible_to(request.post).filter(unit=unit, kind=WORK_LEDGER.key)
    context = {
        "unit": unit,
        "form": form,
        "year": timezone.localdate().year,
        "wanted": WANTED,
        "known": remembered(request.post, WORK_LEDGER.key),
        "batches": batches.defer("content", "rows")[:RECENT],
        "counted": WORK_LEDGER.counted,
    }
    status = 422 if form.errors else 200
    return render(request, "rectification/remediation/ledger_import.html", context, status=status)
