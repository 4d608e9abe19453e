"""An organization's years and its committee: entered one by one, kept with their history."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.changes import changes_of
from accounts.policy import policy
from accounts.roles import SUBTREE
from accounts.submission import carry_out, opened_version
from organizations import record_actions
from organizations.models import Appointment, Organization
from organizations.record_forms import AbolishForm, HolderForm, PostForm, RecordForm
from organizations.record_models import LeaderPost, YearRecord
from organizations.record_rules import FIRST_YEAR
from organizations.rules import Level

YEARS_SHOWN = 6


def records_of(unit: Organization, post: Appointment) -> dict[str, Any]:
    """What a unit's own page says of its years and its committee: nothing to those who see no content, 2 queries."""
    today = timezone.localdate()
    refused = record_actions.keep_refusal(unit, post)
    return {
        "shows_records": unit.level == Level.GRASSROOTS and post.role in SUBTREE,
        "keeps_records": refused is None,
        "keeps_sheets": post.role in record_actions.KEEPERS,
        "committee": LeaderPost.objects.visible_to(post).filter(organization=unit).current(today),
        "years": YearRecord.objects.visible_to(post).filter(organization=unit)[:YEARS_SHOWN],
        "this_year": today.year,
    }


def _unit(request: HttpRequest, uid: str) -> Organization:
    return get_object_or_404(Organization.objects.visible_to(request.post).grassroots(), uid=uid)


@policy(SUBTREE, scope="organization")
@require_http_methods(["GET", "POST"])
def year_record(request: HttpRequest, uid: str, year: int) -> HttpResponse:
    """One year of an organization: read by all above and in it, written by the township and the county."""
    unit = _unit(request, uid)
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        raise Http404
    record = YearRecord.objects.visible_to(request.post).filter(organization=unit, year=year).first()
    form = RecordForm(request.POST or None, instance=record)
    refused = record_actions.keep_refusal(unit, request.post)
    if request.method == "POST":
        given = {"unit_id": unit.pk, "year": year, "version": opened_version(request)}
        now = {"by": request.post, "at": timezone.now()}
        if carry_out(form, lambda: record_actions.save_record(**given, **now, facts=form.cleaned_data)):
            messages.success(
                request,
                f"{unit.short_name}{year}年情况已保存，摸排时显示在评分旁边，供乡镇和县委组织部参考。",
            )
            return redirect(f"{unit.get_absolute_url()}#years")
        record = YearRecord.objects.visible_to(request.post).filter(organization=unit, year=year).first()
    context = {
        "unit": unit,
        "year": year,
        "form": form,
        "refused": refused,
        "record": record,
        "version": record.version if record else 0,
        "history": changes_of(record, skip={"organization", "year"}) if record else [],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "organizations/year_record.html", context, status=status)


@policy(record_actions.KEEPERS, scope="organization")
@require_http_methods(["GET", "POST"])
def post_new(request: HttpRequest, uid: str) -> HttpResponse:
    """Set up a post in an organization's committee."""
    unit = _unit(request, uid)
    form = PostForm(request.POST or None)
    if request.method == "POST":
        now = {"by": request.post, "at": timezone.now()}
        made = carry_out(form, lambda: record_actions.add_post(unit_id=unit.pk, **form.cleaned_data, **now))
        if made:
            messages.success(request, f"已登记{unit.short_name}“{made}”。")
            return redirect(f"{unit.get_absolute_url()}#committee")
    context = {"unit": unit, "form": form, "refused": record_actions.keep_refusal(unit, request.post)}
    return render(request, "organizations/post_new.html", context, status=422 if form.errors else 200)


def _post(request: HttpRequest, uid: str) -> LeaderPost:
    return get_object_or_404(
        LeaderPost.objects.visible_to(request.post).select_related("organization"), uid=uid
    )


@policy(SUBTREE, scope="leader_post")
@require_http_methods(["GET", "POST"])
def post_detail(request: HttpRequest, uid: str) -> HttpResponse:
    """A post of a committee, who held it, and the form that changes the holder."""
    seat = _post(request, uid)
    form = HolderForm.of(seat, request.POST or None)
    if request.method == "POST":
        given = {"post_id": seat.pk, "version": opened_version(request), **_now(request)}
        held = carry_out(form, lambda: record_actions.hold(**given, **form.cleaned_data))
        if held:
            who = f"由{held.holder}担任" if held.holder else "空缺"
            messages.success(
                request, f"{seat.organization.short_name}“{held.title}”已登记为{who}，前任保留在变动记录里。"
            )
            return redirect("organizations:post", uid=seat.uid)
    return _seat_page(request, seat, form=form)


def _now(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.post, "at": timezone.now()}


def _seat_page(request: HttpRequest, seat: LeaderPost, **bound: Any) -> HttpResponse:
    seat = _post(request, str(seat.uid))  # as it stands after a refusal
    form = bound.get("form") or HolderForm.of(seat)
    ending = bound.get("ending") or AbolishForm(prefix="end")
    context = {
        "unit": seat.organization,
        "seat": seat,
        "form": form,
        "ending": ending,
        "refused": record_actions.post_refusal(seat, request.post),
        "history": changes_of(seat, skip={"organization"}),
    }
    status = 422 if any(one.is_bound and one.errors for one in (form, ending)) else 200
    return render(request, "organizations/post.html", context, status=status)


@policy(record_actions.KEEPERS, scope="leader_post")
@require_POST
def post_abolish(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a post out of the committee."""
    seat = _post(request, uid)
    ending = AbolishForm(request.POST, prefix="end")
    given = {"post_id": seat.pk, "version": opened_version(request), **_now(request)}
    if carry_out(ending, lambda: record_actions.abolish(**given, **ending.cleaned_data)) is None:
        return _seat_page(request, seat, ending=ending)
    messages.success(request, f"{seat.organization.short_name}“{seat.title}”已撤销，历任情况仍可查看。")
    return redirect(f"{seat.organization.get_absolute_url()}#committee")
