"""A township's scores: written row by row, sent to the county, sent back with a reason."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.actions import notify
from accounts.errors import Invalid, Refused, StaleVersion
from accounts.versions import lock
from organizations.models import Appointment, Organization
from organizations.rules import OFFICER, Level
from rectification.schemes.models import Criterion
from rectification.survey import opening, ranking, rules, terms
from rectification.survey.change_rules import source_error
from rectification.survey.determination_rules import township_reason_needed
from rectification.survey.entries import Entry
from rectification.survey.merged import gone_words
from rectification.survey.models import (
    Assessment,
    Finding,
    Sheet,
    SheetState,
    Survey,
    SurveyRemark,
    SurveyState,
)
from rectification.survey.sheet_step_rules import StepEntry
from rectification.survey.sheet_steps import record_steps, require_self_checks

Deductions = Mapping[int, Entry | tuple[Decimal, str]]


def scoring_refusal(survey: Survey, sheet: Sheet, post: Appointment | None) -> str | None:
    """Why this post cannot change a sheet's scores now, or None; the same answer for cells, buttons and actions."""
    own = OFFICER[Level(sheet.organization.level)]
    if post is None or post.role != own or post.organization_id != sheet.organization_id:
        return f"评分由{sheet.organization.organ}的{own.label}填写"
    if survey.state != SurveyState.SCORING:
        return f"{survey.organization.office}已封存评分，不能再修改；确需更正的，请其写明理由解除封存"
    if not sheet.is_open:
        return f"评分已提交，不能再修改；需要更正的，请{survey.organization.office}退回"
    return None


@transaction.atomic
def save_findings(
    *, assessment_id: int, deductions: Deductions, by: Appointment, at: datetime, version: int | None
) -> Assessment:
    """Write one organization's deductions with their words and source (criterion number → Entry) and its score.

    Criteria not named stay as they are; no points and no words take a finding away. Saving what already stands
    changes nothing, whatever the version. Raises Refused when the post may not score now or the organization merged
    away, StaleVersion, and Invalid with the criterion's number as key.
    """
    entries = {order: Entry(*entry) for order, entry in deductions.items()}
    row = Assessment.objects.visible_to(by).get(pk=assessment_id)
    sheet = _locked_sheet(row.survey_id, row.scorer_id, by)
    row = Assessment.objects.select_for_update(of=("self",)).select_related("organization").get(pk=row.pk)
    if gone := gone_words(row, sheet.survey):
        raise Refused(gone)
    criteria = {criterion.order: criterion for criterion in sheet.survey.scheme.criteria.all()}
    _check(row, entries, list(criteria.values()))
    standing = {finding.criterion_id: finding for finding in row.findings.all()}
    changed = {
        order: entry for order, entry in entries.items() if _differs(standing.get(criteria[order].pk), entry)
    }
    if not changed:
        return row
    lock(Assessment.objects.all(), pk=row.pk, version=version)
    for order, entry in changed.items():
        _write(row, standing, criteria[order], entry, by, at)
    by_order = {finding.criterion_id: finding.deduction for finding in standing.values()}
    row.score = rules.score(by_order, sheet.survey.scheme.full_marks)
    row.deducted = sum(by_order.values(), Decimal(0))
    row.save_version("score", "deducted")
    return row


@transaction.atomic
def save_rows(*, rows: Iterable[tuple[int, Deductions, int | None]], by: Appointment, at: datetime) -> int:
    """Write several organizations' deductions, all of them or none; how many were written.

    rows: assessment, deductions, version. Raises Refused naming the organization somebody changed meanwhile, Invalid.
    """
    written = 0
    for pk, deductions, version in rows:
        try:
            save_findings(assessment_id=pk, deductions=deductions, by=by, at=at, version=version)
        except StaleVersion as stale:
            name = stale.current.organization.short_name
            raise Refused(f"{name}刚刚被他人修改，整份都没有写入，请重新上传") from stale
        written += 1
    return written


def _check(row: Assessment, entries: Mapping[int, Entry], criteria: Sequence[Criterion]) -> None:
    """Points out of their range and sources that say nothing, each by its criterion's number."""
    errors = rules.deduction_errors(
        {order: entry.points for order, entry in entries.items()}, criteria, row.field
    )
    for order, entry in entries.items():
        found = entry.points or entry.words.strip()
        problem = source_error(entry.source, entry.note) if found and entry.source else None
        if problem:
            errors.setdefault(order, problem)
    if errors:
        name = row.organization.short_name
        raise Invalid({str(order): [f"{name}：{text}"] for order, text in errors.items()})


def _differs(finding: Finding | None, entry: Entry) -> bool:
    words = entry.words.strip()
    if finding is None:
        return bool(entry.points or words)
    if (finding.deduction, finding.words) != (entry.points, words):
        return True
    return bool(entry.source) and (finding.source, finding.source_note) != (entry.source, entry.note.strip())


def _write(
    row: Assessment,
    standing: dict[int, Finding],
    criterion: Criterion,
    entry: Entry,
    by: Appointment,
    at: datetime,
) -> None:
    """Put one finding as entered, in the table and in `standing`."""
    words = entry.words.strip()
    if not entry.points and not words:
        standing.pop(criterion.pk).delete()
        return
    finding = standing.get(criterion.pk) or Finding(assessment=row, criterion=criterion)
    finding.deduction, finding.words, finding.by, finding.at = entry.points, words, by, at
    if entry.source:
        finding.source, finding.source_note = entry.source, entry.note.strip()
    finding.save()
    standing[criterion.pk] = finding


def _locked_sheet(survey_id: int, unit_id: int, by: Appointment) -> Sheet:
    """The sheet under lock and open for this post; freezing waits for it."""
    sheet = (
        Sheet.objects.select_for_update(of=("self",))
        .select_related("organization", "survey__organization", "survey__scheme")
        .filter(survey_id=survey_id, organization_id=unit_id)
        .first()
    )
    if sheet is None:
        raise Refused("本单位在这次摸排中没有需要评分的党组织")
    # Read again under the lock: the county may have closed the scoring while this one waited
    sheet.survey.refresh_from_db(fields=["state"])
    if refused := scoring_refusal(sheet.survey, sheet, by):
        raise Refused(refused)
    return sheet


def sheet_places(sheet: Sheet) -> tuple[list[Assessment], dict[int, terms.Place]]:
    """A sheet's rows with where each stands by itself: deductions, hard criteria, thresholds; no ranks.

    Each row carries `wordless`: the numbers of the criteria found without a word of what was seen.
    """
    rows = list(Assessment.objects.scored_by(sheet).select_related("organization", "scorer"))
    scheme = sheet.survey.scheme
    found = ranking.findings_of([row.pk for row in rows])
    for row in rows:
        row.survey = sheet.survey
        row.wordless = sorted(one.criterion.order for one in found[row.pk] if not one.words.strip())
    alone = ranking.FieldGroup((), None)
    selection = ranking.select(scheme, list(scheme.criteria.all()), alone, rows, found)
    return rows, {place.key: place for place in selection.places}


@transaction.atomic
def submit_township(
    *,
    survey_id: int,
    by: Appointment,
    at: datetime,
    proposed: Collection[int] | None = None,
    reasons: Mapping[int, str] | None = None,
    opinions: Mapping[int, str] | None = None,
    steps: Iterable[StepEntry] = (),
) -> Sheet:
    """Send a township's scores to the survey's holder with whom it proposes and what it decided (乡镇初定).

    proposed: assessments; None proposes everyone that meets a hard criterion or reaches a threshold. reasons: why
    one that does is not proposed. opinions: the township's words on those proposed. steps: the steps of the
    determination below the holder, as recorded. Raises Refused (a self-check is missing that the scheme begins with),
    or Invalid with the assessment's uid or the step's field (`s2-body`) as key.
    """
    Survey.objects.visible_to(by).get(pk=survey_id)
    sheet = _locked_sheet(survey_id, by.organization_id, by)
    rows, places = sheet_places(sheet)
    criteria = list(sheet.survey.scheme.criteria.all())
    if proposed is None:
        proposed = {pk for pk, place in places.items() if place.grounds or place.threshold}
    require_self_checks(sheet)
    for row in rows:
        row.township_opinion = (opinions or {}).get(row.pk, "").strip() if row.pk in proposed else ""
    _nominate(rows, places, criteria, proposed, reasons or {})
    record_steps(sheet, steps, by=by, at=at)
    sheet.state, sheet.submitted_at, sheet.submitted_by = SheetState.SUBMITTED, at, by
    sheet.returned_reason = ""
    sheet.save_version("state", "submitted_at", "submitted_by", "returned_reason")
    audit.record("提交评分", obj=sheet, organizations=len(rows))
    _tell(sheet.survey.organization, f"{sheet.organization.short_name}已提交摸排评分", sheet)
    return sheet


def _nominate(
    rows: Sequence[Assessment],
    places: Mapping[int, terms.Place],
    criteria: Sequence[Criterion],
    proposed: Collection[int],
    reasons: Mapping[int, str],
) -> None:
    """Write who is proposed and why not, or raise with every row that is wrong."""
    errors = {}
    for row in rows:
        if places[row.pk].gone:
            row.township_proposes, row.township_reason = False, ""
            continue
        row.township_proposes = row.pk in proposed or row.carried
        row.township_reason = "" if row.township_proposes else reasons.get(row.pk, "").strip()
        if problem := _nomination_problem(row, places[row.pk], criteria):
            errors[str(row.uid)] = [problem]
        row.version += 1
    if errors:
        raise Invalid(errors)
    written = ["township_proposes", "township_reason", "township_opinion", "version"]
    Assessment.objects.bulk_update(rows, written, batch_size=500)


def _nomination_problem(row: Assessment, place: terms.Place, criteria: Sequence[Criterion]) -> str | None:
    if row.township_proposes and not (place.grounds or place.criteria or place.deducted):
        return f"“{place.name}”没有扣分，也没有其他认定依据，不能提名"
    if row.township_reason:
        return None
    return township_reason_needed(place, proposed=row.township_proposes, criteria=criteria)


@transaction.atomic
def return_township(*, sheet_id: int, by: Appointment, at: datetime, reason: str) -> Sheet:
    """Give a township's scores back to it, with the reason."""
    sheet = Sheet.objects.visible_to(by).select_related("organization", "survey").get(pk=sheet_id)
    survey = opening.locked(sheet.survey_id, by)
    sheet = Sheet.objects.select_for_update(of=("self",)).select_related("organization").get(pk=sheet_id)
    if survey.state != SurveyState.SCORING:
        raise Refused(f"摸排{survey.standing}，不能退回乡镇；请先解除封存")
    if sheet.state != SheetState.SUBMITTED:
        raise Refused(f"{sheet.organization.short_name}{sheet.get_state_display()}，没有可退回的评分")
    if not reason.strip():
        raise Refused("退回须写明理由，说明哪里需要修改")
    sheet.survey = survey
    sheet.state, sheet.returned_reason = SheetState.RETURNED, reason.strip()
    sheet.save_version("state", "returned_reason")
    SurveyRemark.objects.create(
        survey=survey, sheet=sheet, what="退回乡镇评分", reason=sheet.returned_reason, by=by, at=at
    )
    audit.record("退回乡镇评分", obj=sheet)
    _tell(sheet.organization, f"摸排评分被{survey.organization.office}退回，请修改后重新提交", sheet)
    return sheet


def _tell(unit: Organization, title: str, sheet: Sheet) -> None:
    """The officer of another unit than the one that acts; a unit that surveys by itself needs no message."""
    if unit.pk == sheet.organization_id == sheet.survey.organization_id:
        return
    role = OFFICER[Level(unit.level)]
    url = f"{reverse('survey:grid', args=[sheet.survey.uid])}?township={sheet.organization.uid}"
    for post in Appointment.objects.at(unit, role).current(timezone.localdate()).select_related("user"):
        notify(user=post.user, title=title, body=sheet.returned_reason, url=url)
