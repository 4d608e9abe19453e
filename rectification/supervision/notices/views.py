"""One paper of supervision: its page, its draft, its signing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import Invalid, Refused
from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS, Role
from accounts.submission import carry_out, opened_version, status_of
from organizations.models import Organization
from rectification.cases.models import Case
from rectification.duties import listing
from rectification.schemes.models import Scheme
from rectification.schemes.terms import words
from rectification.supervision.inspections.models import InspectionFinding
from rectification.supervision.notices import actions, drafting, escalation
from rectification.supervision.notices.forms import AsideForm, DeliverForm, NoticeForm
from rectification.supervision.notices.models import UNANSWERED, Notice, NoticeKind, NoticeState
from rectification.supervision.notices.story import story_of

RELATED = (
    "organization",
    "issuer",
    "scheme",
    "case__organization",
    "to_leader__contact",
    "to_leader__case__organization",
    "inspection",
    "duty__scheme",
    "issued_by__user",
    "replied_by__user",
    "replied_by__organization",
    "verified_by__user",
    "verified_by__organization",
)


def found_notice(request: HttpRequest, uid: str) -> Notice:
    """The paper of an address, in scope."""
    rows = Notice.objects.visible_to(request.post).select_related(*RELATED)
    return get_object_or_404(rows, uid=uid)


def next_of(notice: Notice) -> str:
    """What is to be done now, by whom, in a line."""
    if notice.state == NoticeState.DRAFT:
        return f"草稿，只有{notice.issuer.short_name}能看到。核对无误后签发。"
    if notice.state in UNANSWERED and notice.answered:
        day = notice.duty.effective_due_on if notice.duty else notice.due_on
        word = "重新回复" if notice.state == NoticeState.RETURNED else "回复"
        return f"请{notice.organization.short_name}于{words(day)}前{word}。"
    if notice.state == NoticeState.REPLIED:
        return f"{notice.organization.short_name}已回复，下一步由{notice.issuer.short_name}核实。"
    if notice.state == NoticeState.ISSUED:
        return f"没有可以在系统中通知的人，由{notice.issuer.short_name}打印送达并登记。"
    return f"{notice.issuer.short_name}发给{notice.organization.short_name}，{notice.state_words}。"


@policy(CASE_READERS, scope="notice")
@require_GET
def notice(request: HttpRequest, uid: str) -> HttpResponse:
    """One paper: what it says, where it stands, everything that happened with it."""
    found, post = found_notice(request, uid), request.post
    today = timezone.localdate()
    context = {
        "notice": found,
        "next": next_of(found),
        "light": listing.light(found.duty, today) if found.duty and found.answered else None,
        "may_change": drafting.draft_refusal(found, post) is None,
        "may_deliver": actions.deliver_refusal(found, post) is None,
        "may_reply": actions.reply_refusal(found, post) is None,
        "may_verify": actions.verify_refusal(found, post) is None,
        "may_print": post.role != Role.HELPER,
        "files": list(found.attachments.filter(withdrawn_at__isnull=True)),
        "findings": list(found.findings.visible_to(post)),
        "steps": escalation.note_of(found) if post.role in OFFICERS else [],
        "told": _told(found) if found.state == NoticeState.DRAFT else [],
        "rows": story_of(found, post),
        "office": post.role in OFFICERS,
    }
    return render(request, "rectification/supervision/notices/notice.html", context)


def _told(found: Notice) -> list[str]:
    """Who will be told when it is issued, in words."""
    people = actions.receivers(found, timezone.localdate())
    return list(dict.fromkeys(one.user.name for one in people))


# --- the draft -------------------------------------------------------------------------------------------------


@policy(OFFICERS, scope="none")
@require_http_methods(["GET", "POST"])
def notice_add(request: HttpRequest) -> HttpResponse:
    """Draw up a paper; ?case, ?finding (several), ?kind and ?unit say what it is about."""
    today, post = timezone.localdate(), request.post
    findings = _findings(request)
    data = request.POST if request.method == "POST" else None
    form = NoticeForm(data, post=post, year=today.year, initial=_initial(request, findings))
    if data is not None:
        made = carry_out(
            form,
            lambda: drafting.draft(given=form.given(), findings=findings, by=post, at=timezone.now()),
        )
        if made is not None:
            if "issue" not in data:
                messages.success(request, f"已保存{made.get_kind_display()}草稿，核对后由本单位签发。")
                return redirect(made)
            return _issued(request, made)
    context = {
        "form": form,
        "findings": findings,
        "refused": None if drafting.may_draft(post, today.year) else "按方案，本单位不签发督导文书",
    }
    template = "rectification/supervision/notices/notice_add.html"
    return render(request, template, context, status=status_of(form))


def _uids(values: list[str]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def _findings(request: HttpRequest) -> list[InspectionFinding]:
    asked = _uids(request.GET.getlist("finding"))
    rows = InspectionFinding.objects.visible_to(request.post).filter(uid__in=asked) if asked else []
    return list(rows.select_related("result__inspection", "result__case__organization") if asked else [])


def _initial(request: HttpRequest, findings: list[InspectionFinding]) -> dict[str, Any]:
    """What the address and the findings already say."""
    asked, post, today = request.GET, request.post, timezone.localdate()
    known = {"kind": NoticeKind.RECTIFY if findings else asked.get("kind") or NoticeKind.RECTIFY}
    cases = Case.objects.visible_to(post).select_related("organization", "township", "scheme")
    case = cases.filter(uid__in=_uids([asked.get("case", "")])).first()
    if case is None and len({one.result.case_id for one in findings}) == 1:
        case = cases.filter(pk=findings[0].result.case_id).first()
    if case is not None:
        office = case.township if case.township_id not in (None, post.organization_id) else None
        known |= {"case": case.uid, "organization": (office or case.organization).uid}
    unit = Organization.objects.visible_to(post).filter(uid__in=_uids([asked.get("unit", "")])).first()
    if unit is not None:
        known["organization"] = unit.uid
    if findings:
        numbered = (f"{number}. {one.text}" for number, one in enumerate(findings, 1))
        known["found"] = findings[0].text if len(findings) == 1 else "\n".join(numbered)
        known["title"] = f"{findings[0].result.inspection.title}发现的问题"[:200]
    scheme = case.scheme if case else Scheme.objects.governing(post.organization, today.year)
    if scheme is not None:
        known["due_on"] = escalation.reply_day(scheme, today)
    return known


def _issued(request: HttpRequest, made: Notice) -> HttpResponse:
    """Sign at once what was just saved; a refusal leaves the draft."""
    try:
        signed = actions.issue(notice_id=made.pk, version=None, by=request.post, at=timezone.now())
    except Invalid as invalid:
        messages.error(request, f"草稿已保存，还没有签发：{invalid}")
    except Refused as refused:
        messages.error(request, f"草稿已保存，还没有签发：{refused}")
    else:
        messages.success(request, f"已签发{signed.name}。{next_of(signed)}")
    return redirect(made)


@policy(OFFICERS, scope="notice")
@require_http_methods(["GET", "POST"])
def notice_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Correct a draft."""
    found = found_notice(request, uid)
    before, refused = found.version, drafting.draft_refusal(found, request.post)
    data = request.POST if request.method == "POST" else None
    form = NoticeForm(data, post=request.post, year=found.year, instance=found)
    if data is not None:
        kept = carry_out(
            form,
            lambda: drafting.correct(
                notice_id=found.pk,
                version=opened_version(request),
                given=form.given(),
                by=request.post,
                at=timezone.now(),
            ),
        )
        if kept is not None:
            messages.success(request, f"已修改{kept.get_kind_display()}草稿，下一步由本单位签发。")
            return redirect(kept)
    stale = getattr(form, "stale", None)
    context = {
        "notice": found,
        "form": form,
        "refused": refused,
        "stale": stale,
        "version": stale.version if stale else opened_version(request) or before,
    }
    template = "rectification/supervision/notices/notice_edit.html"
    return render(request, template, context, status=status_of(form))


@policy(OFFICERS, scope="notice")
@require_POST
def notice_issue(request: HttpRequest, uid: str) -> HttpResponse:
    """Sign a draft."""
    found = found_notice(request, uid)
    try:
        signed = actions.issue(
            notice_id=found.pk, version=opened_version(request), by=request.post, at=timezone.now()
        )
    except Refused as refused:
        messages.error(request, f"没有签发：{refused}")
        return redirect(found)
    messages.success(request, f"已签发{signed.name}。{next_of(signed)}")
    return redirect(signed)


@policy(OFFICERS, scope="notice")
@require_http_methods(["GET", "POST"])
def notice_aside(request: HttpRequest, uid: str) -> HttpResponse:
    """不予签发, with the reason."""
    found = found_notice(request, uid)
    form = AsideForm(request.POST if request.method == "POST" else None)
    given = {"notice_id": found.pk, "by": request.post, "at": timezone.now()}
    if request.method == "POST":
        kept = carry_out(
            form,
            lambda: drafting.put_aside(
                **given, version=opened_version(request), reason=form.cleaned_data["reason"]
            ),
        )
        if kept is not None:
            messages.success(request, f"“{kept.title}”已不予签发，原因已记录。")
            return redirect("supervision:drafts")
    context = {"notice": found, "form": form, "refused": drafting.draft_refusal(found, request.post)}
    template = "rectification/supervision/notices/notice_aside.html"
    return render(request, template, context, status=status_of(form))


@policy(OFFICERS, scope="notice")
@require_http_methods(["GET", "POST"])
def notice_deliver(request: HttpRequest, uid: str) -> HttpResponse:
    """登记送达 of a paper that was handed over."""
    found = found_notice(request, uid)
    form = DeliverForm(request.POST if request.method == "POST" else None)
    given = {"notice_id": found.pk, "by": request.post, "at": timezone.now()}
    if request.method == "POST":
        kept = carry_out(
            form,
            lambda: actions.deliver(**given, version=opened_version(request), note=form.cleaned_data["note"]),
        )
        if kept is not None:
            messages.success(request, f"{kept.name}已登记送达。")
            return redirect(kept)
    context = {"notice": found, "form": form, "refused": actions.deliver_refusal(found, request.post)}
    template = "rectification/supervision/notices/notice_deliver.html"
    return render(request, template, context, status=status_of(form))
