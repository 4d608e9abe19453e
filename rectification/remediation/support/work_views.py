"""Pages of 五帮 and 培训: put down, put right, withdrawn when recorded in error."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policy import policy
from accounts.submission import opened_version
from organizations.record_models import LeaderPost
from rectification.cases.models import Case
from rectification.remediation.forms import ReasonForm
from rectification.remediation.support import work_actions as actions
from rectification.remediation.support.committee_forms import HelpForm, TrainingForm
from rectification.remediation.support.models import Help, Recorded, Training
from rectification.remediation.support.pages import CASE_RELATED, Page, answer, case_of
from rectification.remediation.support.rights import KEEPERS, TEAM, support_refusal

BOTH = ["GET", "POST"]
TITLES = {"help": "帮建内容", "training": "培训"}


def _now(request: HttpRequest) -> dict[str, Any]:
    return {"version": opened_version(request), "by": request.post, "at": timezone.now()}


@policy(TEAM, scope="case")
@require_http_methods(BOTH)
def help_add(request: HttpRequest, uid: str) -> HttpResponse:
    """What was done for one of the scheme's helps; ?item= has chosen it already."""
    case = case_of(request, uid)
    form = HelpForm(request.POST or None, case=case, initial={"item": request.GET.get("item", "")})
    page = Page(
        "登记帮建内容",
        f"{case}：选一项，写一两句话。帮扶人员自己可以登记，也可以由乡镇代录。",
        "登记",
        case,
        refused=support_refusal(case, request.post, roles=TEAM, new=True),
        anchor="helps",
    )
    act = {"case_id": case.pk, "by": request.post, "at": timezone.now()}
    return answer(
        request,
        page,
        form,
        lambda: actions.add_help(**act, **form.facts()),
        lambda done: f"已登记“{done.item}”的落实情况。",
    )


@policy(TEAM, scope="help")
@require_http_methods(BOTH)
def help_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Put it right."""
    rows = Help.objects.visible_to(request.post).select_related("item", *CASE_RELATED)
    row = get_object_or_404(rows, uid=uid)
    form = HelpForm(request.POST or None, instance=row, case=row.case)
    page = _edit_page(request, row, "help", roles=TEAM)
    now = _now(request)
    return answer(
        request,
        page,
        form,
        lambda: actions.correct_help(help_id=row.pk, **now, **form.facts()),
        lambda done: "帮建内容已更正，原来的内容在变动记录中。",
    )


@policy(KEEPERS, scope="case")
@require_http_methods(BOTH)
def training_add(request: HttpRequest, uid: str) -> HttpResponse:
    """One person, one course."""
    case = case_of(request, uid)
    form = TrainingForm(request.POST or None)
    page = Page(
        "登记培训",
        f"{case}：一人参加一次培训登记一条，年底统计人次时直接取用。",
        "登记",
        case,
        refused=support_refusal(case, request.post, new=True),
        lists=_holders(request, case),
        anchor="training",
    )
    act = {"case_id": case.pk, "by": request.post, "at": timezone.now()}
    return answer(
        request,
        page,
        form,
        lambda: actions.add_training(**act, facts=form.cleaned_data),
        lambda done: f"已登记{done.person}参加“{done.title}”。",
    )


@policy(KEEPERS, scope="training")
@require_http_methods(BOTH)
def training_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Put it right."""
    rows = Training.objects.visible_to(request.post).select_related(*CASE_RELATED)
    row = get_object_or_404(rows, uid=uid)
    form = TrainingForm(request.POST or None, instance=row)
    page = _edit_page(request, row, "training", lists=_holders(request, row.case))
    now = _now(request)
    return answer(
        request,
        page,
        form,
        lambda: actions.correct_training(training_id=row.pk, **now, facts=form.cleaned_data),
        lambda done: "培训已更正，原来的内容在变动记录中。",
    )


@policy(TEAM, scope="help")
@require_http_methods(BOTH)
def help_withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Recorded in error."""
    rows = Help.objects.visible_to(request.post).select_related("item", *CASE_RELATED)
    row = get_object_or_404(rows, uid=uid)
    form = ReasonForm(request.POST or None)
    now = _now(request)
    return answer(
        request,
        _withdraw_page(request, row, "help", roles=TEAM),
        form,
        lambda: actions.withdraw_help(help_id=row.pk, **now, **form.cleaned_data),
        lambda done: f"这条登记已撤销：{done.withdrawn_reason}。",
    )


@policy(KEEPERS, scope="training")
@require_http_methods(BOTH)
def training_withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Recorded in error: it is counted no longer."""
    rows = Training.objects.visible_to(request.post).select_related(*CASE_RELATED)
    row = get_object_or_404(rows, uid=uid)
    form = ReasonForm(request.POST or None)
    now = _now(request)
    return answer(
        request,
        _withdraw_page(request, row, "training"),
        form,
        lambda: actions.withdraw_training(training_id=row.pk, **now, **form.cleaned_data),
        lambda done: f"这条登记已撤销：{done.withdrawn_reason}。",
    )


def _edit_page(request: HttpRequest, row: Recorded, name: str, **facts: Any) -> Page:
    return Page(
        f"更正{TITLES[name]}",
        f"{row.case}：写错的在这里改；不该登记的点“撤销登记”。",
        "保存",
        row.case,
        record=row,
        refused=_refused(request, row, facts.pop("roles", KEEPERS)),
        others=[("撤销登记", reverse(f"remediation:{name}_withdraw", args=[row.uid]))],
        anchor=ANCHORS[name],
        **facts,
    )


def _withdraw_page(request: HttpRequest, row: Recorded, name: str, roles: Any = KEEPERS) -> Page:
    return Page(
        f"撤销{TITLES[name]}登记",
        f"{row.case}：登记有误的才撤销，撤销后不再统计，记录保留。",
        "撤销登记",
        row.case,
        record=row,
        refused=_refused(request, row, roles),
        anchor=ANCHORS[name],
    )


ANCHORS = {"help": "helps", "training": "training"}


def _refused(request: HttpRequest, row: Recorded, roles: Any) -> str | None:
    gone = f"这条登记已经撤销：{row.withdrawn_reason}" if row.withdrawn_reason else None
    return support_refusal(row.case, request.post, roles=roles) or gone


def _holders(request: HttpRequest, case: Case) -> dict[str, list[str]]:
    """Names of the committee, so that they are not typed again."""
    posts = LeaderPost.objects.visible_to(request.post).filter(organization=case.organization)
    held = posts.current(timezone.localdate()).exclude(holder="").values_list("holder", flat=True)
    return {"holders": list(dict.fromkeys(held))}
