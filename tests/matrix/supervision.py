"""What a county supervises with: papers to a township, an inspection with its result, 通报; issued and drafts."""

from typing import Any

from organizations.models import Appointment, Organization
from rectification.cases.models import Case
from rectification.supervision.circulars import actions as circulars
from rectification.supervision.circulars.models import Circular
from reports.documents import actions as documents
from reports.documents.models import OfficeDocument
from tests.cast import NOW, TODAY, YEAR
from tests.matrix.objects import notice_at
from tests.rectification.supervision.inspection_steps import held
from tests.rectification.supervision.notice_steps import issued


def supervision_of(case: Case, town: Organization, officer: Appointment) -> dict[str, Any]:
    """Papers to the township; a done inspection with one finding; the county's circulars."""
    inspection = held(officer, case, texts=("公开不及时",))
    result = inspection.results.get()
    return {
        "notice": notice_at(town, officer, draft=False),
        "reply_duty": issued(officer, town).duty,
        "notice_draft": notice_at(town, officer, draft=True),
        "inspection": inspection,
        "inspection_result": result,
        "inspection_finding": result.findings.get(),
        "circular": _circular(officer, issued=True),
        "circular_draft": _circular(officer, issued=False),
        "document": _bulletin(officer, issued=True),
        "document_draft": _bulletin(officer, issued=False),
    }


def _circular(officer: Appointment, *, issued: bool) -> Circular:
    made = circulars.draft(year=YEAR, first=TODAY, last=TODAY, ranked=False, by=officer, at=NOW)
    if issued:
        made = circulars.issue(circular_id=made.pk, version=None, by=officer, at=NOW)
    return made


def _bulletin(officer: Appointment, *, issued: bool) -> OfficeDocument:
    made = documents.draft(kind="bulletin", year=YEAR, first=TODAY, last=TODAY, by=officer, at=NOW)
    if issued:
        made = documents.issue(document_id=made.pk, version=None, by=officer, at=NOW)
    return made
