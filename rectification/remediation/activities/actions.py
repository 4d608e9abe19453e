"""Write, correct and withdraw entries of the 工作纪实; what they discharge is settled with each change."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment
from rectification.cases.models import Case, CaseMember
from rectification.duties import actions as duties
from rectification.duties.models import DutyState
from rectification.evidence import actions as evidence
from rectification.evidence.models import Attachment
from rectification.remediation.actions import lock_case
from rectification.remediation.activities.household_rules import households_refusal
from rectification.remediation.activities.models import Activity
from rectification.remediation.activities.rules import entry_errors, people_words
from rectification.remediation.activities.standing import keep_tones, standings, terms_of
from rectification.schemes.terms import words
from rectification.workflow import Stage

# Leaders need not sign in: whoever works on the case writes for them (代录, domain §1)
WRITERS = frozenset({Role.HELPER, Role.VILLAGE_REPORTER, Role.TOWNSHIP_OFFICER, Role.COUNTY_OFFICER})
KEEPERS = frozenset({Role.TOWNSHIP_OFFICER, Role.COUNTY_OFFICER})
BY_THE_LOG = "由工作纪实自动办结"
FIELDS = ("kind", "on", "others", "people", "what", "result", "households", "phoned", "on_behalf")


@dataclass(frozen=True)
class Written:
    """An entry as it was typed; `members` are keys of the case's people, `others` names in words."""

    kind: str
    on: date
    what: str
    members: tuple[int, ...] = ()
    others: str = ""
    result: str = ""
    households: tuple[str, ...] = ()
    phoned: tuple[str, ...] = ()


def log_refusal(case: Case, post: Appointment | None) -> str | None:
    """Why this post writes nothing into this case's log, or None; the same answer for button, action and test."""
    if post is None or Role(post.role) not in WRITERS:
        return "工作纪实由帮扶人员登记，或由县、乡镇、村代录"
    if case.stage in (Stage.SURVEY, Stage.WITHDRAWN):
        return f"该对象处于“{case.get_stage_display()}”，不登记工作纪实"
    return None


def correct_refusal(activity: Activity, post: Appointment | None) -> str | None:
    """Why this post does not change this entry, or None: its writer, who took part, and the offices may."""
    if refused := log_refusal(activity.case, post):
        return refused
    if activity.withdrawn_at is not None:
        return "这条纪实已经撤回"
    if post is None or Role(post.role) in KEEPERS or post.user_id == activity.by.user_id:
        return None
    if any(member.user_id == post.user_id for member in activity.members.all()):
        return None
    return "由录入人、参加的帮扶人员或县、乡镇更正"


@transaction.atomic
def log_activity(
    *,
    case_id: int,
    written: Written,
    by: Appointment,
    at: datetime,
    key: uuid.UUID | None = None,
    uploads: Mapping[str, BinaryIO] | None = None,
) -> Activity:
    """Keep an entry with its files. The same key of the same person again gives the first entry back.

    Raises Invalid naming the field, the uploads by their names in `uploads`.
    """
    case = lock_case(case_id, by)
    first = Activity.objects.filter(sent_key=key, by__user=by.user_id).first() if key else None
    if first is not None:
        return first
    if refused := log_refusal(case, by):
        raise Refused(refused)
    activity = Activity(case=case, by=by, at=at, sent_key=key)
    people = fill(activity, written, at)
    activity.save()
    activity.members.set(people)
    _attach(activity, uploads or {}, by, at)
    settle(case, by=by, at=at)
    audit.record("登记工作纪实", obj=case, kind=activity.kind)
    return activity


@transaction.atomic
def correct_activity(
    *,
    activity_id: int,
    version: int | None,
    written: Written,
    by: Appointment,
    at: datetime,
    uploads: Mapping[str, BinaryIO] | None = None,
) -> Activity:
    """Put an entry right; what it said before stays in its history. Files are added to those it has."""
    case, activity = _locked(activity_id, version, by)
    people = fill(activity, written, at)
    activity.save_version(*FIELDS)
    activity.members.set(people)
    _attach(activity, uploads or {}, by, at)
    settle(case, by=by, at=at)
    audit.record("更正工作纪实", obj=case, kind=activity.kind)
    return activity


@transaction.atomic
def withdraw_activity(
    *, activity_id: int, version: int | None, reason: str, by: Appointment, at: datetime
) -> Activity:
    """Take an entry out of the count with a reason; it stays readable."""
    case, activity = _locked(activity_id, version, by)
    if not reason.strip():
        raise Invalid({"reason": ["撤回须写明原因"]})
    activity.withdrawn_at, activity.withdrawn_reason = at, reason.strip()[:200]
    activity.save_version("withdrawn_at", "withdrawn_reason")
    settle(case, by=by, at=at)
    audit.record("撤回工作纪实", obj=case, kind=activity.kind)
    return activity


def _locked(activity_id: int, version: int | None, by: Appointment) -> tuple[Case, Activity]:
    rows = Activity.objects.visible_to(by).select_related("by")
    seen = rows.get(pk=activity_id)
    case = lock_case(seen.case_id, by)
    activity = lock(rows, pk=activity_id, version=version)
    activity.case = case
    if refused := correct_refusal(activity, by):
        raise Refused(refused)
    return case, activity


def fill(activity: Activity, written: Written, at: datetime) -> list[CaseMember]:
    """Check what was typed and put it on the row, not saved yet; the people who took part."""
    case = activity.case
    people = list(CaseMember.objects.filter(case=case, pk__in=written.members))
    errors = entry_errors(
        kind=written.kind,
        on=written.on,
        today=timezone.localdate(at),
        began_on=case.determined_on,
        ended_on=case.closed_on,
        people=terms_of(people),
        others=written.others,
        what=written.what,
        households=written.households,
        phoned=written.phoned,
    )
    if errors:
        raise Invalid(errors)
    if refused := _in_the_next_file(case, written.on):
        raise Invalid({"on": [refused]})
    if refused := _too_many(activity, written):
        raise Invalid({"households": [refused]})
    activity.kind, activity.on = written.kind, written.on
    activity.others, activity.what, activity.result = (
        written.others.strip(),
        written.what.strip(),
        written.result.strip(),
    )
    activity.households, activity.phoned = list(written.households), list(written.phoned)
    activity.people = people_words((member.name for member in people), written.others)[:600]
    activity.on_behalf = all(member.user_id != activity.by.user_id for member in people)
    return people


def _in_the_next_file(case: Case, on: date) -> str | None:
    """Why a day belongs into next year's file of a case that was carried over, or None."""
    if case.stage != Stage.CARRIED:
        return None
    later = case.following.filter(determined_on__lte=on).order_by("year").first()
    return (
        f"该对象已转入{later.year}年整顿，{words(on)}的活动请在{later.year}年的档案中登记" if later else None
    )


def _too_many(activity: Activity, written: Written) -> str | None:
    if not written.households and not written.phoned:
        return None
    others = Activity.objects.standing().filter(case=activity.case).exclude(pk=activity.pk)
    before = {one for row in others.values_list("households", "phoned") for part in row for one in part}
    return households_refusal(
        before=before,
        visited=written.households,
        phoned=written.phoned,
        total=activity.case.organization.households,
    )


def _attach(activity: Activity, uploads: Mapping[str, BinaryIO], by: Appointment, at: datetime) -> None:
    note = f"{activity}：{activity.what}"[:60]
    for name, upload in uploads.items():
        activity.attachments.add(_stored(activity.case_id, name, upload, note, by, at))


def _stored(
    case_id: int, field: str, upload: BinaryIO, note: str, by: Appointment, at: datetime
) -> Attachment:
    try:
        return evidence.store(case_id=case_id, upload=upload, name=upload.name, note=note, by=by, at=at)
    except Refused as refused:
        raise Invalid({field: [str(refused)]}) from refused


def settle(case: Case, *, by: Appointment | None, at: datetime) -> None:
    """Discharge the counted duties the log now fulfils; open again those it had fulfilled and no longer does."""
    settle_all([case], by=by, at=at)


def settle_all(cases: Sequence[Case], *, by: Appointment | None, at: datetime) -> int:
    """The same for several cases, such as those of a month's sheet; returns how many duties were discharged.

    `by` is None where the night does it: then nothing is opened again, for nobody corrected an entry.
    """
    today, discharged = timezone.localdate(at), 0
    found = standings(cases, today)
    for standing in (one for rows in found.values() for one in rows):
        duty = standing.duty
        if standing.fulfilled and duty.state == DutyState.OPEN:
            duties.discharge(duty=duty, by=by, at=at, reason=BY_THE_LOG)
            duty.state, discharged = DutyState.DONE, discharged + 1
        elif (
            by and not standing.fulfilled and duty.state == DutyState.DONE and duty.ended_reason == BY_THE_LOG
        ):
            duties.reopen(duty=duty, by=by, reason="工作纪实更正后次数不足，重新办理")
            duty.state = DutyState.OPEN
    keep_tones(found, today)
    return discharged
