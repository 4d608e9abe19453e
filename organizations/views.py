"""Looking around in the tree: browse, search, one unit's page."""

from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS, SUBTREE, Role
from organizations.models import Appointment, Organization, OrganizationQuerySet
from organizations.outline import branches, history_of, places, way_to
from organizations.record_views import records_of
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
    below = branches(units.children_of(only)) if only else []
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
    units = Organization.objects.visible_to(request.post)
    unit = get_object_or_404(units, uid=uid)
    context = {
        "unit": unit,
        "below": branches(units.children_of(unit)),
        "above": way_to(unit, request.post),
    }
    template = "organizations/branch.html#branch" if request.htmx else "organizations/branch.html"
    return render(request, template, context)


@policy(READERS, scope="none")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """?q= a piece of the name, pinyin initials or the start of the code."""
    words = request.GET.get("q", "").strip()[:50]
    units = list(_found(request.post, words)[: FOUND_AT_MOST + 1]) if words else []
    where = places(units, request.post)
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
    where = places(units, request.post)
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
    units = Organization.objects.visible_to(request.post)
    unit = get_object_or_404(units, uid=uid)
    role = request.post.role
    context = {
        "unit": unit,
        "above": way_to(unit, request.post),
        "summary": next(iter(branches([unit]))) if unit.level != Level.GRASSROOTS else None,
        "children": units.children_of(unit).active().count() if role in BROWSERS else 0,
        "posts": unit.appointment_set.current(timezone.localdate()).select_related("user"),
        "history": history_of(unit),
        "cases_url": _cases_url(unit) if role in CASE_READERS else "",
        "may_edit": role in OFFICERS and unit.is_open,
        "may_keep": role == Role.SYSTEM_ADMIN,
        "may_browse": role in BROWSERS,
        **records_of(unit, request.post),
    }
    return render(request, "organizations/detail.html", context)


def _cases_url(unit: Organization) -> str:
    """The list of cases below this unit, by address only: this room does not know the cases."""
    try:
        return f"{reverse('cases:list')}?unit={unit.uid}"
    except NoReverseMatch:
        return ""
