"""常用视图: keep a list with its filters under a name, rename it, share it within the unit, drop it."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.urls import NoReverseMatch

from accounts.addresses import plain_page
from accounts.errors import Invalid, Refused
from organizations.models import Appointment
from reports.view_models import SavedView

MOST = 50
LEFT_OUT = ("page", "_key")


def address_of(view: Any) -> str:
    """Where a view (its route and query) leads; "" when the page is no more."""
    try:
        page = plain_page(view.route)
    except NoReverseMatch:
        return ""
    return f"{page}?{view.query}" if view.query else page


def filters_in(query: str) -> str:
    """The filters of an address without the page in hand and without what is empty."""
    pairs = parse_qsl(query.lstrip("?"), keep_blank_values=False)
    return urlencode([(name, value) for name, value in pairs if name not in LEFT_OUT])


@transaction.atomic
def keep(*, by: Appointment, at: datetime, route: str, query: str, name: str, shared: bool) -> SavedView:
    """Keep a list under a name; the same name on the same page is kept anew. Raises Invalid, Refused."""
    name, filters = name.strip(), filters_in(query)
    if not name:
        raise Invalid({"name": ["请填写名称"]})
    if len(filters) > 1000:
        raise Refused("筛选条件太长，不能保存；请减少条件")
    _one_after_the_other(by)
    mine = SavedView.objects.filter(by=by)
    if mine.count() >= MOST and not mine.filter(route=route, name=name).exists():
        raise Refused(f"常用视图最多保存 {MOST} 个，请先删去不用的")
    view, _made = SavedView.objects.update_or_create(
        by=by,
        route=route,
        name=name,
        defaults={
            "query": filters,
            "shared": shared,
            "organization": by.organization,
            "role": by.role,
            "at": at,
        },
    )
    return view


def _one_after_the_other(by: Appointment) -> None:
    """Two forms of one post at once would both find a name free."""
    Appointment.objects.select_for_update(no_key=True).get(pk=by.pk)


def _own(view_id: int, by: Appointment) -> SavedView:
    view = (
        SavedView.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("by__user")
        .get(pk=view_id)
    )
    if view.by_id != by.pk:
        raise Refused(f"“{view.name}”由{view.by.user.name}保存，只有本人可以更改")
    return view


@transaction.atomic
def change(*, view_id: int, by: Appointment, name: str, shared: bool) -> SavedView:
    """Rename or share one's own; raises Refused for another's, Invalid for a name there is already."""
    _one_after_the_other(by)
    view, name = _own(view_id, by), name.strip()
    if not name:
        raise Invalid({"name": ["请填写名称"]})
    if SavedView.objects.filter(by=by, route=view.route, name=name).exclude(pk=view.pk).exists():
        raise Invalid({"name": [f"这个页面已有常用视图“{name}”"]})
    view.name, view.shared = name, shared
    view.save(update_fields=["name", "shared"])
    return view


@transaction.atomic
def drop(*, view_id: int, by: Appointment) -> None:
    """Drop one's own: it holds no facts, and its history stays."""
    _own(view_id, by).delete()
