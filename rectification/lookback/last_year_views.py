"""Last year's cases by Excel, where the system was not yet in use: the empty sheet, and handing it in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policy import policy
from accounts.roles import Role
from organizations.handing_out import hand_out
from organizations.models import ImportBatch, Organization
from organizations.roster_views import RECENT, handed_in
from rectification.cases.models import Case
from rectification.lookback.forms import LastYearForm
from rectification.lookback.last_year_book import last_year as year_before
from rectification.lookback.last_year_book import write_template
from rectification.lookback.last_year_import import LAST_YEAR, classing_scheme
from rectification.schemes.models import Scheme


@policy(Role.COUNTY_OFFICER, scope="organization")
@require_http_methods(["GET", "POST"])
def last_year(request: HttpRequest, uid: str) -> HttpResponse:
    """The page that takes the sheet: what is there already, under which scheme the cases will stand."""
    unit = get_object_or_404(Organization.objects.visible_to(request.post), uid=uid)
    form = LastYearForm(request.POST or None, request.FILES or None)
    if batch := handed_in(request, unit, form, LAST_YEAR.key):
        return redirect("organizations:batch", uid=batch.uid)
    year = year_before(timezone.localdate())
    batches = ImportBatch.objects.visible_to(request.post).filter(unit=unit, kind=LAST_YEAR.key)
    context = {
        "unit": unit,
        "form": form,
        "year": year,
        "own": unit.pk == request.post.organization_id,
        "there": Case.objects.visible_to(request.post).under(unit).of_year(year).count(),
        "past": Scheme.objects.visible_to(request.post).worked_by(unit, year),
        "scheme": classing_scheme(unit, year),
        "batches": batches.defer("content", "rows")[:RECENT],
        "counted": LAST_YEAR.counted,
    }
    status = 422 if form.errors else 200
    return render(request, "rectification/lookback/last_year.html", context, status=status)


@policy(Role.COUNTY_OFFICER, scope="organization")
@require_GET
def template(request: HttpRequest, uid: str) -> HttpResponse:
    """The empty sheet, with the types of the scheme to choose from."""
    unit = get_object_or_404(Organization.objects.visible_to(request.post), uid=uid)
    year = year_before(timezone.localdate())
    scheme = classing_scheme(unit, year)
    criteria = scheme.criteria.order_by("order") if scheme else []
    content = write_template(unit, year, [(each.order, each.short or each.text) for each in criteria])
    name = f"{unit.short_name}{year}年整顿对象补录表.xlsx"
    return hand_out(content, name=name, action="下载上年整顿对象表", obj=unit.name, rows=0, year=year)
