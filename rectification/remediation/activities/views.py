"""An entry of the 工作纪实 on a phone: write it, read it, put it right, withdraw it."""

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.changes import changes_of
from accounts.middleware import wants_json
from accounts.policy import policy
from accounts.roles import CASE_READERS
from accounts.submission import carry_out, opened_version, status_of
from accounts.tables import show
from rectification.cases.models import Case, CaseMember
from rectification.remediation.activities import actions
from rectification.remediation.activities.forms import ActivityForm, WithdrawActivityForm
from rectification.remediation.activities.household_rules import as_words
from rectification.remediation.activities.models import Activity
from rectification.remediation.activities.rules import CHOICES
from rectification.remediation.activities.standing import standings

MEMBERS = Prefetch("members", CaseMember.objects.order_by("kind", "from_on"))
PLACE = ("organization", "scheme", "township", "county")


@policy(actions.WRITERS, scope="case")
@never_cache
@require_http_methods(["GET", "POST"])
def activity_add(request: HttpRequest, uid: str) -> HttpResponse:
    """Write an entry; the page keeps it on the phone while there is no network (static/js/outbox.js)."""
    case = get_object_or_404(
        Case.objects.visible_to(request.post).select_related(*PLACE).prefetch_related(MEMBERS), uid=uid
    )
    post = request.POST if request.method == "POST" else None
    form = ActivityForm(post, request.FILES or None, case=case, post=request.post)
    if post is not None:
        kept = carry_out(
            form,
            lambda: actions.log_activity(
                case_id=case.pk,
                written=form.written(),
                uploads=form.uploads(),
                key=uuids.UUID(request.POST["_key"]),
                by=request.post,
                at=timezone.now(),
            ),
        )
        if kept is not None:
            messages.success(request, _said("已登记", kept, case))
            return redirect(kept)
    context = {
        "case": case,
        "form": form,
        "was": request.POST.get("_key", ""),
        "refused": actions.log_refusal(case, request.post),
        "lines": _lines(case),
    }
    return render(request, "rectification/remediation/activity_add.html", context, status=status_of(form))


def _said(done: str, activity: Activity, case: Case) -> str:
    """What happened and what comes next: how far the duties are that this entry counts for."""
    lines = [f"{line.title}：{line.forecast.text}" for line in _lines(case)]
    return f"{done}{activity}。" + (f"{'；'.join(lines)}。" if lines else "")


def _lines(case: Case) -> list[Any]:
    today = timezone.localdate()
    return [one for one in standings([case], today)[case.pk] if one.concerns(today)]


def _activity(request: HttpRequest, uid: str) -> Activity:
    members = Prefetch("members", CaseMember.objects.select_related("user").order_by("kind", "from_on"))
    rows = Activity.objects.visible_to(request.post).select_related(
        "by__user", "by__organization", *(f"case__{name}" for name in PLACE)
    )
    return get_object_or_404(rows.prefetch_related(members), uid=uid)


@policy(CASE_READERS, scope="activity")
@never_cache
@require_GET
def activity(request: HttpRequest, uid: str) -> HttpResponse:
    """One entry with its files and everything it ever said."""
    found = _activity(request, uid)
    if wants_json(request):
        # The phone's script has what it needs in the address; what there is to tell waits for the page itself
        return HttpResponse(status=204)
    skip = ("case", "by", "at", "sent_key", "others", "withdrawn_at")
    context = {
        "activity": found,
        "case": found.case,
        "files": list(found.attachments.filter(withdrawn_at__isnull=True)),
        "refused": actions.correct_refusal(found, request.post),
        "may_write": actions.log_refusal(found.case, request.post) is None,
        "visited": as_words(found.households),
        "phoned": as_words(found.phoned),
        "rows": changes_of(found, skip=skip),
        "lines": _lines(found.case),
    }
    return render(request, "rectification/remediation/activity.html", context)


@policy(actions.WRITERS, scope="activity")
@never_cache
@require_http_methods(["GET", "POST"])
def activity_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Put an entry right; the old words stay in its history."""
    found = _activity(request, uid)
    case = found.case
    post = request.POST if request.method == "POST" else None
    form = ActivityForm(post, request.FILES or None, case=case, post=request.post, activity=found)
    if post is not None:
        kept = carry_out(
            form,
            lambda: actions.correct_activity(
                activity_id=found.pk,
                version=opened_version(request),
                written=form.written(),
                uploads=form.uploads(),
                by=request.post,
                at=timezone.now(),
            ),
        )
        if kept is not None:
            messages.success(request, _said("已更正", kept, case))
            return redirect(kept)
    context = {
        "activity": found,
        "case": case,
        "form": form,
        "version": opened_version(request) or found.version,
        "stale": getattr(form, "stale", None),
        "stale_rows": _stale_rows(form),
        "refused": actions.correct_refusal(found, request.post),
    }
    return render(request, "rectification/remediation/activity_edit.html", context, status=status_of(form))


def _stale_rows(form: ActivityForm) -> list[dict[str, str]]:
    """What was typed beside what somebody else saved, for the fields that differ."""
    current = getattr(form, "stale", None)
    if current is None:
        return []
    typed, labels = form.cleaned_data, {field.name: str(field.label) for field in form}
    kinds = dict(CHOICES)
    pairs = {
        "kind": (current.get_kind_display(), kinds.get(typed.get("kind"), "")),
        "on": (current.on, typed.get("on")),
        "members": (
            {str(one.uid) for one in current.members.all()},
            set(typed.get("members") or []),
        ),
        "households": (as_words(current.households), as_words(typed.get("households") or ())),
        "phoned": (as_words(current.phoned), as_words(typed.get("phoned") or ())),
    } | {name: (getattr(current, name), typed.get(name) or "") for name in ("what", "result", "others")}
    return [
        {"label": labels[name], "current": _shown(form, now), "typed": _shown(form, mine)}
        for name, (now, mine) in pairs.items()
        if now != mine
    ]


def _shown(form: ActivityForm, value: Any) -> str:
    if isinstance(value, set):
        return "、".join(one.name for uid, one in form.people.items() if uid in value)
    return show(value)


@policy(actions.WRITERS, scope="activity")
@require_http_methods(["GET", "POST"])
def activity_withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Withdraw an entry with its reason."""
    found = _activity(request, uid)
    form = WithdrawActivityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        kept = carry_out(
            form,
            lambda: actions.withdraw_activity(
                activity_id=found.pk,
                version=opened_version(request),
                reason=form.cleaned_data["reason"],
                by=request.post,
                at=timezone.now(),
            ),
        )
        if kept is not None:
            messages.success(request, _said("已撤回", kept, found.case))
            return redirect(kept)
    context = {
        "activity": found,
        "form": form,
        "stale": getattr(form, "stale", None),
        "refused": actions.correct_refusal(found, request.post),
    }
    return render(
        request, "rectification/remediation/activity_withdraw.html", context, status=status_of(form)
    )
