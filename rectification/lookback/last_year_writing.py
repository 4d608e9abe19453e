"""Making the cases of a sheet of last year that was looked at and confirmed: all of them or none."""

from datetime import date, datetime
from typing import Any

from accounts.errors import Refused
from organizations.imports import changed_meanwhile
from organizations.models import Appointment, ImportBatch, Organization
from organizations.rules import Level
from rectification.cases import actions as cases
from rectification.cases.models import Case, Tracking
from rectification.lookback import rules
from rectification.lookback.last_year_book import CLOSED_ON, DETERMINED, LEFT, RESULT, SOLVED
from rectification.schemes.models import Criterion, Scheme
from rectification.schemes.past import enter_past_scheme
from rectification.workflow import Stage


def write(batch: ImportBatch, *, by: Appointment, at: datetime) -> int:
    """Make the cases of a sheet that was looked at; last year's scheme is entered as closed where there is none."""
    county = Organization.objects.select_for_update(no_key=True).get(pk=batch.unit_id)
    if not batch.rows:
        return 0
    if county.pk != by.organization_id:
        raise Refused("上年整顿对象由本县（市、区）委组织部导入")
    year = batch.rows[0]["year"]
    scheme = _scheme(county, year, by, at)
    units = Organization.objects.under(county).filter(pk__in=[row["id"] for row in batch.rows])
    found = {unit.pk: unit for unit in units}
    there = set(
        Case.objects.of_year(year).filter(organization__in=units).values_list("organization", flat=True)
    )
    if late := [row["name"] for row in batch.rows if row["id"] not in found or row["id"] in there]:
        raise changed_meanwhile(late)
    criteria = {criterion.order: criterion for criterion in scheme.criteria.all()}
    missing = {row["facts"]["criterion"] for row in batch.rows} - criteria.keys()
    if missing:
        raise Refused("预览之后方案的认定情形有变动，没有写入任何内容；请重新上传")
    towns = {town.path: town for town in Organization.objects.under(county).filter(level=Level.TOWNSHIP)}
    for row in batch.rows:
        unit = found[row["id"]]
        town = next((towns[path] for path in towns if unit.path.startswith(path)), None)
        placed = {"organization": unit, "county": county, "township": town}
        case = _case(scheme, placed, criteria[row["facts"]["criterion"]], row["facts"])
        _furnish(case, row["facts"], by, at)
    return len(batch.rows)


def _scheme(county: Organization, year: int, by: Appointment, at: datetime) -> Scheme:
    """The scheme of that year; entered as closed where there is none."""
    if known := Scheme.objects.worked_by(county, year):
        return known
    source = Scheme.objects.governing(county, year + 1)
    if source is None:
        raise Refused(f"{year + 1}年还没有执行中的实施方案")
    return enter_past_scheme(source=source, issuer=county, year=year, by=by, at=at)


def _case(
    scheme: Scheme, placed: dict[str, Organization | None], primary: Criterion, facts: dict[str, Any]
) -> Case:
    """A case as last year left it."""
    closed_on = date.fromisoformat(facts[CLOSED_ON]) if facts[CLOSED_ON] else None
    solved, left = facts[SOLVED], facts[LEFT]
    total = len(solved) + len(left)
    return Case.objects.create(
        scheme=scheme,
        year=scheme.year,
        **placed,
        stage=Stage.TRACKING if closed_on else Stage.CARRIED,
        outcome=facts[RESULT] or "",
        primary=primary,
        criteria=[facts["criterion"]],
        determined_on=date.fromisoformat(facts[DETERMINED]) if facts[DETERMINED] else None,
        problems_total=total,
        problems_closed=len(solved),
        progress=100 if not left else 100 * len(solved) // total,
        closed_on=closed_on,
    )


def _furnish(case: Case, facts: dict[str, Any], by: Appointment, at: datetime) -> None:
    """Its problems, the tracking of a closed one, and where all this comes from."""
    solved, closed_on = facts[SOLVED], case.closed_on
    solved_on = closed_on or date(case.year, 12, 31)
    for order, text in enumerate([*solved, *facts[LEFT]], 1):
        done = {"state": "closed", "closed_on": solved_on} if order <= len(solved) else {}
        case.problems.create(order=order, text=text, criterion=case.primary, **done)
    if closed_on:
        until = rules.tracked_until(closed_on, case.scheme.tracking_months)
        Tracking.objects.create(case=case, starts_on=closed_on, ends_on=until)
    cases.record_event(
        case=case, name="import_last_year", reason="系统启用前的整顿情况，据上年台账补录", by=by, at=at
    )
