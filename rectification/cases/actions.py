"""The one way a case changes stage; the people on it are in member_actions."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.errors import Refused
from accounts.roles import Role
from organizations.models import Appointment, Organization
from organizations.rules import Level
from rectification import workflow
from rectification.cases.member_actions import carry_over
from rectification.cases.models import EVENTS, Case, CaseStep
from rectification.schemes.chain_rules import deciding_step
from rectification.schemes.models import ChainStep, Process, Scheme
from rectification.workflow import Stage


class StepRefused(Refused):
    """The case cannot take this step now."""


def deciders(scheme: Scheme) -> dict[str, frozenset[Role]]:
    """Who takes each step of a case, from the scheme's chains: anyone on the acceptance chain may ask for it
    (a village needs no account, domain §1), the deciding step of a chain decides: the one so marked, else the last."""
    chains: dict[str, list[ChainStep]] = {}
    for step in scheme.chain.all():
        chains.setdefault(step.process, []).append(step)

    def decides(process: str, otherwise: Role | None = None) -> frozenset[Role]:
        step = deciding_step(chains.get(process, []))
        role = Role(step.role) if step else otherwise
        return frozenset({role} if role else ())

    return {
        "determine": decides(Process.DETERMINATION),
        "enter_acceptance": frozenset(Role(step.role) for step in chains.get(Process.ACCEPTANCE, [])),
        **dict.fromkeys(ACCEPTANCE_STEPS, decides(Process.ACCEPTANCE)),
        # S0 一: the organization department judges the lookback, whoever accepted the case
        **dict.fromkeys(("lookback_close", "lookback_carry"), decides(Process.LOOKBACK, Role.COUNTY_OFFICER)),
    }


ACCEPTANCE_STEPS = ("send_back", "consolidate", "close", "carry_over", "end_tracking", "unsign")


def step_refusal(
    case: Case,
    step: str,
    post: Appointment | None,
    reason: str | None = None,
    takers: frozenset[Role] | None = None,
) -> str | None:
    """Why this post cannot take this step now, or None; the same answer for button, action and test.

    takers: who takes it where a chain that was started, or the survey's holder, says so and not the scheme of today.
    """
    if post is None:
        return "请先选择岗位"
    known = deciders(case.scheme) if takers is None else {step: takers}
    return workflow.refusal(
        step, stage=Stage(case.stage), role=Role(post.role), deciders=known, reason=reason
    )


@transaction.atomic
def take_step(
    *,
    case_id: int,
    step: str,
    by: Appointment,
    at: datetime,
    reason: str = "",
    takers: frozenset[Role] | None = None,
) -> Case:
    """Move a case to its next stage, or raise StepRefused with the reason (architecture, Steps)."""
    case = (
        Case.objects.visible_to(by).select_for_update(of=("self",)).select_related("scheme").get(pk=case_id)
    )
    refused = step_refusal(case, step, by, reason, takers)
    if refused:
        raise StepRefused(refused)
    before, after = case.stage, workflow.STEPS[step].after
    case.stage = after
    case.save_version("stage")
    CaseStep.objects.create(case=case, step=step, before=before, after=after, reason=reason, by=by, at=at)
    audit.record(workflow.STEPS[step].name, obj=case)
    return case


def record_event(*, case: Case, name: str, reason: str, by: Appointment, at: datetime) -> CaseStep:
    """Note in the case's 历程 something that changes no stage, such as an adjusted plan, with its reason."""
    audit.record(EVENTS[name], obj=case)
    return CaseStep.objects.create(
        case=case, step=name, before=case.stage, after=case.stage, reason=reason.strip(), by=by, at=at
    )


def open_case(
    *,
    scheme: Scheme,
    organization: Organization,
    county: Organization,
    by: Appointment,
    at: datetime,
    reason: str = "",
    takers: frozenset[Role] | None = None,
    **facts: object,
) -> Case:
    """Make a case for a determined organization and take it into remediation; `takers` as in `step_refusal`."""
    with transaction.atomic():
        above = Organization.objects.above(organization).filter(level=Level.TOWNSHIP).first()
        case = Case.objects.create(
            scheme=scheme, year=scheme.year, organization=organization, county=county, township=above, **facts
        )
        carry_over(case)
        return take_step(case_id=case.pk, step="determine", by=by, at=at, reason=reason, takers=takers)
