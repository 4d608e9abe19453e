"""The year's problems as one list over all cases, which the charts of the workbench lead to."""

from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import CASE_READERS
from accounts.tables import Column
from accounts.tables import render as table
from accounts.year import working_year
from rectification.cases.models import Case
from rectification.remediation.models import Problem, ProblemState
from reports.charts import problems_of

PAGE = 50
COLUMNS = (
    Column(
        "text",
        "突出问题",
        kind="link",
        width=36,
        link=lambda problem: f"{problem.case.get_absolute_url()}?tab=problems",
    ),
    Column("place", "整顿对象", "case.organization.short_name", width=14),
    Column(
        "township",
        "乡镇（街道）",
        lambda problem: str(problem.case.township or problem.case.county),
        width=14,
    ),
    Column(
        "entered", "列出日期", lambda problem: timezone.localdate(problem.entered_at), kind="date", width=14
    ),
    Column("closed", "销号日期", "closed_on", kind="date", width=14),
    Column("state", "状态", "get_state_display", kind="light", tone=lambda problem: problem.tone, width=10),
)


class ProblemFilterForm(forms.Form):
    """What the list is narrowed to; everything stands in the address. Months as 2026-05."""

    year = forms.TypedChoiceField(label="年度", coerce=int, required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *ProblemState.choices])
    entered = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", label="列出月份", required=False)
    closed = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", label="销号月份", required=False)

    def __init__(self, data: Any, *, years: list[int]) -> None:
        super().__init__(data)
        self.fields["year"].choices = [(year, f"{year}年") for year in years]
        for name in ("entered", "closed"):
            self.fields[name].error_messages["invalid"] = "月份请写成 2026-05 的样子"
            self.fields[name].widget.attrs["placeholder"] = "如 2026-05"

    def apply(self, rows: QuerySet[Problem]) -> QuerySet[Problem]:
        """The rows asked for; a filter that makes no sense filters nothing and shows its error."""
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("state"):
            rows = rows.filter(state=asked["state"])
        for name, column in (("entered", "entered_at"), ("closed", "closed_on")):
            if month := asked.get(name):
                first = date.fromisoformat(f"{month}-01")
                rows = rows.filter(**{f"{column}__year": first.year, f"{column}__month": first.month})
        return rows


@policy(CASE_READERS, scope="none")
@require_GET
def problems(request: HttpRequest) -> HttpResponse:
    """Every problem of the year within scope, in the order of the tree."""
    year = working_year(request)
    mine = Case.objects.visible_to(request.post)
    years = sorted({year, *mine.order_by().values_list("year", flat=True).distinct()}, reverse=True)
    form = ProblemFilterForm({"year": year} | request.GET.dict(), years=years)
    form.is_valid()
    rows = form.apply(problems_of(request.post, form.cleaned_data.get("year") or year))
    related = ("case__organization", "case__township", "case__county")
    rows = rows.select_related(*related).order_by("case__org_path", "case", "order", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    drawn = table(COLUMNS, page.object_list, caption="突出问题", query=request.GET)
    context = {"form": form, "page": page, "table": drawn, "count": page.paginator.count}
    return render(request, "reports/problems.html", context)
