"""Who decides what about a case, and in which unit: the deciding step of the scheme's chain, else the county."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.roles import Role
from organizations.models import Appointment, Organization
from organizations.rules import Level
from rectification.cases.models import Case
from rectification.schemes.chain_rules import deciding_step, steps_of
from rectification.schemes.models import ChainStep, Scheme


class Decider(NamedTuple):
    """A unit and the role that decides there."""

    unit: Organization
    role: Role

    def is_(self, post: Appointment | None) -> bool:
        """Whether this post is the one."""
        return post is not None and (post.organization_id, post.role) == (self.unit.pk, self.role)


def decider_of(case: Case, process: str, scheme: Scheme | None = None) -> Decider:
    """Who decides in a process of a case: the scheme's deciding step, the county where the scheme names nobody.

    scheme: another one than the case's own, as for the lookback of the year after. A step of a level at which nobody
    stands over the case (a township's, for what stands directly below the county) falls to the county.
    """
    return decider_at(case, deciding_step(steps_of(scheme or case.scheme, process)))


def decider_at(case: Case, step: ChainStep | None) -> Decider:
    """Who takes a step for a case; the county where there is no step. No query but for a step of the city's."""
    county = Decider(case.county, Role.COUNTY_OFFICER)
    if step is None:
        return county
    level = Level(step.level)
    if level is Level.TOWNSHIP:
        return Decider(case.township, Role(step.role)) if case.township else county
    if level is Level.GRASSROOTS:
        return Decider(case.organization, Role(step.role))
    if level is Level.CITY:
        above = Organization.objects.above(case.county).filter(level=level).first()
        return Decider(above, Role(step.role)) if above else county
    return Decider(case.county, Role(step.role))


def deciding_roles(process: str, schemes: QuerySet[Scheme] | Iterable[int]) -> dict[int, Role]:
    """Who decides in a process, by scheme; a scheme that names nobody is not among them. One query."""
    chains: dict[int, list[ChainStep]] = {}
    for step in ChainStep.objects.filter(scheme__in=schemes, process=process).order_by("order"):
        chains.setdefault(step.scheme_id, []).append(step)
    found = {key: deciding_step(steps) for key, steps in chains.items()}
    return {key: Role(step.role) for key, step in found.items() if step}
