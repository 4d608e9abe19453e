"""The shape of the tree, kept by the system administrator: new units, moves, closings."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.errors import Invalid, Refused
from accounts.policy import policy
from accounts.roles import Role
from organizations import actions
from organizations.fact_views import opened_version
from organizations.forms import CloseForm, UnitForm
from organizations.models import Appointment, Organization
from organizations.outline import places
from organizations.rules import Level, placement_refusal
from organizations.scope import subtree

TARGETS_AT_MOST = 30


def _attempt(form: forms.Form, act: Callable[[], Organization]) -> Organization | None:
    """Carry out an action; its refusal goes to the form."""
    try:
        return act()
    except Invalid as refused:
        for name, texts in refused.errors.items():
            form.add_error(name or None, texts)
    except Refused as refused:
        form.add_error(None, str(refused))
    return None


@policy(Role.SYSTEM_ADMIN, scope="organization")
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, uid: str) -> HttpResponse:
    """A unit made by hand under this one."""
    parent = get_object_or_404(Organization.objects.visible_to(request.post), uid=uid)
    form = UnitForm(request.POST or None, parent=parent)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"level": Level(form.cleaned_data["level"])}
        unit = _attempt(
            form,
            lambda: actions.create_unit(parent_id=parent.pk, by=request.post, at=timezone.now(), **data),
        )
        if unit:
            messages.success(
                request,
                f"已在{parent.short_name}下设立{unit.name}，下一步可把下级单位调整到其下，并安排岗位。",
            )
            return redirect(unit)
    context = {"parent": parent, "form": form}
    return render(request, "organizations/create.html", context, status=422 if form.errors else 200)


@policy(Role.SYSTEM_ADMIN, scope="organization")
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, uid: str) -> HttpResponse:
    """Put this unit under another: search the new superior (?q=), choose it, confirm."""
    unit = get_object_or_404(Organization.objects.visible_to(request.post), uid=uid)
    words = request.GET.get("q", "").strip()[:50]
    form = forms.Form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        moved = _attempt(form, lambda: _move(request, unit))
        if moved:
            messages.success(
                request,
                f"{moved.short_name}及其全部下级已调整到新上级之下，代码不变；有关单位即时按新的隶属关系查看。",
            )
            return redirect(moved)
    context = {
        "unit": unit,
        "form": form,
        "q": words,
        "targets": _targets(request.post, unit, words) if words else [],
        "below": Organization.objects.visible_to(request.post).under(unit).count() - 1,
        "place": places([unit])[unit.path],
    }
    return render(request, "organizations/move.html", context, status=422 if form.errors else 200)


def _move(request: HttpRequest, unit: Organization) -> Organization:
    found = Organization.objects.visible_to(request.post).of_uids([request.POST.get("target", "")])
    if not found:
        raise Refused("请先查找并选择新的上级单位")
    return actions.move(
        unit_id=unit.pk,
        target_id=found[0],
        version=opened_version(request),
        by=request.post,
        at=timezone.now(),
    )


def _targets(post: Appointment, unit: Organization, words: str) -> list[tuple[Organization, str]]:
    """Units that may take it, with the place where each lies."""
    levels = [level for level in Level if placement_refusal(Level(unit.level), level) is None]
    rows = Organization.objects.visible_to(post).active().matching(words).filter(level__in=levels)
    rows = rows.exclude(subtree(unit.path).q("path")).exclude(path=unit.path[: -Organization.steplen])
    found = list(rows.order_by("depth", "path")[:TARGETS_AT_MOST])
    where = places(found)
    return [(one, where[one.path]) for one in found]


@policy(Role.SYSTEM_ADMIN, scope="organization")
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, uid: str) -> HttpResponse:
    """Record that this unit was dissolved or merged away."""
    unit = get_object_or_404(Organization.objects.visible_to(request.post), uid=uid)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        closed = _attempt(
            form,
            lambda: actions.close(
                unit_id=unit.pk,
                version=opened_version(request),
                by=request.post,
                at=timezone.now(),
                **form.cleaned_data,
            ),
        )
        if closed:
            messages.success(
                request, f"{closed.short_name}已撤销；历年档案仍可查看，今后不再列入名册和摸排。"
            )
            return redirect(closed)
    context = {"unit": unit, "form": form}
    return render(request, "organizations/close.html", context, status=422 if form.errors else 200)
