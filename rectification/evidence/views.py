"""The files of a case: hand in, open, take off."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit
from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import CASE_READERS
from accounts.submission import status_of
from rectification.cases.models import Case
from rectification.evidence import actions
from rectification.evidence.forms import UploadForm, WithdrawForm
from rectification.evidence.models import Attachment


@policy(CASE_READERS, scope="case")
@require_http_methods(["GET", "POST"])
def files(request: HttpRequest, uid: str) -> HttpResponse:
    """The files of one case, and the form that hands in another."""
    case = get_object_or_404(
        Case.objects.visible_to(request.post).select_related("organization", "township"), uid=uid
    )
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            kept = actions.store(
                case_id=case.pk,
                upload=upload,
                name=upload.name,
                note=form.cleaned_data["note"],
                by=request.post,
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            if kept.held:
                messages.warning(request, f"“{kept.name}”已保存。{kept.held}。")
            else:
                messages.success(request, f"已上传“{kept.name}”，有权查看本对象的单位和人员都能看到。")
            return redirect("evidence:files", uid=case.uid)
    rows = list(Attachment.objects.visible_to(request.post).filter(case=case).select_related("by__user"))
    for row in rows:
        row.may_withdraw = actions.withdraw_refusal(row, request.post) is None
    context = {"case": case, "form": form, "rows": rows, "may_send": not actions.store_refusal(request.post)}
    return render(request, "rectification/evidence/files.html", context, status=status_of(form))


@policy(CASE_READERS, scope="attachment")
@never_cache
@require_GET
def download(request: HttpRequest, uid: str) -> HttpResponse:
    """The file itself, always as a download and never as a page of this site."""
    attachment = get_object_or_404(
        Attachment.objects.visible_to(request.post).filter(withdrawn_at__isnull=True), uid=uid
    )
    if attachment.held:
        audit.record("下载附件", obj=attachment.uid, result="拒绝", reason=attachment.get_scan_display())
        return render(request, "rectification/evidence/held.html", {"attachment": attachment}, status=409)
    try:
        content = attachment.opened()
    except OSError as missing:
        audit.record("附件缺失", obj=attachment.uid, result="未找到文件")
        raise Http404 from missing
    audit.record("下载附件", obj=attachment.uid, sha256=attachment.sha256)
    response = FileResponse(
        content, as_attachment=True, filename=attachment.name, content_type=attachment.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response


def _back(request: HttpRequest, attachment: Attachment) -> str:
    """Where the file was seen: the page that led here, else its case's files or its unit."""
    came = request.GET.get("next", "")
    if came.startswith("/") and url_has_allowed_host_and_scheme(came, allowed_hosts=None):
        return came
    if attachment.case is None:
        return attachment.organization.get_absolute_url()
    return reverse("evidence:files", args=[attachment.case.uid])


@policy(CASE_READERS, scope="attachment")
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a file off, with the reason."""
    attachment = get_object_or_404(
        Attachment.objects.visible_to(request.post).select_related(
            "by__user", "case__organization", "organization"
        ),
        uid=uid,
    )
    back = _back(request, attachment)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(
                attachment_id=attachment.pk,
                reason=form.cleaned_data["reason"],
                by=request.post,
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已撤下“{attachment.name}”，历程中仍可查到。")
            return redirect(back)
    context = {
        "attachment": attachment,
        "back": back,
        "form": form,
        "refused": actions.withdraw_refusal(attachment, request.post),
    }
    return render(request, "rectification/evidence/withdraw.html", context, status=status_of(form))
