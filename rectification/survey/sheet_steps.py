"""What a township decides before it submits its scores, recorded on its sheet; who has not checked itself yet."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from accounts.errors import Invalid, Refused
from organizations.models import Appointment
from organizations.rules import Level
from rectification.evidence.actions import store_paper
from rectification.evidence.models import Attachment
from rectification.schemes.chain_rules import steps_of
from rectification.schemes.models import ChainStep, Process, StepMode
from rectification.survey.models import Sheet
from rectification.survey.note_lists import demands_self_check, missing_self_checks
from rectification.survey.note_models import SheetStep
from rectification.survey.note_rules import missing_words
from rectification.survey.sheet_step_rules import StepEntry, step_errors, steps_below


def steps_of_sheet(sheet: Sheet) -> list[ChainStep]:
    """The steps this sheet's unit records; a county that scores by itself takes no step of a township."""
    holder, own = Level(sheet.survey.organization.level), sheet.organization.level
    steps = steps_below(steps_of(sheet.survey.scheme, Process.DETERMINATION), holder)
    return [step for step in steps if own == Level.TOWNSHIP or step.level == Level.GRASSROOTS]


def self_check_lack(sheet: Sheet) -> tuple[str, bool]:
    """Who has not checked itself, in words ("" when nobody), and whether the scores cannot be submitted without."""
    return missing_words(missing_self_checks(sheet)), demands_self_check(sheet.survey.scheme)


def require_self_checks(sheet: Sheet) -> None:
    """Raises Refused where the scheme begins with the villages' own check and somebody has not done it."""
    lacking, demanded = self_check_lack(sheet)
    if lacking and demanded:
        raise Refused(f"方案规定村自查在先，{lacking}；没有账号的由乡镇（街道）代录签字的自查表")


def record_steps(sheet: Sheet, entries: Iterable[StepEntry], *, by: Appointment, at: datetime) -> None:
    """Write the steps as entered, in place of what an earlier submission said. Raises Invalid by field."""
    steps = steps_of_sheet(sheet)
    given = {entry.order: entry for entry in entries}
    today = timezone.localdate(at)
    if errors := step_errors(steps, given, today=today):
        raise Invalid({name: [text] for name, text in errors.items()})
    standing = {row.order: row for row in sheet.steps.all()}
    for number in standing.keys() - {step.order for step in steps}:
        standing[number].delete()
    for step in steps:
        entry = given.get(step.order, StepEntry(step.order))
        row = standing.get(step.order) or SheetStep(sheet=sheet, order=step.order)
        row.name, row.mode = step.name, step.mode
        row.body = entry.body.strip() or sheet.organization.organ
        row.decided_on = entry.decided_on if step.mode == StepMode.RECORD else today
        row.document, row.opinion = entry.document.strip(), entry.opinion.strip()
        if entry.scan is not None:
            row.scan = _keep(sheet, step, entry, by, at)
        row.by, row.at = by, at
        row.save()


def _keep(sheet: Sheet, step: ChainStep, entry: StepEntry, by: Appointment, at: datetime) -> Attachment:
    try:
        return store_paper(organization=sheet.organization, upload=entry.scan, by=by, at=at, note=step.name)
    except Refused as refused:
        raise Invalid({f"s{step.order}-scan": [f"{step.name}：{refused}"]}) from refused
