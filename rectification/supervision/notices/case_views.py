"""The tab 督导 of the 整顿档案: what inspections found, what was issued about the case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS
from accounts.tables import Column
from accounts.tables import render as table
from rectification.cases.models import Case
from rectification.remediation.case_page import head_of, tabs_of, with_head
from rectification.supervision.inspections.models import InspectionResult
from rectification.supervision.notices import drafting
from rectification.supervision.notices.list_views import COLUMNS, RELATED
from rectification.supervision.notices.models import Notice

PLACE = ("organization", "scheme", "county", "township", "primary", "previous")
RESULTS = (
    Column("on", "督导日期", kind="date", width=13),
    Column("what", "督导", lambda one: str(one.inspection), width=18),
    Column("unit", "督导单位", "inspection.organization.short_name", width=10),
    Column("words", "督导情况", lambda one: one.words or one.skipped_reason, width=30),
    Column("grade", "等次", lambda one: one.get_grade_display(), width=8),
    Column("found", "发现的问题", lambda one: "；".join(row.text for row in one.findings.all()), width=30),
)


@policy(CASE_READERS, scope="case")
@require_GET
def case(request: HttpRequest, uid: str) -> HttpResponse:
    """Inspections, papers and hints of one case; the head and the tabs are those of its file."""
    post = request.post
    found = get_object_or_404(with_head(Case.objects.visible_to(post).select_related(*PLACE)), uid=uid)
    results = InspectionResult.objects.visible_to(post).filter(case=found)
    results = results.select_related("inspection__organization").prefetch_related("findings")
    papers = list(Notice.objects.visible_to(post).filter(case=found).select_related(*RELATED))
    rows = list(results.order_by("-inspection__starts_on", "-pk"))
    context = {
        "case": found,
        "head": head_of(found, post),
        "tab": "supervision",
        "tabs": tabs_of(found),
        "part": "rectification/supervision/notices/_case.html",
        "results": table(RESULTS, rows, caption="督导情况") if rows else "",
        "papers": table(COLUMNS, papers, caption="督导文书") if papers else "",
        "may_draft": post.role in OFFICERS
        and drafting.issue_refusal(post, found.organization, found.scheme) is None,
    }
    return render(request, "rectification/remediation/case.html", context)
