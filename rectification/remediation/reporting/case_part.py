"""The part 报告 of the 整顿档案: what was reported of this case, its line in each, and its quarters' accounts."""

from typing import Any

from django.utils import timezone

from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.remediation.reporting import finance_actions, rules
from rectification.remediation.reporting.finance_views import quarters_of
from rectification.remediation.reporting.listing import TONES
from rectification.remediation.reporting.models import ProgressReport


def reports_of(case: Case, post: Appointment) -> list[dict[str, Any]]:
    """The reports this post sees that speak of the case, the newest first, each with its line; None in a draft."""
    units = [unit.pk for unit in (case.township, case.county) if unit]
    rows = ProgressReport.objects.visible_to(post).filter(organization__in=units, scheme__year=case.year)
    rows = rows.select_related("organization", "scheme", "by__user", "by__organization")
    said = []
    for report in rows.order_by("-period_to_on", "-org_path"):
        line = rules.line_in(report.facts, str(case.uid))
        if line is not None or not report.facts:
            said.append({"report": report, "line": line, "tone": TONES[report.state]})
    return said


def report_part(case: Case, post: Appointment, head: object) -> dict[str, Any]:
    """What the template needs: the reports, and the quarters of the village's accounts."""
    return {
        "said": reports_of(case, post),
        "quarters": quarters_of(case, timezone.localdate()),
        "may_enter": finance_actions.entry_refusal(case, post) is None,
    }
