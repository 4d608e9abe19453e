"""Who does what in an acceptance: data of the scheme, from its chain."""

from collections.abc import Sequence

from accounts.roles import Role
from organizations.models import Appointment, Organization
from rectification.cases.models import Case
from rectification.cases.takers import Decider, decider_at, decider_of
from rectification.remediation.actions import is_handler
from rectification.schemes.chain_rules import deciding_step
from rectification.schemes.models import ChainStep, Process

SCORERS = frozenset({Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER})
SELF_CHECKERS = SCORERS | {Role.VILLAGE_REPORTER}


def accepting(case: Case, steps: Sequence[ChainStep] | None = None) -> Decider:
    """The unit that accepts the case under its scheme: the county, or a township by itself (S2 岔路).

    steps: the scheme's acceptance chain, where a list has read it already.
    """
    if steps is not None:
        return decider_at(case, deciding_step(steps))
    return decider_of(case, Process.ACCEPTANCE)


def first_side(case: Case, steps: Sequence[ChainStep] | None = None) -> Organization | None:
    """The township that scores first, before the county; None where one side alone accepts."""
    return None if accepting(case, steps).unit.pk == case.township_id else case.township


def scoring_refusal(case: Case, post: Appointment | None) -> str | None:
    """Why this post enters neither scores nor ballots, or None."""
    last, first = accepting(case), first_side(case)
    if last.is_(post):
        return None
    if first and post and (post.organization_id, post.role) == (first.pk, Role.TOWNSHIP_OFFICER):
        return None
    units = [unit.office for unit in (first, last.unit) if unit is not None]
    return f"验收评分和测评由{'、'.join(units)}登记"


def self_check_refusal(case: Case, post: Appointment | None) -> str | None:
    """Why this post does not write the self-check, or None: the organization itself, or for one without an account
    whoever handles its case or accepts it (domain §1)."""
    if (
        post is not None
        and post.role == Role.VILLAGE_REPORTER
        and post.organization_id == case.organization_id
    ):
        return None
    if is_handler(case, post) or accepting(case).is_(post):
        return None
    return f"自查由{case.organization.short_name}填写，也可由{(case.township or case.county).office}代录"
