"""Duties are made from the scheme, discharged by the later room that holds the fact, and extended with a reason."""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts import audit
from accounts.errors import Refused
from accounts.roles import Role
from organizations.models import Appointment, Organization
from rectification.cases.models import Case
from rectification.cases.takers import decider_of
from rectification.duties import making, rules
from rectification.duties.models import Duty, DutyState, Extension
from rectification.schemes import actions as schemes
from rectification.schemes.duty_models import DutySubject
from rectification.schemes.models import Process, Scheme
from rectification.schemes.rule_dates import RuleDates
from rectification.schemes.terms import Event


@transaction.atomic
def start_year(*, scheme_id: int, by: Appointment, at: datetime, version: int | None = None) -> Scheme:
    """Put a scheme in force and make what every unit owes under it.

    Where a nearer scheme takes over from one above (the county asks its townships for the same thing by another
    date), the open duty of the scheme above is cancelled with that reason, so nobody owes one thing twice; of a
    series only what is still to come.
    """
    scheme = schemes.put_in_force(scheme_id=scheme_id, version=version, by=by, at=at)
    today = timezone.localdate(at)
    keys = [rule.key for rule in making.rules_of(scheme) if rule.subject != DutySubject.CASE]
    taken_over = Duty.objects.open().filter(
        Q(period_from_on=None) | Q(effective_due_on__gte=today),
        case__isnull=True,
        rule__isnull=False,
        scheme__year=scheme.year,
        key__in=keys,
        organization__in=Organization.objects.under(scheme.issuer).exclude(pk=scheme.issuer_id),
    )
    taken_over.update(
        state=DutyState.CANCELLED, ended_at=at, ended_by=by, ended_reason=f"改按《{scheme.title}》执行"[:200]
    )
    open_unit_duties(scheme=scheme, at=at)
    return scheme


def open_unit_duties(*, scheme: Scheme, at: datetime | None = None) -> int:
    """Make what each unit owes under a scheme. Safe to repeat: a unit owes a rule once in a period, and what was
    lifted stays lifted. Returns how many duties are new."""
    since = timezone.localdate(at)
    return _made([duty for _rule, duties in making.foretold(scheme, since) for duty in duties])


@transaction.atomic
def open_case_duties(*, case: Case, at: datetime | None = None) -> int:
    """Make what the scheme asks for each case from its determination on, and what its units owe only because they
    have a case. Safe to repeat; nothing is late at birth (decision 10)."""
    since = max(filter(None, (case.determined_on, timezone.localdate(at))))
    return _open_for(case, Event.DETERMINED, since=since, on=since, every=True)


@transaction.atomic
def happened(*, event: str, case: Case, on: date, by: Appointment, at: datetime) -> int:
    """Something happened on a case that the scheme's rules count from: an open place, a notice, a return, a pairing.

    Makes what is owed within so many days of it, and the series that waited for it. Safe to repeat for the same day.
    Returns how many duties are new.
    """
    made = _open_for(case, event, since=on, on=on, every=False)
    if made:
        audit.record("产生时限任务", obj=case, event=Event(event).label, on=on.isoformat(), count=made)
    return made


@transaction.atomic
def watched_longer(
    *, case: Case, closed_on: date, until: date, since: date, by: Appointment, at: datetime
) -> int:
    """The watching of a case closed on `closed_on` goes on `until` a later day, as was found on the day `since`: the
    looks of the added time are owed too. Returns how many are new."""
    made = _open_for(case, Event.CLOSED, since=since, on=closed_on, every=False, tracked_to=until)
    if made:
        audit.record("产生时限任务", obj=case, event="跟踪延长", on=since.isoformat(), count=made)
    return made


def _open_for(
    case: Case, event: str, *, since: date, on: date, every: bool, tracked_to: date | None = None
) -> int:
    """The duties of a case and its units by the rules that wait for this event, and with `every` by those that
    wait for none."""
    dates = replace(RuleDates.of(case.scheme), tracked_to=tracked_to)
    rules = [
        rule for rule in making.rules_of(case.scheme) if rule.event == event or (every and not rule.event)
    ]
    own = [rule for rule in rules if rule.subject == DutySubject.CASE]
    rows = making.case_duties(case, own, dates, since=since, event=event, on=on)
    units = [unit for unit in (case.township, case.county) if unit]
    for rule in rules:
        if rule.subject == DutySubject.UNIT_WITH_CASE:
            happened_on = [on] if rule.event else []
            rows += making.unit_duties(case.scheme, rule, dates, since=since, units=units, events=happened_on)
    made = _made(rows)
    refresh_next_due(case)
    return made


def _made(rows: list[Duty]) -> int:
    Duty.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    return len(rows)


def open_duty(*, case: Case, key: str, title: str, unit: Organization, role: str, due_on: date) -> Duty:
    """Make one duty that no rule of the scheme makes, such as a measure's deadline."""
    duty = Duty.objects.create(
        scheme=case.scheme,
        key=key,
        case=case,
        organization=unit,
        owner_role=role,
        title=title[:200],
        due_on=due_on,
        effective_due_on=due_on,
    )
    refresh_next_due(case)
    return duty


@transaction.atomic
def discharge(*, duty: Duty, by: Appointment | None, at: datetime, reason: str = "") -> None:
    """What was owed is there; `by` is None where the night finds it so. Repeating it changes nothing."""
    _end(duty, DutyState.DONE, by, at, reason)


@transaction.atomic
def cancel(*, duty: Duty, by: Appointment, at: datetime, reason: str) -> None:
    """It is no longer owed, and why."""
    if not reason.strip():
        raise Refused("取消时限任务须写明原因")
    _end(duty, DutyState.CANCELLED, by, at, reason)


def _end(duty: Duty, state: str, by: Appointment | None, at: datetime, reason: str) -> None:
    locked = Duty.objects.select_for_update().get(pk=duty.pk)
    if locked.state == DutyState.OPEN:
        locked.state, locked.ended_at, locked.ended_by, locked.ended_reason = state, at, by, reason[:200]
        locked.save(update_fields=["state", "ended_at", "ended_by", "ended_reason"])
        if locked.case:
            refresh_next_due(locked.case)


@transaction.atomic
def reopen(*, duty: Duty, by: Appointment, reason: str) -> None:
    """What discharged it was returned: it is owed again, by the same date."""
    locked = Duty.objects.select_for_update().get(pk=duty.pk)
    if locked.state == DutyState.DONE:
        locked.state, locked.ended_at, locked.ended_by, locked.ended_reason = (
            DutyState.OPEN,
            None,
            None,
            reason[:200],
        )
        locked.save(update_fields=["state", "ended_at", "ended_by", "ended_reason"])
        if locked.case:
            refresh_next_due(locked.case)


def discharge_rule(*, key: str, case: Case, by: Appointment, at: datetime) -> None:
    """Discharge what a case owes under one rule of its scheme, if the scheme has that rule."""
    for duty in Duty.objects.filter(case=case, key=key).open():
        discharge(duty=duty, by=by, at=at)


def lock_case_of(duty_id: int) -> None:
    """Lock the case a duty is of before the duty itself, as everybody does who works on the case: neither waits for
    the other in a circle."""
    of_it = Duty.objects.filter(pk=duty_id).values("case")
    list(Case.objects.filter(pk__in=of_it).select_for_update(of=("self",), no_key=True))


def extender_refusal(duty: Duty, post: Appointment | None) -> str | None:
    """Why this post may not extend this duty, or None; the same answer for button, action and test.

    A unit above may. Where the scheme lets the township approve the plans of its cases (S2 岔路), it also gives more
    time: nobody above it takes part.
    """
    if duty.case is not None and post is not None and post.role == Role.TOWNSHIP_OFFICER:
        approves = decider_of(duty.case, Process.PLAN)
        if approves.is_(post):
            return None
    return superior_refusal(duty, post)


def superior_refusal(duty: Duty, post: Appointment | None) -> str | None:
    """Why this post is not the one above that may lighten this duty, or None."""
    if post is None:
        return "请先选择岗位"
    return rules.extender_refusal(
        role=Role(post.role),
        post_path=post.organization.path,
        unit_path=duty.org_path,
        of_case=duty.case_id is not None,
        unit=str(duty.organization),
    )


@transaction.atomic
def extend(*, duty_id: int, until_on: date, reason: str, by: Appointment, at: datetime) -> Duty:
    """Put a later date in force with its reason; `due_on` itself never moves (architecture, Duties)."""
    lock_case_of(duty_id)
    duty = (
        Duty.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("scheme", "organization")
        .get(pk=duty_id)
    )
    refused = extender_refusal(duty, by) or rules.extension_refusal(
        due_on=duty.due_on,
        effective_due_on=duty.effective_due_on,
        until_on=until_on,
        reason=reason,
        cap_days=duty.scheme.extension_cap_days,
        done=duty.state != DutyState.OPEN,
    )
    if refused:
        raise Refused(refused)
    Extension.objects.create(
        duty=duty, before_on=duty.effective_due_on, until_on=until_on, reason=reason.strip(), by=by, at=at
    )
    duty.effective_due_on = until_on
    duty.save(update_fields=["effective_due_on"])
    if duty.case:
        refresh_next_due(duty.case)
    audit.record("延期", obj=duty, until=until_on.isoformat())
    return duty


def refresh_next_due(case: Case) -> None:
    """Keep the nearest date on the case row, so that lists need not look for it: the last day in time, grace counted,
    so that a case and its duty turn red on the same day."""
    nearest = (
        Duty.objects.filter(case=case)
        .open()
        .annotate(last_on=Greatest("effective_due_on", "late_after_on"))
        .order_by("last_on")
    )
    Case.objects.filter(pk=case.pk).update(next_due_on=nearest.values_list("last_on", flat=True).first())
