"""The page of one frozen copy: read, taken or sent back, withdrawn."""

from collections.abc import Sequence

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import OFFICERS, SUBTREE
from rectification.filings import actions, copy_page, marking
from rectification.filings.forms import DecisionForm
from rectification.filings.models import Filing
from rectification.filings.rules import Mark
from rectification.reviews.models import Review, ReviewState, ReviewStep

RELATED = (
    "scheme",
    "organization",
    "to",
    "by__user",
    "by__organization",
    "review",
    "review__at_unit",
    "review__organization",
    "review__submitted_by",
    "duty",
    "scan__by__user",
)


def filing_in(request: HttpRequest, uid: str) -> Filing:
    """The copy the address names, as far as the post sees it."""
    rows = Filing.objects.visible_to(request.post).with_newest()
    return get_object_or_404(rows.select_related(*RELATED), uid=uid)


def _with_steps(filing: Filing) -> None:
    """Its way up, read once for the page and only now: what was refused shows the step somebody else just took."""
    steps = Prefetch("steps", ReviewStep.objects.select_related("unit", "by__user"))
    prefetch_related_objects([filing.review], steps)


@policy(SUBTREE, scope="filing")
@require_GET
def detail(request: HttpRequest, uid: str) -> HttpResponse:
    """One frozen copy, what changed since the one before, its way up, and the receiver's form."""
    filing = filing_in(request, uid)
    actions.mark_read(filing=filing, by=request.post, at=timezone.now())
    # Whoever withdrew it at this very moment was first: what is shown is how it stands now
    filing.review.refresh_from_db(fields=["state", "read_at", "round"])
    _with_steps(filing)
    return _page(request, filing, DecisionForm(mode=filing.review.mode))


@policy(OFFICERS, scope="filing")
@require_POST
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    """Take it or send it back; 标注 and 取消标注 come back with the row's fields and everything typed."""
    filing = filing_in(request, uid)
    form = DecisionForm(request.POST, mode=filing.review.mode)
    marks = marking.typed(request.POST)
    if (changed := marking.pressed(request.POST, marks)) is not None:
        return _page(request, filing, form, changed)
    if form.is_valid():
        accepting = request.POST.get("decision") == "accept"
        try:
            review = _decided(request, filing, form, marks, accepting)
        except Refused as refused:
            form.add_error("opinion" if not accepting else None, str(refused))
        else:
            messages.success(request, _said(filing, review, accepting))
            return redirect("filings:detail", filing.uid)
    return _page(request, filing, form, marks, status=422)


def _decided(
    request: HttpRequest, filing: Filing, form: DecisionForm, marks: Sequence[Mark], accepting: bool
) -> Review:
    given = {"filing_id": filing.pk, "by": request.post, "at": timezone.now()}
    if not accepting:
        return actions.return_(**given, opinion=form.cleaned_data["opinion"], marks=marks)
    if marks:
        raise Refused(f"已标注{len(marks)}行，接收时不带标注；请改为“退回修改”，或取消标注后再接收")
    return actions.accept(**given, **form.cleaned_data)


@policy(OFFICERS, scope="filing")
@require_POST
def withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Take one's own filing back before it was read."""
    filing = filing_in(request, uid)
    try:
        actions.withdraw(filing_id=filing.pk, by=request.post, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "台账已撤回，修改后可重新报送，仍由原接收单位办理。")
    return redirect("filings:detail", filing.uid)


def _said(filing: Filing, review: Review, accepting: bool) -> str:
    if not accepting:
        return f"台账已退回{filing.organization}，下一步由{filing.organization}修改后重新报送。"
    if review.state == ReviewState.PASSED:
        return f"台账已接收，{filing.organization}的本次报送办结。"
    return f"台账已通过本环节，下一步由{review.at_unit}办理。"


def _page(
    request: HttpRequest, filing: Filing, form: DecisionForm, marks: Sequence[Mark] = (), status: int = 200
) -> HttpResponse:
    _with_steps(filing)
    context = copy_page.page_of(filing, request.post, marks)
    context["form"] = form if context["deciding"] else None
    context["errors"] = form.errors if status == 422 else None
    return render(request, "rectification/filings/detail.html", context, status=status)
