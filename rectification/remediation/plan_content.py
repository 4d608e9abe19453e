"""The plan as plain values, frozen as it is sent."""

from datetime import date
from typing import Any

from rectification.cases.models import Case
from rectification.remediation import plan_facts
from rectification.remediation.models import Measure, Plan, Problem
from rectification.remediation.plan_rules import MANIFEST, PARTS, PROBLEMS, SUPPORT
from rectification.schemes.terms import words

WORDS = ("text", "goal", "leader", "unit", "person", "requirement")


def problems_of(case: Case) -> list[Problem]:
    """The case's problems with their measures, in order."""
    rows = Problem.objects.filter(case=case).order_by("order")
    return list(rows.select_related("criterion").prefetch_related("measures__duty"))


def standing_measures(problem: Problem) -> list[Measure]:
    """The measures of a problem (prefetched) that were not cancelled."""
    return [measure for measure in problem.measures.all() if measure.state != "cancelled"]


def content_of(case: Case, plan: Plan, today: date) -> dict[str, Any]:
    """The whole plan: the words typed, what the survey found, the problems with their measures, the people on it."""
    return {
        **{name: getattr(plan, name) for name in PARTS},
        MANIFEST: plan_facts.manifest_of(case),
        SUPPORT: plan_facts.support_of(case, today),
        PROBLEMS: [
            {
                "uid": str(problem.uid),
                "order": problem.order,
                "criterion": str(problem.criterion or ""),
                "text": problem.text,
                "measures": [_frozen(measure) for measure in standing_measures(problem)],
            }
            for problem in problems_of(case)
        ],
    }


def _frozen(measure: Measure) -> dict[str, Any]:
    return {
        "uid": str(measure.uid),
        **{name: getattr(measure, name) for name in WORDS},
        "kind": measure.get_kind_display(),
        "long_term": "是" if measure.long_term else "",
        "starts_on": words(measure.starts_on),
        "due_on": words(measure.due_on),
        "collective_economy": measure.collective_economy,
    }
