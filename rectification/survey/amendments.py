"""评分更正: a deduction changed after the scoring was closed, with its reason and what it does to the ranking."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.versions import lock
from organizations.models import Appointment
from rectification.schemes.models import Criterion
from rectification.schemes.terms import plain
from rectification.survey import holders, opening, ranking, rules
from rectification.survey.change_models import ScoreAmendment
from rectification.survey.change_rules import amendment_effects, amendment_refusal
from rectification.survey.entries import Entry
from rectification.survey.merged import gone_words
from rectification.survey.models import Assessment, Finding, Survey, SurveyState


@dataclass(frozen=True)
class Change:
    """One criterion's deduction before and after; without points, whether it is met."""

    criterion: Criterion
    before: Decimal
    after: Decimal
    was_met: bool
    is_met: bool

    @property
    def words(self) -> str:
        """The change in words."""
        name = str(self.criterion)
        if self.before != self.after:
            return f"{name}扣分由 {plain(self.before)} 更正为 {plain(self.after)}"
        return f"{name}由{_met(self.was_met)}更正为{_met(self.is_met)}"


def _met(met: bool) -> str:
    return "符合" if met else "不符合"


@dataclass(frozen=True)
class Preview:
    """What an amendment would change: the deductions, and the ranking's lines in words."""

    changes: Sequence[Change]
    effects: Sequence[str]


def amending_refusal(survey: Survey, row: Assessment, post: Appointment | None) -> str | None:
    """Why this post cannot amend an organization's score now, or None; the same for button and action."""
    if not holders.is_holder(survey, post):
        return f"评分更正由{survey.organization.office}办理"
    if survey.state == SurveyState.SCORING:
        return "评分还没有封存，由评分单位直接修改，不需要更正"
    if survey.state == SurveyState.DETERMINED:
        return amendment_refusal(frozen=True, determined=True, before={}, after={}, reason="")
    if not survey.proposable:
        return "名单正在审定，评分更正请先由审定单位退回名单"
    return row.excluded or gone_words(row, survey) or None


def preview(
    survey: Survey,
    row: Assessment,
    entries: Mapping[int, Entry],
    groups: Sequence[ranking.Group] | None = None,
) -> Preview:
    """The changes among these entries (criterion number → Entry) and what they do, without writing anything.

    Raises Invalid with the criterion's number as key.
    """
    criteria = {one.order: one for one in survey.scheme.criteria.all()}
    errors = rules.deduction_errors(
        {order: entry.points for order, entry in entries.items()}, list(criteria.values()), row.field
    )
    if errors:
        raise Invalid({str(order): [text] for order, text in errors.items()})
    for group in groups or ranking.groups_of(survey):
        own = next((one for one in group.rows if one.assessment.pk == row.pk), None)
        if own is None:
            continue
        after = _amended(own.findings, row, entries, criteria)
        changes = _changes(own.findings, after, criteria)
        found = {one.assessment.pk: one.findings for one in group.rows} | {row.pk: after}
        members = [one.assessment for one in group.rows]
        selection = ranking.select(survey.scheme, list(criteria.values()), group.of, members, found)
        return Preview(changes, amendment_effects(group.selection, selection))
    raise Refused("该党组织不在这次排名之中")


def _amended(
    standing: Sequence[Finding],
    row: Assessment,
    entries: Mapping[int, Entry],
    criteria: Mapping[int, Criterion],
) -> list[Finding]:
    """The findings as they would stand; copies, so that nothing read is changed."""
    found = {finding.criterion_id: copy(finding) for finding in standing}
    for order, entry in entries.items():
        criterion = criteria[order]
        finding = found.get(criterion.pk) or Finding(assessment=row, criterion=criterion)
        finding.deduction, finding.words = entry.points, entry.words.strip()
        if entry.source:
            finding.source, finding.source_note = entry.source, entry.note.strip()
        found[criterion.pk] = finding
    return [finding for finding in found.values() if finding.deduction or finding.words]


def _changes(
    before: Sequence[Finding], after: Sequence[Finding], criteria: Mapping[int, Criterion]
) -> list[Change]:
    old = {finding.criterion_id: finding for finding in before}
    new = {finding.criterion_id: finding for finding in after}
    changes = []
    for one in criteria.values():
        points = [found[one.pk].deduction if one.pk in found else Decimal(0) for found in (old, new)]
        met = [one.pk in old, one.pk in new]
        if points[0] != points[1] or (not one.points and met[0] != met[1]):
            changes.append(Change(one, points[0], points[1], met[0], met[1]))
    return changes


def _weights(changes: Sequence[Change], *, after: bool) -> dict[int, Decimal]:
    """Deductions by criterion for the rule; one without points counts as 1 where it is met."""
    found = {}
    for change in changes:
        points, met = (change.after, change.is_met) if after else (change.before, change.was_met)
        found[change.criterion.order] = points if change.criterion.points else Decimal(met)
    return found


def amendments_of(survey: Survey) -> QuerySet[ScoreAmendment]:
    """A survey's amendments with whom they are about and who made them, in order; one query."""
    rows = ScoreAmendment.objects.filter(assessment__survey=survey)
    return rows.select_related("assessment__organization", "criterion", "by__user", "by__organization")


@transaction.atomic
def amend_score(
    *,
    assessment_id: int,
    entries: Mapping[int, Entry],
    reason: str,
    by: Appointment,
    at: datetime,
    version: int | None,
) -> list[ScoreAmendment]:
    """Amend deductions of one organization after the scoring was closed, and store the ranks anew.

    Each changed criterion is an amendment of its own, with what stood before and what it did. Raises Refused (not the
    holder, not frozen, determined, without change or reason), Invalid with the criterion's number, StaleVersion.
    """
    row = Assessment.objects.visible_to(by).get(pk=assessment_id)
    survey = opening.locked(row.survey_id, by)
    row = lock(Assessment.objects.select_related("organization"), pk=row.pk, version=version)
    if refused := amending_refusal(survey, row, by):
        raise Refused(refused)
    seen = preview(survey, row, entries)
    weights = [_weights(seen.changes, after=after) for after in (False, True)]
    refused = amendment_refusal(
        frozen=True, determined=False, before=weights[0], after=weights[1], reason=reason
    )
    if refused:
        raise Invalid({"reason": [refused]})
    _write(survey, row, seen.changes, entries, by, at)
    made = _record(row, seen, reason.strip(), by, at)
    opening.store_ranks(survey)
    audit.record("更正评分", obj=row, criteria=[change.criterion.order for change in seen.changes])
    return made


def _record(
    row: Assessment, seen: Preview, reason: str, by: Appointment, at: datetime
) -> list[ScoreAmendment]:
    """An amendment for each criterion changed, with what stood before and what it did to the ranking."""
    effect = "；".join(seen.effects) or "名次和名单不变"
    return [
        ScoreAmendment.objects.create(
            assessment=row,
            criterion=change.criterion,
            before=change.before,
            after=change.after,
            effect=f"{change.words}；{effect}",
            reason=reason,
            by=by,
            at=at,
        )
        for change in seen.changes
    ]


def _write(
    survey: Survey,
    row: Assessment,
    changes: Sequence[Change],
    entries: Mapping[int, Entry],
    by: Appointment,
    at: datetime,
) -> None:
    """Put the changed findings as amended, and the row's score."""
    for change in changes:
        entry = entries[change.criterion.order]
        finding = row.findings.filter(criterion=change.criterion).first()
        if not change.is_met:
            if finding is not None:
                finding.delete()
            continue
        finding = finding or Finding(assessment=row, criterion=change.criterion)
        finding.deduction, finding.words, finding.by, finding.at = entry.points, entry.words.strip(), by, at
        if entry.source:
            finding.source, finding.source_note = entry.source, entry.note.strip()
        finding.save()
    off = {finding.criterion_id: finding.deduction for finding in row.findings.all()}
    row.score = rules.score(off, survey.scheme.full_marks)
    row.deducted = sum(off.values(), Decimal(0))
    row.save_version("score", "deducted")
