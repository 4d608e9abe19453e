"""The result a person signs: with everything in place, or a reason for what is not."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.errors import Invalid, Refused
from organizations.models import Appointment
from rectification.acceptance import gate_rules, rules
from rectification.acceptance.actions import locked
from rectification.acceptance.ballots.poll_actions import stop
from rectification.acceptance.following import FOLLOWS, follow
from rectification.acceptance.gates import explained, gates_of, passed_over
from rectification.acceptance.models import Acceptance, AcceptanceState
from rectification.acceptance.results import missing, suggested
from rectification.acceptance.sign_off import send_up
from rectification.cases import actions as cases
from rectification.cases.models import Case, Outcome
from rectification.schemes.terms import words


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
    follow_due_on: date | None = None,
    reasons: Mapping[str, str] | None = None,
) -> Acceptance:
    """A person signs: 合格 closes into tracking, or goes up for 销号审批 where the scheme has it; 基本合格 consolidates
    and 不合格 makes up until `follow_due_on`.

    reasons: why what is not in place is passed over, by the key of the gate; what was explained when it was asked for
    stays explained. Raises Refused, Invalid at the field.
    """
    acceptance = locked(acceptance_id, by, version)
    if refused := cases.step_refusal(acceptance.case, FOLLOWS[Outcome.PASS], by):
        raise Refused(refused)
    verdict = suggested(acceptance)
    if verdict is None:
        raise Refused("还不能签署：" + "；".join(missing(acceptance)))
    today = timezone.localdate(at)
    given = {"outcome": outcome, "signer": signer, "signed_on": signed_on}
    if refused := rules.sign_refusal(verdict, **given, today=today, different_reason=different_reason):
        raise Refused(refused)
    _after_determination(acceptance.case, signed_on)
    _explain(acceptance, outcome, reasons or {}, today)
    acceptance.follow_due_on = _follow_day(outcome, follow_due_on, signed_on)
    acceptance.different_reason, acceptance.signed_by = different_reason.strip(), by
    acceptance.signed_name, acceptance.signed_on = signer.strip(), signed_on
    _settle(acceptance, verdict, outcome)
    if not send_up(acceptance, by, at):
        follow(acceptance, on=signed_on, by=by, at=at)
    return acceptance


def _after_determination(case: Case, signed_on: date) -> None:
    if case.determined_on and signed_on < case.determined_on:
        said = f"签署日期 {words(signed_on)} 早于认定为整顿对象的日期 {words(case.determined_on)}"
        raise Invalid({"signed_on": [said]})


def _explain(acceptance: Acceptance, outcome: str, reasons: Mapping[str, str], today: date) -> None:
    """Keep a reason for each thing that is passed over; what is in place by now needs none any more."""
    found = gate_rules.at_signing(gates_of(acceptance.case, acceptance, today), outcome)
    given = passed_over(acceptance) | {key: text for key, text in reasons.items() if text.strip()}
    kept = explained(found, given)
    acceptance.passed_over = dict(acceptance.passed_over) | kept


def _follow_day(outcome: str, day: date | None, signed_on: date) -> date | None:
    if outcome == Outcome.PASS:
        return None
    what = "巩固提升" if outcome == Outcome.BASIC else "限期补课"
    if day is None:
        raise Invalid({"follow_due_on": [f"{rules.LABELS[outcome]}的须定{what}的期限"]})
    if day <= signed_on:
        raise Invalid({"follow_due_on": [f"{what}期限 {words(day)} 应晚于签署日期 {words(signed_on)}"]})
    return day


def _settle(acceptance: Acceptance, verdict: rules.Verdict, outcome: str) -> None:
    """Keep what followed from the rules beside what was signed."""
    acceptance.state, acceptance.total = AcceptanceState.SIGNED, verdict.total
    acceptance.suggested, acceptance.outcome = verdict.outcome, outcome
    acceptance.reasons = list(verdict.reasons)
    acceptance.version += 1
    acceptance.save()


@transaction.atomic
def send_back(*, acceptance_id: int, by: Appointment, at: datetime, version: int | None, reason: str) -> Case:
    """退回继续整顿: the sheet is kept unsigned, the case goes back to remediation with the reason."""
    acceptance = locked(acceptance_id, by, version)
    case = cases.take_step(case_id=acceptance.case_id, step="send_back", by=by, at=at, reason=reason)
    stop(acceptance=acceptance, by=by, at=at)
    acceptance.state, acceptance.reasons = AcceptanceState.SIGNED, [f"退回继续整顿：{reason.strip()}"]
    acceptance.save_version("state", "reasons")
    return case
