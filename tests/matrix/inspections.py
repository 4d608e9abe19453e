"""An inspection of a county with its result, and its 通报 issued and still a draft."""

from typing import Any

from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.supervision.circulars import actions as circulars
from rectification.supervision.circulars.models import Circular
from tests.cast import NOW, TODAY, YEAR
from tests.rectification.supervision.inspection_steps import held


def inspection_of(case: Case, officer: Appointment) -> dict[str, Any]:
    """A done inspection with one finding; the county's circulars."""
    inspection = held(officer, case, texts=("公开不及时",))
    result = inspection.results.get()
    return {
        "inspection": inspection,
        "inspection_result": result,
        "inspection_finding": result.findings.get(),
        "circular": _circular(officer, issued=True),
        "circular_draft": _circular(officer, issued=False),
    }


def _circular(officer: Appointment, *, issued: bool) -> Circular:
    made = circulars.draft(year=YEAR, first=TODAY, last=TODAY, ranked=False, by=officer, at=NOW)
    if issued:
        made = circulars.issue(circular_id=made.pk, version=None, by=officer, at=NOW)
    return made
