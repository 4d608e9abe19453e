"""Pages of the saved views: keep the list in hand, the list of one's views, changing one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import Invalid, Refused
from accounts.policy import policy
from accounts.roles import WORKERS
from accounts.submission import carry_out
from reports import saved_views
from reports.view_models import SavedView


class ViewForm(forms.Form):
    """Its name and whether colleagues of the unit see it."""

    name = forms.CharField(label="名称", max_length=40)
    shared = forms.BooleanField(label="本单位同岗位共用", required=False)


def route_of(path: str) -> str:
    """The page of an address without an object in it; "" where there is none."""
    try:
        match = resolve(path.partition("?")[0])
    except Resolver404:
        return ""
    return "" if match.kwargs or match.args else match.view_name


@policy(WORKERS, scope="none")
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the list one came from, with its filters."""
    path = request.POST.get("path", "")
    route, form = route_of(path), ViewForm(request.POST)
    if not route:
        messages.error(request, "没有保存：这个页面不能保存为常用视图")
        return redirect("reports:views")
    if not form.is_valid():
        messages.error(request, "没有保存：请填写名称（不超过 40 个字）")
        return redirect(path)
    try:
        view = saved_views.keep(
            by=request.post,
            at=timezone.now(),
            route=route,
            query=path.partition("?")[2],
            **form.cleaned_data,
        )
    except (Invalid, Refused) as refused:
        messages.error(request, f"没有保存：{refused}")
        return redirect(path)
    messages.success(request, f"已保存为常用视图“{view.name}”，在本页筛选下方可随时打开。")
    return redirect(saved_views.address_of(view))


@policy(WORKERS, scope="none")
@require_http_methods(["GET"])
def views(request: HttpRequest) -> HttpResponse:
    """One's own views and those shared in the unit."""
    rows = SavedView.objects.visible_to(request.post).select_related("by__user")
    lines = [
        {"view": view, "url": saved_views.address_of(view), "own": view.by_id == request.post.pk}
        for view in rows
    ]
    return render(request, "reports/views.html", {"lines": lines})


@policy(WORKERS, scope="saved_view")
@require_http_methods(["GET", "POST"])
def view(request: HttpRequest, uid: str) -> HttpResponse:
    """Rename, share or drop one."""
    found = get_object_or_404(SavedView.objects.visible_to(request.post), uid=uid)
    given: dict[str, Any] = {"view_id": found.pk, "by": request.post}
    if request.method == "POST" and "drop" in request.POST:
        return _dropped(request, found, given)
    form = ViewForm(request.POST or None, initial={"name": found.name, "shared": found.shared})
    changed = form.is_bound and carry_out(form, lambda: saved_views.change(**given, **form.cleaned_data))
    if changed:
        messages.success(request, "常用视图已更改。")
        return redirect("reports:views")
    context = {"view": found, "form": form, "own": found.by_id == request.post.pk}
    return render(request, "reports/view.html", context, status=422 if form.errors else 200)


def _dropped(request: HttpRequest, found: SavedView, given: dict[str, Any]) -> HttpResponse:
    try:
        saved_views.drop(**given)
    except ObjectDoesNotExist:  # two clicks at once: the first did it
        messages.info(request, f"常用视图“{found.name}”已经删去。")
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已删去常用视图“{found.name}”。")
    return redirect("reports:views")
