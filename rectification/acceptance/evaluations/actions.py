"""年底考核: the year's list in one step, an assessment kept and done, put right with its reason."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.versions import lock
from organizations.models import Appointment, Organization
from rectification.acceptance.evaluations import facts, rules, served
from rectification.acceptance.evaluations.models import EvaluationState, PersonEvaluation
from rectification.schemes.models import Scheme

WRITTEN = ("words", "local_words", "grade", "uses", "uses_words", "assessor", "on")
NEAR = ("organization", "scheme", "member", "case", "contact")


def missing(post: Appointment, year: int, today: date) -> list[served.Served]:
    """Who served in the year and is not on the unit's list yet."""
    found = served.served(post, year, today)
    if not found:
        return []
    rows = PersonEvaluation.objects.filter(organization=post.organization, scheme__year=year)
    there = {served.key_of(row) for row in rows.select_related("member")}
    return [one for one in found if one.key not in there]


@transaction.atomic
def open_list(*, year: int, by: Appointment, at: datetime) -> int:
    """Make a row for everyone the unit assesses who served in the year; repeated it adds who came since, and takes over
    names that were put right meanwhile. Returns how many rows are new."""
    if refused := served.list_refusal(by, Scheme.objects.governing(by.organization, year)):
        raise Refused(refused)
    # Two clicks at once make one list
    Organization.objects.select_for_update(no_key=True).get(pk=by.organization_id)
    today = timezone.localdate(at)
    _take_over_names(by, year)
    new = missing(by, year, today)
    PersonEvaluation.objects.bulk_create(
        PersonEvaluation(
            organization=one.unit,
            org_path=one.unit.path,
            scheme=one.scheme,
            kind=one.kind,
            contact=one.contact,
            member=one.member,
            case=one.case,
            name=one.name,
            post_words=one.post_words[:100],
        )
        for one in new
    )
    if new:
        audit.record("生成年底考核名单", obj=by.organization, count=len(new))
    return len(new)


def _take_over_names(by: Appointment, year: int) -> None:
    rows = PersonEvaluation.objects.filter(
        organization=by.organization, scheme__year=year, state=EvaluationState.DRAFT
    )
    for row in rows.select_related("member", "contact"):
        now = row.contact or row.member
        if now is not None and row.name != now.name:
            row.name = now.name
            row.save_version("name")


def _locked(evaluation_id: int, version: int | None, by: Appointment) -> PersonEvaluation:
    rows = PersonEvaluation.objects.visible_to(by).select_related(*NEAR)
    row = lock(rows, pk=evaluation_id, version=version)
    if refused := served.assess_refusal(row, by):
        raise Refused(refused)
    return row


def _write(
    row: PersonEvaluation, typed: rules.Typed, by: Appointment, at: datetime, *, complete: bool
) -> None:
    errors = rules.typed_errors(
        typed,
        grades=row.scheme.evaluation_grades,
        uses=row.scheme.evaluation_uses,
        complete=complete,
        today=timezone.localdate(at),
    )
    if errors:
        raise Invalid(errors)
    for name in WRITTEN:
        value = getattr(typed, name)
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.uses, row.by = list(typed.uses), by


@transaction.atomic
def keep(
    *,
    evaluation_id: int,
    version: int | None,
    typed: rules.Typed,
    done: bool,
    by: Appointment,
    at: datetime,
) -> PersonEvaluation:
    """Keep what is written so far, or, with `done`, finish it: what the person did is frozen as the file says now."""
    row = _locked(evaluation_id, version, by)
    if row.state == EvaluationState.DONE:
        raise Refused("已完成考核；需要修改的，请点“更正”并写明原因")
    _write(row, typed, by, at, complete=done)
    if done:
        row.state = EvaluationState.DONE
        row.facts = facts.drawn([row], timezone.localdate(at))[row.pk]
    row.save_version(*WRITTEN, "by", "state", "facts")
    audit.record("完成年底考核" if done else "登记年底考核", obj=row)
    return row


@transaction.atomic
def correct(
    *,
    evaluation_id: int,
    version: int | None,
    typed: rules.Typed,
    reason: str,
    redraw: bool,
    by: Appointment,
    at: datetime,
) -> PersonEvaluation:
    """Put right what was done, with the reason; `redraw` counts anew what the person did."""
    row = _locked(evaluation_id, version, by)
    if row.state != EvaluationState.DONE:
        raise Refused("还没有完成考核，直接修改即可")
    if not reason.strip():
        raise Invalid({"reason": ["更正须写明原因"]})
    _write(row, typed, by, at, complete=True)
    row.corrected_reason = reason.strip()[:200]
    if redraw:
        row.facts = facts.drawn([row], timezone.localdate(at))[row.pk]
    row.save_version(*WRITTEN, "by", "facts", "corrected_reason")
    audit.record("更正年底考核", obj=row, reason=row.corrected_reason)
    return row
