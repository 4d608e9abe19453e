"""台账栏目: what a scheme's ledgers look like, set by whoever issued it, and what is typed into columns of its own."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import Invalid, Refused
from accounts.policy import policy
from accounts.roles import OFFICERS, SUBTREE
from accounts.tables import Column, show
from rectification.schemes.models import Scheme
from reports import column_actions as actions
from reports import column_rules as rules
from reports.column_models import LedgerColumn
from reports.column_reading import scheme_of, setting, settings_of
from reports.column_rules import Setting
from reports.ledger_pages import Asked, asked
from reports.ledgers import LEDGERS, Ledger, Selection
from reports.sheet import live

BLANK_ROWS = 3
PAGE = 60
NAMING = ("township", "organization", "problem", "measure")


@policy(SUBTREE, scope="scheme")
@require_GET
def columns(request: HttpRequest, uid: str) -> HttpResponse:
    """Every ledger under a scheme and whether its columns differ from the original."""
    scheme = _scheme(request, uid)
    rows = []
    for ledger in LEDGERS.values():
        kept, own = settings_of(scheme, ledger.key)
        declared = _declared(request, scheme, ledger)
        differs = _differs(declared, kept)
        rows.append({"ledger": ledger, "title": ledger.title.format(year=scheme.year), "own": own} | differs)
    refusal = actions.setting_refusal(scheme, request.post)
    return render(request, "reports/columns.html", {"scheme": scheme, "rows": rows, "refusal": refusal})


def _differs(declared: tuple[Column, ...], kept: list[LedgerColumn]) -> dict[str, Any]:
    known = {column.key: column for column in declared}
    settings = [setting(row) for row in kept]
    present = [one for one in settings if one.key in known]
    return {
        "hidden": sum(one.hidden for one in settings if one.added or one.key in known),
        "renamed": sum(bool(one.title) or one.group != known[one.key].group for one in present),
        "added": sum(one.added and not one.hidden for one in settings),
        "gone": len(rules.gone(declared, settings)),
        "moved": [one.key for one in present] != [key for key in known if key in {p.key for p in present}],
    }


def _scheme(request: HttpRequest, uid: str) -> Scheme:
    rows = Scheme.objects.visible_to(request.post).select_related("issuer", "based_on")
    return get_object_or_404(rows, uid=uid)


def _declared(request: HttpRequest, scheme: Scheme, ledger: Ledger) -> tuple[Column, ...]:
    return ledger.declared(Selection(request.post, scheme.issuer, scheme.year, {})).columns


@policy(SUBTREE, scope="scheme")
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, uid: str, key: str) -> HttpResponse:
    """The columns of one ledger under a scheme: their names, groups and order, which are left out, which are added."""
    scheme, ledger = _scheme(request, uid), LEDGERS.get(key)
    if ledger is None:
        raise Http404
    declared = _declared(request, scheme, ledger)
    kept, own = settings_of(scheme, key)
    lines, error = _lines(declared, kept), ""
    status = 200
    if request.method == "POST":
        typed = _typed(request, lines, [row.key for row in kept])
        try:
            _save(request, scheme, key, declared, typed)
        except Refused as refused:
            error, status, lines = str(refused), 422, typed
        else:
            messages.success(request, "栏目已保存，屏幕、Excel、PDF 和以后的报送都按此显示；已报送的不变。")
            return redirect("reports:column_settings", scheme.uid, key)
    context = {
        "scheme": scheme,
        "ledger": ledger,
        "title": ledger.title.format(year=scheme.year),
        "lines": lines,
        "blank": range(BLANK_ROWS),
        "gone": rules.gone(declared, [setting(row) for row in kept]),
        "merges": _merges(declared, ledger),
        "own": own,
        "kept": kept,
        "seen": actions.fingerprint([setting(row) for row in kept]),
        "refusal": actions.setting_refusal(scheme, request.post),
        "error": error,
    }
    return render(request, "reports/column_settings.html", context, status=status)


def _merges(declared: tuple[Column, ...], ledger: Ledger) -> bool:
    """Whether an added column may have one cell an object instead of one a row."""
    return len(ledger.parts) > 1 and any(column.merge for column in declared)


def _lines(declared: tuple[Column, ...], kept: list[LedgerColumn]) -> list[dict[str, Any]]:
    """The lines of the form, one a column, in order."""
    originals = {column.key: column for column in declared}
    lines = []
    for place, (column, one) in enumerate(rules.ordered(declared, [setting(row) for row in kept]), 1):
        original = originals.get(column.key)
        lines.append(
            {
                "key": column.key,
                "original": original.title if original else "（新增栏目）",
                "added": original is None,
                "title": column.title,
                "group": column.group,
                "hidden": bool(one and one.hidden),
                "level": one.level if one else 0,
                "was": place,
                "place": place,
                "drop": False,
            }
        )
    return lines


def _typed(request: HttpRequest, lines: list[dict[str, Any]], known: list[str]) -> list[dict[str, Any]]:
    """The lines as they were typed, in the order asked for, with the new ones that have a name."""
    typed = []
    for line in lines:
        name = line["key"]
        place = request.POST.get(f"place-{name}", "").strip()
        typed.append(
            line
            | {
                "title": request.POST.get(f"title-{name}", line["title"]).strip()[:40] or line["title"],
                "group": request.POST.get(f"group-{name}", line["group"]).strip()[:40],
                "hidden": f"hidden-{name}" in request.POST,
                "place": int(place) if place.isdecimal() and len(place) < 5 else line["was"],
                "drop": line["added"] and f"drop-{name}" in request.POST,
            }
        )
    keys = [*known, *(line["key"] for line in lines)]
    for number in range(BLANK_ROWS):
        title = request.POST.get(f"new-title-{number}", "").strip()[:40]
        if not title:
            continue
        keys.append(rules.next_key(keys))
        place = request.POST.get(f"new-place-{number}", "").strip()
        at = int(place) if place.isdecimal() and len(place) < 5 else len(lines) + number + 1
        typed.append(
            {
                "key": keys[-1],
                "original": "（新增栏目）",
                "added": True,
                "title": title,
                "group": request.POST.get(f"new-group-{number}", "").strip()[:40],
                "hidden": False,
                "level": int(bool(request.POST.get(f"new-level-{number}"))),
                "was": len(lines) + number + 1,
                "place": at,
                "drop": False,
            }
        )
    order = rules.moved([(line["key"], line["was"], line["place"]) for line in typed])
    return sorted(typed, key=lambda line: order.index(line["key"]))


def _save(
    request: HttpRequest,
    scheme: Scheme,
    key: str,
    declared: tuple[Column, ...],
    typed: list[dict[str, Any]],
) -> None:
    originals = {column.key: column.title for column in declared}
    wanted = [
        Setting(
            line["key"],
            "" if line["title"] == originals.get(line["key"]) else line["title"],
            line["group"],
            line["hidden"],
            line["added"],
            line["level"],
        )
        for line in typed
    ]
    drop = {line["key"] for line in typed if line["drop"]} | set(request.POST.getlist("gone"))
    actions.save_columns(
        scheme=scheme,
        ledger=key,
        declared=declared,
        wanted=wanted,
        drop=drop,
        seen=request.POST.get("seen", ""),
        by=request.post,
        at=timezone.now(),
    )


@policy(SUBTREE, scope="scheme")
@require_POST
def reset(request: HttpRequest, uid: str, key: str) -> HttpResponse:
    """Back to the columns as the system has them."""
    scheme, ledger = _scheme(request, uid), LEDGERS.get(key)
    if ledger is None:
        raise Http404
    try:
        actions.reset(
            scheme=scheme,
            ledger=key,
            declared=_declared(request, scheme, ledger),
            by=request.post,
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已恢复原有栏目；新增栏目里填过的内容保留，不再显示。")
    return redirect("reports:column_settings", scheme.uid, key)


# --- what is typed into added columns --------------------------------------------------------------------------


@policy(OFFICERS, scope="none")
@require_http_methods(["GET", "POST"])
def cells(request: HttpRequest, key: str) -> HttpResponse:
    """填写新增栏目: row by row, within the scope of the unit chosen."""
    data = request.POST or request.GET
    wanted = asked(request, LEDGERS.get(key), {name: data.get(name, "") for name in ("unit", "year")})
    scheme = scheme_of(wanted.unit, wanted.year)
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
