"""Yearly records and committees as Excel: download filled in, upload, look at what would change, confirm."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policy import policy
from organizations.handing_out import hand_out, mark_of
from organizations.models import ImportBatch, Organization
from organizations.record_actions import KEEPERS
from organizations.record_book import write_records
from organizations.record_forms import RecordsFileForm
from organizations.record_import import RECORDS
from organizations.record_rules import FIRST_YEAR
from organizations.roster_book import ROWS_AT_MOST, roster_units
from organizations.roster_views import RECENT, handed_in

YEARS = 4


@policy(KEEPERS, scope="organization")
@require_http_methods(["GET", "POST"])
def records(request: HttpRequest, uid: str) -> HttpResponse:
    """A subtree's yearly records and committees: take them out, bring them back."""
    unit = get_object_or_404(Organization.objects.visible_to(request.post), uid=uid)
    form = RecordsFileForm(request.POST or None, request.FILES or None)
    if batch := handed_in(request, unit, form, RECORDS.key):
        return redirect("organizations:batch", uid=batch.uid)
    this_year = timezone.localdate().year
    batches = ImportBatch.objects.visible_to(request.post).filter(unit=unit, kind=RECORDS.key)
    context = {
        "unit": unit,
        "form": form,
        "count": roster_units(unit).count(),
        "years": range(this_year - 1, this_year - 1 - YEARS, -1),
        "batches": batches.defer("content", "rows")[:RECENT],
    }
    return render(request, "organizations/records.html", context, status=422 if form.errors else 200)


@policy(KEEPERS, scope="organization")
@require_GET
def download(request: HttpRequest, uid: str) -> HttpResponse:
    """The workbook of a subtree for ?year= (last year when nothing is asked)."""
    unit = get_object_or_404(Organization.objects.visible_to(request.post), uid=uid)
    today = timezone.localdate()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year - 1
    year = min(max(year, FIRST_YEAR), today.year)
    units = list(roster_units(unit)[: ROWS_AT_MOST + 1])
    if len(units) > ROWS_AT_MOST:
        messages.error(request, f"{unit.short_name}超过 {ROWS_AT_MOST} 个基层党组织，请按下级单位分别下载。")
        return redirect("organizations:records", uid=uid)
    content = write_records(unit, units, year, today, mark=mark_of(request.post))
    name = f"{unit.short_name}{year}年年度情况与班子成员.xlsx"
    return hand_out(
        content, name=name, action="导出年度情况与班子成员", obj=unit.name, rows=len(units), year=year
    )
