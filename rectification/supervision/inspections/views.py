"""督导检查: what is to be inspected, arranging it, the draw run again, finishing, calling off."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.changes import changes_of
from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS
from accounts.submission import carry_out, opened_version, status_of
from accounts.tables import render as table
from accounts.year import working_year
from organizations.models import Appointment
from rectification.cases.models import Case, CaseQuerySet
from rectification.schemes.models import Scheme
from rectification.supervision.inspections import actions, admission, drawing, listing, owed
from rectification.supervision.inspections.forms import CancelForm, InspectionFilterForm, PlanForm
from rectification.supervision.inspections.models import (
    Inspection,
    InspectionResult,
    InspectionState,
)
from rectification.supervision.notices.models import NoticeState

PAGE = 30


@policy(CASE_READERS, scope="none")
@require_GET
def inspections(request: HttpRequest) -> HttpResponse:
    """What the scheme asks to be inspected, what was, and what others found at one's own cases."""
    post, year, today = request.post, working_year(request), timezone.localdate()
    scheme = Scheme.objects.visible_to(request.post).governing(post.organization, year)
    refused = admission.inspect_refusal(post, scheme)
    form = InspectionFilterForm(request.GET)
    rows = Inspection.objects.visible_to(post).filter(scheme__year=year)
    mine = post.role in OFFICERS and (refused is None or rows.exists())
    rows = listing.with_numbers(form.apply(rows)).select_related("organization").order_by("-starts_on", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    results = Paginator(listing.results_for(post, year), PAGE).get_page(request.GET.get("results"))
    context = {
        "year": year,
        "scheme": scheme,
        "refused": refused,
        "form": form,
        "mine": mine,
        "arrangements": owed.arrangements(post.organization, scheme, today) if not refused else [],
        "page": page,
        "table": table(listing.COLUMNS, page.object_list, caption="督导检查"),
        "count": page.paginator.count,
        "coming": listing.coming_to(post, year),
        "results": results,
        "results_table": table(listing.RESULTS, results.object_list, caption="受督导情况"),
    }
    return render(request, "rectification/supervision/inspections/list.html", context)


@policy(OFFICERS, scope="none")
@require_http_methods(["GET", "POST"])
def inspection_add(request: HttpRequest) -> HttpResponse:
    """Arrange an inspection; ?rule= begins with one of the scheme's arrangements."""
    post, year, today = request.post, working_year(request), timezone.localdate()
    scheme = Scheme.objects.visible_to(request.post).governing(post.organization, year)
    refused = admission.inspect_refusal(post, scheme)
    listed = list(scheme.inspection_rules.filter(level=post.organization.level)) if not refused else []
    cases = Case.objects.none() if refused else _pool(request, year)
    data = request.POST
    turning = "turn" in data
    typed = {name: data.get(name, "") for name in PlanForm.base_fields} if turning else None
    form = PlanForm(None if turning else data or None, listed=listed, cases=cases, typed=typed)
    if data and not turning:
        made = carry_out(
            form,
            lambda: actions.plan(planned=form.planned(), year=year, by=post, at=timezone.now()),
        )
        if made is not None:
            next_ = "已通知有关乡镇" if made.announced else "完成以前下级看不到"
            messages.success(request, f"已安排“{made}”，{next_}；督导后请逐个登记督导情况。")
            return redirect(made)
    elif not data and (rule := form.rules.get(request.GET.get("rule", ""))):
        form.begin_with(rule, today)
    context = {"form": form, "refused": refused, "year": year, **_offered(data, cases, post, today)}
    return render(request, "rectification/supervision/inspections/add.html", context, status=status_of(form))


def _offered(data: Any, cases: CaseQuerySet, post: Appointment, today: Any) -> dict[str, Any]:
    """A page of the cases with what they weigh, under those ticked so far, which stay on the page."""
    uids = list(_uids(data.getlist("cases")))
    ticked = list(cases.filter(uid__in=uids)) if uids else []
    find = data.get("find", "").strip()
    rows = cases.matching(find).exclude(uid__in=uids) if uids else cases.matching(find)
    page = Paginator(rows, PAGE).get_page(data.get("turn"))
    count = page.paginator.count
    total = cases.count() if find else count + len(ticked)
    for case in ticked:
        case.ticked = True
    weighed = drawing.weigh([*ticked, *page.object_list], post, today)
    return {
        "table": table(listing.OFFERED, weighed, select="cases", caption="在办的整顿对象"),
        "ticked": len(ticked),
        "page": page,
        "find": find,
        "total": total,
    }


def _uids(given: Iterable[str]) -> Iterator[UUID]:
    for text in given:
        with suppress(ValueError):
            yield UUID(text)


def _pool(request: HttpRequest, year: int) -> CaseQuerySet:
    rows = admission.may_be_inspected(request.post, year)
    return rows.select_related("organization", "township", "county").order_by("org_path", "pk")


def _inspection(request: HttpRequest, uid: str) -> Inspection:
    rows = Inspection.objects.visible_to(request.post)
    return get_object_or_404(rows.select_related("organization", "scheme", "rule", "by__user"), uid=uid)


@policy(OFFICERS, scope="inspection")
@require_GET
def inspection(request: HttpRequest, uid: str) -> HttpResponse:
    """One inspection: its cases one by one, what was found, what is still to be written."""
    return _page(request, _inspection(request, uid))


def _page(request: HttpRequest, found: Inspection, refusal: str = "") -> HttpResponse:
    rows = actions.results_of(found)
    refused = actions.keep_refusal(found, request.post)
    planned = found.state == InspectionState.PLANNED
    context = {
        "inspection": found,
        "mode": listing.mode(found),
        "tone": listing.TONES[InspectionState(found.state)],
        "late": listing.light_of_days(found, timezone.localdate()),
        "results": _with_findings(rows),
        "left": actions.outstanding(rows),
        "refused": refused,
        "may_finish": planned and not refused,
        "refusal": refusal,
        "rows": changes_of(found, skip=("by", "at", "draw", "scheme", "organization")),
    }
    return render(
        request,
        "rectification/supervision/inspections/inspection.html",
        context,
        status=422 if refusal else 200,
    )


def _with_findings(rows: list[InspectionResult]) -> list[tuple[InspectionResult, list[Any], bool]]:
    """Each with its findings and whether one of them is still to be handed on."""
    prefetch_related_objects(rows, "findings__problem", "findings__notices")
    lines = []
    for row in rows:
        found = list(row.findings.all())
        left = [one for one in found if not (one.settled or one.problem_id or _papers(one))]
        lines.append((row, found, bool(left)))
    return lines


def _papers(finding: Any) -> list[Any]:
    return [notice for notice in finding.notices.all() if notice.state != NoticeState.CANCELLED]


@policy(OFFICERS, scope="inspection")
@require_GET
def inspection_draw(request: HttpRequest, uid: str) -> HttpResponse:
    """The draw run again from its record, pick by pick."""
    found = _inspection(request, uid)
    again = drawing.rerun(found) if found.draw else None
    drawn = set(found.draw.get("drawn", ()))
    pool = [row | {"chosen": row["case"] in drawn} for row in found.draw.get("pool", ())]
    context = {"inspection": found, "again": again, "pool": pool}
    return render(request, "rectification/supervision/inspections/draw.html", context)


@policy(OFFICERS, scope="inspection")
@require_POST
def inspection_finish(request: HttpRequest, uid: str) -> HttpResponse:
    """Everything is written: done."""
    found = _inspection(request, uid)
    try:
        done = actions.finish(
            inspection_id=found.pk, version=opened_version(request), by=request.post, at=timezone.now()
        )
    except Refused as refused:
        return _page(request, found, str(refused))
    messages.success(
        request, f"“{done}”已完成，乡镇和帮扶干部已收到各对象的督导情况；发现的问题请在下面交办。"
    )
    return redirect(done)


@policy(OFFICERS, scope="inspection")
@require_http_methods(["GET", "POST"])
def inspection_cancel(request: HttpRequest, uid: str) -> HttpResponse:
    """Call it off with a reason."""
    found = _inspection(request, uid)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        kept = carry_out(
            form,
            lambda: actions.cancel(
                inspection_id=found.pk,
                version=opened_version(request),
                reason=form.cleaned_data["reason"],
                by=request.post,
                at=timezone.now(),
            ),
        )
        if kept is not None:
            told = "，已告知有关乡镇" if kept.announced else ""
            messages.success(request, f"已取消“{kept}”{told}。")
            return redirect(kept)
    refused = actions.keep_refusal(found, request.post)
    if not refused and found.state != InspectionState.PLANNED:
        refused = f"本次督导{found.get_state_display()}"
    context = {"inspection": found, "form": form, "refused": refused}
    return render(
        request, "rectification/supervision/inspections/cancel.html", context, status=status_of(form)
    )
