"""时限任务: the list, one duty with its history, extension, and recording as done."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS
from accounts.submission import carry_out
from accounts.tables import render as table
from organizations.nearby import unit_choices
from rectification.duties import actions, completing, debtors, listing
from rectification.duties.forms import CompletionForm, ExtensionForm, WaiverForm
from rectification.duties.models import Duty, DutyState
from rectification.schemes.terms import words

PAGE = 50


@policy(CASE_READERS, scope="none")
@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """Every duty the post sees, by date; filters stand in the address."""
    today, post = timezone.localdate(), request.post
    seen = Duty.objects.visible_to(post)
    years = listing.years_of(seen)
    asked = request.GET.get("year", "")
    year = (
        int(asked) if asked.isdecimal() and int(asked) in years else request.session.get("year", today.year)
    )
    mine = seen.filter(scheme__year=year)
    form = listing.DutyFilterForm(
        {"year": year, "state": "open"} | request.GET.dict(),
        years=years or [year],
        kinds=listing.kinds_of(seen, year),
        units=unit_choices(post, request.GET.get("unit", "")),
        post=post,
    )
    sort = request.GET.get("sort", "")
    rows = form.apply(mine, today=today).select_related("organization", "scheme").only(*listing.FACTS)
    page = Paginator(listing.in_order(rows, sort), PAGE).get_page(request.GET.get("page"))
    drawn = table(listing.columns(today), page.object_list, sort=sort, caption="时限任务", query=request.GET)
    context = {"form": form, "page": page, "table": drawn, "count": page.paginator.count, "year": year}
    context["officer"] = post.role in OFFICERS
    return render(request, "rectification/duties/list.html", context)


def _duty(request: HttpRequest, uid: str) -> Duty:
    rows = Duty.objects.visible_to(request.post)
    return get_object_or_404(
        rows.select_related("organization", "scheme", "rule", "case__organization", "ended_by__user"), uid=uid
    )


@policy(CASE_READERS, scope="duty")
@require_GET
def detail(request: HttpRequest, uid: str) -> HttpResponse:
    """One duty: who owes it, until when, on what ground, and what happened with it."""
    duty, post = _duty(request, uid), request.post
    open_ = duty.state == DutyState.OPEN
    context = {
        "duty": duty,
        "light": listing.light(duty, timezone.localdate()),
        "place": listing.place_of(duty),
        "yours": open_ and debtors.owes(duty, post),
        "debtor": debtors.said(duty),
        "about": listing.about(duty),
        "may_extend": open_ and actions.extender_refusal(duty, post) is None,
        "may_waive": open_ and completing.waiver_refusal(duty, post) is None,
        "may_complete": completing.completion_refusal(duty, post) is None,
        "by_hand": completing.by_hand(duty),
        "history": _history(duty),
        "reminders": duty.reminders.select_related("user").order_by("-at", "-pk"),
        "case_url": listing.case_address(duty),
    }
    return render(request, "rectification/duties/detail.html", context)


def _history(duty: Duty) -> list[dict[str, Any]]:
    rows = [
        {
            "at": duty.made_at,
            "title": f"产生任务，{words(duty.due_on)}截止",
            "who": f"《{duty.scheme.title}》",
        }
    ]
    for row in duty.extensions.select_related("by__user", "by__organization"):
        change = {"label": "截止日期", "before": words(row.before_on), "after": words(row.until_on)}
        rows.append(_event(row.at, "延期", row.by, row.reason, [change]))
    if duty.ended_at:
        rows.append(_event(duty.ended_at, duty.get_state_display(), duty.ended_by, duty.ended_reason))
    return rows


def _event(at: Any, title: str, by: Any, reason: str, changes: list[dict[str, str]] | None = None) -> dict:
    return {
        "at": at,
        "title": title,
        "who": by.user.name if by else "",
        "post": str(by) if by else "",
        "reason": reason,
        "changes": changes,
    }


@policy(OFFICERS, scope="duty")
@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, uid: str) -> HttpResponse:
    """延期 with a reason, by the unit above."""
    duty = _duty(request, uid)
    refused = actions.extender_refusal(duty, request.post)
    form = ExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            after = actions.extend(duty_id=duty.pk, by=request.post, at=timezone.now(), **form.cleaned_data)
        except Refused as error:
            form.add_error(None if "理由" in str(error) or refused else "until_on", str(error))
        else:
            until = words(after.effective_due_on)
            messages.success(
                request, f"“{duty.title}”已延期至{until}，由{duty.organization}继续办理，到期前重新提醒。"
            )
            return redirect(duty)
    context = {"duty": duty, "form": form, "refused": refused, "last": _last_day(duty)}
    return render(request, "rectification/duties/extend.html", context, status=422 if form.errors else 200)


def _last_day(duty: Duty) -> date:
    return duty.due_on + timedelta(days=duty.scheme.extension_cap_days)


@policy(OFFICERS, scope="duty")
@require_http_methods(["GET", "POST"])
def waive(request: HttpRequest, uid: str) -> HttpResponse:
    """免办 with a reason, by the unit above."""
    duty = _duty(request, uid)
    form = WaiverForm(request.POST or None, later=completing.later_ones(duty))
    given = {"duty_id": duty.pk, "by": request.post, "at": timezone.now()}
    if request.method == "POST" and carry_out(form, lambda: completing.waive(**given, **form.cleaned_data)):
        messages.success(request, f"“{duty.title}”已免办，{duty.organization}不用再办，也不再提醒。")
        return redirect(duty)
    context = {"duty": duty, "form": form, "refused": completing.waiver_refusal(duty, request.post)}
    return render(request, "rectification/duties/waive.html", context, status=422 if form.errors else 200)


@policy(CASE_READERS, scope="duty")
@require_http_methods(["GET", "POST"])
def complete(request: HttpRequest, uid: str) -> HttpResponse:
    """登记完成 for what the system does not see."""
    duty = _duty(request, uid)
    form = CompletionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            completing.complete(
                duty_id=duty.pk, note=form.cleaned_data["note"], by=request.post, at=timezone.now()
            )
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"“{duty.title}”已登记完成，无需再办。")
            return redirect(duty)
    context = {"duty": duty, "form": form, "refused": completing.completion_refusal(duty, request.post)}
    return render(request, "rectification/duties/complete.html", context, status=422 if form.errors else 200)
