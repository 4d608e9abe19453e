"""Pages of 帮扶项目, and of the county's yearly funds beside what its projects took."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.changes import changes_of
from accounts.policy import policy
from accounts.roles import Role
from accounts.submission import carry_out, opened_version, status_of
from accounts.tables import render as table
from accounts.year import working_year
from organizations.models import Organization
from organizations.rules import Level
from rectification.cases.models import Case
from rectification.remediation.forms import ReasonForm
from rectification.remediation.support import funds
from rectification.remediation.support import project_actions as actions
from rectification.remediation.support.forms import FundForm, ProjectForm
from rectification.remediation.support.models import Project, SupportFund
from rectification.remediation.support.pages import CASE_RELATED, RELATED, Page, answer
from rectification.remediation.support.rights import KEEPERS, support_refusal

BOTH = ["GET", "POST"]
FUND_READERS = frozenset({Role.CITY_REVIEWER, Role.COUNTY_OFFICER})


@policy(KEEPERS, scope="case")
@require_http_methods(BOTH)
def project_add(request: HttpRequest, uid: str) -> HttpResponse:
    """Put down a project."""
    case = get_object_or_404(Case.objects.visible_to(request.post).select_related(*RELATED), uid=uid)
    form = ProjectForm(request.POST or None, case=case)
    page = Page(
        "登记帮扶项目",
        f"{case}：一个项目一条，资金以万元计。",
        "登记",
        case,
        refused=support_refusal(case, request.post, new=True),
        anchor="projects",
    )
    act = {"case_id": case.pk, "by": request.post, "at": timezone.now()}
    return answer(
        request,
        page,
        form,
        lambda: actions.add_project(**act, facts=form.facts()),
        lambda done: _said(f"已登记项目“{done}”", done),
    )


def _said(what: str, project: Project) -> str:
    """What happened, and what in the money should be looked at."""
    warning = actions.money_of(project).warning()
    return f"{what}。请注意：{warning}。" if warning else f"{what}，资金到位、支出和进展有变化时在这里更新。"


def _project(request: HttpRequest, uid: str) -> Project:
    rows = Project.objects.visible_to(request.post).select_related("helper", *CASE_RELATED)
    return get_object_or_404(rows, uid=uid)


@policy(KEEPERS, scope="project")
@require_http_methods(BOTH)
def project(request: HttpRequest, uid: str) -> HttpResponse:
    """Progress and money of a project as they stand now."""
    found = _project(request, uid)
    form = ProjectForm(request.POST or None, instance=found, case=found.case)
    page = Page(
        f"帮扶项目：{found}",
        f"{found.case}：按现在的情况填，原来的数留在变动记录中。",
        "保存",
        found.case,
        record=found,
        refused=support_refusal(found.case, request.post) or _cancelled(found),
        others=[]
        if found.done_on
        else [("取消项目", reverse("remediation:project_cancel", args=[found.uid]))],
        anchor="projects",
    )
    now = {"version": opened_version(request), "by": request.post, "at": timezone.now()}
    return answer(
        request,
        page,
        form,
        lambda: actions.update_project(project_id=found.pk, **now, facts=form.facts()),
        lambda done: _said(f"项目“{done}”已保存", done),
    )


@policy(KEEPERS, scope="project")
@require_http_methods(BOTH)
def project_cancel(request: HttpRequest, uid: str) -> HttpResponse:
    """A project is not carried out, and why."""
    found = _project(request, uid)
    form = ReasonForm(request.POST or None)
    page = Page(
        f"取消项目：{found}",
        "取消后计划资金不再计入；已经到位、支出的仍然计入，退回的请先改为实数。",
        "取消项目",
        found.case,
        record=found,
        refused=support_refusal(found.case, request.post) or _cancelled(found),
        anchor="projects",
    )
    now = {"version": opened_version(request), "by": request.post, "at": timezone.now()}
    return answer(
        request,
        page,
        form,
        lambda: actions.cancel_project(project_id=found.pk, **now, **form.cleaned_data),
        lambda done: f"项目“{done}”已取消：{done.cancelled_reason}。",
    )


def _cancelled(project: Project) -> str | None:
    return f"该项目已经取消：{project.cancelled_reason}" if project.cancelled_reason else None


@policy(FUND_READERS, scope="none")
@require_GET
def support_funds(request: HttpRequest) -> HttpResponse:
    """帮扶资金: every county's yearly funds beside its projects; a county is led to its own."""
    year = _year(request)
    if request.post.role == Role.COUNTY_OFFICER:
        own = reverse("remediation:support_fund", args=[request.post.organization.uid])
        return redirect(f"{own}?year={year}")
    rows = funds.rows_of(request.post, year)
    drawn = table(funds.COLUMNS, rows, caption="各县市区帮扶资金", foot=funds.total_of(rows)) if rows else ""
    context = {"year": year, "years": funds.years_near(year), "table": drawn}
    return render(request, "rectification/remediation/support/funds.html", context)


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")
    if asked.isdecimal() and len(asked) == 4:
        return int(asked)
    return working_year(request)


@policy(FUND_READERS, scope="county")
@require_http_methods(BOTH)
def support_fund(request: HttpRequest, uid: str) -> HttpResponse:
    """A county's funds of a year: its own officer writes them, the city reads; its projects one by one."""
    counties = Organization.objects.visible_to(request.post).filter(level=Level.COUNTY)
    county, year = get_object_or_404(counties, uid=uid), _year(request)
    fund = SupportFund.objects.visible_to(request.post).filter(organization=county, year=year).first()
    form = FundForm(request.POST or None, instance=fund)
    refused = actions.fund_refusal(county, request.post)
    if request.method == "POST":
        given = {"county_id": county.pk, "year": year, "version": opened_version(request)}
        now = {"by": request.post, "at": timezone.now()}
        if carry_out(form, lambda: actions.save_fund(**given, **now, **form.cleaned_data)):
            messages.success(request, f"{county.short_name}{year}年帮扶资金已保存，市委组织部可以看到。")
            return redirect(f"{request.path}?year={year}")
    context = _fund_context(request, county, year, fund)
    stale = getattr(form, "stale", None)
    context |= {"form": form, "refused": refused, "stale": stale}
    context["version"] = stale.version if stale else opened_version(request) or context["version"]
    return render(request, "rectification/remediation/support/fund.html", context, status=status_of(form))


def _fund_context(
    request: HttpRequest, county: Organization, year: int, fund: SupportFund | None
) -> dict[str, Any]:
    projects = funds.projects_of(request.post, county, year)
    row = funds.row_of(county, fund, projects)
    return {
        "county": county,
        "year": year,
        "years": funds.years_near(year),
        "fund": fund,
        "row": row,
        "version": fund.version if fund else 0,
        "count": len(projects),
        "table": table(funds.PROJECTS, projects, caption="帮扶项目") if projects else "",
        "history": changes_of(fund, skip={"organization", "year"}) if fund else [],
    }
