"""Who has checked itself and who was visited: a survey's organizations with their notes, two queries for any number."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from organizations.models import Appointment
from rectification.schemes.chain_rules import steps_of
from rectification.schemes.models import Process, Scheme
from rectification.schemes.practice_models import FormKind
from rectification.survey.models import Assessment, Sheet, Survey
from rectification.survey.note_models import SurveyNote
from rectification.survey.sheet_step_rules import is_self_check


@dataclass
class Line:
    """An organization with what was written of it."""

    row: Assessment
    self_check: SurveyNote | None = None
    visits: list[SurveyNote] = field(default_factory=list)


def lines_of(survey: Survey, rows: Iterable[Assessment], post: Appointment) -> list[Line]:
    """The rows with their notes as the post sees them; rows want organization and scorer at hand."""
    lines = {row.organization_id: Line(row) for row in rows}
    notes = SurveyNote.objects.visible_to(post).filter(survey=survey, organization__in=lines)
    for note in notes.select_related("form", "by__user", "by__organization").prefetch_related("attachments"):
        line = lines[note.organization_id]
        if note.kind == FormKind.SELF_CHECK:
            line.self_check = note
        else:
            line.visits.append(note)
    return list(lines.values())


def missing_self_checks(sheet: Sheet) -> list[str]:
    """Names of the sheet's organizations without a self-check, in the tree's order; merged ones owe none."""
    done = SurveyNote.objects.filter(survey=sheet.survey).self_checks().exclude(submitted_at=None)
    rows = Assessment.objects.scored_by(sheet).filter(organization__closed_on=None)
    waiting = rows.exclude(organization__in=done.values("organization"))
    return list(waiting.order_by("org_path").values_list("organization__short_name", flat=True))


def demands_self_check(scheme: Scheme) -> bool:
    """Whether the scheme's determination begins with the villages' own check (村自查)."""
    return any(is_self_check(step) for step in steps_of(scheme, Process.DETERMINATION))


def notes_by_organization(
    survey: Survey, post: Appointment, organizations: Iterable[int]
) -> dict[int, list[Any]]:
    """Notes by organization, newest first, for the sheet; one query."""
    found = defaultdict(list)
    for note in SurveyNote.objects.visible_to(post).filter(
        survey=survey, organization__in=list(organizations)
    ):
        found[note.organization_id].append(note)
    return found
