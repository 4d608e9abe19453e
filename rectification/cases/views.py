"""The list of cases."""

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.keyset import COUNTED, Slice, slice_of
from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS, Role
from accounts.tables import render as table
from accounts.year import working_year
from organizations.models import Appointment
from organizations.nearby import unit_choices
from rectification.cases import listing
from rectification.cases.forms import CaseFilterForm, years_of
from rectification.cases.models import Case, CaseQuerySet
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
        data,
        years=years_of(mine, year),
        units=unit_choices(request.post, data.get("unit", "")),
        types=listing.types_of(of_year),
    )
    rows = form.apply(mine, year=year, today=today)
    sort = request.GET.get("sort", "")
    page = _page(request, rows, sort)
    drawn = table(listing.columns(today), page.object_list, sort=sort, caption="整顿对象", query=request.GET)
    context = {"form": form, "page": page, "table": drawn, "year": year}
    context["count"] = page.count if isinstance(page, Slice) else page.paginator.count
    context["closes"] = _closes(request.post, year)
    context["officer"] = request.post.role in OFFICERS
    return render(request, "rectification/cases/list.html", context)


def _page(request: HttpRequest, rows: CaseQuerySet, sort: str) -> Page | Slice:
    """Numbered pages; of more than a city's, in the order of the tree, each goes on where the one before ended."""
    asked = request.GET
    if listing.is_long(request.post) and not listing.sorts(sort):
        return slice_of(
            rows,
            after=asked.get("after", ""),
            before=asked.get("before", ""),
            size=PAGE,
            as_rows=listing.facts,
        )
    rows = listing.in_order(rows, sort)
    if listing.is_long(request.post):
        rows = rows[:COUNTED]  # sorted otherwise: what stands at the top, not the whole country
    page = Paginator(rows, PAGE).get_page(asked.get("page"))
    page.object_list = listing.facts(page.object_list)
    return page


def _closes(post: Appointment, year: int) -> bool:
    """Whether the post confirms 销号: the county always may have to, a township under its own scheme."""
    if post.role != Role.TOWNSHIP_OFFICER:
        return post.role == Role.COUNTY_OFFICER
    own = Scheme.objects.visible_to(post).in_force().of_year(year).filter(issuer=post.organization)
    return post.role in deciding_roles(Process.CLOSING, own.values("pk")).values()


def _year_asked(request: HttpRequest) -> int | None:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and len(asked) == 4 else None
