"""The pages of 回头看: the year's list, and one case's sheet of points by parties."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import CASE_READERS, Role
from accounts.submission import carry_out, opened_version
from accounts.tables import render as table
from accounts.year import working_year
from rectification.evidence.models import Attachment
from rectification.lookback import actions, opening, rules
from rectification.lookback.forms import PartyForm, concluding_organ, said_by
from rectification.lookback.lineage import lineage_of
from rectification.lookback.listing import Listing, columns
from rectification.lookback.models import Lookback
from rectification.lookback.parties import parties_in
from rectification.lookback.rules import Party
from rectification.lookback.verdict_page import verdict_context
from rectification.lookback.waiting import NEXT
from rectification.schemes.models import Scheme

ENTERERS = frozenset({Role.VILLAGE_REPORTER, Role.TOWNSHIP_OFFICER, Role.COUNTY_OFFICER})
OPENERS = frozenset({Role.TOWNSHIP_OFFICER, Role.COUNTY_OFFICER})
PAGE = 50


@policy(CASE_READERS, scope="none")
@require_GET
def lookbacks(request: HttpRequest) -> HttpResponse:
    """The lookbacks of the year by where they stand and who is next, and what the county has still to open."""
    year = working_year(request)
    asked = Listing(request.post, year, request.GET)
    page = Paginator(asked.rows(), PAGE).get_page(request.GET.get("page"))
    known = {party for parties in asked.parties.values() for party in parties.order}
    drawn = table(columns(known, asked.group), page.object_list, caption=f"{year}年回头看")
    context = {
        "year": year,
        "asked": asked,
        "tabs": asked.tabs(),
        "page": page,
        "table": drawn,
        "steps": NEXT if not asked.group else {},
        "enters": request.post.role in ENTERERS,
    }
    return render(request, "rectification/lookback/list.html", context | _opening(request, year))


def _opening(request: HttpRequest, year: int) -> dict[str, Any]:
    """For who opens it: how many cases are to be opened, or why not; a township only where its own scheme says so."""
    unit, role = request.post.organization, request.post.role
    if role not in OPENERS:
        return {}
    scheme = Scheme.objects.governing(unit, year)
    if role == Role.TOWNSHIP_OFFICER and (scheme is None or not opening.looks_back_itself(scheme)):
        return {}
    found = opening.to_open(scheme, unit, year)
    return {
        "opens": True,
        "imports": role == Role.COUNTY_OFFICER,
        "unit": unit,
        "scheme": scheme,
        "pointless": scheme is not None and not found.points,
        "refused": opening.opening_refusal(scheme, unit, request.post, found),
        "awaiting": found.awaiting,
        "unaccepted": found.unaccepted,
    }


@policy(OPENERS, scope="none")
@require_POST
def open_(request: HttpRequest) -> HttpResponse:
    """Open the lookback of the year on last year's cases."""
    county, year = request.post.organization, working_year(request)
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
    return page_of(request, lookback_of(request, uid))


def lookback_of(request: HttpRequest, uid: str) -> Lookback:
    rows: QuerySet[Lookback] = Lookback.objects.visible_to(request.post).select_related(
        "case__organization",
        "case__county",
        "case__township",
        "case__scheme",
        "organization",
        "scheme",
        "decided_by__user",
    )
    kept = Attachment.objects.visible_to(request.post).filter(withdrawn_at=None)
    rows = rows.prefetch_related(
        "scheme__chain",
        "checkpoints__views__by__user",
        "checkpoints__views__by__organization",
        Prefetch("checkpoints__views__attachments", queryset=kept),
    )
    return get_object_or_404(rows, uid=uid)


def page_of(request: HttpRequest, lookback: Lookback, status: int = 200, **bound: Any) -> HttpResponse:
    """The page with whatever form came back bound."""
    allowed = [] if lookback.decided else actions.parties_of(lookback, request.post)
    form = bound.get("form")
    if form is None and allowed:
        party = _party(request.GET.get("party", ""), allowed)
        form = PartyForm(points=lookback.checkpoints.all(), party=party)
    known = parties_in(lookback.scheme)
    left = rules.missing(actions.asked_of(lookback), actions.views_of(lookback), known.order)
    context = {
        "lookback": lookback,
        "case": lookback.case,
        "form": form,
        "allowed": allowed,
        "titles": {party: known.title(party) for party in known.order},
        "span": len(known.order) + 2,
        "groups": _sheet(lookback, form, known.order),
        "left": rules.missing_words(left),
        "lineage": lineage_of(lookback.organization, request.post),
        **verdict_context(request, lookback, known.judging not in left, **bound),
    }
    return render(request, "rectification/lookback/detail.html", context, status=status)


def _party(asked: str, allowed: list[Party]) -> Party:
    return next((party for party in allowed if party == asked), allowed[0])


def _sheet(lookback: Lookback, form: PartyForm | None, parties: Sequence[Party]) -> list[dict[str, Any]]:
    """The scheme's points, then last year's problems, each with a cell for every party."""
    lines = [{"point": point, "cells": _cells(point, form, parties)} for point in lookback.checkpoints.all()]
    points = [line for line in lines if line["point"].problem is None]
    problems = [line for line in lines if line["point"].problem is not None]
    groups = [{"title": "方案要点", "lines": points}, {"title": "上年问题回看", "lines": problems}]
    return [group for group in groups if group["lines"]]


def _cells(point: Any, form: PartyForm | None, parties: Sequence[Party]) -> list[dict[str, Any]]:
    cells = []
    for party in parties:
        cell = {"party": party, "said": said_by(point, party)}
        if cell["said"] and party is Party.SELF:
            cell["on_behalf"] = cell["said"].by.role != Role.VILLAGE_REPORTER
        if form is not None and form.party is party:
            cell["state"], cell["finding"] = form[f"state-{point.pk}"], form[f"finding-{point.pk}"]
            cell["file"] = form[f"file-{point.pk}"]
        cells.append(cell)
    return cells


@policy(ENTERERS, scope="lookback")
@require_POST
def save(request: HttpRequest, uid: str) -> HttpResponse:
    """Save one party's part."""
    lookback = lookback_of(request, uid)
    party = _party(request.POST.get("party", ""), actions.parties_of(lookback, request.post))
    form = PartyForm(request.POST, request.FILES, points=lookback.checkpoints.all(), party=party)
    given = {"lookback_id": lookback.pk, "version": opened_version(request), **_now(request)}
    if (
        carry_out(
            form,
            lambda: actions.save_views(party=party, answers=form.answers(), files=form.chosen(), **given),
        )
        is None
    ):
        return page_of(request, lookback, 422, form=form)
    messages.success(request, _saved(lookback_of(request, uid), party))
    return redirect(f"{lookback.get_absolute_url()}?party={party.value}")


def _now(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.post, "at": timezone.now()}


def _saved(lookback: Lookback, party: Party) -> str:
    """What was saved, what is left of it, and who is next."""
    known = parties_in(lookback.scheme)
    left = rules.missing(actions.asked_of(lookback), actions.views_of(lookback), known.order)
    title = known.title(party)
    if party in left:
        return f"{title}已保存，还有 {len(left[party])} 项没有填写。"
    case, organ = lookback.case, concluding_organ(lookback)
    following = {
        Party.SELF: f"由{case.township or case.county}检查",
        Party.SUPERIOR: f"由{case.county.organ}组织部考核验收",
    }
    if party not in following or party is known.judging:
        return f"{title}已填写完整，下一步由{organ}作出结论。"
    return f"{title}已填写完整，下一步{following[party]}。"
