"""Pages of the made files: the list with its progress, fetching one, asking again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import CASE_READERS, SUBTREE, Role
from accounts.work import WorkState
from organizations.acting import needs_second_factor
from rectification.filings.models import Filing
from reports import actions, files, reasons
from reports.bundles import BUNDLES
from reports.models import Export
from reports.papers import Form, declared
from reports.reasons import with_reason

# The auditor's file is a period of the trail, nothing of a case
ASKERS = CASE_READERS | {Role.AUDITOR}
ACTIVE = (WorkState.WAITING, WorkState.RUNNING)


def _listed(request: HttpRequest) -> dict[str, object]:
    rows = Export.objects.visible_to(request.post).select_related("unit", "by__user")
    page = Paginator(rows, 20).get_page(request.GET.get("page"))
    active = any(row.state in ACTIVE for row in page.object_list)
    for row in page.object_list:
        bundle = BUNDLES.get(row.ledger)
        row.kept_until = row.finished_at + actions.KEPT if row.finished_at else None
        row.counted = bundle.counted if bundle else "页" if isinstance(declared(row.ledger), Form) else "行"
    return {"page": page, "active": active, "now": timezone.now()}


@policy(ASKERS, scope="none")
@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """The post's own files, those being made with how far they are."""
    told = {"reasons": reasons.REASONS, "reason": reasons.of(request)}
    return render(request, "reports/exports.html", _listed(request) | told)


@policy(ASKERS, scope="none")
@require_POST
def reason(request: HttpRequest) -> HttpResponse:
    """What the files asked for from now on are wanted for."""
    reasons.keep(request, request.POST.get(reasons.FIELD, ""))
    messages.success(request, f"本次登录以后导出的文件，用途记为“{reasons.of(request)}”。")
    return redirect("reports:exports")


@policy(ASKERS, scope="none", passive=True)
@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """The same list without its frame, asked again and again while something is being made."""
    return render(request, "reports/exports.html#list", _listed(request))


@policy(ASKERS, scope="export")
@require_GET
def download(request: HttpRequest, uid: str) -> FileResponse:
    """Hand out a finished file: only whole, only its owner's, only while the post still covers what is in it."""
    export = get_object_or_404(Export.objects.visible_to(request.post).select_related("unit"), uid=uid)
    path = files.folder() / export.file
    over = export.expires_at is None or export.expires_at < timezone.now()
    if export.state != WorkState.DONE or over or not export.file or not path.is_file():
        raise Http404
    if not actions.still_allowed(export, request.post):
        audit.record("拒绝下载", obj=export, result="超出范围")
        raise Http404
    audit.record("下载导出", obj=export, uid=str(export.uid), sha256=export.sha256, rows=export.rows)
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"{export.title}.{export.format}",
        content_type=files.TYPES[export.format],
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@policy(ASKERS, scope="export")
@require_POST
def retry(request: HttpRequest, uid: str) -> HttpResponse:
    """Try a failed one again."""
    export = get_object_or_404(Export.objects.visible_to(request.post), uid=uid)
    try:
        actions.retry(export_id=export.pk, by=request.post, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已重新导出“{export.title}”，完成后会收到消息。")
    return redirect("reports:exports")


@policy(ASKERS, scope="export")
@require_POST
def drop(request: HttpRequest, uid: str) -> HttpResponse:
    """Remove one's own file before its time."""
    export = get_object_or_404(Export.objects.visible_to(request.post), uid=uid)
    try:
        actions.drop(export_id=export.pk, by=request.post, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已清除“{export.title}”的文件，导出记录保留。")
    return redirect("reports:exports")


@policy(SUBTREE, scope="filing", proof=needs_second_factor)
@require_POST
@with_reason
def filing_export(request: HttpRequest, uid: str, format: str) -> HttpResponse:
    """Ask for the frozen copy of a filing as a file."""
    filing = get_object_or_404(Filing.objects.visible_to(request.post), uid=uid)
    try:
        actions.request_filing_export(
            by=request.post, filing=filing, format=format, reason=reasons.of(request), at=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(filing)
    messages.success(request, f"已开始导出“{filing.title}”的报送原件，完成后会收到消息。")
    return redirect("reports:exports")
