"""A case's quarters: the check of its accounts and their publication."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policy import policy
from accounts.roles import CASE_READERS
from accounts.submission import carry_out, opened_version
from rectification.cases.models import Case
from rectification.duties import listing
from rectification.duties.completing import FINANCE
from rectification.duties.models import Duty, DutyState
from rectification.remediation.reporting import finance_actions
from rectification.remediation.reporting.forms import FinanceForm
from rectification.remediation.reporting.models import FinanceCheck
from rectification.remediation.reporting.periods import Period, period_at, period_words
from rectification.schemes.terms import Rhythm


def quarters_of(case: Case, today: date) -> list[dict[str, Any]]:
    """The quarters of a case that have begun, the newest first: what was entered, what is owed with its light."""
    rows = FinanceCheck.objects.filter(case=case).select_related("by__user")
    entered = {row.period_from_on: row for row in rows}
    owed = Duty.objects.filter(case=case, key__in=FINANCE, period_from_on__lte=today)
    found: dict[date, dict[str, Any]] = {first: {"row": row, "duties": []} for first, row in entered.items()}
    for duty in owed.exclude(state=DutyState.CANCELLED).select_related("scheme").order_by("effective_due_on"):
        duty.light = listing.light(duty, today)
        first = period_at(Rhythm.QUARTERLY, duty.period_from_on).first
        found.setdefault(first, {"row": entered.get(first), "duties": []})["duties"].append(duty)
    return [
        {
            **found[first],
            "first": first,
            "words": f"{first.year}年{period_words(Rhythm.QUARTERLY, first)}",
            "url": f"{reverse('remediation:finance', args=[case.uid])}?from={first}",
        }
        for first in sorted(found, reverse=True)
    ]


@policy(CASE_READERS, scope="case")
@require_http_methods(["GET", "POST"])
def finance(request: HttpRequest, uid: str) -> HttpResponse:
    """The quarters of a case; ?from= a day of the quarter that is entered (this quarter without it)."""
    related = ("organization", "scheme", "county", "township")
    case = get_object_or_404(Case.objects.visible_to(request.post).select_related(*related), uid=uid)
    period, today = _period(request), timezone.localdate()
    row = FinanceCheck.objects.visible_to(request.post).filter(case=case, period_from_on=period.first).first()
    refused = finance_actions.entry_refusal(case, request.post)
    village = finance_actions.is_village(case, request.post)
    form = None
    if request.method == "POST" or refused is None:
        blank = FinanceCheck(case=case, period_from_on=period.first, period_to_on=period.last)
        form = FinanceForm(request.POST or None, instance=row or blank, village=village)
    if request.method == "POST" and (done := _enter(request, case, period, form)):
        return done
    stale = getattr(form, "stale", None)
    current = stale or row
    context = {
        "case": case,
        "form": form,
        "stale": stale,
        "refused": refused,
        "village": village,
        "version": current.version if current and current.pk else 0,
        "quarters": quarters_of(case, today),
        "first": period.first,
        "quarter": f"{period.first.year}年{period_words(Rhythm.QUARTERLY, period.last)}",
        "row": row,
    }
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, "rectification/remediation/reporting/finance.html", context, status=status)


def _enter(request: HttpRequest, case: Case, period: Period, form: FinanceForm) -> HttpResponse | None:
    """Keep what was typed; None where the form is to be shown again."""
    version = opened_version(request) or 0

    def act() -> FinanceCheck:
        return finance_actions.save(
            case_id=case.pk,
            period=period,
            version=version,
            values=form.cleaned_data,
            by=request.post,
            at=timezone.now(),
        )

    if carry_out(form, act) is None:
        return None
    messages.success(request, _said(case, period))
    return redirect(f"{reverse('remediation:finance', args=[case.uid])}?from={period.first}")


def _period(request: HttpRequest) -> Period:
    today = timezone.localdate()
    try:
        on = min(date.fromisoformat(request.GET.get("from", "")), today)
    except ValueError:
        on = today
    return period_at(Rhythm.QUARTERLY, on)


def _said(case: Case, period: Period) -> str:
    owed = Duty.objects.filter(
        case=case, key__in=FINANCE, period_from_on__gte=period.first, period_from_on__lte=period.last
    ).open()
    left = [duty.organization.short_name for duty in owed.select_related("organization")]
    following = (
        f"还须登记{len(left)}项，由{'、'.join(dict.fromkeys(left))}办理。" if left else "本季度任务办结。"
    )
    return f"{case.organization.short_name}财务审查与公开已登记，{following}"
