"""考核验收: asked for by the township, the organization's own word, scores of township and county with their evidence.

Signing and what follows from it is in signing; who does what in sides; the result by the rules in results.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.versions import lock
from organizations.models import Appointment
from rectification.acceptance import gate_rules, rules
from rectification.acceptance.gates import explained, gates_of
from rectification.acceptance.models import Acceptance, AcceptanceState, ItemScore
from rectification.acceptance.sides import (
    accepting,
    scoring_refusal,
    self_check_refusal,
)
from rectification.cases import actions as cases
from rectification.cases.models import Case
from rectification.duties import actions as duties
from rectification.remediation import rules as remediation
from rectification.schemes.models import ItemKind
from rectification.schemes.terms import plain, words
from rectification.workflow import Stage

AGAIN = "acceptance_again"
"""The duty to ask for the acceptance once more: after consolidation, or after a check took the case back."""


@dataclass(frozen=True)
class Score:
    """What one side enters for an item."""

    points: Decimal
    reason: str = ""
    vetoed: bool = False


@transaction.atomic
def ask(
    *,
    case_id: int,
    by: Appointment,
    at: datetime,
    reason: str = "",
    reasons: Mapping[str, str] | None = None,
) -> Acceptance:
    """提请验收: everything in place, or for each thing that is not a written reason (domain §6).

    reasons: by the key of the gate; `reason` is that for open problems. Opens the score sheet of the scheme's items.
    Raises Invalid at `gate-<key>` for each reason that is missing.
    """
    rows = Case.objects.visible_to(by).select_for_update(of=("self",))
    case = rows.select_related("scheme", "county", "township").get(pk=case_id)
    if refused := cases.step_refusal(case, "enter_acceptance", by):
        raise Refused(refused)
    if not case.problems.exists():
        raise Refused(remediation.acceptance_refusal([], reason=""))
    given = ({gate_rules.PROBLEMS: reason} if reason.strip() else {}) | dict(reasons or {})
    kept = explained(gates_of(case, None, timezone.localdate(at)), given)
    said = "；".join(f"{gate_rules.TITLES[key]}：{text}" for key, text in kept.items())
    cases.take_step(case_id=case.pk, step="enter_acceptance", by=by, at=at, reason=said)
    acceptance = Acceptance.objects.create(case=case, number=case.acceptances.count() + 1, passed_over=kept)
    items = case.scheme.items.filter(kind=ItemKind.ACCEPTANCE)
    ItemScore.objects.bulk_create(ItemScore(acceptance=acceptance, item=item) for item in items)
    duties.discharge_rule(key=AGAIN, case=case, by=by, at=at)
    return acceptance


def locked(acceptance_id: int, by: Appointment, version: int | None) -> Acceptance:
    """The acceptance, locked and still open; raises StaleVersion, Refused when it is signed."""
    rows = Acceptance.objects.visible_to(by).select_related("case__scheme", "case__county", "case__township")
    acceptance = lock(rows, pk=acceptance_id, version=version)
    if acceptance.state == AcceptanceState.SIGNING_OFF:
        raise Refused("验收结果已经签署，正在销号审批，不能再改；上级未审阅前可以撤回")
    if acceptance.state == AcceptanceState.SIGNED:
        raise Refused("验收结果已经签署，不能再改；确有错误的，由验收单位撤销签署后更正")
    if refused := over_refusal(acceptance.case):
        raise Refused(refused)
    return acceptance


def over_refusal(case: Case) -> str | None:
    """Why nothing is entered in an acceptance that was never signed: its case left it, as one that 退出整顿 does."""
    if case.stage == Stage.ACCEPTANCE:
        return None
    return f"{case.organization.short_name}当前处于“{case.get_stage_display()}”，不在验收中"


def scored(acceptance_id: int, by: Appointment, version: int | None) -> Acceptance:
    """The acceptance, locked for somebody who enters scores or ballots."""
    acceptance = locked(acceptance_id, by, version)
    if refused := scoring_refusal(acceptance.case, by):
        raise Refused(refused)
    return acceptance


def tally_refusal(acceptance: Acceptance, post: Appointment | None) -> str | None:
    """Why this post enters no ballots now, or None."""
    if acceptance.state != AcceptanceState.OPEN:
        return "验收结果已经签署或正在审批，测评不能再改"
    return over_refusal(acceptance.case) or scoring_refusal(acceptance.case, post)


@transaction.atomic
def save_self_check(
    *, acceptance_id: int, by: Appointment, at: datetime, version: int | None, words: str, on: date
) -> Acceptance:
    """自查: what the organization says of itself, entered by itself or for it (代录)."""
    acceptance = locked(acceptance_id, by, version)
    if refused := self_check_refusal(acceptance.case, by):
        raise Refused(refused)
    _not_in_future("on", "自查日期", on, at)
    acceptance.self_words, acceptance.self_on, acceptance.self_by = words.strip(), on, by
    acceptance.save_version("self_words", "self_on", "self_by")
    audit.record("填写验收自查", obj=acceptance.case)
    return acceptance


def _not_in_future(field: str, label: str, on: date | None, at: datetime) -> None:
    if on is not None and on > timezone.localdate(at):
        raise Invalid({field: [f"{label} {words(on)} 晚于今天"]})


@transaction.atomic
def save_scores(
    *,
    acceptance_id: int,
    by: Appointment,
    at: datetime,
    version: int | None,
    scores: Mapping[int, Score],
    said: str | None = None,
    on: date | None = None,
) -> Acceptance:
    """Enter one side's scores with the reasons for points taken: the township's own (初验), or the accepting unit's,
    which may veto. Keyed by item id. said: the side's opinion, None leaves it; on: the day of the township's 初验."""
    acceptance = scored(acceptance_id, by, version)
    township = not accepting(acceptance.case).is_(by)
    rows = list(acceptance.scores.select_related("item"))
    if errors := _beyond(rows, scores) or (_unexplained(rows, scores) if township else {}):
        raise Invalid(errors)
    for row in rows:
        if (given := scores.get(row.item_id)) is not None:
            _put(row, given, township=township)
    columns = ["township_score", "township_reason", "county_score", "reason", "vetoed"]
    ItemScore.objects.bulk_update(rows, columns)
    if township:
        _not_in_future("on", "初验日期", on, at)
        acceptance.township_by = by
        acceptance.township_on = on or acceptance.township_on or timezone.localdate(at)
        acceptance.township_words = acceptance.township_words if said is None else said.strip()
    elif said is not None:
        acceptance.county_words = said.strip()
    acceptance.save_version("township_by", "township_on", "township_words", "county_words")
    audit.record("乡镇验收评分" if township else "验收评分", obj=acceptance.case)
    return acceptance


def _beyond(rows: list[ItemScore], scores: Mapping[int, Score]) -> dict[str, list[str]]:
    """Scores that cannot stand, each at its field, naming item and numbers."""
    return {
        f"score-{row.item_id}": [
            f"“{row.item}”评分 {plain(given.points)} 应在 0 与标准分 {plain(row.item.points)} 之间"
        ]
        for row in rows
        if (given := scores.get(row.item_id)) is not None and not 0 <= given.points <= row.item.points
    }


def _unexplained(rows: list[ItemScore], scores: Mapping[int, Score]) -> dict[str, list[str]]:
    """Points the township took off without saying why: nobody signs its side later and would ask for it."""
    found = rules.unexplained(
        [
            rules.ScoredItem(row.item_id, row.item.text, row.item.points, given.points, given.reason)
            for row in rows
            if (given := scores.get(row.item_id)) is not None
        ]
    )
    return {f"reason-{key}": [text] for key, text in found.items()}


def _put(row: ItemScore, given: Score, *, township: bool) -> None:
    if township:
        row.township_score, row.township_reason = given.points, given.reason.strip()
    else:
        row.county_score, row.reason, row.vetoed = given.points, given.reason.strip(), given.vetoed
