"""填写新增栏目: what is typed row by row into the columns a scheme's unit added to a ledger."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.errors import Invalid, Refused
from accounts.policy import policy
from accounts.roles import OFFICERS
from accounts.tables import show
from rectification.schemes.models import Scheme
from reports import column_actions as actions
from reports import column_rules as rules
from reports.column_reading import setting, settings_of
from reports.column_rules import Setting
from reports.ledger_pages import Asked, asked
from reports.ledgers import LEDGERS, Selection
from reports.sheet import live

PAGE = 60
NAMING = ("township", "organization", "problem", "measure")


@policy(OFFICERS, scope="none")
@require_http_methods(["GET", "POST"])
def cells(request: HttpRequest, key: str) -> HttpResponse:
    """填写新增栏目: row by row, within the scope of the unit chosen."""
    data = request.POST or request.GET
    wanted = asked(request, LEDGERS.get(key), {name: data.get(name, "") for name in ("unit", "year")})
    scheme = Scheme.objects.visible_to(request.post).worked_by(wanted.unit, wanted.year)
    kept = settings_of(scheme, key)[0] if scheme else []
    added = [setting(row) for row in kept if row.added and not row.hidden]
    if not added:
        messages.info(request, "这张台账没有新增栏目。")
        return redirect(f"{reverse('reports:ledger', args=[key])}?unit={wanted.unit.uid}&year={wanted.year}")
    rows = _rows(request, wanted, added)
    errors: dict[str, list[str]] = {}
    error = ""
    if request.method == "POST":
        error, errors = _save_cells(request, wanted, scheme, rows)
        if not error:
            return redirect(f"{request.path}?unit={wanted.unit.uid}&year={wanted.year}")
    page = Paginator(rows, PAGE).get_page(data.get("page"))
    for row in page.object_list:
        for cell in row["cells"]:
            cell["errors"] = errors.get(cell["name"], [])
            cell["value"] = request.POST.get(f"now:{cell['name']}", cell["words"])
    context = {
        "wanted": wanted,
        "added": added,
        "page": page,
        "error": error,
        "heads": rows and rows[0]["heads"],
    }
    return render(request, "reports/ledger_cells.html", context, status=422 if error else 200)


def _rows(request: HttpRequest, wanted: Asked, added: list[Setting]) -> list[dict[str, Any]]:
    """The ledger's rows by what names them, with their cells to type; a cell an object stands in its first row."""
    sheet = live(
        wanted.ledger, Selection(request.post, wanted.unit, wanted.year, {}), today=timezone.localdate()
    )
    places = {column.key: i for i, column in enumerate(sheet.columns)}
    naming = [column for column in sheet.columns if column.key in NAMING] or list(sheet.columns[:4])
    naming = [column for column in naming if column.key not in {one.key for one in added}]
    names = wanted.ledger.parts
    rows, seen = [], set()
    for row in sheet.rows:
        record = dict(zip(names, row.parts, strict=True))
        cells = []
        for one in added:
            part = rules.part_words(record, names, one.level)
            name = f"{one.key}:{part}"
            words = row.values[places[one.key]] if name not in seen else None
            cells.append({"name": name, "words": words, "title": one.title, "key": (one.key, part)})
            seen.add(name)
        shown = [show(row.values[places[column.key]], column.kind) for column in naming]
        rows.append({"heads": [column.title for column in naming], "shown": shown, "cells": cells})
    return rows


def _save_cells(
    request: HttpRequest, wanted: Asked, scheme: Scheme, rows: list[dict[str, Any]]
) -> tuple[str, dict[str, list[str]]]:
    known = {cell["name"]: cell["key"] for row in rows for cell in row["cells"] if cell["words"] is not None}
    typed: dict[tuple[str, str], tuple[str, str]] = {}
    for name in request.POST:
        if not name.startswith("now:"):
            continue
        column, _, part = name.removeprefix("now:").partition(":")
        was, now = request.POST.get(f"was:{column}:{part}", ""), request.POST[name].strip()
        if now != was:
            typed[column, part] = (was, now)
    try:
        changed = actions.save_cells(
            scheme=scheme,
            ledger=wanted.ledger.key,
            cells=typed,
            rows=set(known.values()),
            by=request.post,
            at=timezone.now(),
        )
    except Invalid as invalid:
        return f"有 {len(invalid.errors)} 格没有保存，其余也未保存；请核对后再保存", invalid.errors
    except Refused as refused:
        return str(refused), {}
    messages.success(request, f"已保存 {changed} 格，台账随即更新。" if changed else "没有改动。")
    return "", {}
