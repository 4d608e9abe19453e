"""Evidence of what was found: files kept at the organization and tied to one finding."""

from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from accounts import audit
from accounts.errors import Refused
from organizations.models import Appointment
from rectification.evidence.actions import store_paper
from rectification.evidence.models import Attachment
from rectification.survey import holders
from rectification.survey.models import Assessment, SurveyState
from rectification.survey.notes import is_scorer


def evidence_refusal(row: Assessment, post: Appointment | None) -> str | None:
    """Why this post cannot hand in evidence of an organization's findings, or None. `row` carries survey and scorer."""
    if not (is_scorer(row, post) or holders.is_holder(row.survey, post)):
        return f"佐证由{row.scorer.organ}上传"
    if row.survey.state == SurveyState.DETERMINED:
        return "名单已经认定，佐证请在整顿档案中上传"
    return None


@transaction.atomic
def add_evidence(
    *, assessment_id: int, order: int, upload: BinaryIO, by: Appointment, at: datetime, note: str = ""
) -> Attachment:
    """Keep a file as evidence of one finding (`order`: the criterion's number). Raises Refused."""
    rows = Assessment.objects.visible_to(by).select_related("organization", "scorer", "survey__organization")
    row = rows.get(pk=assessment_id)
    if refused := evidence_refusal(row, by):
        raise Refused(refused)
    finding = row.findings.filter(criterion__order=order).select_related("criterion").first()
    if finding is None:
        raise Refused("该情形没有扣分，也没有写具体表现；请先评分，再上传佐证")
    kept = store_paper(organization=row.organization, upload=upload, by=by, at=at, note=note)
    finding.attachments.add(kept)
    audit.record("上传评分佐证", obj=row, criterion=order)
    return kept
