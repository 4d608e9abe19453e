"""What is owed follows an amended scheme: dates moved and rules added while it is in force."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.duties import actions
from rectification.duties.models import Duty, DutyState
from rectification.schemes import amendments
from rectification.schemes.duty_models import DutyRule
from rectification.schemes.models import Scheme, SchemeAmendment
from rectification.schemes.terms import words


@transaction.atomic
def amend_rules(
    *,
    scheme_id: int,
    version: int | None,
    rows: Sequence[Mapping[str, Any]],
    reason: str,
    by: Appointment,
    at: datetime,
) -> list[SchemeAmendment]:
    """Amend the duty rules of a scheme in force and let what is owed follow.

    A moved date: `due_on` never moves, so each open duty of the rule that is not yet due and was not extended beyond
    the new day is cancelled with the amendment as its reason and made anew. What is overdue, done or extended further
    stays as it is. A new rule: its duties are made.
    """
    scheme = Scheme.objects.get(pk=scheme_id)
    before = {rule.pk: rule.due_on for rule in scheme.duty_rules.all()}
    made = amendments.amend(
        scheme_id=scheme_id, version=version, part="duty_rules", rows=rows, reason=reason, by=by, at=at
    )
    today = timezone.localdate(at)
    for rule in scheme.duty_rules.filter(pk__in=before, due_on__isnull=False):
        if rule.due_on != before[rule.pk]:
            _date_anew(rule, today=today, by=by, at=at)
    actions.open_unit_duties(scheme=scheme)
    for case in (
        Case.objects.filter(scheme=scheme).open().select_related("organization", "township", "county")
    ):
        actions.open_case_duties(case=case)
    return made


def _date_anew(rule: DutyRule, *, today: date, by: Appointment, at: datetime) -> None:
    moved = list(
        Duty.objects.open()
        .filter(rule=rule, effective_due_on__gte=today)
        .exclude(effective_due_on__gt=F("due_on"), effective_due_on__gte=rule.due_on)
        .select_for_update(of=("self",))
        .select_related("scheme", "organization", "case__organization")
    )
    Duty.objects.filter(pk__in=[duty.pk for duty in moved]).update(
        state=DutyState.CANCELLED,
        ended_at=at,
        ended_by=by,
        ended_reason=f"方案修订，截止日期改为{words(rule.due_on)}",
    )
    Duty.objects.bulk_create(
        [actions.from_rule(duty.scheme, rule, duty.organization, duty.case) for duty in moved]
    )
