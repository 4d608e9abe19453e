"""Who holds a survey: the county, or a township whose own scheme determines by itself (S2 岔路). A village is surveyed
once a year, so what a township surveys is left out of its county's survey; for the county's share it still counts.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, Q

from accounts.roles import Role
from organizations.models import Appointment, Organization
from organizations.rules import OFFICER, Level, paths_to
from organizations.scope import subtree
from rectification.schemes.chain_rules import split_at_decision, steps_of
from rectification.schemes.models import Process, Scheme
from rectification.survey.models import Assessment, Survey, SurveyQuerySet
from rectification.workflow import Stage

HOLDERS = frozenset({Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER})
"""Roles that may hold a survey; whether a post holds this one is `is_holder`."""


def decides_itself(scheme: Scheme) -> bool:
    """A township's own scheme under which nobody above has a say before the decision (镇党委研究决定)."""
    if scheme.issuer.level != Level.TOWNSHIP:
        return False
    steps, _ = split_at_decision(steps_of(scheme, Process.DETERMINATION))
    return bool(steps) and all(Level(step.level).depth >= Level.TOWNSHIP.depth for step in steps)


def county_of(unit: Organization) -> Organization | None:
    """The county a unit belongs to, or is; None for what stands directly below the city."""
    return Organization.objects.above(unit).filter(level=Level.COUNTY).first()


def holder_of(scheme: Scheme | None, unit: Organization) -> Organization | None:
    """Who surveys a unit under the scheme it works by."""
    if scheme is not None and decides_itself(scheme):
        return scheme.issuer
    return county_of(unit)


def is_holder(survey: Survey, post: Appointment | None) -> bool:
    """Whether the post works this survey: the officer of the unit that holds it."""
    if post is None or post.organization_id != survey.organization_id:
        return False
    return post.role == OFFICER.get(Level(survey.organization.level))


def nearest(rows: SurveyQuerySet, post: Appointment) -> Survey | None:
    """The survey a post works in: of its own unit, or of the nearest unit above; never one below."""
    above = paths_to(post.organization.path)
    return rows.filter(organization__path__in=above).order_by("-organization__path").first()


def held_below(survey: Survey) -> SurveyQuerySet:
    """The surveys townships of this county hold by themselves in the same year."""
    rows = Survey.objects.filter(year=survey.year).exclude(organization_id=survey.organization_id)
    return rows.filter(subtree(survey.organization.path).q("org_path"))


class Apart(NamedTuple):
    """Organizations of a field that townships survey by themselves, and how many of them they determined."""

    organizations: int = 0
    determined: int = 0


NONE_APART = Apart()


def apart_of(surveys: Sequence[Survey]) -> dict[int, dict[str, Apart]]:
    """What townships survey by themselves under each of these counties' surveys, by field; one query for all.

    Domain §6 takes the share of all organizations of the county; the townships' own decisions then count towards it.
    """
    counties = {one.pk: one for one in surveys if not one.by_township}
    standing = Q(case__isnull=False) & ~Q(case__stage=Stage.WITHDRAWN)
    rows = Assessment.objects.filter(
        survey__organization__level=Level.TOWNSHIP,
        survey__year__in={one.year for one in counties.values()},
        excluded="",
    )
    counted = rows.order_by().values_list("survey__year", "survey__org_path", "field")
    found: dict[int, dict[str, Apart]] = {}
    for year, path, field, number, cases in counted.annotate(
        number=Count("pk"), cases=Count("pk", filter=standing)
    ):
        for pk, county in counties.items():
            if county.year == year and path.startswith(county.org_path):
                fields = found.setdefault(pk, {})
                before = fields.get(field, NONE_APART)
                fields[field] = Apart(before.organizations + number, before.determined + cases)
    return found


def apart_by_field(survey: Survey) -> dict[str, Apart]:
    """What townships survey by themselves under one county's survey, by field."""
    return apart_of([survey]).get(survey.pk, {})
