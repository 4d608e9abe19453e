"""五帮 and 培训: what was done for a case, on which day (S0 四（二）, domain §5.13)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.remediation.support.models import Help, Recorded, Training
from rectification.remediation.support.rights import KEEPERS, TEAM, locked_for
from rectification.remediation.support.rules import day_errors
from rectification.schemes.models import ItemKind, SchemeItem

Row = TypeVar("Row", bound=Recorded)
TRAINED = ("person", "secretary", "on", "level", "title")


@transaction.atomic
def add_help(*, case_id: int, item_id: int, words: str, on: date, by: Appointment, at: datetime) -> Help:
    """What was done for one of the scheme's helps (五帮), written by the team itself or for it."""
    case = locked_for(case_id, by, roles=TEAM, new=True)
    _check_day(case, on, at)
    item = _item(case, item_id)
    made = Help.objects.create(case=case, item=item, words=words.strip(), on=on, by=by)
    audit.record("登记帮建内容", obj=case, what=item.text)
    return made


@transaction.atomic
def correct_help(
    *,
    help_id: int,
    version: int | None,
    item_id: int,
    words: str,
    on: date,
    by: Appointment,
    at: datetime,
) -> Help:
    """Put it right; what it said before stays in its history."""
    case, row = _locked(Help, help_id, version, by, TEAM)
    _check_day(case, on, at)
    row.item, row.words, row.on = _item(case, item_id), words.strip(), on
    row.save_version("item", "words", "on")
    audit.record("更正帮建内容", obj=case, what=row.item.text)
    return row


@transaction.atomic
def add_training(*, case_id: int, facts: Mapping[str, Any], by: Appointment, at: datetime) -> Training:
    """One person, one course, by the names of TRAINED; the same person's same course of a day is one 人次."""
    case = locked_for(case_id, by, new=True)
    row = Training(case=case)
    _fill(row, facts, at)
    row.save()
    audit.record("登记培训", obj=case, what=row.title)
    return row


@transaction.atomic
def correct_training(
    *, training_id: int, version: int | None, facts: Mapping[str, Any], by: Appointment, at: datetime
) -> Training:
    """Put it right; what it said before stays in its history."""
    case, row = _locked(Training, training_id, version, by, KEEPERS)
    row.case = case
    _fill(row, facts, at)
    row.save_version(*TRAINED)
    audit.record("更正培训", obj=case, what=row.title)
    return row


@transaction.atomic
def withdraw_help(*, help_id: int, version: int | None, reason: str, by: Appointment, at: datetime) -> Help:
    """Recorded in error."""
    return _withdraw(*_locked(Help, help_id, version, by, TEAM), reason, "撤销帮建内容")


@transaction.atomic
def withdraw_training(
    *, training_id: int, version: int | None, reason: str, by: Appointment, at: datetime
) -> Training:
    """Recorded in error: it is counted no longer."""
    return _withdraw(*_locked(Training, training_id, version, by, KEEPERS), reason, "撤销培训登记")


def _withdraw(case: Case, row: Row, reason: str, action: str) -> Row:
    if not reason.strip():
        raise Invalid({"reason": ["请写明撤销登记的原因"]})
    row.withdrawn_reason = reason.strip()[:200]
    row.save_version("withdrawn_reason")
    audit.record(action, obj=case, reason=row.withdrawn_reason)
    return row


def _locked(
    model: type[Row], pk: int, version: int | None, by: Appointment, roles: frozenset[Role]
) -> tuple[Case, Row]:
    rows = model.objects.visible_to(by)
    case = locked_for(rows.get(pk=pk).case_id, by, roles=roles)
    row = lock(rows, pk=pk, version=version)
    if row.withdrawn_reason:
        raise Refused(f"这条登记已经撤销：{row.withdrawn_reason}")
    return case, row


def _item(case: Case, item_id: int) -> SchemeItem:
    return case.scheme.items.get(pk=item_id, kind=ItemKind.HELP)


def _check_day(case: Case, on: date, at: datetime) -> None:
    if errors := day_errors("on", on, today=timezone.localdate(at), began_on=case.determined_on):
        raise Invalid(errors)


def _fill(row: Training, facts: Mapping[str, Any], at: datetime) -> None:
    for name in TRAINED:
        if name in facts:
            setattr(row, name, facts[name])
    # Training of the year's start counts for the year, before the list was drawn up too
    if errors := day_errors("on", row.on, today=timezone.localdate(at), began_on=date(row.case.year, 1, 1)):
        raise Invalid({"on": [f"只登记{row.case.year}年内已经参加的培训"]} if "on" in errors else errors)
    same = row.case.trainings.standing().filter(person=row.person, title=row.title, on=row.on)
    if same.exclude(pk=row.pk).exists():
        raise Invalid({"person": [f"{row.person}当日的这次培训已经登记，不必重复"]})
