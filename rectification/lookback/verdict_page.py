"""The part of the page on which a lookback is concluded, or its conclusion put right."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from rectification.lookback import actions, rules, verdict
from rectification.lookback.forms import CorrectionForm, VerdictForm, concluding_organ
from rectification.lookback.models import Lookback
from rectification.lookback.rules import Outcome


def verdict_context(request: HttpRequest, lookback: Lookback, judged: bool, **bound: Any) -> dict[str, Any]:
    """What the page says of the conclusion, with whatever form came back bound (`verdict`, `correction`).

    judged: whether the part that a conclusion needs is whole.
    """
    suggestion = actions.suggested(lookback)
    refused = verdict.verdict_refusal(lookback, request.post)
    kept = verdict.correction_refusal(lookback, request.post) if lookback.decided else ""
    form = bound.get("correction")
    if lookback.decided and kept is None and form is None:
        form = CorrectionForm.of_decided(lookback)
    return {
        "suggestion": suggestion,
        "suggested": suggestion.outcome.label if suggestion.outcome else "",
        "may_decide": refused is None and judged,
        "decides": refused is None,
        "organ": concluding_organ(lookback),
        "verdict": bound.get("verdict") or VerdictForm.of(lookback, suggestion, timezone.localdate()),
        "effect": consequences(lookback),
        "correction": form,
        "kept": kept,
        "corrections": verdict.corrections_of(lookback) if lookback.decided else [],
    }


def consequences(lookback: Lookback) -> list[str]:
    """What either conclusion means, with today as its day."""
    today, months = timezone.localdate(), lookback.scheme.tracking_months
    return [
        rules.consequence(outcome, year=lookback.year, decided_on=today, tracking_months=months)
        for outcome in Outcome
    ]
