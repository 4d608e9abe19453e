"""报送情况: the table of units and what was due, the list behind each number, the one button that reminds."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import Role
from accounts.tables import Column
from accounts.tables import render as table
from accounts.year import working_year
from organizations.models import Organization
from organizations.rules import Level
from rectification.filings import reminding
from rectification.filings.matrix import ALL, Cell, Matrix, matrix_of
from rectification.filings.matrix_rules import LABELS, RECEIVED

WIDE = frozenset({Role.CITY_REVIEWER, Role.COUNTY_OFFICER})
HEADS = {"": "应报", **{str(one): label for one, label in LABELS.items()}, RECEIVED: "已接收"}
COLUMNS = (
    Column("unit", "单位", "unit.name", width=14),
    Column("above", "上级", "unit.above", width=12),
    Column(
        "item",
        "事项",
        lambda cell: f"{cell.item.title}{cell.item.period and f'（{cell.item.period}）'}",
        width=30,
    ),
    Column("due_on", "时限", kind="date", width=14),
    Column(
        "state", "情况", lambda cell: cell.state.words, kind="light", tone=lambda cell: cell.tone, width=14
    ),
    Column("open", "查看", lambda cell: "打开", kind="link", link=lambda cell: cell.url, width=8),
)


def asked(request: HttpRequest, data: Any) -> tuple[Matrix, Organization | None]:
    """The table the address or the form asks for; what makes no sense is left out."""
    units = Organization.objects.visible_to(request.post)
    keys = units.of_uids([data.get("under", "")]) if data.get("under") else []
    under = units.filter(pk__in=keys).first() if keys else None
    made = matrix_of(
        request.post,
        working_year(request),
        level=data.get("level", ""),
        period=data.get("period", ""),
        under=under,
    )
    return made, under


def _query(found: Matrix, under: Organization | None, **more: Any) -> str:
    kept = {"level": found.level, "period": found.period, "under": under.uid if under else "", **more}
    return "?" + urlencode({name: value for name, value in kept.items() if value})


def _month(period: str) -> str:
    return "全部时段" if period == ALL else f"{int(period[5:])}月" if period else ""


@policy(WIDE, scope="none")
@require_GET
def matrix(request: HttpRequest) -> HttpResponse:
    """Units × what was due: ?level= whose, ?period= which month of a series, ?under= one county's."""
    found, under = asked(request, request.GET)
    levels = [(_query(found, None, level=one), Level(one).label, one == found.level) for one in found.levels]
    context = {
        "found": found,
        "year": found.year,
        **_body(found, under),
        "heads": HEADS,
        "owed": [(item, len(found.owed(item.key))) for item in found.items],
        "all_owed": len(found.owed()),
        "levels": levels,
        "periods": [(one, _month(one)) for one in (*found.periods, ALL)] if found.periods else [],
        "counties": _counties(request, found),
        "under": under,
    }
    return render(request, "rectification/filings/matrix.html", context)


def _body(found: Matrix, under: Organization | None) -> dict[str, Any]:
    """The rows with their numbers, and the numbers under the columns; each number leads to its list."""
    behind = reverse("filings:owed")

    def counted(name: str, number: int, **of: Any) -> dict[str, Any]:
        url = behind + _query(found, under, standing=name, **of) if number else ""
        return {"number": number, "url": url, "owed": name in ("missing", "returned") and number > 0}

    rows = [
        {
            "unit": unit,
            "cells": [found.cells.get((unit.pk, item.key)) for item in found.items],
            "counts": [counted(name, n, unit=unit.uid) for name, n in found.counts(unit=unit.pk).items()],
        }
        for unit in found.units
    ]
    feet = [
        {
            "name": head,
            "cells": [
                counted(name, found.counts(item=item.key)[name], item=item.key) for item in found.items
            ],
            "total": counted(name, found.counts()[name]),
        }
        for name, head in HEADS.items()
    ]
    return {"rows": rows, "feet": feet}


def _counties(request: HttpRequest, found: Matrix) -> list[Organization]:
    """What a city may narrow its townships to."""
    if request.post.role != Role.CITY_REVIEWER or found.level == Level.COUNTY:
        return []
    return list(Organization.objects.visible_to(request.post).filter(level=Level.COUNTY).active())


@policy(WIDE, scope="none")
@require_GET
def owed(request: HttpRequest) -> HttpResponse:
    """The list behind a number: ?unit=, ?item=, ?standing=; the very cells of the table."""
    found, under = asked(request, request.GET)
    given = {name: request.GET.get(name, "") for name in ("unit", "item", "standing")}
    standing = given["standing"] if given["standing"] in HEADS else ""
    cells = found.listed(unit=given["unit"] or None, item=given["item"], name=standing)
    page = Paginator(cells, 100).get_page(request.GET.get("page"))
    title = next((f"{one.title}{one.period}" for one in found.items if one.key == given["item"]), "")
    unit = next((one.name for one in found.units if str(one.uid) == given["unit"]), "")
    context = {
        "page": page,
        "count": len(cells),
        "table": table(COLUMNS, page.object_list, caption="报送情况逐项"),
        "about": "，".join(words for words in (unit, title, _month(found.period), HEADS[standing]) if words),
        "back": reverse("filings:matrix") + _query(found, under),
        "year": found.year,
    }
    return render(request, "rectification/filings/owed.html", context)


@policy(WIDE, scope="none")
@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """提醒未报单位: of one column (item) or of all that the table shows."""
    found, under = asked(request, request.POST)
    item = request.POST.get("item", "")
    missing: list[Cell] = found.owed(item)
    try:
        done = reminding.press(duties=[cell.duty for cell in missing], by=request.post, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if done.told:
            said = f"已提醒{_names(done.told)}，下一步由这些单位报送；同一事项当天不再重复提醒。"
            messages.success(request, said)
        if done.vacant:
            messages.warning(request, f"{_names(done.vacant)}没有在岗的经办人，没有提醒到。")
    return redirect(reverse("filings:matrix") + _query(found, under))


def _names(units: list[str]) -> str:
    return f"{'、'.join(units[:8])}等{len(units)}个单位" if len(units) > 8 else "、".join(units)
