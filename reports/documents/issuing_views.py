"""What is done to a document as a whole: facts drawn anew, issued, taken back, dropped, made a file of."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.errors import Refused, StaleVersion
from accounts.policy import policy
from accounts.roles import OFFICERS, SUBTREE
from accounts.submission import carry_out, opened_version
from organizations.models import Organization
from reports import actions as exports
from reports import reasons
from reports.documents import actions, reading
from reports.documents.forms import IssueForm, WithdrawForm
from reports.documents.views import found, page_of
from reports.reasons import with_reason

CHANGED = "这份公文刚刚被他人修改，请核对下面的最新内容再办理"


def _do(request: HttpRequest, uid: str, act: Callable[..., Any], said: str) -> HttpResponse:
    one = found(request, uid)
    try:
        act(document_id=one.pk, version=opened_version(request), by=request.post, at=timezone.now())
    except StaleVersion:
        return page_of(request, found(request, uid), refusal=CHANGED)
    except Refused as refused:
        return page_of(request, one, refusal=str(refused))
    messages.success(request, said)
    return redirect("reports:documents") if act is actions.discard else redirect(one)


@policy(OFFICERS, scope="document")
@require_POST
def document_redraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Draw the facts of a draft anew."""
    return _do(request, uid, actions.redraw, "已重新取数；没有改过的文字随数据更新，改过的文字保持不变。")


@policy(OFFICERS, scope="document")
@require_POST
def document_discard(request: HttpRequest, uid: str) -> HttpResponse:
    """Drop a draft."""
    return _do(request, uid, actions.discard, "已删除拟稿。")


@policy(OFFICERS, scope="document")
@require_POST
def document_issue(request: HttpRequest, uid: str) -> HttpResponse:
    """Number, freeze, bring it to the units below."""
    one, form = found(request, uid), IssueForm(request.POST)
    issued = carry_out(
        form,
        lambda: actions.issue(
            document_id=one.pk,
            version=opened_version(request),
            number=form.cleaned_data.get("number"),
            by=request.post,
            at=timezone.now(),
        ),
    )
    if issued is None:
        fresh = found(request, uid)
        said = CHANGED if getattr(form, "stale", None) else "；".join(form.non_field_errors())
        return page_of(request, fresh, refusal=said, issuing=form if form.errors.get("number") else None)
    told = "，下级单位已收到消息" if issued.number else ""
    messages.success(request, f"{reading.name_of(issued)}已印发{told}；可以导出 PDF 或 Word 打印。")
    return redirect(issued)


@policy(OFFICERS, scope="document")
@require_POST
def document_withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Take an issued one back, with the reason."""
    one, form = found(request, uid), WithdrawForm(request.POST)
    back = carry_out(
        form,
        lambda: actions.withdraw(
            document_id=one.pk,
            version=opened_version(request),
            reason=form.cleaned_data["reason"],
            by=request.post,
            at=timezone.now(),
        ),
    )
    if back is None:
        said = CHANGED if getattr(form, "stale", None) else "；".join(form.non_field_errors())
        return page_of(request, found(request, uid), refusal=said, withdrawing=form)
    messages.success(
        request, f"{reading.name_of(back)}已撤回，列表中保留并注明原因；收到过的单位已收到撤回消息。"
    )
    return redirect(back)


@policy(SUBTREE, scope="document")
@require_POST
@with_reason
def document_export(request: HttpRequest, uid: str) -> HttpResponse:
    """Ask for the document as PDF, as Word, or its table as a workbook."""
    one = found(request, uid)
    inside = Organization.objects.visible_to(request.post).filter(pk=one.organization_id).exists()
    try:
        made = exports.request_export(
            by=request.post,
            ledger=one.kind,
            unit=one.organization if inside else request.post.organization,
            year=one.year,
            format=request.POST.get("format", ""),
            filters={"document": str(one.uid)},
            reason=reasons.of(request),
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(one)
    messages.success(request, f"已开始生成“{made.title}”的 {made.get_format_display()}，完成后会收到消息。")
    return redirect("reports:exports")
