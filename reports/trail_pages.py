"""The auditor's pages: the trail with its filters, one event, a period as a file, the seals and their checking."""

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import audit, sealing
from accounts.errors import Refused
from accounts.models import AuditCheck, AuditEvent, AuditSeal
from accounts.policy import policy
from accounts.roles import Role
from accounts.tables import render as draw
from accounts.work import WorkState
from reports import actions, reasons
from reports.reasons import with_reason
from reports.trail import AUDIT, COLUMNS, WORDS, AuditFilterForm, filtered, words_of

PAGE = 100
CHECKS = 10
ACTIVE = (WorkState.WAITING, WorkState.RUNNING)


@policy(Role.AUDITOR, scope="none")
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first: ?person=&unit=&action=&object=&from_on=&to_on=; ?before= goes on to older ones."""
    form = AuditFilterForm(request.GET)
    rows = AuditEvent.objects.visible_to(request.post)
    rows = filtered(rows, form.cleaned_data) if form.is_valid() else rows.none()
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    context = {
        "form": form,
        "table": draw(COLUMNS, found[:PAGE], caption="审计记录"),
        "shown": len(found[:PAGE]),
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "later": bool(before),
        "seals": _state(),
    }
    return render(request, "reports/audit/trail.html", context)


@policy(Role.AUDITOR, scope="none")
@require_GET
def event(request: HttpRequest) -> HttpResponse:
    """One event whole, with the seal upon it and what else the same request did: ?id=."""
    given = request.GET.get("id", "")
    pk = int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else 0
    found = AuditEvent.objects.visible_to(request.post).filter(pk=pk).first()
    if found is None:
        messages.info(request, "没有这条审计记录。")
        return redirect("reports:audit")
    context = {
        "event": found,
        "detail": [(WORDS.get(key, key), words_of(value)) for key, value in found.detail.items()],
        "seal": _seal_upon(found.pk),
        "beside": _beside(found, request),
    }
    return render(request, "reports/audit/event.html", context)


def _seal_upon(pk: int) -> AuditSeal | None:
    return AuditSeal.objects.filter(upto_id__gte=pk, from_id__lt=pk).order_by("upto_id").first()


def _beside(found: AuditEvent, request: HttpRequest) -> str:
    """The other events of the same request, which are near it in number."""
    if not found.request:
        return ""
    near = AuditEvent.objects.visible_to(request.post).filter(request=found.request)
    rows = near.filter(pk__gt=found.pk - 500, pk__lt=found.pk + 500).exclude(pk=found.pk).order_by("id")
    others = list(rows[:PAGE])
    return draw(COLUMNS, others, caption="同一次操作的其他记录") if others else ""


@policy(Role.AUDITOR, scope="none")
@require_POST
@with_reason
def export(request: HttpRequest) -> HttpResponse:
    """Ask for a period of the trail as an Excel file."""
    form = AuditFilterForm(request.POST)
    if not form.is_valid():
        messages.error(request, "筛选条件有误，请改正后再导出。")
        return redirect("reports:audit")
    try:
        made = actions.request_bundle(
            by=request.post,
            key=AUDIT.key,
            unit=request.post.organization,
            year=timezone.localdate().year,
            filters=form.given(),
            reason=reasons.of(request),
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("reports:audit")
    messages.success(request, f"已开始生成“{made.title}”，完成后会收到消息。")
    return redirect("reports:exports")


# --- seals ---------------------------------------------------------------------------------------------------------


def _state() -> dict[str, object]:
    """How far the trail is sealed, and what waits."""
    head = AuditSeal.objects.order_by("-number").first()
    newest = AuditEvent.objects.aggregate(newest=Max("pk"))["newest"] or 0
    waiting = AuditEvent.objects.filter(pk__gt=head.upto_id if head else sealing.LOWEST).count()
    return {"head": head, "newest": newest, "waiting": waiting}


def _checks(request: HttpRequest) -> dict[str, object]:
    rows = list(AuditCheck.objects.visible_to(request.post).select_related("user")[:CHECKS])
    return {"checks": rows, "active": any(row.state in ACTIVE for row in rows), "seals": _state()}


@policy(Role.AUDITOR, scope="none")
@require_GET
def seals(request: HttpRequest) -> HttpResponse:
    """How far the trail is sealed, and each time it was checked."""
    return render(request, "reports/audit/seals.html", _checks(request))


@policy(Role.AUDITOR, scope="none", passive=True)
@require_GET
def checks(request: HttpRequest) -> HttpResponse:
    """The list of checks without its frame, asked again while one runs."""
    return render(request, "reports/audit/seals.html#checks", _checks(request))


@policy(Role.AUDITOR, scope="none")
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Have all seals checked; one check at a time is enough."""
    rows = AuditCheck.objects.visible_to(request.post)
    if rows.filter(state__in=ACTIVE).exists():
        messages.info(request, "已有一次验证正在进行。")
        return redirect("reports:audit_seals")
    check = AuditCheck(user=request.user)
    check.save()
    check.send()
    audit.record("发起审计验证", obj=check.uid)
    messages.success(request, "已开始验证，可以离开本页，结果留在下面的列表。")
    return redirect("reports:audit_seals")


@policy(Role.AUDITOR, scope="none")
@require_GET
def head(request: HttpRequest) -> HttpResponse:
    """The newest seal's voucher as a small file, to be kept outside the system."""
    newest = _state()["head"]
    if not isinstance(newest, AuditSeal):
        messages.info(request, "还没有封存，稍后再来。")
        return redirect("reports:audit_seals")
    audit.record("下载封存凭据", obj=f"第{newest.number}号")
    response = HttpResponse(sealing.head_line(newest) + "\n", content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="audit-head-{newest.number}.jsonl"'
    response["Cache-Control"] = "private, no-store"
    return response
