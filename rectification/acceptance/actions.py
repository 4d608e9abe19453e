"""考核验收: asked for by the township, scored by township and county, signed by a person, and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import Role
from accounts.versions import lock
from organizations.models import Appointment, Organization
from organizations.rules import Level
from rectification.acceptance import rules
from rectification.acceptance.models import Acceptance, AcceptanceState, ItemScore, TallyGroup
from rectification.cases import actions as cases
from rectification.cases.models import Case, Outcome, Tracking
from rectification.cases.takers import Decider, decider_of
from rectification.duties import actions as duties
from rectification.duties import ending
from rectification.lookback.rules import tracked_until
from rectification.remediation import rules as remediation
from rectification.schemes.chain_rules import steps_of
from rectification.schemes.models import ItemKind, Process, Scheme, StepMode

FOLLOWS = {Outcome.PASS: "close", Outcome.BASIC: "consolidate", Outcome.FAIL: "carry_over"}


@dataclass(frozen=True)
class Score:
    """What one side enters for an item."""

    points: Decimal
    reason: str = ""
    vetoed: bool = False


@transaction.atomic
def ask(*, case_id: int, by: Appointment, at: datetime, reason: str = "") -> Acceptance:
    """提请验收: all problems closed, or a written reason (domain §6). Opens the score sheet of the scheme's items."""
    case = Case.objects.visible_to(by).select_for_update(of=("self",)).get(pk=case_id)
    refused = remediation.acceptance_refusal(list(case.problems.all()), reason=reason)
    if refused:
        raise Refused(refused)
    cases.take_step(case_id=case.pk, step="enter_acceptance", by=by, at=at, reason=reason)
    acceptance = Acceptance.objects.create(
        case=case, number=case.acceptances.count() + 1, open_problems_reason=reason.strip()
    )
    items = case.scheme.items.filter(kind=ItemKind.ACCEPTANCE)
    ItemScore.objects.bulk_create(ItemScore(acceptance=acceptance, item=item) for item in items)
    return acceptance


def locked(acceptance_id: int, by: Appointment, version: int | None) -> Acceptance:
    """The acceptance, locked and still open; raises StaleVersion, Refused when it is signed."""
    rows = Acceptance.objects.visible_to(by).select_related("case__scheme", "case__county", "case__township")
    acceptance = lock(rows, pk=acceptance_id, version=version)
    if acceptance.state == AcceptanceState.SIGNED:
        raise Refused("验收结果已经签署，不能再改；如需重新验收，请退回继续整顿后再次提请")
    return acceptance


def scored(acceptance_id: int, by: Appointment, version: int | None) -> Acceptance:
    """The acceptance, locked for somebody who enters scores or ballots."""
    acceptance = locked(acceptance_id, by, version)
    if refused := scoring_refusal(acceptance.case, by):
        raise Refused(refused)
    return acceptance


SCORERS = frozenset({Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER})


def accepting(case: Case) -> Decider:
    """The unit that accepts the case under its scheme: the county, or a township by itself (S2 岔路)."""
    return decider_of(case, Process.ACCEPTANCE)


def first_side(case: Case) -> Organization | None:
    """The township that scores first, before the county; None where one side alone accepts."""
    return None if accepting(case).unit.pk == case.township_id else case.township


def scoring_refusal(case: Case, post: Appointment | None) -> str | None:
    """Why this post enters neither scores nor ballots, or None."""
    last, first = accepting(case), first_side(case)
    if last.is_(post):
        return None
    if first and post and (post.organization_id, post.role) == (first.pk, Role.TOWNSHIP_OFFICER):
        return None
    units = [unit.office for unit in (first, last.unit) if unit is not None]
    return f"验收评分和测评由{'、'.join(units)}登记"


def tally_refusal(acceptance: Acceptance, post: Appointment | None) -> str | None:
    """Why this post enters no ballots now, or None."""
    if acceptance.state != AcceptanceState.OPEN:
        return "验收结果已经签署或正在审批，测评不能再改"
    return scoring_refusal(acceptance.case, post)


@transaction.atomic
def save_scores(
    *, acceptance_id: int, by: Appointment, at: datetime, version: int | None, scores: Mapping[int, Score]
) -> Acceptance:
    """Enter one side's scores: the township's own, or the accepting unit's with reason and veto. Keyed by item id."""
    acceptance = scored(acceptance_id, by, version)
    township = not accepting(acceptance.case).is_(by)
    rows = list(acceptance.scores.select_related("item"))
    errors: dict[str, list[str]] = {}
    for row in rows:
        given = scores.get(row.item_id)
        if given is None:
            continue
        if not 0 <= given.points <= row.item.points:
            limit = f"{row.item.points.normalize():f}"
            errors[f"score-{row.item_id}"] = [f"“{row.item}”评分应在 0 与标准分 {limit} 之间"]
        elif township:
            row.township_score = given.points
        else:
            row.county_score, row.reason, row.vetoed = given.points, given.reason.strip(), given.vetoed
    if errors:
        raise Invalid(errors)
    ItemScore.objects.bulk_update(rows, ["township_score", "county_score", "reason", "vetoed"])
    acceptance.save_version()
    audit.record("乡镇验收评分" if township else "验收评分", obj=acceptance.case)
    return acceptance


def lines_of(scheme: Scheme) -> rules.Lines:
    """The scheme's thresholds as the rules take them."""
    return rules.Lines(
        passing=scheme.pass_line,
        basic=scheme.basic_line,
        satisfaction=scheme.satisfaction_line,
        dissatisfied_veto=scheme.dissatisfied_veto,
        satisfied=scheme.satisfied_options,
        dissatisfied=rules.against(scheme.dissatisfied_options),
    )


def missing(acceptance: Acceptance) -> list[str]:
    """What keeps a result from being told: unscored items, reasons not written, a tally not entered."""
    items = _items(acceptance)
    blank = [item for item in items if item.score is None]
    if len(blank) > 3:  # one line says it; a dozen would hide what else is missing
        found = [f"还有 {len(blank)} 个项目没有{'县' if first_side(acceptance.case) else ''}验收分"]
        items = [item for item in items if item.score is not None]
    else:
        found = []
    found += rules.score_errors(items).values()
    if first := _first_lacks(acceptance):
        found.insert(0, first)
    held = {tally.group for tally in acceptance.tallies.all()}
    found += [f"还没有登记{group.label}测评" for group in TallyGroup if group.value not in held]
    polls = acceptance.polls.filter(closed_at__isnull=True)
    found += [f"{poll.get_group_display()}的扫码测评还没有结束" for poll in polls]
    return found


def _first_lacks(acceptance: Acceptance) -> str:
    """That the township has not scored yet where the scheme has it examine first (S2 苏仙: 初步考核), or "".

    A township where nobody is appointed keeps nobody waiting.
    """
    case = acceptance.case
    first = first_side(case)
    if first is None or any(row.township_score is not None for row in acceptance.scores.all()):
        return ""
    steps = steps_of(case.scheme, Process.ACCEPTANCE)
    examines = [step for step in steps if step.level == Level.TOWNSHIP and step.mode == StepMode.HANDLE]
    posts = Appointment.objects.at(first, Role.TOWNSHIP_OFFICER).current(timezone.localdate())
    if not examines or not posts.exists():
        return ""
    return f"“{examines[0].name}”还没有评分，由{first.organ}填写"


def suggested(acceptance: Acceptance) -> rules.Verdict | None:
    """The result that follows from items, vetoes and tallies, or None while something is missing."""
    if missing(acceptance):
        return None
    tallies = {tally.get_group_display(): tally for tally in acceptance.tallies.all()}
    return rules.verdict(_items(acceptance), tallies, lines_of(acceptance.case.scheme))


def _items(acceptance: Acceptance) -> list[rules.ScoredItem]:
    return [
        rules.ScoredItem(
            key=row.item_id,
            text=row.item.text,
            points=row.item.points,
            score=row.county_score,
            reason=row.reason,
            vetoed=row.vetoed,
        )
        for row in acceptance.scores.select_related("item")
    ]


@transaction.atomic
def sign(
    *,
    acceptance_id: int,
    by: Appointment,
    at: datetime,
    version: int | None,
    outcome: str,
    signer: str,
    signed_on: date | None,
    different_reason: str = "",
) -> Acceptance:
    """A person signs the result; 合格 closes into tracking, 基本合格 consolidates, 不合格 is carried over."""
    acceptance = locked(acceptance_id, by, version)
    verdict = suggested(acceptance)
    if verdict is None:
        raise Refused("还不能签署：" + "；".join(missing(acceptance)))
    refused = rules.sign_refusal(
        verdict,
        outcome=outcome,
        signer=signer,
        signed_on=signed_on,
        today=timezone.localdate(at),
        different_reason=different_reason,
    )
    if refused:
        raise Refused(refused)
    case = cases.take_step(
        case_id=acceptance.case_id,
        step=FOLLOWS[Outcome(outcome)],
        by=by,
        at=at,
        reason="；".join(verdict.reasons),
    )
    acceptance.different_reason, acceptance.signed_by = different_reason.strip(), by
    acceptance.signed_name, acceptance.signed_on = signer.strip(), signed_on
    _settle(acceptance, verdict, outcome)
    _follow(case, outcome, signed_on, by, at)
    return acceptance


def _settle(acceptance: Acceptance, verdict: rules.Verdict, outcome: str) -> None:
    """Keep what followed from the rules beside what was signed."""
    acceptance.state, acceptance.total = AcceptanceState.SIGNED, verdict.total
    acceptance.suggested, acceptance.outcome = verdict.outcome, outcome
    acceptance.reasons = list(verdict.reasons)
    acceptance.version += 1
    acceptance.save()


def _follow(case: Case, outcome: str, signed_on: date, by: Appointment, at: datetime) -> None:
    """What a signed result brings: the date on the case, a year's tracking, the acceptance duty discharged."""
    case.outcome = outcome
    if outcome == Outcome.PASS:
        case.closed_on = signed_on
        until = tracked_until(signed_on, case.scheme.tracking_months)
        Tracking.objects.create(case=case, starts_on=signed_on, ends_on=until)
    case.save_version("outcome", "closed_on")
    if outcome != Outcome.BASIC:
        duties.discharge_rule(key="acceptance", case=case, by=by, at=at)
    if (
        outcome == Outcome.FAIL
    ):  # nobody can work on it under this year's plan any more; next year's asks anew
        ending.close_case(case=case, by=by, at=at, reason="验收不合格，转入下年续整")
    elif outcome == Outcome.PASS:
        ending.close_case(case=case, by=by, at=at, reason="验收合格，已销号")


@transaction.atomic
def send_back(*, acceptance_id: int, by: Appointment, at: datetime, version: int | None, reason: str) -> Case:
    """退回继续整顿: the sheet is kept unsigned, the case goes back to remediation with the reason."""
    acceptance = locked(acceptance_id, by, version)
    case = cases.take_step(case_id=acceptance.case_id, step="send_back", by=by, at=at, reason=reason)
    acceptance.state, acceptance.reasons = AcceptanceState.SIGNED, [f"退回继续整顿：{reason.strip()}"]
    acceptance.save_version("state", "reasons")
    return case
