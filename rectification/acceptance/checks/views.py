"""市检查: how far the unit is, opening a check, its cases, the draw run again, finishing, calling off."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.changes import changes_of
from accounts.errors import Refused
from accounts.policy import opens, policy
from accounts.roles import CASE_READERS, OFFICERS
from accounts.submission import carry_out, opened_version, status_of
from accounts.tables import render as table
from accounts.year import working_year
from organizations.models import Organization
from organizations.rules import Level
from rectification.acceptance.checks import actions, listing, pool
from rectification.acceptance.checks.forms import ChangeForm, PlanForm
from rectification.acceptance.checks.models import Check, CheckState
from rectification.schemes.models import Scheme
from rectification.supervision.inspections.drawing import rerun_record
from rectification.supervision.inspections.forms import CancelForm

PAGE = 30
ROOM = "rectification/acceptance/checks"


@policy(CASE_READERS, scope="none")
@require_GET
def checks(request: HttpRequest) -> HttpResponse:
    """How far the unit is with what the scheme asks, its checks, and what others concluded of its own cases."""
    post, year = request.post, working_year(request)
    scheme = Scheme.objects.visible_to(post).governing(post.organization, year)
    refused = pool.open_refusal(post, scheme)
    rows = Check.objects.visible_to(post).filter(scheme__year=year)
    mine = post.role in OFFICERS and (refused is None or rows.exists())
    rows = listing.with_numbers(rows).select_related("organization").order_by("-starts_on", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    results = Paginator(listing.results_for(post, year), PAGE).get_page(request.GET.get("results"))
    ledger = reverse("reports:ledger", args=["checks"])
    context = {
        "year": year,
        "ledger": ledger if opens(post, "reports:ledger") else "",
        "refused": refused,
        "mine": mine,
        "progress": pool.progress(post, scheme) if not refused else None,
        "page": page,
        "table": table(listing.COLUMNS, page.object_list, caption="验收检查"),
        "results": results,
        "results_table": table(listing.RESULTS, results.object_list, caption="上级检查结论"),
    }
    return render(request, f"{ROOM}/list.html", context)


@policy(OFFICERS, scope="none")
@require_http_methods(["GET", "POST"])
def check_add(request: HttpRequest) -> HttpResponse:
    """Open a check of all that is left, or of some drawn by lot."""
    post, year = request.post, working_year(request)
    scheme = Scheme.objects.visible_to(post).governing(post.organization, year)
    context: dict[str, Any] = {"year": year, "refused": pool.open_refusal(post, scheme)}
    if context["refused"]:
        return render(request, f"{ROOM}/add.html", context)
    rows = pool.weigh(list(pool.pool(post, year)))
    done = pool.progress(post, scheme)
    form = PlanForm(request.POST if request.method == "POST" else None, units=_units(rows, post), done=done)
    if request.method == "POST":
        made = carry_out(
            form, lambda: actions.plan(planned=form.planned(), year=year, by=post, at=timezone.now())
        )
        if made is not None:
            messages.success(request, f"已安排“{made}”；登记结论以前，县乡看不到。下一步请逐个登记检查结论。")
            return redirect(made)
    context |= {"form": form, "pool": rows, "progress": done}
    return render(request, f"{ROOM}/add.html", context, status=status_of(form))


def _units(rows: Any, post: Any) -> list[Organization]:
    """What a check may be limited to: the counties, of a county the townships, that have cases in the pool."""
    of_city = post.organization.level == Level.CITY
    found = {unit.pk: unit for one in rows if (unit := one.case.county if of_city else one.case.township)}
    return sorted(found.values(), key=lambda unit: unit.path)


def _check(request: HttpRequest, uid: str) -> Check:
    rows = Check.objects.visible_to(request.post)
    return get_object_or_404(rows.select_related("organization", "scheme", "by__user"), uid=uid)


@policy(OFFICERS, scope="check")
@require_GET
def check(request: HttpRequest, uid: str) -> HttpResponse:
    """One check: its cases one by one, what was concluded, what is still to be written."""
    return _page(request, _check(request, uid))


def _page(request: HttpRequest, found: Check, refusal: str = "") -> HttpResponse:
    rows = actions.results_of(found)
    refused = actions.keep_refusal(found, request.post)
    planned = found.state == CheckState.PLANNED
    context = {
        "check": found,
        "tone": listing.TONES[CheckState(found.state)],
        "late": planned and found.ends_on < timezone.localdate(),
        "results": [
            (row, listing.SHORT.get(row.verdict), listing.VERDICT_TONES.get(row.verdict)) for row in rows
        ],
        "left": actions.outstanding(rows),
        "looked": sum(bool(row.verdict) for row in rows),
        "refused": refused,
        "may_finish": planned and not refused,
        "said": any(row.verdict for row in rows),
        "refusal": refusal,
        "rows": changes_of(found, skip=("by", "at", "draw", "scheme", "organization")),
    }
    return render(request, f"{ROOM}/check.html", context, status=422 if refusal else 200)


@policy(OFFICERS, scope="check")
@require_http_methods(["GET", "POST"])
def check_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Change its name, days and team."""
    found = _check(request, uid)
    posted = request.method == "POST"
    form = ChangeForm(request.POST if posted else None, initial=ChangeForm.typed_before(found))
    if posted:
        given = {"check_id": found.pk, "version": opened_version(request), "by": request.post}
        kept = carry_out(form, lambda: actions.change(at=timezone.now(), **given, **form.cleaned_data))
        if kept is not None:
            messages.success(request, f"已调整“{kept}”，下一步请逐个登记检查结论。")
            return redirect(kept)
    context = {"check": found, "form": form, "refused": _planned_refusal(request, found)}
    context |= {"version": opened_version(request) or found.version, "stale": getattr(form, "stale", None)}
    return render(request, f"{ROOM}/edit.html", context, status=status_of(form))


def _planned_refusal(request: HttpRequest, found: Check) -> str | None:
    refused = actions.keep_refusal(found, request.post)
    if not refused and found.state != CheckState.PLANNED:
        return f"本次检查{found.get_state_display()}"
    return refused


@policy(OFFICERS, scope="check")
@require_GET
def check_draw(request: HttpRequest, uid: str) -> HttpResponse:
    """The draw run again from its record, pick by pick."""
    found = _check(request, uid)
    now = {str(row.case.uid) for row in actions.results_of(found)}
    drawn = set(found.draw.get("drawn", ()))
    context = {
        "check": found,
        "again": rerun_record(found.draw, now, "本次检查") if found.draw else None,
        "pool": [row | {"chosen": row["case"] in drawn} for row in found.draw.get("pool", ())],
    }
    return render(request, f"{ROOM}/draw.html", context)


@policy(OFFICERS, scope="check")
@require_POST
def check_finish(request: HttpRequest, uid: str) -> HttpResponse:
    """Everything is concluded: done."""
    found = _check(request, uid)
    try:
        done = actions.finish(
            check_id=found.pk, version=opened_version(request), by=request.post, at=timezone.now()
        )
    except Refused as refused:
        return _page(request, found, str(refused))
    messages.success(request, f"“{done}”已完成；不认可的由县乡继续整顿，到期重新提请验收。")
    return redirect(done)


@policy(OFFICERS, scope="check")
@require_http_methods(["GET", "POST"])
def check_cancel(request: HttpRequest, uid: str) -> HttpResponse:
    """Call it off with a reason."""
    found = _check(request, uid)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        given = {"check_id": found.pk, "version": opened_version(request), "by": request.post}
        kept = carry_out(form, lambda: actions.cancel(at=timezone.now(), **given, **form.cleaned_data))
        if kept is not None:
            messages.success(request, f"已取消“{kept}”，其中的整顿对象可以列入以后的检查。")
            return redirect(kept)
    context = {"check": found, "form": form, "refused": _planned_refusal(request, found)}
    return render(request, f"{ROOM}/cancel.html", context, status=status_of(form))
