"""The one way a case changes stage, and the people on it."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from organizations.models import Appointment, Organization
from organizations.rules import Level
from rectification import workflow
from rectification.cases.models import EVENTS, Case, CaseMember, CaseStep, MemberKind
from rectification.schemes.chain_rules import deciding_step
from rectification.schemes.models import ChainStep, Process, Scheme
from rectification.schemes.terms import words
from rectification.workflow import Stage


class StepRefused(Refused):
    """The case cannot take this step now."""


class SupportLocked(Refused):
    """不转化不撤离: whoever supports an open case may not leave it (S0 五, domain §4A)."""


def deciders(scheme: Scheme) -> dict[str, frozenset[Role]]:
    """Who takes each step of a case, from the scheme's chains: anyone on the acceptance chain may ask for it
    (a village needs no account, domain §1), the deciding step of a chain decides: the one so marked, else the last."""
    chains: dict[str, list[ChainStep]] = {}
    for step in scheme.chain.order_by("process", "order"):
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


ACCEPTANCE_STEPS = ("send_back", "consolidate", "close", "carry_over", "end_tracking")


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
        return take_step(case_id=case.pk, step="determine", by=by, at=at, reason=reason, takers=takers)


KEEPERS = frozenset({Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER})


def member_refusal(case: Case, post: Appointment | None) -> str | None:
    """Why this post puts nobody on this case and takes nobody off, or None."""
    if post is None or Role(post.role) not in KEEPERS:
        return "帮扶人员由县委组织部或乡镇（街道）登记"
    if case.stage == Stage.SURVEY:
        return "还没有认定为整顿对象，不能登记帮扶人员"
    return None


@transaction.atomic
def add_member(
    *,
    case_id: int,
    by: Appointment,
    at: datetime,
    kind: str,
    name: str,
    from_on: date,
    unit: str = "",
    user: User | None = None,
) -> CaseMember:
    """Put a person on a case; a second person of the same kind may stand beside the first."""
    case = Case.objects.visible_to(by).select_for_update(of=("self",)).get(pk=case_id)
    if refused := member_refusal(case, by):
        raise Refused(refused)
    if not case.is_open:
        raise Refused(f"该整顿对象处于“{case.get_stage_display()}”，不再增派帮扶人员")
    name = name.strip()
    if case.members.current(timezone.localdate(at)).filter(kind=kind, name=name).exists():
        raise Refused(f"{name}已经是本对象的{MemberKind(kind).label}，不必重复登记")
    member = CaseMember.objects.create(
        case=case, kind=kind, name=name, unit=unit.strip(), user=user, from_on=from_on
    )
    audit.record("增派帮扶人员", obj=case, kind=MemberKind(kind).label)
    return member


def leave_refusal(member: CaseMember, document: str) -> str | None:
    """不转化不撤离: why a person may not leave now, or None; an ordered transfer with its document may."""
    if Stage(member.case.stage).supported and member.kind in LOCKED and not document.strip():
        return (
            f"整顿未销号，{member.get_kind_display()}{member.name}不换点、不撤离；"
            "组织调动、退休或因病调整的，请填写文号"
        )
    return None


@transaction.atomic
def end_member(
    *, member_id: int, by: Appointment, at: datetime, to_on: date, reason: str, document: str = ""
) -> CaseMember:
    """Take a person off a case. Until 销号 only an ordered transfer with its document may do so."""
    member = (
        CaseMember.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("case")
        .get(pk=member_id)
    )
    if refused := member_refusal(member.case, by):
        raise Refused(refused)
    if member.to_on is not None:
        raise Refused(f"{member.name}已于{words(member.to_on)}结束帮扶")
    if refused := leave_refusal(member, document):
        raise SupportLocked(refused)
    if not reason.strip():
        raise Refused("调整帮扶人员须写明原因")
    if to_on < member.from_on:
        raise Refused(f"结束日期不能早于开始日期{words(member.from_on)}")
    member.to_on, member.end_reason, member.end_document = to_on, reason.strip(), document.strip()
    member.save(update_fields=["to_on", "end_reason", "end_document"])
    audit.record("调整帮扶人员", obj=member.case, kind=member.get_kind_display())
    return member


@transaction.atomic
def release_members(*, case: Case, to_on: date, reason: str, document: str, at: datetime) -> int:
    """Everybody on a case that is withdrawn is free from that day on; how many there were."""
    members = list(case.members.current(timezone.localdate(at)))
    for member in members:
        member.to_on = max(to_on, member.from_on)
        member.end_reason, member.end_document = reason, document
        member.save(update_fields=["to_on", "end_reason", "end_document"])
    return len(members)


LOCKED: Sequence[str] = (MemberKind.LEADER, MemberKind.TEAM, MemberKind.FIRST_SECRETARY)
