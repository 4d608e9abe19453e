"""Self-checks and notes of visits: written, corrected while the township still scores; the only writers of them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment, Organization
from organizations.rules import OFFICER, Level
from organizations.scope import covers
from rectification.evidence.actions import store_paper
from rectification.schemes.practice_models import FormKind, SurveyForm
from rectification.survey import holders
from rectification.survey.merged import gone_words
from rectification.survey.models import Assessment, Sheet, Survey, SurveyState
from rectification.survey.note_models import SurveyNote
from rectification.survey.note_rules import Answer, day_error, unknown_criteria

VISITS = (FormKind.DRAGNET, FormKind.REVISIT)


def is_own(row: Assessment, post: Appointment | None) -> bool:
    """Whether the post is the organization's own reporter."""
    return (
        post is not None
        and post.role == Role.VILLAGE_REPORTER
        and post.organization_id == row.organization_id
    )


def is_scorer(row: Assessment, post: Appointment | None) -> bool:
    """Whether the post does the work of the unit that scores the organization."""
    return (
        post is not None
        and post.organization_id == row.scorer_id
        and post.role == OFFICER[Level(row.scorer.level)]
    )


def self_check_refusal(
    row: Assessment, sheet: Sheet, post: Appointment | None, standing: SurveyNote | None
) -> str | None:
    """Why this post cannot write the organization's self-check now, or None. `row` carries its survey and scorer."""
    name, scorer = row.organization.short_name, row.scorer
    if not (is_own(row, post) or is_scorer(row, post)):
        return f"自查由{name}填写；村（社区）没有账号的，由{scorer.organ}代录"
    if row.excluded:
        return f"{name}不参加这次摸排：{row.excluded}"
    if gone := gone_words(row, row.survey):
        return gone
    if row.survey.state != SurveyState.SCORING:
        return "评分已封存，自查不能再改"
    if not sheet.is_open:
        return f"{scorer.short_name}已提交评分，自查不能再改；确需更正的，请{row.survey.organization.office}退回评分"
    if standing is not None and not standing.on_paper and is_scorer(row, post):
        return f"{name}已自行提交自查，需要更正的由其修改"
    return None


def visit_refusal(
    row: Assessment, post: Appointment | None, standing: SurveyNote | None = None
) -> str | None:
    """Why this post cannot write a note of a visit, or None; who wrote it corrects it."""
    survey = row.survey
    if not (holders.is_holder(survey, post) or is_scorer(row, post)):
        return f"摸排、回访记录由{survey.organization.office}和{row.scorer.organ}填写"
    if survey.state == SurveyState.DETERMINED:
        return "名单已经认定，摸排和回访记录不再增改"
    if standing is not None and post is not None and standing.by.organization_id != post.organization_id:
        return f"该记录由{standing.by.organization.organ}填写，由其修改"
    return None


def _row(assessment_id: int, by: Appointment) -> Assessment:
    rows = Assessment.objects.visible_to(by).select_related(
        "organization", "scorer", "survey__organization", "survey__scheme"
    )
    return rows.get(pk=assessment_id)


@transaction.atomic
def save_self_check(
    *,
    assessment_id: int,
    answers: Sequence[Answer],
    criteria: Collection[int],
    conclusion: str,
    made_on: date,
    made_by: str,
    by: Appointment,
    at: datetime,
    version: int | None,
    scan: BinaryIO | None = None,
) -> SurveyNote:
    """Write an organization's self-check, its own or the township's entry of the signed sheet (代录), and send it.

    It may be corrected until the township submits its scores. Raises Refused, Invalid, StaleVersion.
    """
    row = _row(assessment_id, by)
    # The same lock as scoring and submitting: what the township submits does not change any more
    sheet = Sheet.objects.select_for_update(of=("self",)).get(
        survey_id=row.survey_id, organization_id=row.scorer_id
    )
    row.survey.refresh_from_db(fields=["state"])
    note = SurveyNote.objects.filter(survey=row.survey, organization=row.organization).self_checks().first()
    if refused := self_check_refusal(row, sheet, by, note):
        raise Refused(refused)
    _check(row, made_on, criteria, at)
    if note is None:
        note = SurveyNote(survey=row.survey, organization=row.organization, kind=FormKind.SELF_CHECK)
        note.form = row.survey.scheme.survey_forms.filter(kind=FormKind.SELF_CHECK).first()
    else:
        note = lock(SurveyNote.objects.all(), pk=note.pk, version=version)
    note.on_paper = not is_own(row, by)
    note.submitted_at = at
    _write(note, answers, criteria, conclusion, made_on, made_by, by, at)
    _attach(note, row.organization, scan, by, at, "自查")
    audit.record("代录自查" if note.on_paper else "提交自查", obj=note)
    return note


@transaction.atomic
def save_visit(
    *,
    assessment_id: int,
    kind: str,
    answers: Sequence[Answer],
    criteria: Collection[int],
    conclusion: str,
    made_on: date,
    made_by: str,
    by: Appointment,
    at: datetime,
    form: SurveyForm | None = None,
    note_id: int | None = None,
    version: int | None = None,
    scan: BinaryIO | None = None,
) -> SurveyNote:
    """Write a note of a visit (拉网式摸排, 回访调研), or correct one. `made_by` names the leader and who went along."""
    row = _row(assessment_id, by)
    if kind not in VISITS:
        raise Refused("没有这一类摸排记录")
    Survey.objects.select_for_update(of=("self",), no_key=True).get(pk=row.survey_id)
    row.survey.refresh_from_db(fields=["state"])
    if note_id is None:
        note = SurveyNote(survey=row.survey, organization=row.organization, kind=kind, form=form)
    else:
        rows = SurveyNote.objects.filter(survey=row.survey, organization=row.organization, kind=kind)
        note = lock(rows, pk=note_id, version=version)
    if refused := visit_refusal(row, by, note if note_id else None):
        raise Refused(refused)
    _check(row, made_on, criteria, at)
    note.submitted_at = note.submitted_at or at
    _write(note, answers, criteria, conclusion, made_on, made_by, by, at)
    # Kept with whoever scores: the village itself reads neither the note nor its scan
    _attach(note, row.scorer, scan, by, at, note.get_kind_display())
    audit.record("填写摸排记录", obj=note)
    return note


def _check(row: Assessment, made_on: date, criteria: Collection[int], at: datetime) -> None:
    if problem := day_error(made_on, timezone.localdate(at)):
        raise Invalid({"made_on": [problem]})
    if unknown_criteria(criteria, list(row.survey.scheme.criteria.all()), row.field):
        raise Invalid({"": ["所选情形不适用于该领域，请刷新页面后重新选择"]})


def _write(
    note: SurveyNote,
    answers: Sequence[Answer],
    criteria: Collection[int],
    conclusion: str,
    made_on: date,
    made_by: str,
    by: Appointment,
    at: datetime,
) -> None:
    note.answers = [{"question": one["question"], "words": one["words"].strip()} for one in answers]
    note.criteria, note.conclusion = sorted(set(criteria)), conclusion.strip()
    note.made_on, note.made_by = made_on, made_by.strip()
    note.by, note.at = by, at
    if note.pk is None:
        note.save()
    else:
        note.version += 1
        note.save()


def _attach(
    note: SurveyNote, unit: Organization, scan: BinaryIO | None, by: Appointment, at: datetime, words: str
) -> None:
    if scan is None:
        return
    if not covers(by, unit):
        raise Refused("附件由本级办理单位上传")
    try:
        kept = store_paper(organization=unit, upload=scan, by=by, at=at, note=words)
    except Refused as refused:
        raise Invalid({"scan": [str(refused)]}) from refused
    note.attachments.add(kept)
