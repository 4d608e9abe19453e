"""One measure on one page, made for a phone: what is asked, what was done, the next entry."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import Invalid, Refused
from accounts.policy import policy
from accounts.roles import CASE_READERS, OFFICERS
from rectification.duties.rules import light_of
from rectification.evidence import actions as evidence
from rectification.remediation import (
    closing_actions,
    extension_actions,
    problem_actions,
    progress_actions,
    rules,
)
from rectification.remediation.actions import handler_of, is_handler
from rectification.remediation.forms import DoneForm, ExtensionForm, ProgressForm, ReasonForm
from rectification.remediation.models import Measure, MeasureState

RELATED = ("problem__criterion", "duty")
CASE = "problem__case"


def _measure(request: HttpRequest, uid: Any) -> Measure:
    rows = Measure.objects.visible_to(request.post).select_related(
        *RELATED, *(f"{CASE}__{name}" for name in ("organization", "scheme", "county", "township"))
    )
    return get_object_or_404(rows, uid=uid)


@policy(CASE_READERS, scope="measure")
@require_http_methods(["GET", "POST"])
def measure(request: HttpRequest, uid: str) -> HttpResponse:
    """A measure with its entries; a POST adds one."""
    found = _measure(request, uid)
    if request.method != "POST":
        return _page(request, found)
    form = ProgressForm(request.POST, request.FILES, long_term=found.long_term)
    if form.is_valid() and _added(request, found, form):
        percent = form.cleaned_data.get("percent")
        messages.success(request, "阶段性成效已填报。" if percent is None else f"进展已填报（{percent}%）。")
        return redirect("remediation:measure", uid=found.uid)
    return _page(request, found, form=form)


def _added(request: HttpRequest, found: Measure, form: ProgressForm) -> bool:
    """Write the entry and its file together: neither is kept without the other."""
    given, now = form.cleaned_data, timezone.now()
    case = found.problem.case
    upload, kept = given["file"], []
    try:
        with transaction.atomic():
            if upload is not None:
                kept = [_stored(case.pk, upload, given["words"], request, now)]
            progress_actions.add_progress(
                measure_id=found.pk,
                percent=given.get("percent"),
                words=given["words"],
                on=given["on"],
                by=request.post,
                at=now,
                attachments=kept,
            )
    except Refused as refused:
        _say(form, refused)
        return False
    return True


def _stored(case_id: int, upload: Any, words: str, request: HttpRequest, now: Any) -> Any:
    try:
        return evidence.store(
            case_id=case_id, upload=upload, name=upload.name, note=words[:60], by=request.post, at=now
        )
    except Refused as refused:
        raise Invalid({"file": [str(refused)]}) from refused


def _say(form: forms.Form, refused: Refused, **names: str) -> None:
    errors = refused.errors if isinstance(refused, Invalid) else {"": [str(refused)]}
    for name, texts in errors.items():
        field = names.get(name, name)
        form.add_error(field if field in form.fields else None, texts)


def _page(request: HttpRequest, found: Measure, **bound: forms.Form) -> HttpResponse:
    case, duty = found.problem.case, found.duty
    light = None
    if duty is not None and found.state in (MeasureState.OPEN, MeasureState.REPORTED):
        light = light_of(
            duty.effective_due_on, today=timezone.localdate(), yellow_days=case.scheme.yellow_days
        )
    context = {
        "measure": found,
        "case": case,
        "light": light,
        "handler": handler_of(case)[0],
        "handles": is_handler(case, request.post),
        "refused": progress_actions.progress_refusal(found, request.post),
        "may_confirm": progress_actions.confirm_refusal(found, request.post) is None,
        "may_cancel": problem_actions.cancel_refusal(found, request.post) is None,
        "entries": list(found.entries.select_related("by__user", "by__organization")),
        "files": list(found.attachments.filter(withdrawn_at__isnull=True)),
        "form": bound.get("form")
        or ProgressForm(initial={"percent": found.percent}, long_term=found.long_term),
        **_extension(found, request, bound.get("extend_form")),
        "done_form": bound.get("done_form") or DoneForm(auto_id="id_done_%s"),
        "return_form": bound.get("return_form") or ReasonForm(auto_id="id_return_%s"),
        "wrong": next(iter(bound.values()), None),
    }
    status = 422 if bound else 200
    return render(request, "rectification/remediation/measure.html", context, status=status)


def _extension(found: Measure, request: HttpRequest, bound: forms.Form | None) -> dict[str, Any]:
    """What the page says of more time: who gives it, until when at most, and the form of whoever may."""
    if found.duty:
        found.duty.case = found.problem.case
    gives = extension_actions.extend_refusal(found, request.post) is None
    asks = not gives and extension_actions.ask_refusal(found, request.post) is None
    asked = found.entries.filter(words__startswith=extension_actions.ASKED).first() if gives else None
    form = bound or ExtensionForm(auto_id="id_extend_%s")
    if gives or asks:
        last = extension_actions.last_day(found)
        form.fields["until_on"].help_text = f"按方案最迟延至{rules.words(last)}；原定时限不变。"
    extensions = found.duty.extensions.select_related("by__user") if found.duty else []
    return {
        "gives": gives,
        "asks": asks,
        "asked": asked,
        "extend_form": form,
        "approver": extension_actions.approver(found) if asks else None,
        "extensions": list(extensions),
    }


@policy(CASE_READERS, scope="measure")
@require_POST
def measure_extend(request: HttpRequest, uid: str) -> HttpResponse:
    """More time: given by whoever approves the plan, asked for by whoever carries the measure out."""
    found = _measure(request, uid)
    form = ExtensionForm(request.POST, auto_id="id_extend_%s")
    gives = extension_actions.extend_refusal(found, request.post) is None
    act = extension_actions.extend_measure if gives else extension_actions.ask_extension
    if not form.is_valid():
        return _page(request, found, extend_form=form)
    try:
        act(measure_id=found.pk, by=request.post, at=timezone.now(), **form.cleaned_data)
    except Refused as refused:
        _say(form, refused)
        return _page(request, found, extend_form=form)
    until = rules.words(form.cleaned_data["until_on"])
    if gives:
        messages.success(
            request, f"已延期至{until}，已告知{handler_of(found.problem.case)[0]}，原定时限不变。"
        )
    else:
        office = extension_actions.approver(found).unit.office
        messages.success(request, f"延期申请已送{office}，批准前仍按原时限办理。")
    return redirect("remediation:measure", uid=found.uid)


@policy(CASE_READERS, scope="measure")
@require_POST
def measure_done(request: HttpRequest, uid: str) -> HttpResponse:
    """Say that it is done; by the township that is the confirmation."""
    found = _measure(request, uid)
    form = DoneForm(request.POST, auto_id="id_done_%s")
    if not form.is_valid():
        return _page(request, found, done_form=form)
    given = form.cleaned_data
    try:
        done = progress_actions.report_done(
            measure_id=found.pk,
            result=given["result"],
            on=given["done_on"],
            by=request.post,
            at=timezone.now(),
        )
    except Refused as refused:
        _say(form, refused, on="done_on")
        return _page(request, found, done_form=form)
    if done.state == MeasureState.CONFIRMED:
        messages.success(request, _confirmed(done))
    else:
        unit = handler_of(found.problem.case)[0]
        messages.success(request, f"已报完成，下一步由{unit}确认。")
    return redirect("remediation:measure", uid=found.uid)


def _confirmed(done: Measure) -> str:
    if done.problem.state == "solved":
        closes = closing_actions.closing(done.problem.case).unit.office
        return f"措施已确认完成，问题 {done.problem.order} 的措施已全部完成，下一步由{closes}销号。"
    return "措施已确认完成。"


@policy(OFFICERS, scope="measure")
@require_POST
def measure_confirm(request: HttpRequest, uid: str) -> HttpResponse:
    """The township confirms that it is done."""
    found = _measure(request, uid)
    try:
        done = progress_actions.confirm_done(measure_id=found.pk, by=request.post, at=timezone.now())
        messages.success(request, _confirmed(done))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("remediation:measure", uid=found.uid)


@policy(OFFICERS, scope="measure")
@require_POST
def measure_return(request: HttpRequest, uid: str) -> HttpResponse:
    """The township gives it back with the reason."""
    found = _measure(request, uid)
    form = ReasonForm(request.POST, auto_id="id_return_%s")
    if not form.is_valid():
        return _page(request, found, return_form=form)
    try:
        progress_actions.return_done(
            measure_id=found.pk, reason=form.cleaned_data["reason"], by=request.post, at=timezone.now()
        )
    except Refused as refused:
        _say(form, refused)
        return _page(request, found, return_form=form)
    messages.success(request, "已退回继续落实，填报人可以再填进展。")
    return redirect("remediation:measure", uid=found.uid)
