"""Enter, correct and withdraw what was reached of a target."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.remediation.actions import handler_of, is_handler, lock_case
from rectification.remediation.targets import rules
from rectification.remediation.targets.models import TargetEntry
from rectification.schemes.practice_models import Target

WRITERS = frozenset({Role.TOWNSHIP_OFFICER, Role.COUNTY_OFFICER, Role.HELPER})


@dataclass(frozen=True)
class Reached:
    """So many more of a target on a day; `words` without names of those counted (domain §8)."""

    target: Target
    number: int
    on: date
    words: str = ""


def entry_refusal(case: Case, post: Appointment | None) -> str | None:
    """Why this post enters nothing for this case, or None; the same answer for button, action and test."""
    if not is_handler(case, post) and (
        post is None or Role(post.role) not in (Role.TOWNSHIP_OFFICER, Role.HELPER)
    ):
        return f"目标进度由{handler_of(case)[0]}和帮扶人员填报"
    if not case.is_open:
        return f"该对象处于“{case.get_stage_display()}”，不再填报目标进度"
    return None


def correct_refusal(entry: TargetEntry, post: Appointment | None) -> str | None:
    """Why this post does not change this entry, or None: its writer and the office that handles the case may."""
    if refused := entry_refusal(entry.case, post):
        return refused
    if entry.withdrawn_reason:
        return "这条目标进度已经撤回"
    if is_handler(entry.case, post) or (post is not None and post.user_id == entry.by.user_id):
        return None
    return f"由填报人或{handler_of(entry.case)[0]}更正"


@transaction.atomic
def add_entry(*, case_id: int, reached: Reached, by: Appointment, at: datetime) -> TargetEntry:
    """Enter what was reached. Raises Invalid naming the field."""
    case = lock_case(case_id, by)
    if refused := entry_refusal(case, by):
        raise Refused(refused)
    entry = TargetEntry(case=case, by=by, at=at)
    _fill(entry, reached, at)
    entry.save()
    audit.record("填报目标进度", obj=case, target=reached.target.title, number=reached.number)
    return entry


@transaction.atomic
def correct_entry(
    *, entry_id: int, version: int | None, reached: Reached, by: Appointment, at: datetime
) -> TargetEntry:
    """Put an entry right; what it said before stays in its history."""
    case, entry = _locked(entry_id, version, by)
    _fill(entry, reached, at)
    entry.save_version("target", "number", "on", "words")
    audit.record("更正目标进度", obj=case, target=reached.target.title, number=reached.number)
    return entry


@transaction.atomic
def withdraw_entry(
    *, entry_id: int, version: int | None, reason: str, by: Appointment, at: datetime
) -> TargetEntry:
    """Take an entry out of the count with a reason; it stays readable."""
    case, entry = _locked(entry_id, version, by)
    if not reason.strip():
        raise Invalid({"reason": ["撤回须写明原因"]})
    entry.withdrawn_reason = reason.strip()[:200]
    entry.save_version("withdrawn_reason")
    audit.record("撤回目标进度", obj=case, target=entry.target.title, number=entry.number)
    return entry


def _locked(entry_id: int, version: int | None, by: Appointment) -> tuple[Case, TargetEntry]:
    rows = TargetEntry.objects.visible_to(by).select_related("by", "target")
    case = lock_case(rows.get(pk=entry_id).case_id, by)
    entry = lock(rows, pk=entry_id, version=version)
    entry.case = case
    if refused := correct_refusal(entry, by):
        raise Refused(refused)
    return case, entry


def _fill(entry: TargetEntry, reached: Reached, at: datetime) -> None:
    case, target = entry.case, reached.target
    if target.scheme_id != case.scheme_id:
        raise Invalid({"target": ["请选本对象所属方案的目标"]})
    errors = rules.entry_errors(
        key=target.key,
        title=target.title,
        number=reached.number,
        on=reached.on,
        today=timezone.localdate(at),
        began_on=case.determined_on,
        ended_on=case.closed_on,
    )
    if errors:
        raise Invalid(errors)
    entry.target, entry.number, entry.on = target, reached.number, reached.on
    entry.words = reached.words.strip()[:200]
