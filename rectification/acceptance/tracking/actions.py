"""跟踪检查 recorded and taken back, and the watching ended; the only writers of tracking checks."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment
from rectification.acceptance.sides import accepting
from rectification.acceptance.tracking import rules
from rectification.acceptance.tracking.models import TrackingCheck, looks_at
from rectification.cases import actions as cases
from rectification.cases.models import Case
from rectification.duties import actions as duties
from rectification.duties import ending
from rectification.duties.models import Duty, DutyState
from rectification.evidence import actions as evidence
from rectification.remediation.actions import is_handler, lock_case, tell
from rectification.schemes.terms import Event
from rectification.workflow import Stage


def record_refusal(case: Case, post: Appointment | None) -> str | None:
    """Why this post records no look at this case now, or None: the township, the county, or whoever accepted it."""
    if case.stage != Stage.TRACKING:
        return f"当前处于“{case.get_stage_display()}”，没有在跟踪"
    county = post is not None and (post.organization_id, post.role) == (case.county_id, Role.COUNTY_OFFICER)
    if county or is_handler(case, post) or accepting(case).is_(post):
        return None
    units = dict.fromkeys(unit.office for unit in (case.township, case.county) if unit)
    return f"跟踪检查由{'、'.join(units)}登记"


@transaction.atomic
def record(
    *,
    case_id: int,
    by: Appointment,
    at: datetime,
    on: date,
    words: str,
    relapse: bool = False,
    uploads: Sequence[BinaryIO] = (),
) -> TrackingCheck:
    """Record a look; it discharges what was owed for its period. A relapse is told to the county."""
    case = lock_case(case_id, by)
    if refused := record_refusal(case, by):
        raise Refused(refused)
    span = {"starts_on": case.tracking.starts_on, "ends_on": case.tracking.ends_on}
    if errors := rules.check_errors(on, **span, today=timezone.localdate(at)):
        raise Invalid({field: [text] for field, text in errors.items()})
    duty = owed_for(case, on)
    check = TrackingCheck.objects.create(
        case=case, duty=duty, on=on, words=words.strip(), relapse=relapse, by=by, at=at
    )
    for upload in uploads:
        given = {"upload": upload, "name": upload.name or "附件", "by": by, "at": at, "note": "跟踪检查"}
        check.attachments.add(evidence.store(case_id=case.pk, **given))
    if duty is not None:
        duties.discharge(duty=duty, by=by, at=at, reason="已登记跟踪检查")
    if relapse:
        _tell_relapse(case, by, at)
    audit.record("登记跟踪检查", obj=case, relapse=relapse)
    return check


def owed_for(case: Case, on: date) -> Duty | None:
    """What was owed in the period of this day and is still open; else the earliest one that is overdue by then."""
    rows = Duty.objects.filter(case=case, rule__event=Event.CLOSED).open().order_by("effective_due_on", "pk")
    within = rows.filter(period_from_on__lte=on, period_to_on__gte=on).first()
    return within or rows.filter(period_to_on__lt=on).first()


def _tell_relapse(case: Case, by: Appointment, at: datetime) -> None:
    name = case.organization.short_name
    body = "请研究是否作为本年整顿对象增列；增列后两年的情况在整顿档案中一并显示。"
    if by.organization_id == case.county_id:
        return
    url = reverse("acceptance:tracking_case", args=[case.uid])
    title = f"{name}跟踪检查发现反弹"
    tell(case.county, Role.COUNTY_OFFICER, title, url=url, today=timezone.localdate(at), body=body)


def withdraw_refusal(check: TrackingCheck, post: Appointment | None) -> str | None:
    """Why this post does not take this record back, or None."""
    if check.withdrawn_reason:
        return "这次登记已经撤销"
    if post is None or post.organization_id not in (check.by.organization_id, check.case.county_id):
        return f"由登记单位{check.by.organization.short_name}撤销"
    return record_refusal(check.case, post)


@transaction.atomic
def withdraw(
    *, check_id: int, by: Appointment, at: datetime, version: int | None, reason: str
) -> TrackingCheck:
    """Take a record made in error back, with the reason; what it discharged is owed again."""
    seen = TrackingCheck.objects.visible_to(by).get(pk=check_id)
    lock_case(seen.case_id, by)
    near = ("case__county", "case__township", "case__scheme", "by__organization", "duty")
    check = lock(TrackingCheck.objects.visible_to(by).select_related(*near), pk=check_id, version=version)
    if refused := withdraw_refusal(check, by):
        raise Refused(refused)
    if not reason.strip():
        raise Refused("撤销登记须写明原因")
    check.withdrawn_reason = reason.strip()[:200]
    check.save_version("withdrawn_reason")
    if check.duty is not None and check.duty.state == DutyState.DONE:
        duties.reopen(duty=check.duty, by=by, reason="跟踪检查登记已撤销")
    audit.record("撤销跟踪检查登记", obj=check.case)
    return check


def ending_refusal(case: Case, post: Appointment | None, today: date) -> str | None:
    """Why this post cannot end the tracking of this case now, or None."""
    if refused := cases.step_refusal(case, "end_tracking", post):
        return refused
    if not accepting(case).is_(post):
        return f"由{accepting(case).unit.office}办结跟踪"
    relapse = looks_at(case).filter(relapse=True).exists()
    # One that came back is this year's case by now: nothing keeps the old one open
    relapse = relapse and not case.following.exists()
    return rules.ending_refusal(case.tracking.ends_on, today=today, relapse=relapse)


@transaction.atomic
def end(*, case_ids: Sequence[int], by: Appointment, at: datetime) -> tuple[list[Case], list[str]]:
    """跟踪期满，办结, for many at once: those that were ended, and why the others were not, each by its name."""
    ended, left, today = [], [], timezone.localdate(at)
    for key in case_ids:
        case = lock_case(key, by)
        if refused := ending_refusal(case, by, today):
            left.append(f"{case.organization.short_name}：{refused}")
            continue
        ended.append(cases.take_step(case_id=case.pk, step="end_tracking", by=by, at=at))
        ending.cancel_case(case=case, by=by, at=at, reason="跟踪期满，已办结")
    return ended, left
