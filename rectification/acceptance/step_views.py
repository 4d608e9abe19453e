"""The steps on an acceptance: asked for, the self-check, one side's scores, the signature, sent back, taken back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.policy import policy
from accounts.submission import carry_out, opened_version
from rectification.acceptance import actions, gates, signing, unsigning
from rectification.acceptance.forms import AskForm, ReasonForm, SelfCheckForm, UnsignForm
from rectification.acceptance.models import Acceptance, AcceptanceState
from rectification.acceptance.rounds import next_words, rounds_of
from rectification.acceptance.sides import SCORERS, SELF_CHECKERS
from rectification.acceptance.views import found_case, page, score_sheet, sign_form


def _now(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.post, "at": timezone.now()}


def opened(request: HttpRequest, uid: str) -> tuple[Acceptance, dict[str, Any]]:
    """The acceptance in the address, and what every action on it is told."""
    rows = Acceptance.objects.visible_to(request.post).select_related(
        "case__scheme", "case__organization", "case__county", "case__township", "review"
    )
    acceptance = get_object_or_404(rows, uid=uid)
    given = {"acceptance_id": acceptance.pk, "version": opened_version(request), **_now(request)}
    return acceptance, given


def _next(acceptance: Acceptance) -> str:
    words = next_words(rounds_of(Acceptance.objects.select_related("case__scheme").get(pk=acceptance.pk)))
    return f"，下一步：{words}。" if words else "。"


@policy(SCORERS, scope="case")
@require_POST
def ask(request: HttpRequest, uid: str) -> HttpResponse:
    """提请验收."""
    case = found_case(request, uid)
    form = AskForm(request.POST, gates=gates.gates_of(case, None))
    asked = carry_out(form, lambda: actions.ask(case_id=case.pk, reasons=form.reasons(), **_now(request)))
    if asked is None:
        return page(request, case, 422, ask_form=form)
    messages.success(request, f"{case}已提请验收{_next(asked)}")
    return redirect("acceptance:case", uid=case.uid)


@policy(SELF_CHECKERS, scope="acceptance")
@require_POST
def self_check(request: HttpRequest, uid: str) -> HttpResponse:
    """Save the self-check."""
    acceptance, given = opened(request, uid)
    form = SelfCheckForm(request.POST)
    if carry_out(form, lambda: actions.save_self_check(**given, **form.cleaned_data)) is None:
        return page(request, acceptance.case, 422, self_form=form)
    messages.success(request, f"自查已保存{_next(acceptance)}")
    return redirect("acceptance:case", uid=acceptance.case.uid)


@policy(SCORERS, scope="acceptance")
@require_POST
def scores(request: HttpRequest, uid: str) -> HttpResponse:
    """Save one side's scores."""
    acceptance, given = opened(request, uid)
    sheet = score_sheet(request, acceptance, request.POST)
    if carry_out(sheet, lambda: actions.save_scores(**given, **sheet.given())) is None:
        return page(request, acceptance.case, 422, sheet=sheet)
    messages.success(request, f"评分已保存{_next(acceptance)}")
    return redirect("acceptance:case", uid=acceptance.case.uid)


@policy(SCORERS, scope="acceptance")
@require_POST
def sign(request: HttpRequest, uid: str) -> HttpResponse:
    """Sign the result."""
    acceptance, given = opened(request, uid)
    form = sign_form(acceptance, request.POST)
    signed = carry_out(form, lambda: signing.sign(**given, **form.given()))
    if signed is None:
        return page(request, acceptance.case, 422, sign_form=form)
    messages.success(request, f"验收结果已签署，{acceptance.case}{_follows(signed)}。")
    return redirect("acceptance:case", uid=acceptance.case.uid)


NEXT = {
    "pass": "已销号，转入跟踪管理",
    "basic": "转入巩固提升，由乡镇继续整顿后再次提请验收",
    "fail": "列为续整对象，限期补课，转入下年度；联系领导不换点，下派人员不撤离",
}


def _follows(signed: Acceptance) -> str:
    if signed.state == AcceptanceState.SIGNING_OFF:
        return f"报请销号审批，下一步由{signed.review.at_unit.office}办理"
    return NEXT[signed.outcome]


@policy(SCORERS, scope="acceptance")
@require_POST
def send_back(request: HttpRequest, uid: str) -> HttpResponse:
    """Send the case back to remediation."""
    acceptance, given = opened(request, uid)
    form = ReasonForm(request.POST)
    if carry_out(form, lambda: signing.send_back(**given, **form.cleaned_data)) is None:
        return page(request, acceptance.case, 422, back_form=form)
    case = acceptance.case
    messages.success(request, f"{case}已退回继续整顿，下一步由{case.township or case.county}办理。")
    return redirect("acceptance:case", uid=case.uid)


@policy(SCORERS, scope="acceptance")
@require_POST
def unsign(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a signature back."""
    acceptance, given = opened(request, uid)
    form = UnsignForm(request.POST)
    if carry_out(form, lambda: unsigning.unsign(**given, **form.cleaned_data)) is None:
        return page(request, acceptance.case, 422, unsign_form=form)
    messages.success(request, "签署已撤销，请更正后重新签署；撤销的原因记入历程。")
    return redirect("acceptance:case", uid=acceptance.case.uid)
