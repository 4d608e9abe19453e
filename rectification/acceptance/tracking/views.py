"""The pages of 跟踪管理: who is watched, one case's looks, and the end of the watching."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policy import policy
from accounts.roles import CASE_READERS
from accounts.submission import carry_out, opened_version, status_of
from accounts.tables import render as table
from rectification.acceptance.sides import SCORERS
from rectification.acceptance.tracking import actions, listing
from rectification.acceptance.tracking.forms import CheckForm, WithdrawForm
from rectification.acceptance.tracking.models import TrackingCheck
from rectification.cases.models import Case
from rectification.lookback.lineage import lineage_of
from rectification.survey import changes
from rectification.survey.models import Survey, SurveyState
from rectification.workflow import Stage

ROOM = "rectification/acceptance/tracking"


@policy(CASE_READERS, scope="none")
@require_GET
def watched(request: HttpRequest) -> HttpResponse:
    """Cases under watch, whatever their year; those whose time is over can be ended together."""
    post, today = request.post, timezone.localdate()
    group = request.GET.get("group", "")
    group = group if group in listing.GROUPS else ""
    rows = listing.watched(post)
    tabs = [
        {"key": key, "name": name, "count": listing.of_group(rows, key, today).count()}
        for key, name in listing.GROUPS.items()
    ]
    shown = listing.of_group(rows, group, today).order_by("tracking__ends_on", "org_path")
    page = Paginator(shown, 50).get_page(request.GET.get("page"))
    may_end = group == "over" and post.role in SCORERS
    context = {
        "tabs": tabs,
        "group": group,
        "page": page,
        "may_end": may_end,
        "table": table(
            listing.columns(today), page.object_list, caption="跟踪对象", select="case" if may_end else ""
        ),
    }
    return render(request, f"{ROOM}/list.html", context)


@policy(SCORERS, scope="none")
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """跟踪期满，办结."""
    chosen = [uid for uid in request.POST.getlist("case")[:200] if len(uid) == 36]
    rows = Case.objects.visible_to(request.post).filter(stage=Stage.TRACKING)
    keys = [case.pk for case in rows.only("pk", "uid") if str(case.uid) in chosen]
    if not keys:
        messages.error(request, "请先勾选要办结的对象。")
    else:
        ended, left = actions.end(case_ids=keys, by=request.post, at=timezone.now())
        if ended:
            messages.success(request, f"{len(ended)} 个对象跟踪期满，已办结。")
        for line in left:
            messages.error(request, f"{line}，没有办结。")
    return redirect(f"{reverse('acceptance:tracking')}?group=over")


def _case(request: HttpRequest, uid: str) -> Case:
    rows = Case.objects.visible_to(request.post).filter(tracking__isnull=False)
    return get_object_or_404(
        rows.select_related("organization", "county", "township", "scheme", "tracking"), uid=uid
    )


@policy(CASE_READERS, scope="tracked")
@require_http_methods(["GET", "POST"])
def tracking_case(request: HttpRequest, uid: str) -> HttpResponse:
    """One case's watching; the form records a look."""
    case = _case(request, uid)
    form = CheckForm(request.POST or None, request.FILES or None, initial={"on": timezone.localdate()})
    if request.method == "POST":
        given = {"case_id": case.pk, "by": request.post, "at": timezone.now()}
        made = carry_out(form, lambda: actions.record(**given, **_written(form)))
        if made is not None:
            told = "，已通知县委组织部研究" if made.relapse else ""
            messages.success(request, f"跟踪检查已登记{told}。")
            return redirect("acceptance:tracking_case", uid=case.uid)
    context = _context(request, case) | {"form": form}
    return render(request, f"{ROOM}/case.html", context, status=status_of(form))


def _written(form: CheckForm) -> dict[str, Any]:
    data = dict(form.cleaned_data)
    upload = data.pop("file")
    return data | {"uploads": [upload] if upload else []}


def _context(request: HttpRequest, case: Case) -> dict[str, Any]:
    post, today = request.post, timezone.localdate()
    near = ("by__user", "by__organization", "duty", "case__county", "case__township", "case__scheme")
    checks = list(case.tracking_checks.select_related(*near).prefetch_related("attachments"))
    for check in checks:
        check.files = [file for file in check.attachments.all() if file.withdrawn_at is None]
        check.may_withdraw = actions.withdraw_refusal(check, post) is None
    row = listing.watched(post).get(pk=case.pk)
    return {
        "case": case,
        "row": row,
        "checks": checks,
        "refused": actions.record_refusal(case, post),
        "may_end": actions.ending_refusal(case, post, today) is None,
        "relapse_url": _entry(request, case, today.year) if row.relapsed else "",
        "lineage": lineage_of(case.organization, post),
    }


def _entry(request: HttpRequest, case: Case, year: int) -> str:
    """Where it is taken in as a case of this year (年中增列), for who records that; "" for everyone else."""
    units = [case.county_id, case.township_id]
    surveys = Survey.objects.visible_to(request.post).filter(
        organization__in=units, year=year, state=SurveyState.DETERMINED
    )
    found = next((one for one in surveys if changes.holder_refusal(one, request.post) is None), None)
    if found is None or case.following.exists():
        return ""
    return f"{reverse('survey:add_case', args=[found.uid])}?organization={case.organization.uid}"


@policy(SCORERS, scope="tracking_check")
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a record back, with the reason."""
    near = ("case__organization", "case__county", "case__township", "case__scheme", "by__organization")
    check = get_object_or_404(TrackingCheck.objects.visible_to(request.post).select_related(*near), uid=uid)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST":
        given = {"check_id": check.pk, "by": request.post, "at": timezone.now()}
        version = opened_version(request)
        if (
            carry_out(form, lambda: actions.withdraw(version=version, **given, **form.cleaned_data))
            is not None
        ):
            messages.success(request, "登记已撤销；如这一期还应检查，请重新登记。")
            return redirect("acceptance:tracking_case", uid=check.case.uid)
    context = {"check": check, "case": check.case, "form": form}
    context["refused"] = actions.withdraw_refusal(check, request.post)
    return render(request, f"{ROOM}/withdraw.html", context, status=status_of(form))
