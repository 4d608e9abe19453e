"""Pages of 班子: posts to be filled or replaced by a day, and who came; courses; what was done of the helps."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policy import policy
from accounts.submission import opened_version
from organizations.record_models import LeaderPost
from rectification.remediation.forms import ReasonForm
from rectification.remediation.support import committee_actions as actions
from rectification.remediation.support.committee_forms import NeedForm, SettleForm, VacanciesForm
from rectification.remediation.support.models import CommitteeNeed, CommitteeNeedKind
from rectification.remediation.support.pages import CASE_RELATED, Page, answer, case_of
from rectification.remediation.support.rights import KEEPERS, support_refusal
from rectification.remediation.support.rules import ORIGINS
from rectification.schemes.terms import words

BOTH = ["GET", "POST"]
ANCHOR = "committee"


@policy(KEEPERS, scope="case")
@require_http_methods(BOTH)
def committee_need_add(request: HttpRequest, uid: str) -> HttpResponse:
    """Put down one post that is vacant, or whose holder is to be replaced."""
    case, today = case_of(request, uid), timezone.localdate()
    posts = list(
        LeaderPost.objects.visible_to(request.post).filter(organization=case.organization).current(today)
    )
    limits = {kind.value: actions.limit_of(case, kind) for kind in CommitteeNeedKind}
    form = NeedForm(request.POST or None, case=case, posts=posts, limits=limits)
    page = Page(
        "登记班子配备（调整）",
        f"{case}：哪个职务要选配或调整，什么时候到位。",
        "登记",
        case,
        refused=support_refusal(case, request.post, new=True),
        anchor=ANCHOR,
    )
    act = {"case_id": case.pk, "by": request.post, "at": timezone.now()}
    return answer(request, page, form, lambda: actions.open_need(**act, **form.facts()), _opened)


def _opened(need: CommitteeNeed) -> str:
    unit = need.duty.organization.organ if need.duty else ""
    return f"已登记{need.title}{need.get_kind_display()}，由{unit}在{words(need.limit_on)}前办理到位。"


@policy(KEEPERS, scope="case")
@require_http_methods(BOTH)
def committee_vacancies(request: HttpRequest, uid: str) -> HttpResponse:
    """Put down the committee's vacant posts together, each since the day it fell vacant."""
    case = case_of(request, uid)
    posts = actions.vacancies_left(case, timezone.localdate())
    limits = {CommitteeNeedKind.VACANT.value: actions.limit_of(case, CommitteeNeedKind.VACANT)}
    form = VacanciesForm(request.POST or None, posts=posts, limits=limits)
    none = None if posts else "班子里登记的空缺职务都已列入"
    page = Page(
        "把空缺职务列入限期选配",
        f"{case}：下面是党组织班子里现在空缺、还没有列入的职务。",
        "列入",
        case,
        refused=support_refusal(case, request.post, new=True) or none,
        anchor=ANCHOR,
    )
    act = {"case_id": case.pk, "by": request.post, "at": timezone.now()}
    return answer(
        request,
        page,
        form,
        lambda: actions.take_vacancies(**act, **form.facts()),
        lambda made: f"已列入{len(made)}个空缺职务，{words(made[0].limit_on)}前选配到位。",
    )


def _need(request: HttpRequest, uid: str) -> CommitteeNeed:
    rows = CommitteeNeed.objects.visible_to(request.post).select_related("post", "duty", *CASE_RELATED)
    return get_object_or_404(rows, uid=uid)


def _over(need: CommitteeNeed) -> str | None:
    if need.withdrawn_reason:
        return f"这条登记已经撤销：{need.withdrawn_reason}"
    if need.settled_on:
        return f"{need.title}已于{words(need.settled_on)}由{need.holder}接任"
    return None


@policy(KEEPERS, scope="committee_need")
@require_http_methods(BOTH)
def committee_need(request: HttpRequest, uid: str) -> HttpResponse:
    """Who was put in the post, from when, from where."""
    need = _need(request, uid)
    form = SettleForm(request.POST or None, instance=need, initial=_known(need))
    page = Page(
        f"{need.title}：登记到位",
        f"{need.case}，{need.get_kind_display()}，{words(need.limit_on)}前到位。保存后党组织的班子成员同时更新。",
        "登记到位",
        need.case,
        record=need,
        refused=support_refusal(need.case, request.post) or _over(need),
        lists={"origins": ORIGINS},
        others=[("撤销登记", reverse("remediation:committee_need_withdraw", args=[need.uid]))],
        anchor=ANCHOR,
    )
    now = _now(request)
    return answer(
        request,
        page,
        form,
        lambda: actions.settle_need(need_id=need.pk, **now, **form.cleaned_data),
        lambda done: f"已登记{done.holder}任{done.title}，党组织的班子成员已同时更新，这项任务办结。",
    )


def _known(need: CommitteeNeed) -> dict[str, Any]:
    """What the organization's committee says already is not typed again."""
    post = need.post
    known: dict[str, Any] = {"note": need.words}
    if need.kind == CommitteeNeedKind.VACANT and post and post.holder:
        known |= {"holder": post.holder, "settled_on": post.since_on}
    else:
        known["settled_on"] = timezone.localdate()
    return known


@policy(KEEPERS, scope="committee_need")
@require_http_methods(BOTH)
def committee_need_withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """It was put down in error, or is no longer wanted."""
    need = _need(request, uid)
    form: BaseForm = ReasonForm(request.POST or None)
    page = Page(
        f"撤销登记：{need.title}",
        f"{need.case}。登记有误或不再调整的才撤销；撤销后不计入统计，时限任务同时取消，记录保留。",
        "撤销登记",
        need.case,
        record=need,
        refused=support_refusal(need.case, request.post) or _over(need),
        anchor=ANCHOR,
    )
    now = _now(request)
    return answer(
        request,
        page,
        form,
        lambda: actions.withdraw_need(need_id=need.pk, **now, **form.cleaned_data),
        lambda done: f"{done.title}的登记已撤销：{done.withdrawn_reason}。",
    )


def _now(request: HttpRequest) -> dict[str, Any]:
    return {"version": opened_version(request), "by": request.post, "at": timezone.now()}
