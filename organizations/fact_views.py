"""Writing down what is known of units: the edit form, and the fields that a person has to decide."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.errors import Invalid, Refused, StaleVersion
from accounts.policy import policy
from accounts.roles import OFFICERS
from organizations import actions
from organizations.forms import DecideForm, FactsForm
from organizations.models import Organization
from organizations.outline import places
from organizations.rules import Field, read_field

PAGE = 50


def opened_version(request: HttpRequest) -> int | None:
    """The version the form was opened with; a form without one is stale in any case."""
    version = request.POST.get("_version", "")
    return int(version) if version.isdecimal() and len(version) < 10 else 0


@policy(OFFICERS, scope="organization")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uid: str) -> HttpResponse:
    """What is known of one unit; two officers at once never overwrite each other unseen."""
    unit = get_object_or_404(Organization.objects.visible_to(request.post), uid=uid)
    opened = Organization.objects.visible_to(request.post).get(pk=unit.pk)
    form = FactsForm(request.POST or None, instance=unit)
    stale = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_facts(
                unit_id=unit.pk,
                version=opened_version(request),
                facts=form.cleaned_data,
                by=request.post,
                at=timezone.now(),
            )
        except StaleVersion as refused:
            stale = refused.current
        except Invalid as refused:
            for name, texts in refused.errors.items():
                form.add_error(name or None, texts)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{unit.short_name}的信息已保存，名册、台账随之更新。")
            return redirect("organizations:detail", uid=uid)
    context = {"unit": stale or opened, "form": form, "stale": stale}
    return render(request, "organizations/edit.html", context, status=422 if form.errors or stale else 200)


@policy(OFFICERS, scope="none")
@require_http_methods(["GET", "POST"])
def undecided(request: HttpRequest) -> HttpResponse:
    """Grassroots units whose name does not tell their field: a person decides, several at once."""
    units = Organization.objects.visible_to(request.post)
    form = DecideForm(request.POST or None)
    chosen = request.POST.getlist("unit")[:1000]
    if request.method == "POST" and form.is_valid():
        refusal = _decide(request, chosen, Field(form.cleaned_data["field"]))
        if refusal is None:
            return redirect("organizations:undecided")
        form.add_error(None, refusal)
    page = Paginator(units.unclassified(), PAGE).get_page(request.GET.get("page"))
    where = places(page, request.post)
    rows = [(unit, where[unit.path], read_field(unit.name).reason, str(unit.uid) in chosen) for unit in page]
    context = {"page": page, "rows": rows, "form": form}
    return render(request, "organizations/undecided.html", context, status=422 if form.errors else 200)


def _decide(request: HttpRequest, chosen: list[str], field: Field) -> str | None:
    """Carry out a decision; the reason when it cannot be."""
    if not chosen:
        return "请先勾选要确定领域的单位"
    try:
        found = Organization.objects.visible_to(request.post).of_uids(chosen)
        if len(found) != len(set(chosen)):
            return "所选单位中有的不存在或不在您的管辖范围内，没有写入任何内容"
        actions.decide_field(unit_ids=found, field=field, by=request.post, at=timezone.now())
    except Refused as refused:
        return str(refused)
    messages.success(request, f"已将 {len(found)} 个单位的领域确定为“{field.label}”，摸排时按此领域排名。")
    return None
