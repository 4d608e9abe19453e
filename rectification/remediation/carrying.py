"""What a case carried over brings along: last year's problems that were not closed, the units that help (domain §2)."""

from django.db.models import Q

from rectification.cases.models import Case, Source
from rectification.lookback.models import Checkpoint, Lookback
from rectification.lookback.parties import parties_in
from rectification.lookback.rules import Party, State
from rectification.remediation.models import Problem, ProblemState
from rectification.remediation.support.models import HelpingUnit


def take_over(case: Case) -> int:
    """List what is left of last year first in this year's case, each pointing back; returns how many.

    Left is what was never closed, and what the judging party found slipped or relapsed in the lookback.
    A problem keeps its words; its criterion is the one of the same number in this year's scheme.
    """
    _helpers_stay(case)
    if case.previous_id is None or case.problems.exists():
        return 0
    criteria = {criterion.order: criterion for criterion in case.scheme.criteria.all()}
    back = Checkpoint.objects.filter(
        lookback__case=case.previous_id,
        views__party=_judging(case.previous_id),
        views__state__in=(State.SLIPPED, State.RELAPSED),
        problem__isnull=False,
    )
    left = Problem.objects.filter(case=case.previous_id).filter(
        ~Q(state=ProblemState.CLOSED) | Q(uid__in=back.values("problem"))
    )
    rows = list(left.select_related("criterion").order_by("order"))
    for order, old in enumerate(rows, 1):
        Problem.objects.create(
            case=case,
            order=order,
            criterion=criteria.get(old.criterion.order) if old.criterion else None,
            text=old.text,
            carried_from=old,
        )
    return len(rows)


def _helpers_stay(case: Case) -> None:
    """不换点、不撤离 across the year: the units that help a case that failed help it on (S0 五)."""
    if case.source != Source.CARRIED or HelpingUnit.objects.filter(case=case).exists():
        return
    for old in HelpingUnit.objects.filter(case=case.previous_id, to_on=None):
        HelpingUnit.objects.create(case=case, name=old.name, contact=old.contact, from_on=old.from_on)


def _judging(case_id: int) -> Party:
    """Whose findings count in the lookback on a case: the department's, in a township's own scheme the township's."""
    lookback = Lookback.objects.select_related("scheme").filter(case=case_id).first()
    return parties_in(lookback.scheme).judging if lookback else Party.DEPARTMENT
