"""Looking around in the tree: browse, search, one unit's page."""

from typing import Any

from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.changes import Entry, changes_of
from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS, SUBTREE, Role
from organizations.models import STEP, Appointment, Organization, OrganizationQuerySet
from organizations.outline import branches, places
from organizations.rules import Level
from organizations.scope import TREE_KEEPERS

READERS = CASE_READERS | TREE_KEEPERS
BROWSERS = SUBTREE | TREE_KEEPERS
FOUND_AT_MOST = 100
PICKED_AT_MOST = 20


@policy(BROWSERS, scope="none")
@require_GET
def tree(request: HttpRequest) -> HttpResponse:
    """The top of what the post may see; branches open one by one."""
    units = Organization.objects.visible_to(request.post)
    top = request.post.organization if request.post.role in SUBTREE else None
    roots = units.filter(pk=top.pk) if top else units.filter(depth=1)
    rows = branches(roots)
    only = rows[0].unit if len(rows) == 1 else None
    below = branches(Organization.objects.get_children(only)) if only else []
    context = {
        "rows": rows,
        "below": below,
        "only": only,
        "undecided": units.unclassified().count() if request.post.role in OFFICERS else 0,
        "may_edit": request.post.role in OFFICERS,
    }
    return render(request, "organizations/tree.html", context)


@policy(BROWSERS, scope="organization")
@require_GET
def branch(request: HttpRequest, uid: str) -> HttpResponse:
    """The units right below one: a page of its own, or the part of the tree that htmx puts in place."""
    unit = get_object_or_404(Organization.objects.visible_to(request.post), uid=uid)
    context = {
        "unit": unit,
        "below": branches(Organization.objects.get_children(unit)),
        "above": _above(request, unit),
    }
    template = "organizations/branch.html#branch" if request.htmx else "organizations/branch.html"
    return render(request, template, context)


@policy(READERS, scope="none")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """?q= a piece of the name, pinyin initials or the start of the code."""
    words = request.GET.get("q", "").strip()[:50]
    units = list(_found(request.post, words)[: FOUND_AT_MOST + 1]) if words else []
    where = places(units)
    context = {
        "q": words,
        "found": [(unit, where[unit.path]) for unit in units[:FOUND_AT_MOST]],
        "more": len(units) > FOUND_AT_MOST,
        "limit": FOUND_AT_MOST,
    }
    return render(request, "organizations/search.html", context)


@policy(READERS, scope="none")
@require_GET
def pick(request: HttpRequest) -> JsonResponse:
    """The same for pickers: up to twenty units as JSON; ?level= narrows to one level."""
    words = request.GET.get("q", "").strip()[:50]
    units = _found(request.post, words).active() if words else Organization.objects.none()
    if request.GET.get("level") in set(Level):
        units = units.filter(level=request.GET["level"])
    units = list(units[:PICKED_AT_MOST])
    where = places(units)
    rows = [
        {
            "uid": str(unit.uid),
            "name": unit.name,
            "short_name": unit.short_name,
            "code": unit.code,
            "level": unit.get_level_display(),
            "field": unit.get_field_display(),
            "place": where[unit.path],
        }
        for unit in units
    ]
    return JsonResponse({"results": rows})


def _found(post: Appointment, words: str) -> OrganizationQuerySet:
    """What matches, the exact names and codes first, higher units before lower ones."""
    exact = Case(
        When(short_name=words, then=Value(0)),
        When(name=words, then=Value(0)),
        When(code=words, then=Value(0)),
        default=Value(1),
    )
    return Organization.objects.visible_to(post).matching(words).order_by(exact, "depth", "path")


@policy(READERS, scope="organization")
@require_GET
def detail(request: HttpRequest, uid: str) -> HttpResponse:
    """What is known of one unit, who works there, what happened to it."""
    unit = get_object_or_404(Organization.objects.visible_to(request.post), uid=uid)
    role = request.post.role
    context = {
        "unit": unit,
        "above": _above(request, unit),
        "summary": next(iter(branches([unit]))) if unit.level != Level.GRASSROOTS else None,
        "children": Organization.objects.get_children(unit).active().count() if role in BROWSERS else 0,
        "posts": Appointment.objects.filter(organization=unit)
        .current(timezone.localdate())
        .select_related("user"),
        "history": history_of(unit),
        "cases_url": _cases_url(unit) if role in CASE_READERS else "",
        "may_edit": role in OFFICERS and unit.is_open,
        "may_keep": role == Role.SYSTEM_ADMIN,
        "may_browse": role in BROWSERS,
    }
    return render(request, "organizations/detail.html", context)


def history_of(unit: Organization) -> list[Entry]:
    """A unit's history; its place in the tree is told by the name of the unit above."""

    def above(paths: Any) -> dict[str, str]:
        rows = Organization.objects.filter(path__in={path[:-STEP] for path in paths}).order_by()
        names = dict(rows.values_list("path", "name"))
        return {
            path: names.get(path[:-STEP], "（原上级已调整）") if path[:-STEP] else "（最上级）"
            for path in paths
        }

    return changes_of(unit, labels={"path": "上级单位"}, names={"path": above})


def _above(request: HttpRequest, unit: Organization) -> list[dict[str, Any]]:
    """The way down to the unit; units above one's own are named but lead nowhere."""
    units = list(Organization.objects.above(unit).exclude(pk=unit.pk))
    seen = Organization.objects.visible_to(request.post).filter(pk__in=[one.pk for one in units])
    mine = set(seen.order_by().values_list("pk", flat=True))
    return [{"unit": one, "open": one.pk in mine} for one in units]


def _cases_url(unit: Organization) -> str:
    """The list of cases below this unit, by address only: this room does not know the cases."""
    try:
        return f"{reverse('cases:list')}?unit={unit.uid}"
    except NoReverseMatch:
        return ""
