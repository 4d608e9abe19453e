"""Closed cases, and checks of them opened and concluded, as an officer would."""

from datetime import date, timedelta
from decimal import Decimal

from rectification.acceptance.checks import actions, result_actions
from rectification.acceptance.checks.actions import Planned
from rectification.acceptance.checks.models import CheckResult
from rectification.acceptance.checks.rules import Written
from rectification.acceptance.models import Acceptance
from rectification.cases.models import Case, Tracking
from tests.cast import NOW, TODAY, YEAR

CLOSED_ON = TODAY - timedelta(days=10)
DUE_ON = TODAY + timedelta(days=60)


def closed(case: Case, officer, **facts) -> Case:
    """The case as an accepted one stands: signed, 销号, watched."""
    Acceptance.objects.create(
        case=case,
        state="signed",
        outcome="pass",
        total=facts.pop("total", Decimal(95)),
        signed_on=CLOSED_ON,
        signed_by=officer,
        **facts,
    )
    Tracking.objects.create(case=case, starts_on=CLOSED_ON, ends_on=date(YEAR + 1, 5, 10))
    Case.objects.filter(pk=case.pk).update(stage="tracking", outcome="pass", closed_on=CLOSED_ON)
    case.refresh_from_db()
    return case


def arrange(by, size=0, seed="种子"):
    planned = Planned(
        "五月检查", TODAY - timedelta(days=1), TODAY + timedelta(days=1), team="组织科2人", size=size
    )
    return actions.plan(planned=planned, year=YEAR, by=by, at=NOW, seed=seed)


def conclude(result: CheckResult, by, verdict="refused", words="组织生活仍不正常", **facts):
    found = {"due_on": DUE_ON, "findings": "组织生活不正常\n村务公开不及时"}
    given = (found if verdict == "refused" else {}) | facts
    written = Written(on=TODAY, words=words, verdict=verdict, **given)
    return result_actions.record(result_id=result.pk, version=None, written=written, by=by, at=NOW)
