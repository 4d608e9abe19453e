"""The closing gates of a case as its file stands, and where each is mended."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.errors import Invalid
from accounts.policy import opens
from accounts.together import ask, column, number, whole
from organizations.models import Appointment
from organizations.rules import Level
from rectification.acceptance import gate_rules
from rectification.acceptance.gate_rules import Gate
from rectification.acceptance.models import Acceptance, TallyGroup
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.duties.models import Duty
from rectification.remediation.models import Plan, PlanState
from rectification.remediation.reporting.asked import ASKS
from rectification.remediation.rules import open_problems
from rectification.remediation.support.in_place_rules import kind_of
from rectification.schemes.chain_rules import steps_of
from rectification.schemes.models import ItemKind, Process, Scheme

# Where each is mended: the page of the case, and its part
PLACES = {
    gate_rules.PROBLEMS: ("remediation:case", "?tab=problems"),
    gate_rules.PLAN: ("remediation:plan", ""),
    gate_rules.FIRST_SECRETARY: ("remediation:case", "?tab=support#people"),
    gate_rules.SELF_CHECK: ("acceptance:case", "#self"),
    gate_rules.TALLY: ("acceptance:case", "#tallies"),
}

OF_ALL = "remediation:reports"
"""Where reports are written: a page of the township's, not of one case."""


def gates_of(case: Case, acceptance: Acceptance | None, today: date | None = None) -> list[Gate]:
    """What is not in place for this case; before it was asked for (`acceptance` None) only what is looked at then.

    One query, the acceptance's tallies and the scheme's chain apart.
    """
    today = today or timezone.localdate()
    held = {tally.group for tally in acceptance.tallies.all()} if acceptance else set()
    problems, late, plans, asked, there = ask(
        whole(case.problems.all()),
        whole(late_reports(case, today)),
        number(Plan.objects.filter(case=case, state=PlanState.APPROVED)),
        column(case.scheme.items.filter(kind=ItemKind.SUPPORT).values("text")),
        number(CaseMember.objects.filter(case=case, kind=MemberKind.FIRST_SECRETARY).current(today)),
    )
    has_post = any(kind_of(text) == MemberKind.FIRST_SECRETARY for text in asked)
    standing = gate_rules.Standing(
        problems=open_problems(problems),
        reports=[str(duty) for duty in late],
        plan_approved=bool(plans),
        first_secretary=bool(there) if has_post else None,
        self_check=not asks_self_check(case.scheme) or bool(acceptance and acceptance.self_on),
        tallies=[group.label for group in TallyGroup if group.value not in held],
    )
    return gate_rules.gates(standing, asking=acceptance is None)


def late_reports(case: Case, today: date) -> QuerySet[Duty]:
    """The progress reports the case's township owes past their day; the county's where no township stands over it."""
    unit = case.township or case.county
    rows = Duty.objects.overdue(today).filter(ASKS, scheme__year=case.year, organization=unit)
    return rows.order_by("effective_due_on", "pk")


def asks_self_check(scheme: Scheme) -> bool:
    """Whether the scheme's acceptance begins with the organization's own word (自查)."""
    return any(step.level == Level.GRASSROOTS for step in steps_of(scheme, Process.ACCEPTANCE))


def passed_over(acceptance: Acceptance) -> dict[str, str]:
    """What was passed over with its reason, by gate key; what older ones wrote of open problems is among them."""
    old = acceptance.open_problems_reason
    return ({gate_rules.PROBLEMS: old} if old else {}) | dict(acceptance.passed_over)


def passed_over_lines(acceptance: Acceptance) -> list[tuple[str, str]]:
    """The same with their titles, in the order of the year."""
    kept = passed_over(acceptance)
    return [(gate_rules.TITLES[key], kept[key]) for key in gate_rules.KEYS if key in kept]


def explained(found: Iterable[Gate], reasons: Mapping[str, str]) -> dict[str, str]:
    """The reasons that are needed, by key; raises Invalid at the field of each that is missing."""
    found = list(found)
    if errors := gate_rules.gate_errors(found, reasons):
        raise Invalid({f"gate-{key}": [text] for key, text in errors.items()})
    return {gate.key: reasons[gate.key].strip() for gate in found}


def links_of(found: Iterable[Gate], case: Case, post: Appointment) -> list[dict[str, object]]:
    """Each gate with the page on which it is mended; no address where this post cannot open that page."""
    rows: list[dict[str, object]] = []
    for gate in found:
        name, part = PLACES.get(gate.key, (OF_ALL, ""))
        url = reverse(name, args=[] if name == OF_ALL else [case.uid]) + part
        rows.append({"gate": gate, "url": url if opens(post, name) else ""})
    return rows
