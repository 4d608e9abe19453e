"""What came of a measure: entries, reported done, confirmed by the township, returned."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.cases.takers import decider_of
from rectification.duties import actions as duties
from rectification.evidence.models import Attachment
from rectification.remediation import rules
from rectification.remediation.actions import (
    handler_of,
    is_handler,
    lock_case,
    refresh_counters,
    settle_problem,
    tell,
)
from rectification.remediation.models import Measure, MeasureState, Progress
from rectification.schemes.models import Process

REPORTED, CONFIRMED = "报完成：", "乡镇（街道）确认完成"
"""Words the system itself writes into the progress of a measure; a report does not quote them."""
REPORTERS = frozenset({Role.TOWNSHIP_OFFICER, Role.VILLAGE_REPORTER, Role.HELPER})


def progress_refusal(measure: Measure, post: Appointment | None) -> str | None:
    """Why this post cannot write progress on a measure now, or None; measure.problem.case must be loaded."""
    case = measure.problem.case
    if not is_handler(case, post) and (post is None or Role(post.role) not in REPORTERS):
        return "进展由乡镇、村和帮扶干部填报"
    if not measure.in_force:
        return "方案批准后才能填报进展"
    if not case.is_open:
        return f"整顿对象处于“{case.get_stage_display()}”，不再填报进展"
    if measure.state == MeasureState.REPORTED:
        return "已报完成，待乡镇确认；需要更正请乡镇退回"
    if measure.state != MeasureState.OPEN:
        return f"该措施{measure.get_state_display()}，不再填报进展"
    return None


def confirm_refusal(measure: Measure, post: Appointment | None) -> str | None:
    """Why this post cannot confirm the measure or give it back, or None."""
    unit, _ = handler_of(measure.problem.case)
    if not is_handler(measure.problem.case, post):
        return f"完成情况由{unit}确认"
    # Within one office the same person may report and confirm (domain §2)
    return rules.confirm_refusal(measure)


def _locked(measure_id: int, by: Appointment) -> tuple[Case, Measure]:
    seen = Measure.objects.visible_to(by).select_related("problem").get(pk=measure_id)
    case = lock_case(seen.problem.case_id, by)
    rows = Measure.objects.select_for_update(of=("self",)).select_related("problem", "duty")
    measure = rows.get(pk=measure_id)
    measure.problem.case = case
    return case, measure


def _check_day(measure: Measure, on: date, at: datetime) -> None:
    today = timezone.localdate(at)
    if on > today:
        raise Invalid({"on": [f"日期{rules.words(on)}在今天之后，进展只填已经发生的"]})
    if on < measure.starts_on:
        raise Invalid({"on": [f"日期{rules.words(on)}早于措施开始日期{rules.words(measure.starts_on)}"]})


def _write(
    measure: Measure, percent: int | None, words: str, on: date, by: Appointment, at: datetime
) -> Progress:
    """An entry; the measure stands at what the latest day says, among entries of a day the last written.

    A long-term measure's entries are words alone.
    """
    given = None if measure.long_term else percent
    entry = Progress.objects.create(measure=measure, percent=given, words=words, on=on, by=by, at=at)
    told = measure.entries.exclude(percent=None).order_by("-on", "-pk").values_list("percent", flat=True)
    measure.percent = told.first() or 0
    return entry


@transaction.atomic
def add_progress(
    *,
    measure_id: int,
    percent: int | None,
    words: str,
    on: date,
    by: Appointment,
    at: datetime,
    attachments: Sequence[Attachment] = (),
) -> Progress:
    """Write what was done until a day, on a long-term measure without a percentage (阶段性成效).

    A correction is one more entry. Raises Invalid naming the field.
    """
    case, measure = _locked(measure_id, by)
    if refused := progress_refusal(measure, by):
        raise Refused(refused)
    if percent is None and not measure.long_term:
        raise Invalid({"percent": ["请填完成率"]})
    if percent is not None and (refused := rules.percent_refusal(percent)):
        raise Invalid({"percent": [refused]})
    if not words.strip():
        raise Invalid({"words": ["请写一句做了什么"]})
    _check_day(measure, on, at)
    entry = _write(measure, percent, words.strip(), on, by, at)
    measure.save_version("percent")
    measure.attachments.add(*attachments)
    refresh_counters([case.pk])
    audit.record("填报进展", obj=case, percent=percent)
    return entry


@transaction.atomic
def report_done(*, measure_id: int, result: str, on: date, by: Appointment, at: datetime) -> Measure:
    """Say that a measure is done, with its result. By the township it is confirmed at once."""
    case, measure = _locked(measure_id, by)
    if refused := progress_refusal(measure, by):
        raise Refused(refused)
    if refused := rules.report_done_refusal(measure, result=result):
        raise Invalid({"result": [refused]})
    _check_day(measure, on, at)
    _write(measure, 100, f"{REPORTED}{result.strip()}", on, by, at)
    measure.percent, measure.result, measure.state = 100, result.strip(), MeasureState.REPORTED
    audit.record("报完成", obj=case)
    if is_handler(case, by):
        _confirm(case, measure, by, at)
        return measure
    measure.save_version("percent", "result", "state")
    refresh_counters([case.pk])
    unit, role = handler_of(case)
    tell(
        unit,
        role,
        f"待确认完成：{case.organization.short_name}“{measure.text[:30]}”",
        url=reverse("remediation:measure", args=[measure.uid]),
        today=timezone.localdate(at),
    )
    return measure


def _confirm(case: Case, measure: Measure, by: Appointment, at: datetime) -> None:
    measure.state = MeasureState.CONFIRMED
    measure.save_version("percent", "result", "state")
    if measure.duty:
        duties.discharge(duty=measure.duty, by=by, at=at)
    settle_problem(measure.problem)
    refresh_counters([case.pk])
    audit.record("确认措施完成", obj=case)
    if measure.problem.state == "solved":
        confirms = decider_of(case, Process.CLOSING)
        tell(
            confirms.unit,
            confirms.role,
            f"待销号：{case.organization.short_name}问题 {measure.problem.order}",
            url=reverse("remediation:closing"),
            today=timezone.localdate(at),
        )


@transaction.atomic
def confirm_done(*, measure_id: int, by: Appointment, at: datetime) -> Measure:
    """The township confirms what a helper or the village reported done."""
    case, measure = _locked(measure_id, by)
    if refused := confirm_refusal(measure, by):
        raise Refused(refused)
    _write(measure, 100, CONFIRMED, timezone.localdate(at), by, at)
    measure.percent = 100
    _confirm(case, measure, by, at)
    return measure


@transaction.atomic
def return_done(*, measure_id: int, reason: str, by: Appointment, at: datetime) -> Measure:
    """The township does not accept that it is done: the measure is open again, and why."""
    case, measure = _locked(measure_id, by)
    if refused := confirm_refusal(measure, by):
        raise Refused(refused)
    if not reason.strip():
        raise Invalid({"reason": ["退回须写明理由"]})
    reopen(measure, f"退回继续落实：{reason.strip()}", by, at)
    refresh_counters([case.pk])
    audit.record("退回完成情况", obj=case)
    return measure


def reopen(measure: Measure, words: str, by: Appointment, at: datetime) -> None:
    """Open a measure again at the last percentage below a hundred, with an entry that says why."""
    before = measure.entries.filter(percent__lt=100).order_by("-on", "-pk").first()
    percent = before.percent if before else 0
    told = None if measure.long_term else percent
    Progress.objects.create(
        measure=measure, percent=told, words=words, on=timezone.localdate(at), by=by, at=at
    )
    measure.percent, measure.state, measure.result = percent, MeasureState.OPEN, ""
    measure.save_version("percent", "state", "result")
    if measure.duty:
        duties.reopen(duty=measure.duty, by=by, reason=words)
