"""The pages of 回头看: the year's list, one case's sheet of points by parties, and the conclusion."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import CASE_READERS, Role
from accounts.submission import carry_out, opened_version
from accounts.tables import render as table
from rectification.lookback import actions, listing, opening, rules
from rectification.lookback.forms import PartyForm, VerdictForm, said_by
from rectification.lookback.lineage import lineage_of
from rectification.lookback.models import Lookback
from rectification.lookback.rules import Outcome, Party
from rectification.schemes.models import Scheme

ENTERERS = frozenset(actions.OWN_PARTY)
PAGE = 50


@policy(CASE_READERS, scope="none")
@require_GET
def lookbacks(request: HttpRequest) -> HttpResponse:
    """The lookbacks of the year by where they stand, and what the county has still to open."""
    year = _year(request)
    mine = Lookback.objects.visible_to(request.post).of_year(year)
    group = request.GET.get("group", "")
    group = group if group in listing.GROUPS else ""
    tabs = [
        {"key": key, "name": name, "count": mine.filter(outcome=key).count()}
        for key, name in listing.GROUPS.items()
    ]
    page = Paginator(listing.with_counts(mine.filter(outcome=group)), PAGE).get_page(request.GET.get("page"))
    drawn = table(listing.COLUMNS, page.object_list, caption=f"{year}年回头看")
    context = {"year": year, "tabs": tabs, "group": group, "page": page, "table": drawn}
    return render(request, "rectification/lookback/list.html", context | _opening(request, year))


def _year(request: HttpRequest) -> int:
    return int(request.session.get("year") or timezone.localdate().year)


def _opening(request: HttpRequest, year: int) -> dict[str, Any]:
    """For the county: how many cases are to be opened, or why not."""
    if request.post.role != Role.COUNTY_OFFICER:
        return {}
    county = request.post.organization
    return {
        "opens": True,
        "refused": opening.opening_refusal(Scheme.objects.governing(county, year), county, request.post),
        "awaiting": opening.awaiting(county, year).count(),
        "unaccepted": opening.unaccepted(county, year),
    }


@policy(Role.COUNTY_OFFICER, scope="none")
@require_POST
def open_(request: HttpRequest) -> HttpResponse:
    """Open the lookback of the year on last year's cases."""
    county, year = request.post.organization, _year(request)
    try:
        count = _open(request, year)
    except Refused as refused:
        messages.error(request, f"没有开展：{refused}")
    else:
        messages.success(
            request,
            f"{county}{year}年回头看已开展，列入 {count} 个上年整顿对象，下一步由整顿对象自查、乡镇（街道）检查。",
        )
    return redirect("lookback:list")


def _open(request: HttpRequest, year: int) -> int:
    county = request.post.organization
    scheme = Scheme.objects.governing(county, year)
    if refused := opening.opening_refusal(scheme, county, request.post):
        raise Refused(refused)
    return opening.open_lookbacks(scheme=scheme, county=county, by=request.post, at=timezone.now())


@policy(CASE_READERS, scope="lookback")
@require_GET
def detail(request: HttpRequest, uid: str) -> HttpResponse:
    """One case's sheet: what three parties say of each point, and the conclusion. ?party= picks the column."""
    return _page(request, _lookback(request, uid))


def _lookback(request: HttpRequest, uid: str) -> Lookback:
    rows: QuerySet[Lookback] = Lookback.objects.visible_to(request.post).select_related(
        "case__organization",
        "case__county",
        "case__township",
        "case__scheme",
        "organization",
        "scheme",
        "decided_by__user",
    )
    rows = rows.prefetch_related("checkpoints__views__by__user", "checkpoints__views__by__organization")
    return get_object_or_404(rows, uid=uid)


def _page(request: HttpRequest, lookback: Lookback, status: int = 200, **bound: Any) -> HttpResponse:
    """The page with whatever form came back bound."""
    allowed = [] if lookback.decided else actions.parties_of(lookback, request.post)
    form = bound.get("form")
    if form is None and allowed:
        party = _party(request.GET.get("party", ""), allowed)
        form = PartyForm(points=lookback.checkpoints.all(), party=party)
    suggestion = actions.suggested(lookback)
    refused = actions.verdict_refusal(lookback, request.post)
    left = rules.missing(actions.asked_of(lookback), actions.views_of(lookback))
    context = {
        "lookback": lookback,
        "case": lookback.case,
        "form": form,
        "allowed": allowed,
        "parties": list(Party),
        "groups": _sheet(lookback, form),
        "suggestion": suggestion,
        "suggested": suggestion.outcome.label if suggestion.outcome else "",
        "left": rules.missing_words(left),
        "may_decide": refused is None and Party.DEPARTMENT not in left,
        "decides": refused is None,
        "verdict": bound.get("verdict") or VerdictForm.of(lookback, suggestion, timezone.localdate()),
        "effect": consequences(lookback),
        "lineage": lineage_of(lookback.organization, request.post),
    }
    return render(request, "rectification/lookback/detail.html", context, status=status)


def _party(asked: str, allowed: list[Party]) -> Party:
    return next((party for party in allowed if party == asked), allowed[0])


def consequences(lookback: Lookback) -> list[str]:
    """What either conclusion means, with today as its day."""
    today = timezone.localdate()
    return [
        rules.consequence(
            outcome, year=lookback.year, decided_on=today, tracking_months=lookback.scheme.tracking_months
        )
        for outcome in Outcome
    ]


def _sheet(lookback: Lookback, form: PartyForm | None) -> list[dict[str, Any]]:
    """The scheme's points, then last year's problems, each with a cell for every party."""
    lines = [{"point": point, "cells": _cells(point, form)} for point in lookback.checkpoints.all()]
    points = [line for line in lines if line["point"].problem is None]
    problems = [line for line in lines if line["point"].problem is not None]
    groups = [{"title": "方案要点", "lines": points}, {"title": "上年问题回看", "lines": problems}]
    return [group for group in groups if group["lines"]]


def _cells(point: Any, form: PartyForm | None) -> list[dict[str, Any]]:
    cells = []
    for party in Party:
        cell = {"party": party, "said": said_by(point, party)}
        if cell["said"] and party is Party.SELF:
            cell["on_behalf"] = cell["said"].by.role != Role.VILLAGE_REPORTER
        if form is not None and form.party is party:
            cell["state"], cell["finding"] = form[f"state-{point.pk}"], form[f"finding-{point.pk}"]
        cells.append(cell)
    return cells


@policy(ENTERERS, scope="lookback")
@require_POST
def save(request: HttpRequest, uid: str) -> HttpResponse:
    """Save one party's part."""
    lookback = _lookback(request, uid)
    party = _party(request.POST.get("party", ""), actions.parties_of(lookback, request.post))
    form = PartyForm(request.POST, points=lookback.checkpoints.all(), party=party)
    given = {"lookback_id": lookback.pk, "version": opened_version(request), **_now(request)}
    if carry_out(form, lambda: actions.save_views(party=party, answers=form.answers(), **given)) is None:
        return _page(request, lookback, 422, form=form)
    messages.success(request, _saved(_lookback(request, uid), party))
    return redirect(f"{lookback.get_absolute_url()}?party={party.value}")


def _now(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.post, "at": timezone.now()}


def _saved(lookback: Lookback, party: Party) -> str:
    """What was saved, what is left of it, and who is next."""
    left = rules.missing(actions.asked_of(lookback), actions.views_of(lookback))
    if party in left:
        return f"{party.label}已保存，还有 {len(left[party])} 项没有填写。"
    case = lookback.case
    following = {
        Party.SELF: f"由{case.township or case.county}检查",
        Party.SUPERIOR: f"由{case.county.organ}组织部考核验收",
        Party.DEPARTMENT: f"由{case.county.organ}组织部作出结论",
    }
    return f"{party.label}已填写完整，下一步{following[party]}。"


@policy(Role.COUNTY_OFFICER, scope="lookback")
@require_POST
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    """Record the conclusion; the case closes into tracking, or goes into this year's list."""
    lookback = _lookback(request, uid)
    form = VerdictForm(request.POST)
    given = {"lookback_id": lookback.pk, "version": opened_version(request), **_now(request)}
    if carry_out(form, lambda: actions.decide(**given, **form.cleaned_data)) is None:
        return _page(request, lookback, 422, verdict=form)
    messages.success(request, f"{lookback}已作出结论，{NEXT[form.cleaned_data['outcome']]}")
    return redirect(lookback)


NEXT = {
    "closed": "该对象已销号，转入跟踪管理。",
    "carried": "该党组织纳入本年整顿任务；摸排已经开展的，请在摸排页更新摸排对象，名单上不受名次限制。",
}
