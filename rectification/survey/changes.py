"""年中增列 and 退出整顿: the year's list changes after its determination, by a recorded decision with its reason."""

from collections.abc import Collection
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from organizations.models import Appointment, Organization
from organizations.rules import paths_to
from organizations.scope import covers
from rectification.cases import actions as cases
from rectification.cases import endings, member_actions
from rectification.cases.models import Case, Source
from rectification.duties import actions as duties
from rectification.duties.ending import cancel_case, cancel_without_case, made_up
from rectification.evidence import actions as evidence
from rectification.evidence.models import Attachment
from rectification.reviews import actions as reviews
from rectification.reviews.models import ReviewState
from rectification.schemes.models import Criterion
from rectification.survey import change_rules as rules
from rectification.survey import holders, opening
from rectification.survey.change_models import CaseChange, ChangeKind
from rectification.survey.models import Assessment, Survey, SurveyState
from rectification.survey.nearest import worked_under
from rectification.survey.ranking import field_groups
from rectification.workflow import Stage


def holder_refusal(survey: Survey, post: Appointment | None) -> str | None:
    """Why this post changes nothing on this list, or None; the same answer for buttons and actions."""
    if not holders.is_holder(survey, post):
        return f"名单调整由{survey.organization.office}经办人登记"
    if survey.state != SurveyState.DETERMINED:
        return "本年度名单还没有审定，请在摸排中列入或不列入"
    return None


@transaction.atomic
def add_case(
    *,
    survey_id: int,
    organization_id: int,
    criteria: Collection[int],
    primary_id: int | None,
    national_type: int | None,
    reason: str,
    decision: rules.Decision,
    by: Appointment,
    at: datetime,
    upload: BinaryIO | None = None,
) -> CaseChange:
    """年中增列: an organization becomes a case in the middle of the year and owes what the scheme still asks.

    criteria: the numbers of those it meets; primary_id: one of them. Raises Invalid by field, Refused otherwise.
    """
    survey = opening.locked(survey_id, by)
    unit = Organization.objects.visible_to(by).get(pk=organization_id)
    known = {one.order: one for one in survey.scheme.criteria.all()}
    met = sorted(set(criteria) & set(known))
    _refuse_addition(survey, unit, by, len(met), reason)
    primary = next((known[order] for order in met if known[order].pk == primary_id), None)
    errors = _wrong(decision, primary, at)
    if errors:
        raise Invalid(errors)
    row = Assessment.objects.filter(survey=survey, organization=unit).select_for_update().first()
    case = _open(survey, unit, row, met, primary, national_type, reason, decision, by, at)
    if row is not None:
        row.case, row.chosen, row.primary, row.national_type = case, True, primary, case.national_type
        row.save_version("case", "chosen", "primary", "national_type")
    return _record(survey, case, ChangeKind.ADDED, reason, decision, by, at, upload)


def _refuse_addition(survey: Survey, unit: Organization, by: Appointment, criteria: int, reason: str) -> None:
    refused = holder_refusal(survey, by) or rules.addition_refusal(
        name=unit.short_name,
        active=unit.is_open,
        in_scope=covers(by, unit) and unit.level == "grassroots",
        has_case=Case.objects.filter(organization=unit, year=survey.year).exists(),
        survey_determined=survey.state == SurveyState.DETERMINED,
        criteria=criteria,
        reason=reason,
    )
    if refused:
        raise Refused(refused)


def _wrong(decision: rules.Decision, primary: Criterion | None, at: datetime) -> dict[str, list[str]]:
    found = rules.decision_errors(decision, today=timezone.localdate(at))
    errors = {field: [text] for field, text in found.items()}
    if primary is None:
        errors["primary"] = ["请在所选的对应情形中选定主要类型"]
    return errors


def _open(
    survey: Survey,
    unit: Organization,
    row: Assessment | None,
    met: list[int],
    primary: Criterion,
    national_type: int | None,
    reason: str,
    decision: rules.Decision,
    by: Appointment,
    at: datetime,
) -> Case:
    types = primary.national_types
    last = Case.objects.filter(organization=unit, year__lt=survey.year).order_by("-year").first()
    under = worked_under(survey, unit, primary, met)
    case = cases.open_case(
        scheme=under.scheme,
        organization=unit,
        county=holders.county_of(unit) or survey.organization,
        by=by,
        at=at,
        reason=reason.strip(),
        takers=frozenset({Role(by.role)}),
        source=Source.MID_YEAR,
        previous=last,
        primary=under.primary,
        criteria=under.criteria,
        national_type=types[0] if len(types) == 1 else (national_type if national_type in types else None),
        score=row.score if row else None,
        rank=row.rank if row else None,
        determined_on=decision.decided_on,
        determined_by=decision.body.strip(),
        minutes=decision.document.strip(),
    )
    duties.open_case_duties(case=case, at=at)
    if last is not None:
        made_up(case=last, by=by, at=at)
    return case


def _record(
    survey: Survey,
    case: Case,
    kind: str,
    reason: str,
    decision: rules.Decision,
    by: Appointment,
    at: datetime,
    upload: BinaryIO | None,
    consent: str = "",
) -> CaseChange:
    scan: Attachment | None = None
    if upload:
        note = f"{ChangeKind(kind).label}：{case.organization}"
        scan = evidence.store_paper(organization=survey.organization, upload=upload, by=by, at=at, note=note)
    change = CaseChange.objects.create(
        survey=survey,
        case=case,
        organization=case.organization,
        kind=kind,
        reason=reason.strip(),
        body=decision.body.strip(),
        decided_on=decision.decided_on,
        document=decision.document.strip(),
        consent=consent.strip(),
        scan=scan,
        by=by,
        at=at,
    )
    audit.record(ChangeKind(kind).label, obj=case)
    return change


def survey_of(case: Case) -> Survey | None:
    """The survey whose list a case is on: that of the nearest holder above it. One query."""
    above = paths_to(case.org_path)
    rows = Survey.objects.filter(year=case.year, organization__path__in=above)
    return rows.select_related("organization", "scheme").order_by("-organization__path").first()


def withdrawing_refusal(case: Case, post: Appointment | None) -> str | None:
    """Why this post cannot withdraw this case, or None; for the button before anything is typed."""
    survey = survey_of(case)
    if survey is None:
        return "没有这个整顿对象的摸排名单"
    if refused := holder_refusal(survey, post):
        return refused
    return None if case.is_open else f"“{case.organization}”处于“{case.get_stage_display()}”，不能退出"


def quota_left(survey: Survey, case: Case) -> tuple[int, int | None]:
    """How many of the case's group remain without it, and how many the share asks for (None: no share)."""
    rows = Assessment.objects.filter(survey=survey, excluded="")
    fields = set(rows.values_list("field", flat=True))
    groups = field_groups(survey.scheme.quotas.all(), fields, holders.apart_by_field(survey))
    group = next((one for one in groups if case.organization.field in one.fields), None)
    if group is None:
        return 0, None
    standing = Case.objects.of_year(survey.year).exclude(stage=Stage.WITHDRAWN).exclude(pk=case.pk)
    standing = standing.exclude(assessment__survey__in=holders.held_below(survey))
    remaining = standing.under(survey.organization).filter(organization__field__in=group.fields).count()
    return remaining, group.least(rows.filter(field__in=group.fields).count())


@transaction.atomic
def withdraw_case(
    *,
    case_id: int,
    reason: str,
    merged: bool,
    decision: rules.Decision,
    by: Appointment,
    at: datetime,
    consent: str = "",
    upload: BinaryIO | None = None,
) -> CaseChange:
    """退出整顿: the case is ended with its reason; what it owes is cancelled, who supports it is free again."""
    endings.lock_before(case_id)
    case = (
        Case.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("organization")
        .get(pk=case_id)
    )
    survey = survey_of(case)
    if survey is None:
        raise Refused("没有这个整顿对象的摸排名单")
    survey = opening.locked(survey.pk, by)
    _refuse_withdrawal(survey, case, by, merged=merged, reason=reason, consent=consent)
    found = rules.decision_errors(decision, today=timezone.localdate(at))
    if found:
        raise Invalid({field: [text] for field, text in found.items()})
    cases.take_step(
        case_id=case.pk, step="withdraw", by=by, at=at, reason=reason, takers=frozenset({Role(by.role)})
    )
    _release(case, decision, by, at)
    Assessment.objects.filter(case=case, chosen=True).update(chosen=False)
    change = _record(survey, case, ChangeKind.WITHDRAWN, reason, decision, by, at, upload, consent)
    cancel_without_case(case=case, by=by, at=at)
    return change


def _refuse_withdrawal(
    survey: Survey, case: Case, by: Appointment, *, merged: bool, reason: str, consent: str
) -> None:
    remaining, quota = quota_left(survey, case)
    refused = holder_refusal(survey, by) or rules.withdrawal_refusal(
        name=case.organization.short_name,
        open_=case.is_open,
        carried=case.source == Source.CARRIED,
        merged=merged,
        reason=reason,
        remaining=remaining,
        quota=quota,
        consent=consent,
    )
    if refused:
        raise Refused(refused)


def _release(case: Case, decision: rules.Decision, by: Appointment, at: datetime) -> None:
    """Nothing is owed for the case any more, nobody decides on its plan, and whoever supports it is free."""
    why = f"退出整顿（{decision.document.strip()}）"
    cancel_case(case=case, by=by, at=at, reason=why)
    for review in case.reviews.filter(state=ReviewState.PENDING):
        reviews.call_off(review=review, by=by, at=at, reason=why)
    member_actions.release_members(
        case=case, to_on=decision.decided_on, reason="退出整顿", document=decision.document.strip(), at=at
    )
    endings.end_all(case, by, at, why)
