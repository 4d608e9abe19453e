"""The list of cases."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS, Role
from accounts.tables import render as table
from accounts.year import working_year
from organizations.models import Appointment
from rectification.cases import listing
from rectification.cases.forms import CaseFilterForm, years_of
from rectification.cases.models import Case
from rectification.cases.takers import deciding_roles
from rectification.schemes.models import Process, Scheme

PAGE = 50


@policy(CASE_READERS, scope="none")
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """集中整顿: every case the post sees, filtered by the address."""
    today = timezone.localdate()
    year = working_year(request)
    mine = Case.objects.visible_to(request.post)
    of_year = mine.of_year(_year_asked(request) or year)
    data = {"year": year} | request.GET.dict()
    form = CaseFilterForm(
        data, years=years_of(mine, year), units=listing.units_of(of_year), types=listing.types_of(of_year)
    )
    rows = form.apply(mine, year=year, today=today).with_vacancy()
    sort = request.GET.get("sort", "")
    rows = listing.in_order(rows.select_related("organization", "county", "township", "primary"), sort)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    drawn = table(listing.COLUMNS, page.object_list, sort=sort, caption="整顿对象", query=request.GET)
    context = {"form": form, "page": page, "table": drawn, "count": page.paginator.count, "year": year}
    context["closes"] = _closes(request.post, year)
    context["officer"] = request.post.role in OFFICERS
    return render(request, "rectification/cases/list.html", context)


def _closes(post: Appointment, year: int) -> bool:
    """Whether the post confirms 销号: the county always may have to, a township under its own scheme."""
    if post.role != Role.TOWNSHIP_OFFICER:
        return post.role == Role.COUNTY_OFFICER
    own = Scheme.objects.visible_to(post).in_force().of_year(year).filter(issuer=post.organization)
    return post.role in deciding_roles(Process.CLOSING, own.values("pk")).values()


def _year_asked(request: HttpRequest) -> int | None:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and len(asked) == 4 else None
