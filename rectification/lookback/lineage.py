"""An organization's cases over the years, as the post may see them."""

from typing import NamedTuple

from organizations.models import Appointment, Organization
from rectification.cases.models import Case, Source
from rectification.lookback import rules


class Line(NamedTuple):
    """A year of an organization's history: what it says, and the case's own page."""

    case: Case
    row: rules.LineageRow


def lineage_of(organization: Organization, post: Appointment) -> list[Line]:
    """The cases from first to last; a relapse names the year before as well."""
    rows = Case.objects.visible_to(post).filter(organization=organization).select_related("previous")
    cases = {case.pk: case for case in rows}
    years = [
        rules.CaseYear(
            key=case.pk,
            year=case.year,
            name=organization.short_name,
            closed_on=case.closed_on,
            carried=case.source == Source.CARRIED
            and (case.previous is None or case.previous.closed_on is None),
        )
        for case in cases.values()
    ]
    return [Line(cases[row.case.key], row) for row in rules.lineage(years)]
