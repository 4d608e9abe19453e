"""Pages of what was filed: the list, and one frozen copy with its way up."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import OFFICERS, SUBTREE
from accounts.tables import Column
from accounts.tables import render as table
from rectification.filings import actions, rules
from rectification.filings.forms import DecisionForm
from rectification.filings.models import Filing
from rectification.filings.tables import draw
from rectification.reviews.actions import decision_refusal
from rectification.reviews.models import Decision, ReviewState
from rectification.schemes.models import StepMode

TONES = {
    ReviewState.PENDING: "yellow",
    ReviewState.RETURNED: "red",
    ReviewState.PASSED: "green",
    ReviewState.WITHDRAWN: "grey",
}
STATES = {
    ReviewState.PENDING: "待接收",
    ReviewState.RETURNED: "已退回",
    ReviewState.PASSED: "已接收",
    ReviewState.WITHDRAWN: "已撤回",
}


def state_of(filing: Filing) -> str:
    """Where a frozen copy stands, in words; an earlier round keeps what came of it."""
    return STATES[filing.review.state] if filing.number == filing.newest else "已被后一次取代"


def tone_of(filing: Filing) -> str:
    """The colour beside the words."""
    return TONES[filing.review.state] if filing.number == filing.newest else "grey"


COLUMNS = (
    Column("title", "报送内容", kind="link", width=40),
    Column("unit", "报送单位", "organization.short_name", width=14),
    Column("to", "报往", "to.short_name", width=12),
    Column("number", "次数", lambda f: f"第{f.number}次", width=8),
    Column("rows", "行数", kind="number", width=6),
    Column("at", "报送时间", width=18),
    Column("by", "报送人", "by.user.name", width=10),
    Column("state", "状态", state_of, kind="light", width=12, tone=tone_of),
)


@policy(SUBTREE, scope="none")
@require_GET
def filing_list(request: HttpRequest) -> HttpResponse:
    """What was filed in the post's subtree, newest first."""
    rows = Filing.objects.visible_to(request.post).with_newest().defer("content")
    rows = rows.select_related("organization", "to", "by__user", "review")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(
        request,
        "rectification/filings/list.html",
        {"page": page, "table": table(COLUMNS, page.object_list, caption="报送记录")},
    )


@policy(SUBTREE, scope="filing")
@require_GET
def detail(request: HttpRequest, uid: str) -> HttpResponse:
    """One frozen copy, what changed since the one before, its way up, and the receiver's form."""
    filing = _filing(request, uid)
    actions.mark_read(filing=filing, by=request.post, at=timezone.now())
    return _page(request, filing, DecisionForm(mode=_mode(filing)))


@policy(OFFICERS, scope="filing")
@require_POST
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    """Take it or send it back."""
    filing = _filing(request, uid)
    form = DecisionForm(request.POST, mode=_mode(filing))
    if form.is_valid():
        accepting = request.POST.get("decision") == "accept"
        words = form.cleaned_data if accepting else {"opinion": form.cleaned_data["opinion"]}
        do = actions.accept if accepting else actions.return_
        try:
            review = do(filing_id=filing.pk, by=request.post, at=timezone.now(), **words)
        except Refused as refused:
            form.add_error("opinion" if not accepting else None, str(refused))
        else:
            messages.success(request, _said(filing, review, accepting))
            return redirect("filings:detail", filing.uid)
    return _page(request, filing, form, status=422)


@policy(OFFICERS, scope="filing")
@require_POST
def withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Take one's own filing back before it was read."""
    filing = _filing(request, uid)
    try:
        actions.withdraw(filing_id=filing.pk, by=request.post, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "台账已撤回，修改后可重新报送，仍由原接收单位办理。")
    return redirect("filings:detail", filing.uid)


def _filing(request: HttpRequest, uid: str) -> Filing:
    rows = Filing.objects.visible_to(request.post).with_newest()
    related = ("organization", "to", "by__user", "by__organization", "review", "review__at_unit", "duty")
    return get_object_or_404(rows.select_related(*related), uid=uid)


def _mode(filing: Filing) -> str:
    step = filing.review.steps.exclude(decision=Decision.PASSED).first()
    return step.mode if step else StepMode.HANDLE


def _said(filing: Filing, review: object, accepting: bool) -> str:
    if not accepting:
        return f"台账已退回{filing.organization}，下一步由{filing.organization}修改后重新报送。"
    if review.state == ReviewState.PASSED:
        return f"台账已接收，{filing.organization}的本次报送办结。"
    return f"台账已通过本环节，下一步由{review.at_unit}办理。"


def _beside(request: HttpRequest, filing: Filing) -> dict[str, Filing]:
    """The filings that wait for this post before and after this one."""
    waiting = Filing.objects.visible_to(request.post).with_newest()
    waiting = waiting.filter(
        review__state=ReviewState.PENDING,
        review__at_unit=request.post.organization_id,
        review__at_role=request.post.role,
        number=F("newest"),
    )
    rows = list(waiting.order_by("review__submitted_at", "pk").only("uid", "title", "review"))
    places = [row.pk for row in rows]
    if filing.pk not in places:
        return {"next": rows[0]} if rows else {}
    at = places.index(filing.pk)
    beside = {"previous": rows[at - 1] if at else None, "next": rows[at + 1] if at + 1 < len(rows) else None}
    return {name: row for name, row in beside.items() if row}


def _page(request: HttpRequest, filing: Filing, form: DecisionForm, status: int = 200) -> HttpResponse:
    newest = filing.number == filing.newest
    before = filing.review.filings.filter(number__lt=filing.number).order_by("-number").first()
    may_withdraw = (
        newest
        and filing.review.state == ReviewState.PENDING
        and filing.review.read_at is None
        and (request.post.organization_id, request.post.role) == (filing.organization_id, filing.by.role)
    )
    context = {
        "filing": filing,
        "newest": newest,
        "state": state_of(filing),
        "tone": tone_of(filing),
        "table": draw(filing.content),
        "intact": rules.digest(filing.content) == filing.sha256,
        "before": before,
        "differences": rules.differences(before.content, filing.content) if before else [],
        "steps": filing.review.steps.select_related("unit", "by__user"),
        "remarks": filing.review.remarks.select_related("by__user", "by__organization"),
        "form": form if newest and decision_refusal(filing.review, request.post) is None else None,
        "may_withdraw": may_withdraw,
        "beside": _beside(request, filing),
    }
    return render(request, "rectification/filings/detail.html", context, status=status)
