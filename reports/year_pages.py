"""与往年比较: the years side by side, and the cases behind each number."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import SUBTREE
from accounts.tables import render as table
from rectification.cases import listing
from rectification.cases.models import Case
from reports.charts import Cell, Chart, Row
from reports.years import Course, compared

PAGE = 50
TONES = ("red", "yellow", "grey", "green")


@policy(SUBTREE, scope="none")
@require_GET
def years(request: HttpRequest) -> HttpResponse:
    """The years; with ?year= and ?course= the cases that make up one number."""
    found = compared(request.post)
    context = {"chart": _chart(found) if found else None, **_asked(request, found)}
    return render(request, "reports/years.html", context)


def _chart(found: dict[int, dict[Course, list[int]]]) -> Chart:
    page = reverse("reports:years")

    def cell(year: int, course: Course) -> Cell:
        count = len(found[year][course])
        return Cell(count, f"{page}?year={year}&course={course}#cases" if count else "")

    rows = [Row(f"{year}年", [cell(year, course) for course in Course]) for year in found]
    columns = [course.label for course in Course]
    note = "新列入、上年续整、销号后再次列入相加为当年整顿对象总数；已销号是其中现已销号的。"
    return Chart("years", "各年整顿对象", "bars", "年度", columns, rows, TONES, note)


def _asked(request: HttpRequest, found: dict[int, dict[Course, list[int]]]) -> dict[str, object]:
    year, course = request.GET.get("year", ""), request.GET.get("course", "")
    if not year.isdecimal() or int(year) not in found or course not in set(Course):
        return {}
    keys = found[int(year)][Course(course)]
    rows = listing.in_order(Case.objects.visible_to(request.post).filter(pk__in=keys), "")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    columns = listing.columns(timezone.localdate())
    drawn = table(columns, listing.facts(page.object_list), caption="整顿对象", query=request.GET)
    return {"title": f"{year}年{Course(course).label}", "page": page, "table": drawn, "count": len(keys)}
