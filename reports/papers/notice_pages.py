"""The printed form of one paper of supervision: as it will print, and as a PDF."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import SUBTREE
from rectification.supervision.notices.models import Notice
from reports import actions, reasons
from reports.papers.notice import NOTICE, letter_of
from reports.reasons import with_reason


@policy(SUBTREE, scope="notice")
@require_http_methods(["GET", "POST"])
@with_reason
def notice_paper(request: HttpRequest, uid: str) -> HttpResponse:
    """Show it; a POST asks for the PDF or the Word file."""
    related = ("issuer", "organization", "to_leader__contact", "case__organization", "duty")
    notice = get_object_or_404(Notice.objects.visible_to(request.post).select_related(*related), uid=uid)
    if request.method == "POST":
        try:
            made = actions.request_export(
                by=request.post,
                ledger=NOTICE.key,
                unit=notice.organization,
                year=notice.year,
                format="docx" if request.POST.get("format") == "docx" else "pdf",
                filters={"notice": str(notice.uid)},
                reason=reasons.of(request),
                at=timezone.now(),
            )
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("reports:notice_paper", notice.uid)
        messages.success(
            request, f"已开始生成“{made.title}”的 {made.get_format_display()}，完成后会收到消息。"
        )
        return redirect("reports:exports")
    return render(request, "reports/notice_paper.html", {"notice": notice, "letter": letter_of(notice)})
