"""工作台 and the review queue: what this post owes, what waits for it, what it waits for."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import opens, policy
from accounts.roles import ADMINISTRATORS, EVERYONE, WORKERS, Role
from accounts.work import trouble
from accounts.year import working_year
from reports import work
from reports.charts import charts_of
from reports.lines import address

OVERSEERS = frozenset({Role.CITY_REVIEWER, Role.COUNTY_OFFICER})
DUTIES_OF_ADMINISTRATORS = {
    Role.SYSTEM_ADMIN: "开立和停用账号、安排业务岗位和安全管理员、维护党组织名册。按三员分立，不查看整顿内容。",
    Role.SECURITY_ADMIN: "核对账号与岗位、任免系统管理员和审计员、处理锁定和异常登录。按三员分立，不查看整顿内容。",
    Role.AUDITOR: "查阅审计记录，核对谁在何时做了什么。按三员分立，不改动任何内容。",
}


@policy(EVERYONE, scope="none")
@require_GET
def workbench(request: HttpRequest) -> HttpResponse:
    """The page one starts from."""
    post = request.post
    if post.role in ADMINISTRATORS:
        words = DUTIES_OF_ADMINISTRATORS[Role(post.role)]
        told = {"words": words}
        if post.role == Role.SYSTEM_ADMIN:
            told["trouble"] = trouble(timezone.now())
        return render(request, "reports/administration.html", told)
    year, now = working_year(request), timezone.now()
    today = timezone.localdate()
    sent = work.sent_up(post)
    waits, to_do = work.waits_for(post, now), work.to_do(post, sent)
    wide = post.role in OVERSEERS
    context = {
        "today": today,
        "year": year,
        "duties": work.owed(post, today),
        "all_duties": address("duties:list", query="?mine=on") if opens(post, "duties:list") else "",
        "waits_for_me": waits,
        "to_do": to_do,
        "in_hand": waits.count + to_do.count,
        "i_wait_for": work.waited_on(sent, now),
        "cases": None if wide or post.role == Role.DEPARTMENT else work.my_cases(post, year),
        "wide": wide,
        "cases_first": post.role in (Role.VILLAGE_REPORTER, Role.HELPER),
    }
    return render(request, "reports/workbench.html", context)


@policy(OVERSEERS, scope="none")
@require_GET
def charts(request: HttpRequest) -> HttpResponse:
    """The year in pictures and tables: a page of its own, or the part the workbench fetches once it stands."""
    year = working_year(request)
    shown = charts_of(request.post, year, timezone.localdate())
    template = "reports/charts.html#charts" if request.htmx else "reports/charts.html"
    return render(request, template, {"charts": shown, "year": year})


@policy(WORKERS, scope="none")
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this post's decision, the longest first."""
    page = Paginator(work.waiting(request.post), 50).get_page(request.GET.get("page"))
    now = timezone.now()
    lines = [work.line_of(review, now) for review in page.object_list]
    return render(request, "reports/queue.html", {"page": page, "lines": lines})
