"""What a case carried over brings along: last year's problems that were not closed (domain §2, 续整)."""

from rectification.cases.models import Case
from rectification.remediation.models import Problem, ProblemState


def take_over(case: Case) -> int:
    """List last year's open problems first in this year's case, each pointing back; returns how many.

    A problem keeps its words; its criterion is the one of the same number in this year's scheme.
    """
    if case.previous_id is None or case.problems.exists():
        return 0
    criteria = {criterion.order: criterion for criterion in case.scheme.criteria.all()}
    left = Problem.objects.filter(case=case.previous_id).exclude(state=ProblemState.CLOSED)
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
