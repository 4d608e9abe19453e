"""Keep the entries of a month's sheet: tried first, then written, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.errors import Invalid, Refused
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.remediation.actions import lock_case
from rectification.remediation.activities.actions import Written, fill, log_refusal, settle_all
from rectification.remediation.activities.models import Activity

Entries = Sequence[tuple[Case, Written]]


@dataclass
class Outcome:
    """What became of a sheet's entries, by their number: new, there already word for word, or wrong by field."""

    new: list[int] = field(default_factory=list)
    there: list[int] = field(default_factory=list)
    errors: dict[int, dict[str, list[str]]] = field(default_factory=dict)


def check_many(*, entries: Entries, by: Appointment, at: datetime) -> Outcome:
    """What writing these entries would do, every error of every one of them; nothing is kept."""
    with transaction.atomic():
        outcome = _write(entries, by, at)[0]
        transaction.set_rollback(True)
    return outcome


@transaction.atomic
def log_many(*, entries: Entries, by: Appointment, at: datetime) -> Outcome:
    """Keep the entries, all or none; what is there already word for word is left out. Raises Refused when one of them
    may no longer be written."""
    outcome, cases = _write(entries, by, at)
    if outcome.errors:
        texts = [text for found in outcome.errors.values() for words in found.values() for text in words]
        raise Refused(f"预览之后情况有变，没有写入任何一行，请重新上传核对：{'；'.join(texts[:3])}")
    settle_all(cases, by=by, at=at)
    audit.record("导入工作纪实", obj=by.organization, rows=len(outcome.new))
    return outcome


def _write(entries: Entries, by: Appointment, at: datetime) -> tuple[Outcome, list[Case]]:
    outcome = Outcome()
    # In the order of their keys, so that two sheets never wait for each other
    locked = {key: lock_case(key, by) for key in sorted({case.pk for case, _written in entries})}
    for number, (named, written) in enumerate(entries):
        case = locked[named.pk]
        if _is_there(case, written):
            outcome.there.append(number)
            continue
        try:
            _log_line(case, written, by, at)
            outcome.new.append(number)
        except Invalid as invalid:
            outcome.errors[number] = invalid.errors
        except Refused as refused:
            outcome.errors[number] = {"": [str(refused)]}
    return outcome, list(locked.values())


def _log_line(case: Case, written: Written, by: Appointment, at: datetime) -> None:
    if refused := log_refusal(case, by):
        raise Refused(refused)
    activity = Activity(case=case, by=by, at=at)
    people = fill(activity, written, at)
    activity.save()
    activity.members.set(people)


def _is_there(case: Case, written: Written) -> bool:
    same = Activity.objects.standing().filter(
        case=case, kind=written.kind, on=written.on, what=written.what.strip()
    )
    return any(
        (set(row.households), set(row.phoned), {member.pk for member in row.members.all()})
        == (set(written.households), set(written.phoned), set(written.members))
        for row in same.prefetch_related("members")
    )
