"""Pages of 帮扶单位 and 结对共建: put down, put right, end."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policy import policy
from accounts.submission import opened_version
from rectification.remediation.support import staying_actions as actions
from rectification.remediation.support.forms import EndForm, HelpingUnitForm, PairingForm
from rectification.remediation.support.models import HelpingUnit, Pairing
from rectification.remediation.support.pages import CASE_RELATED, Page, answer, case_of
from rectification.remediation.support.rights import KEEPERS, support_refusal
from rectification.remediation.support.rules import PAIRING_FORMS, unit_leave_refusal
from rectification.schemes.terms import words
from rectification.workflow import Stage

BOTH = ["GET", "POST"]


@policy(KEEPERS, scope="case")
@require_http_methods(BOTH)
def helping_unit_add(request: HttpRequest, uid: str) -> HttpResponse:
    """Put down a helping unit."""
    case = case_of(request, uid)
    form = HelpingUnitForm(request.POST or None)
    page = Page(
        "登记帮扶单位",
        f"{case}：一个单位一条，销号前不撤离。",
        "登记",
        case,
        refused=support_refusal(case, request.post, new=True),
        anchor="units",
    )
    act = {"case_id": case.pk, "by": request.post, "at": timezone.now()}
    return answer(
        request,
        page,
        form,
        lambda: actions.add_unit(**act, **form.cleaned_data),
        lambda unit: f"已登记帮扶单位{unit}，它的帮扶项目可以接着登记。",
    )


def _unit(request: HttpRequest, uid: str) -> HelpingUnit:
    rows = HelpingUnit.objects.visible_to(request.post).select_related(*CASE_RELATED)
    return get_object_or_404(rows, uid=uid)


@policy(KEEPERS, scope="helping_unit")
@require_http_methods(BOTH)
def helping_unit(request: HttpRequest, uid: str) -> HttpResponse:
    """Put a helping unit's words right."""
    unit = _unit(request, uid)
    form = HelpingUnitForm(request.POST or None, instance=unit)
    page = Page(
        f"帮扶单位：{unit}",
        f"{unit.case}，{_span(unit)}。写错的在这里改；不再帮扶的点“结束帮扶”。",
        "保存",
        unit.case,
        record=unit,
        refused=support_refusal(unit.case, request.post),
        others=_end_button(unit, "结束帮扶", "helping_unit_end"),
        anchor="units",
    )
    now = _now(request)
    return answer(
        request,
        page,
        form,
        lambda: actions.correct_unit(unit_id=unit.pk, **now, **form.cleaned_data),
        lambda done: f"帮扶单位{done}已更正，原来的内容在变动记录中。",
    )


@policy(KEEPERS, scope="helping_unit")
@require_http_methods(BOTH)
def helping_unit_end(request: HttpRequest, uid: str) -> HttpResponse:
    """A helping unit leaves, if 不转化不撤离 allows it."""
    unit = _unit(request, uid)
    supported = Stage(unit.case.stage).supported
    form = EndForm(request.POST or None, locked=supported)
    page = Page(
        f"结束帮扶：{unit}",
        f"{unit.case}，{_span(unit)}。",
        "登记调整",
        unit.case,
        record=unit,
        note=unit_leave_refusal(supported=supported, name=unit.name, document="") or "",
        refused=support_refusal(unit.case, request.post) or _ended(unit),
        anchor="units",
    )
    now = _now(request)
    return answer(
        request,
        page,
        form,
        lambda: actions.end_unit(unit_id=unit.pk, **now, **_end_facts(form)),
        lambda done: (
            f"已登记{done}帮扶到{words(done.to_on)}止"
            + ("；未销号期间没有其他帮扶单位的，请及时补派。" if supported else "。")
        ),
    )


@policy(KEEPERS, scope="case")
@require_http_methods(BOTH)
def pairing_add(request: HttpRequest, uid: str) -> HttpResponse:
    """Put down a pairing."""
    case = case_of(request, uid)
    form = PairingForm(request.POST or None, case=case)
    page = Page(
        "登记结对共建",
        f"{case}：与一个先进党组织结对，以先带后。",
        "登记",
        case,
        refused=support_refusal(case, request.post, new=True),
        lists=_lists(form),
        anchor="pairings",
    )
    act = {"case_id": case.pk, "by": request.post, "at": timezone.now()}
    return answer(
        request,
        page,
        form,
        lambda: actions.add_pairing(**act, **form.facts()),
        lambda done: f"已登记与{done}结对共建；方案要求的联席会议已列入时限任务，开会后记一条工作纪实即可。",
    )


def _pairing(request: HttpRequest, uid: str) -> Pairing:
    rows = Pairing.objects.visible_to(request.post).select_related(*CASE_RELATED)
    return get_object_or_404(rows, uid=uid)


@policy(KEEPERS, scope="pairing")
@require_http_methods(BOTH)
def pairing(request: HttpRequest, uid: str) -> HttpResponse:
    """Put a pairing's words right."""
    found = _pairing(request, uid)
    form = PairingForm(request.POST or None, instance=found, case=found.case)
    page = Page(
        f"结对共建：{found}",
        f"{found.case}，{_span(found)}。写错的在这里改；不再结对的点“结束结对”。",
        "保存",
        found.case,
        record=found,
        refused=support_refusal(found.case, request.post),
        lists=_lists(form),
        others=_end_button(found, "结束结对", "pairing_end"),
        anchor="pairings",
    )
    now = _now(request)
    return answer(
        request,
        page,
        form,
        lambda: actions.correct_pairing(pairing_id=found.pk, **now, **form.facts()),
        lambda done: f"与{done}的结对共建已更正，原来的内容在变动记录中。",
    )


@policy(KEEPERS, scope="pairing")
@require_http_methods(BOTH)
def pairing_end(request: HttpRequest, uid: str) -> HttpResponse:
    """A pairing ends with its reason."""
    found = _pairing(request, uid)
    form = EndForm(request.POST or None, locked=False)
    page = Page(
        f"结束结对：{found}",
        f"{found.case}，{_span(found)}。",
        "登记结束",
        found.case,
        record=found,
        refused=support_refusal(found.case, request.post) or _ended(found),
        anchor="pairings",
    )
    now = _now(request)
    return answer(
        request,
        page,
        form,
        lambda: actions.end_pairing(pairing_id=found.pk, **now, **_end_facts(form)),
        lambda done: (
            f"已登记与{done}的结对到{words(done.to_on)}止；没有其他结对的，以后月份的联席会议不再要求。"
        ),
    )


def _now(request: HttpRequest) -> dict[str, Any]:
    return {"version": opened_version(request), "by": request.post, "at": timezone.now()}


def _end_facts(form: EndForm) -> dict[str, Any]:
    given = form.cleaned_data
    return {"to_on": given["to_on"], "reason": given["end_reason"], "document": given["end_document"]}


def _lists(form: PairingForm) -> dict[str, list[str]]:
    return {"partners": list(form.partners), "pairing-forms": list(PAIRING_FORMS)}


def _span(row: Any) -> str:
    return f"{words(row.from_on)}起" + (f"，至{words(row.to_on)}" if row.to_on else "")


def _ended(row: Any) -> str | None:
    return f"{row}已于{words(row.to_on)}结束" if row.to_on else None


def _end_button(row: Any, label: str, route: str) -> list[tuple[str, str]]:
    return [] if row.to_on else [(label, reverse(f"remediation:{route}", args=[row.uid]))]
