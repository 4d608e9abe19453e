"""Writing a progress report: opened from its duty, from the list or from the workbench; read by everyone else."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.submission import carry_out, opened_version, status_of
from accounts.tables import render as table
from organizations.rules import Level
from rectification.duties.models import Duty
from rectification.remediation.reporting import actions, asked, drafting, read_views
from rectification.remediation.reporting.forms import WordsForm
from rectification.remediation.reporting.models import ProgressReport
from rectification.remediation.reporting.periods import RHYTHMS, early_refusal, period_at
from rectification.remediation.reporting.tables import rows_of, title_of
from rectification.schemes.models import Scheme
from rectification.schemes.terms import Rhythm

WRITING = (Level.TOWNSHIP, Level.COUNTY)
RENEW = "renew:"


@policy(OFFICERS, scope="duty")
@require_http_methods(["GET", "POST"])
def report_of_duty(request: HttpRequest, uid: str) -> HttpResponse:
    """The report a duty asks for: a draft from the facts for whoever owes it; the report once there is one."""
    rows = Duty.objects.visible_to(request.post).filter(asked.ASKS)
    duty = get_object_or_404(rows.select_related("organization", "rule", "scheme"), uid=uid)
    found = asked.report_for(duty)
    if found is None:
        raise Http404
    return _open(request, found)


@policy(OFFICERS, scope="none")
@require_http_methods(["GET", "POST"])
def report_new(request: HttpRequest) -> HttpResponse:
    """A report no rule asks for, such as a county's monthly summary: ?rhythm= and ?on= a day of the period."""
    unit, today = request.post.organization, timezone.localdate()
    rhythm, on = request.GET.get("rhythm", ""), _day(request.GET.get("on", "")) or today
    rhythm = rhythm if rhythm in RHYTHMS else Rhythm.MONTHLY
    scheme = Scheme.objects.visible_to(request.post).governing(unit, on.year)
    if unit.level not in WRITING or scheme is None or on > today:
        messages.error(request, "进展报告由乡镇（街道）和县（市、区）按正在执行的年度方案起草")
        return redirect("remediation:reports")
    period = period_at(rhythm, on)
    found = ProgressReport(
        scheme=scheme, organization=unit, rhythm=rhythm, period_from_on=period.first, period_to_on=period.last
    )
    return _open(request, found)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _open(request: HttpRequest, found: ProgressReport) -> HttpResponse:
    there = actions.standing(found)
    if there is not None and ProgressReport.objects.visible_to(request.post).filter(pk=there.pk).exists():
        if request.method == "GET":
            return redirect("remediation:report", there.uid)
        found = there
    return _write_or_wait(request, found)


@policy(OFFICERS, scope="report")
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, uid: str) -> HttpResponse:
    """One report: its writer writes, everyone else reads."""
    rows = ProgressReport.objects.visible_to(request.post)
    related = ("organization", "scheme", "duty__scheme", "review__at_unit", "by__user")
    found = get_object_or_404(rows.select_related(*related), uid=uid)
    if request.method == "GET" and asked.writer_refusal(found, request.post):
        return read_views.read_page(request, found)
    return _write_or_wait(request, found)


def _write_or_wait(request: HttpRequest, found: ProgressReport) -> HttpResponse:
    refused = asked.writer_refusal(found, request.post)
    if refused is None and request.method == "GET":
        drafted = drafting.read(found, timezone.localdate())
        return _page(request, found, drafted, WordsForm(parts=drafted.parts))
    if request.method == "POST" and found.organization_id == request.post.organization_id:
        return _keep(request, found)
    context = {"report": found, "refused": refused}
    return render(request, "rectification/remediation/reporting/waiting.html", context)


def _keep(request: HttpRequest, found: ProgressReport) -> HttpResponse:
    """Save, write a part anew from the facts, or send; what cannot be sent stays in the form."""
    if asked.writer_refusal(found, request.post) and found.state in drafting.FROZEN:
        return _already(request, found)
    now, do = timezone.now(), request.POST.get("do", "save")
    drafted = drafting.read(found, timezone.localdate())
    form = WordsForm(request.POST, parts=drafted.parts)

    def act() -> ProgressReport:
        words = drafting.changed_words(drafted, form.typed, form.marks)
        if do.startswith(RENEW):
            words.pop(do.removeprefix(RENEW), None)
        verb = actions.submit if do == "submit" else actions.save
        return verb(report=found, version=opened_version(request) or 0, words=words, by=request.post, at=now)

    kept = carry_out(form, act)
    if kept is None:
        there = actions.standing(found)
        if there is not None and there.state in drafting.FROZEN:
            return _already(request, there)
        return _page(request, found, drafted, form)
    messages.success(request, _said(kept, do))
    return redirect("remediation:report", kept.uid)


def _already(request: HttpRequest, there: ProgressReport) -> HttpResponse:
    messages.warning(request, f"{there}{there.get_state_display()}，没有重复报送；这是报送的原样。")
    return redirect("remediation:report", there.uid)


def _said(kept: ProgressReport, do: str) -> str:
    if do == "submit" and kept.review is None:
        return f"{kept}已定稿存档；方案没有规定再报上级，本期任务办结。"
    if do == "submit":
        return f"{kept}已报送，下一步由{kept.review.at_unit.office}接收；对方审阅前可以撤回。"
    if do.startswith(RENEW):
        return "这一部分已按最新记录重新起草，其余文字已保存。"
    return "已保存，尚未报送。"


def _page(
    request: HttpRequest, found: ProgressReport, drafted: drafting.Drafted, form: WordsForm
) -> HttpResponse:
    stale = getattr(form, "stale", None)
    if stale is not None:
        for part in drafting.parts_of(stale.words, drafted.facts):
            setattr(stale, part.key, part.words)
    columns, lines, total = rows_of(drafted.facts)
    today = timezone.localdate()
    context: dict[str, Any] = {
        "report": found,
        "facts": drafted.facts,
        "form": form,
        "stale": stale,
        "version": (stale or found).version if (stale or found).pk else 0,
        "draft_key": f"report-{found.organization.uid}-{found.rhythm}-{found.period_from_on}",
        "table": table(columns, lines, caption=title_of(drafted.facts), foot=total) if lines else "",
        "receiver": asked.receiver_of(found),
        "early": early_refusal(found.period_to_on, today),
        "unfinished": found.period_to_on > today,
        "remarks": read_views.remarks_of(found),
        "due_on": found.duty.effective_due_on if found.duty else None,
    }
    return render(request, "rectification/remediation/reporting/edit.html", context, status=status_of(form))
