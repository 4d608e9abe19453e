"""Pages that ask for files of many papers: a case's book, one paper for many cases, a unit's year-end folder."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS, SUBTREE
from accounts.tables import Column
from accounts.tables import render as table
from organizations.acting import needs_second_factor
from rectification.cases.models import Case
from reports import actions, dossier_items, reasons
from reports.bundles import (
    BATCH,
    CASE_BOOK,
    CASES_IN_A_BATCH,
    DOSSIER,
    Bundle,
    batch_choices,
    too_much,
)
from reports.case_book import size_words
from reports.ledger_pages import Asked, asked
from reports.ledgers import Selection
from reports.reasons import with_reason

CASES = (
    Column("case", "整顿对象", "organization.short_name", kind="link"),
    Column("county", "县（市、区）", "county.short_name"),
    Column("township", "乡镇（街道）", lambda case: case.township.short_name if case.township else "直属"),
    Column("stage", "环节", lambda case: case.get_stage_display()),
)
STARTED = "已开始生成“{}”，可以离开本页，完成后会收到消息。"


def _ask(request: HttpRequest, back: HttpResponse, **wanted: Any) -> HttpResponse:
    """Hand the work over; a refusal leads back with its reason."""
    try:
        made = actions.request_bundle(
            by=request.post, reason=reasons.of(request), at=timezone.now(), **wanted
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return back
    messages.success(request, STARTED.format(made.title))
    return redirect("reports:exports")


@policy(CASE_READERS, scope="case")
@require_POST
@with_reason
def case_book(request: HttpRequest, uid: str) -> HttpResponse:
    """打印整本档案: a case's whole file as one PDF, as far as this post sees it."""
    case = get_object_or_404(Case.objects.visible_to(request.post).select_related("organization"), uid=uid)
    wanted = {"unit": case.organization, "year": case.year, "filters": {"case": str(case.uid)}}
    return _ask(request, redirect(case), key=CASE_BOOK.key, **wanted)


@policy(SUBTREE, scope="none", proof=needs_second_factor)
@require_http_methods(["GET", "POST"])
@with_reason
def batch(request: HttpRequest) -> HttpResponse:
    """批量打印: one form or document for the cases ticked, as one PDF."""
    data = request.POST or request.GET
    wanted = _place(request, BATCH, data)
    paper, chosen = data.get("paper", ""), _uids(data.getlist("case"))
    if request.method == "POST":
        filters = {"paper": paper, "cases": " ".join(sorted(chosen))}
        asked_for = {"unit": wanted.unit, "year": wanted.year, "filters": filters}
        try:
            if not chosen:
                raise Refused("请至少选择一个整顿对象")
            asked_for |= {"key": BATCH.key, "reason": reasons.of(request)}
            made = actions.request_bundle(by=request.post, at=timezone.now(), **asked_for)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, STARTED.format(made.title))
            return redirect("reports:exports")
    return render(request, "reports/batch.html", _listed(request, wanted, paper, chosen))


def _place(request: HttpRequest, bundle: Bundle, data: Any) -> Asked:
    """The unit and year the page is about."""
    wanted = asked(request, bundle, {name: data.get(name, "") for name in ("unit", "year")})
    del wanted.form.fields["as_of"]
    return wanted


def _uids(given: list[str]) -> set[str]:
    """What is a uid among the values of the tick boxes."""
    found = set()
    for text in given:
        try:
            found.add(str(UUID(text)))
        except ValueError:
            continue
    return found


def _listed(request: HttpRequest, wanted: Any, paper: str, chosen: set[str]) -> dict[str, Any]:
    """The page of cases to tick: a page holds what one batch may print."""
    selection = Selection(request.post, wanted.unit, wanted.year, {})
    places = ("organization", "county", "township")
    rows = dossier_items.cases_of(selection).select_related(*places)
    rows = rows.only("uid", "year", "stage", *(f"{place}__short_name" for place in places))
    page = Paginator(rows, CASES_IN_A_BATCH).get_page(request.GET.get("page"))
    for case in page.object_list:
        case.ticked = str(case.uid) in chosen or not chosen
    return {
        "wanted": wanted,
        "page": page,
        "table": table(CASES, page.object_list, select="case", caption="整顿对象"),
        "papers": batch_choices(wanted.year),
        "paper": paper,
        "most": CASES_IN_A_BATCH,
    }


@policy(OFFICERS, scope="none", proof=needs_second_factor)
@require_http_methods(["GET", "POST"])
@with_reason
def dossier(request: HttpRequest) -> HttpResponse:
    """年终归档: what a unit's folder of a year will hold, and the button that makes it."""
    data = request.POST or request.GET
    wanted = _place(request, DOSSIER, data)
    if request.method == "POST":
        filters = {"whole": "1"} if data.get("whole") else {}
        back = redirect(f"{request.path}?unit={wanted.unit.uid}&year={wanted.year}")
        return _ask(request, back, key=DOSSIER.key, unit=wanted.unit, year=wanted.year, filters=filters)
    selection = Selection(request.post, wanted.unit, wanted.year, {"whole": "1"})
    number, size = dossier_items.files_of(selection)
    cases = dossier_items.cases_of(selection).count()
    context = {
        "wanted": wanted,
        "cases": cases,
        "files": number,
        "size": size_words(size),
        "refusal": too_much(selection, cases, size),
    }
    return render(request, "reports/dossier.html", context)
