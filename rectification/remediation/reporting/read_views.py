"""Reading a report as it was sent: the superior takes it or sends it back, the sender may take it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import carry_out, opened_version
from accounts.tables import render as table
from organizations.models import Appointment
from rectification.filings.forms import DecisionForm
from rectification.filings.rules import digest
from rectification.remediation.reporting import actions, asked, drafting, listing
from rectification.remediation.reporting.marking import Piece, marked_paragraphs
from rectification.remediation.reporting.models import ProgressReport, ReportState
from rectification.remediation.reporting.tables import rows_of, title_of
from rectification.reviews import actions as reviews
from rectification.schemes.models import StepMode

RELATED = (
    "organization",
    "scheme",
    "duty__scheme",
    "review__at_unit",
    "review__submitted_by__user",
    "by__user",
)


def _report(request: HttpRequest, uid: str) -> ProgressReport:
    return get_object_or_404(
        ProgressReport.objects.visible_to(request.post).select_related(*RELATED), uid=uid
    )


@policy(OFFICERS, scope="report")
@require_POST
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    """Take it or send it back; then the next one that waits."""
    report = _report(request, uid)
    accepting = request.POST.get("decision") == "accept"
    form = DecisionForm(request.POST, mode=_mode(report))
    given = {
        "report_id": report.pk,
        "by": request.post,
        "at": timezone.now(),
        "opened": opened_version(request),
    }

    def act() -> ProgressReport:
        if accepting:
            return actions.accept(**given, **form.cleaned_data)
        return actions.return_(**given, opinion=form.cleaned_data["opinion"])

    done = carry_out(form, act)
    if done is None:
        return read_page(request, report, form)
    messages.success(request, _said(done, accepting))
    following = listing.waiting(request.post)
    return redirect("remediation:report", following[0].uid) if following else redirect("remediation:reports")


def _said(report: ProgressReport, accepting: bool) -> str:
    unit = report.organization.short_name
    if not accepting:
        return f"{report}已退回，下一步由{unit}修改后重新报送。"
    if report.state == ReportState.ACCEPTED:
        return f"{report}已接收，{unit}本期报告办结。"
    return f"{report}已通过本环节，下一步由{report.review.at_unit}办理。"


@policy(OFFICERS, scope="report")
@require_POST
def withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Take one's own report back before it was read."""
    report = _report(request, uid)
    try:
        actions.withdraw(report_id=report.pk, by=request.post, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "报告已撤回，修改后可重新报送，仍由原单位接收。")
    return redirect("remediation:report", report.uid)


def _mode(report: ProgressReport) -> str:
    return report.review.mode if report.review else StepMode.HANDLE


def remarks_of(report: ProgressReport) -> list[Any]:
    """Returns so far, the newest first."""
    if report.review is None:
        return []
    return list(report.review.remarks.select_related("by__user", "by__organization").order_by("-at"))


def _compared(
    report: ProgressReport, parts: list[drafting.Part]
) -> list[tuple[drafting.Part, list[list[Piece]]]]:
    """Each part as sent, with what changed since the time before; an empty list where nothing did."""
    before = report.review.before if report.review and report.review.round > 1 else {}
    found = []
    for part in parts:
        now = "\n".join(part.paragraphs)
        was = before.get(part.heading, "") if before else now
        found.append((part, marked_paragraphs(was, now) if was != now else []))
    return found


def _beside(report: ProgressReport, post: Appointment) -> dict[str, str]:
    rows = listing.waiting(post)
    places = [row.pk for row in rows]
    at = places.index(report.pk) if report.pk in places else -1
    beside = {
        "previous": rows[at - 1] if at > 0 else None,
        "next": rows[at + 1] if at + 1 < len(rows) else None,
    }
    return {name: reverse("remediation:report", args=[row.uid]) for name, row in beside.items() if row}


def read_page(request: HttpRequest, report: ProgressReport, form: DecisionForm | None = None) -> HttpResponse:
    """The report as it was sent, its way up, the receiver's form."""
    if form is None:
        actions.mark_read(report=report, by=request.post, at=timezone.now())
    review, parts = report.review, drafting.sent_parts(report)
    deciding = review is not None and reviews.decision_refusal(review, request.post) is None
    mine = (request.post.organization_id, request.post.role) == (report.organization_id, report.by.role)
    columns, lines, total = rows_of(report.facts) if report.facts else ((), [], None)
    intact = not report.sha256 or report.sha256 == digest({"words": report.words, "facts": report.facts})
    context = {
        "report": report,
        "parts": _compared(report, parts),
        "again": bool(review and review.round > 1),
        "table": table(columns, lines, caption=title_of(report.facts), foot=total) if lines else "",
        "tone": listing.TONES[report.state],
        "late": bool(report.duty and asked.was_late(report, report.duty)),
        "intact": intact or report.state not in drafting.FROZEN,
        "remarks": remarks_of(report),
        "steps": list(review.steps.select_related("unit", "by__user")) if review else [],
        "form": (form or DecisionForm(mode=_mode(report))) if deciding else None,
        "opened": reviews.opened_as(review) if review else None,
        "may_withdraw": mine and report.state == ReportState.SUBMITTED and review and review.read_at is None,
        "beside": _beside(report, request.post),
        "paper": f"{reverse('reports:paper', args=['progress_report'])}?unit={report.organization.uid}"
        f"&year={report.scheme.year}&report={report.uid}",
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "rectification/remediation/reporting/read.html", context, status=status)
