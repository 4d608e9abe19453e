"""台账栏目: what a scheme's ledgers look like, set by whoever issued it, and what is typed into columns of its own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import SUBTREE
from accounts.tables import Column
from rectification.schemes.models import Scheme
from reports import column_actions as actions
from reports import column_rules as rules
from reports.column_models import LedgerColumn
from reports.column_reading import setting, settings_by_ledger, settings_of
from reports.column_rules import Setting
from reports.ledgers import LEDGERS, Ledger, Selection

BLANK_ROWS = 3


@policy(SUBTREE, scope="scheme")
@require_GET
def columns(request: HttpRequest, uid: str) -> HttpResponse:
    """Every ledger under a scheme and whether its columns differ from the original."""
    scheme = _scheme(request, uid)
    rows, every = [], settings_by_ledger(scheme)
    selection = Selection(request.post, scheme.issuer, scheme.year, {})
    for ledger in LEDGERS.values():
        kept, own = every.get(ledger.key, ([], False))
        differs = _differs(ledger.declared(selection).columns, kept)
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
