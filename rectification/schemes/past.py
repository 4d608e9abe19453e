"""A scheme of a year before the system was in use: closed from the start, for its cases to stand on."""

from datetime import datetime

from accounts import audit
from accounts.errors import Refused
from organizations.models import Appointment, Organization
from rectification.schemes import edits
from rectification.schemes.copying_rules import copied_head, moved_row
from rectification.schemes.models import Scheme, SchemeState
from rectification.schemes.parts import HEAD_FIELDS, PARTS
from rectification.schemes.rights import require_issuer

CARRIED = ("criteria", "chain")
"""What a past scheme takes from today's: the criteria its cases are classed by, and who ends their tracking."""


def enter_past_scheme(
    *, source: Scheme, issuer: Organization, year: int, by: Appointment, at: datetime
) -> Scheme:
    """Enter the scheme of a past year, closed, with the criteria of `source`. Raises Refused when there is one."""
    require_issuer(issuer, by)
    if Scheme.objects.worked_by(issuer, year):
        raise Refused(f"{year}年已有实施方案，不必补录")
    head = {name: getattr(source, name) for name in (*HEAD_FIELDS, "starter_values")}
    head = copied_head(head, year=source.year, to_year=year)
    head["title"] = f"{issuer.short_name}{year}年软弱涣散基层党组织整顿工作方案（补录）"
    scheme = Scheme.objects.create(
        issuer=issuer, year=year, preset=source.preset, state=SchemeState.CLOSED, **head
    )
    for key in CARRIED:
        part = PARTS[key]
        rows = [{name: getattr(row, name) for name in part.carried} for row in part.rows(source)]
        edits.write_rows(scheme, part, [moved_row(values, year - source.year) for values in rows])
    audit.record("补录方案", obj=scheme, year=year)
    return scheme
