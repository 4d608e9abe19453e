"""督导情况 of one case: read by whoever sees the case once it is done, written by who went there."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.changes import changes_of
from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS
from accounts.submission import carry_out, opened_version, status_of
from organizations.models import Appointment
from rectification.supervision.inspections import actions, result_actions
from rectification.supervision.inspections.forms import ResultForm
from rectification.supervision.inspections.models import (
    InspectionFinding,
    InspectionResult,
    InspectionState,
)
from rectification.supervision.notices.models import Notice, NoticeState

NEAR = (
    "inspection__organization",
    "inspection__by",
    "inspection__scheme",
    "case__organization",
    "case__township",
    "case__county",
    "by__user",
    "by__organization",
)


def _result(request: HttpRequest, uid: str) -> InspectionResult:
    rows = InspectionResult.objects.visible_to(request.post).select_related(*NEAR)
    return get_object_or_404(rows, uid=uid)


@policy(CASE_READERS, scope="inspection_result")
@require_GET
def inspection_result(request: HttpRequest, uid: str) -> HttpResponse:
    """One case's result: what was seen, what was found, where each finding is dealt with."""
    found = _result(request, uid)
    return _page(request, found)


def _page(request: HttpRequest, found: InspectionResult, refusal: str = "") -> HttpResponse:
    refused = actions.keep_refusal(found.inspection, request.post)
    context = {
        "result": found,
        "inspection": found.inspection,
        "case": found.case,
        "findings": _findings(found, request.post),
        "files": list(found.attachments.filter(withdrawn_at__isnull=True)),
        "refused": refused,
        "sees_inspection": request.post.role in OFFICERS
        and found.inspection.org_path.startswith(request.post.organization.path),
        "done": found.inspection.state == InspectionState.DONE,
        "refusal": refusal,
        "rows": changes_of(found, skip=("inspection", "case", "by")),
    }
    context["open_findings"] = [line["finding"] for line in context["findings"] if line["may"]]
    status = 422 if refusal else 200
    return render(request, "rectification/supervision/inspections/result.html", context, status=status)


def _findings(found: InspectionResult, post: Appointment) -> list[dict[str, Any]]:
    """Each finding with the papers the reader may see and whether it may be handed on now."""
    rows = list(found.findings.select_related("problem"))
    notices = Notice.objects.visible_to(post).filter(findings__in=rows).exclude(state=NoticeState.CANCELLED)
    papers: dict[int, list[Notice]] = {}
    for notice in notices.distinct().prefetch_related("findings"):
        for finding in notice.findings.all():
            papers.setdefault(finding.pk, []).append(notice)
    lines = []
    for finding in rows:
        finding.result = found
        may = result_actions.disposal_refusal(finding, post) is None and finding.pk not in papers
        lines.append({"finding": finding, "papers": papers.get(finding.pk, []), "may": may})
    return lines


@policy(OFFICERS, scope="inspection_result")
@require_http_methods(["GET", "POST"])
def inspection_result_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Write the result or put it right."""
    found = _result(request, uid)
    posted = request.method == "POST"
    form = ResultForm(request.POST if posted else None, request.FILES or None, result=found)
    if posted:
        kept = carry_out(
            form,
            lambda: result_actions.record(
                result_id=found.pk,
                version=opened_version(request),
                written=form.written(),
                uploads=form.uploads(),
                by=request.post,
                at=timezone.now(),
            ),
        )
        if kept is not None:
            return _saved(request, kept)
    context = {
        "form": form,
        "result": found,
        "inspection": found.inspection,
        "case": found.case,
        "version": opened_version(request) or found.version,
        "stale": getattr(form, "stale", None),
        "now": list(found.findings.all()) if getattr(form, "stale", None) else [],
        "refused": actions.keep_refusal(found.inspection, request.post),
        "done": found.inspection.state == InspectionState.DONE,
    }
    return render(
        request, "rectification/supervision/inspections/result_edit.html", context, status=status_of(form)
    )


def _saved(request: HttpRequest, kept: InspectionResult) -> HttpResponse:
    """To the next case that is still to be written; a correction goes back to its own page."""
    name = kept.case.organization.short_name
    if kept.inspection.state == InspectionState.DONE:
        messages.success(request, f"已更正{name}的督导情况，乡镇和帮扶干部看到的是更正后的内容。")
        return redirect(kept)
    left = actions.outstanding(actions.results_of(kept.inspection))
    next_ = f"还有{len(left)}个对象没有登记" if left else "全部登记完毕，请核对后点“完成督导”"
    messages.success(request, f"已登记{name}的督导情况，{next_}。")
    return redirect(kept.inspection)


@policy(OFFICERS, scope="inspection_finding")
@require_POST
def finding_list(request: HttpRequest, uid: str) -> HttpResponse:
    """Put one finding into the case's problem list."""
    near = [f"result__{name}" for name in NEAR]
    rows = InspectionFinding.objects.visible_to(request.post).select_related(*near)
    finding = get_object_or_404(rows, uid=uid)
    try:
        kept = result_actions.list_problem(finding_uid=finding.uid, by=request.post, at=timezone.now())
    except Refused as refused:
        return _page(request, finding.result, f"没有列入问题清单：{refused}")
    who = finding.result.case.township or finding.result.case.county
    messages.success(request, f"已列为问题 {kept.problem.order}，下一步由{who}补充整顿措施。")
    return redirect(finding.result)
