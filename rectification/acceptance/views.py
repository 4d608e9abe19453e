"""The pages of acceptance: who is where, and one case's acceptance with all its rounds."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import opens, policy
from accounts.roles import CASE_READERS
from accounts.tables import render as table
from accounts.year import working_year
from organizations.nearby import unit_choices
from rectification.acceptance import gates, listing, rounds, sign_off, unsigning
from rectification.acceptance.ballots.models import Poll
from rectification.acceptance.ballots.showing import boards
from rectification.acceptance.checks import listing as checks
from rectification.acceptance.forms import (
    AskForm,
    ReasonForm,
    ScoreSheet,
    SelfCheckForm,
    SignForm,
    UnsignForm,
)
from rectification.acceptance.gate_rules import Gate, at_signing, unexplained
from rectification.acceptance.models import Acceptance, AcceptanceState, ItemScore
from rectification.acceptance.results import follow_day, missing, suggested, verdict_of
from rectification.acceptance.rules import Verdict
from rectification.acceptance.sides import accepting, first_side, scoring_refusal, self_check_refusal
from rectification.cases.actions import step_refusal
from rectification.cases.models import Case, Outcome
from rectification.reviews import actions as reviews
from rectification.workflow import Stage

RELATED = ("organization", "scheme", "county", "township")


@policy(CASE_READERS, scope="none")
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Cases of the year by where they stand, the ones under acceptance first."""
    year = working_year(request)
    whole = Case.objects.visible_to(request.post).of_year(year)
    form = listing.FilterForm(request.GET, units=unit_choices(request.post, request.GET.get("unit", "")))
    mine = form.apply(whole)
    counts = mine.order_by().aggregate(
        **{key: Count("pk", filter=Q(stage__in=stages)) for key, (_name, stages) in listing.GROUPS.items()}
    )
    tabs = [
        {"key": key, "name": name, "count": counts[key]} for key, (name, _stages) in listing.GROUPS.items()
    ]
    # A village has one case: the first tab that has any is shown
    filled = next((tab["key"] for tab in tabs if tab["count"]), "waiting")
    group = request.GET.get("group")
    group = group if group in listing.GROUPS else filled
    rows = mine.filter(stage__in=listing.GROUPS[group][1]).order_by("org_path", "pk")
    paginator = Paginator(listing.with_acceptances(rows), 50)
    paginator.count = counts[group]  # counted already
    page = paginator.get_page(request.GET.get("page"))
    shown = listing.read(page.object_list, timezone.localdate())
    ledger = reverse("reports:ledger", args=["acceptance"])
    kept = request.GET.copy()
    for name in ("group", "page"):
        kept.pop(name, None)
    context = {
        "year": year,
        "tabs": tabs,
        "group": group,
        "form": form,
        "kept": kept.urlencode(),
        "ledger": ledger if opens(request.post, "reports:ledger") else "",
        "evaluates": opens(request.post, "acceptance:evaluations"),
        "page": page,
        "table": table(listing.columns(group), shown, caption="整顿对象"),
    }
    return render(request, "rectification/acceptance/list.html", context)


@policy(CASE_READERS, scope="case")
@require_GET
def case(request: HttpRequest, uid: str) -> HttpResponse:
    """One case's acceptance: what is asked now, the sheet, the tallies, the result."""
    return page(request, found_case(request, uid))


def found_case(request: HttpRequest, uid: str) -> Case:
    """The case in the address."""
    return get_object_or_404(Case.objects.visible_to(request.post).select_related(*RELATED), uid=uid)


def page(request: HttpRequest, case: Case, status: int = 200, **bound: Any) -> HttpResponse:
    """The page with whatever form came back bound."""
    near = (
        "self_by__organization",
        "township_by__organization",
        "signed_by__organization",
        "review__at_unit",
    )
    every = list(case.acceptances.select_related(*near).order_by("number"))
    for one in every:
        one.case = case
    prefetch_related_objects(every, *_SHOWN)
    acceptance = every[-1] if every else None
    prefetch_related_objects([case], "scheme__chain")
    context: dict[str, Any] = {
        "case": case,
        "acceptance": acceptance,
        "earlier": [_signed(one, request) for one in every if one.state != AcceptanceState.OPEN],
        "ask_refusal": step_refusal(case, "enter_acceptance", request.post),
        "may_decide": step_refusal(case, "close", request.post) is None,
        "accepting": accepting(case),
        "first": first_side(case),
        "rounds": rounds.rounds_of(acceptance, request.post) if acceptance else [],
        "tracking": getattr(case, "tracking", None) if case.stage == Stage.TRACKING else None,
        "checked": checks.of_case(case, request.post),
    }
    if not context["ask_refusal"]:
        context |= _asking(request, case)
    if acceptance and acceptance.state == AcceptanceState.OPEN:
        context |= _sheet(request, acceptance)
    return render(request, "rectification/acceptance/case.html", context | bound, status=status)


_SHOWN = (
    Prefetch("scores", ItemScore.objects.select_related("item")),
    "scores__attachments",
    "tallies",
)


def _signed(signed: Acceptance, request: HttpRequest) -> Acceptance:
    """An acceptance that is signed, with what its card says and whether its signature can be taken back."""
    signed.gates_passed = gates.passed_over_lines(signed)
    signed.may_unsign = unsigning.unsign_refusal(signed, request.post) is None
    signed.may_decide = bool(signed.review and not reviews.decision_refusal(signed.review, request.post))
    signed.steps = list(signed.review.steps.select_related("unit", "by__user")) if signed.review else []
    signed.unsign_form = UnsignForm() if signed.may_unsign else None
    return signed


def _asking(request: HttpRequest, case: Case) -> dict[str, Any]:
    found = gates.gates_of(case, None)
    return {
        "gates": gates.links_of(found, case, request.post),
        "ask_form": AskForm(gates=found),
        "has_problems": case.problems.exists(),
    }


def _sheet(request: HttpRequest, acceptance: Acceptance) -> dict[str, Any]:
    prefetch_related_objects([acceptance], Prefetch("polls", Poll.objects.select_related("box")))
    case, left = acceptance.case, missing(acceptance)
    verdict = None if left else verdict_of(acceptance)
    found = gates.gates_of(case, acceptance)
    may_score = case.stage == Stage.ACCEPTANCE and scoring_refusal(case, request.post) is None
    checks = case.stage == Stage.ACCEPTANCE and self_check_refusal(case, request.post) is None
    said = {"words": acceptance.self_words, "on": acceptance.self_on or timezone.localdate()}
    return {
        "open": True,
        "may_score": may_score,
        "sheet": score_sheet(request, acceptance),
        "self_form": SelfCheckForm(initial=said) if checks else None,
        "boards": boards(acceptance),
        "gates": gates.links_of(found, case, request.post),
        "passed_over": gates.passed_over_lines(acceptance),
        "missing": left,
        "verdict": verdict,
        "verdict_label": Outcome(verdict.outcome).label if verdict else "",
        "verdict_tone": listing.TONES[verdict.outcome] if verdict else "",
        "sign_form": _sign_form(acceptance, None, verdict, found) if verdict else None,
        "chain": sign_off.chain_of(case, request.post),
        "remarks": _remarks(acceptance),
        "back_form": ReasonForm(),
    }


def _remarks(acceptance: Acceptance) -> list[Any]:
    """What the 销号审批 sent it back with, the newest first."""
    if acceptance.review is None:
        return []
    return list(acceptance.review.remarks.select_related("by__user", "by__organization").order_by("-at"))


def sign_form(acceptance: Acceptance, data: Any) -> SignForm:
    """The form of the signature, with a field for each thing that is not in place and not explained yet."""
    return _sign_form(acceptance, data, suggested(acceptance), gates.gates_of(acceptance.case, acceptance))


def _sign_form(acceptance: Acceptance, data: Any, verdict: Verdict | None, found: list[Gate]) -> SignForm:
    today, found = timezone.localdate(), at_signing(found, outcome="")
    initial = {
        "outcome": verdict.outcome if verdict else "",
        "signed_on": today,
        "follow_due_on": follow_day(acceptance.case.scheme, today)
        if verdict and verdict.outcome != Outcome.PASS
        else None,
    }
    return SignForm(data, gates=unexplained(found, gates.passed_over(acceptance)), initial=initial)


def score_sheet(request: HttpRequest, acceptance: Acceptance, data: Any = None) -> ScoreSheet:
    """The sheet as this post fills it in."""
    rows = list(acceptance.scores.all())
    prefetch_related_objects(rows, "item", "attachments")
    for row in rows:
        row.acceptance = acceptance
        row.files = [one for one in row.attachments.all() if one.withdrawn_at is None]
    return ScoreSheet(data, rows=rows, last=accepting(acceptance.case).is_(request.post))
