"""How far cases are with the targets of their schemes, however many cases, with three queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from rectification.cases.models import Case, CaseQuerySet
from rectification.remediation.models import Measure, MeasureState
from rectification.remediation.targets import rules
from rectification.remediation.targets.models import TargetEntry
from rectification.schemes.practice_models import Target
from rectification.workflow import Stage

Keys = Sequence[int] | QuerySet
STILL = frozenset({Stage.REMEDIATION, Stage.CONSOLIDATION})


@dataclass(frozen=True)
class TargetStanding:
    """One target of one case, and how far it is."""

    target: Target
    result: rules.Standing

    @property
    def asked(self) -> str:
        """What the scheme asks, in words."""
        return rules.asked_words(self.target.least, self.target.most, self.target.unit)

    @property
    def counted(self) -> bool:
        """Whether the number comes from the measures of the plan."""
        return self.target.key in rules.COUNTED


def targets_of(schemes: Iterable[int]) -> dict[int, list[Target]]:
    """The targets of each scheme, by the scheme's key, in their order."""
    found: dict[int, list[Target]] = defaultdict(list)
    for target in Target.objects.filter(scheme__in=set(schemes)).order_by("scheme", "order", "pk"):
        found[target.scheme_id].append(target)
    return found


def standings(cases: Sequence[Case], among: CaseQuerySet | None = None) -> dict[int, list[TargetStanding]]:
    """Every target of each case, by the case's key, in the order of the scheme; three queries.

    among: the same cases as the database knows them, where they are too many to be named one by one.
    """
    keys = [case.pk for case in cases] if among is None else among.order_by().values("pk")
    targets = targets_of(case.scheme_id for case in cases)
    entered = _entered(keys) if any(targets.values()) else {}
    measured = (
        _measured(keys) if any(one.key in rules.COUNTED for row in targets.values() for one in row) else {}
    )
    # A city's five thousand cases stand in a few dozen ways
    ways: dict[tuple[int, int, int | None, bool], TargetStanding] = {}

    def standing(case: Case, target: Target) -> TargetStanding:
        kind, planned = rules.COUNTED.get(target.key), None
        if kind:
            planned, reached = measured.get((case.pk, kind), (0, 0))
        else:
            reached = entered.get((case.pk, target.pk), 0)
        way = target.pk, reached, planned, case.stage not in STILL
        return ways.get(way) or ways.setdefault(way, _standing(target, reached, planned, late=way[-1]))

    return {case.pk: [standing(case, target) for target in targets[case.scheme_id]] for case in cases}


def _standing(target: Target, reached: int, planned: int | None, *, late: bool) -> TargetStanding:
    result = rules.standing(
        least=target.least,
        most=target.most,
        unit=target.unit,
        reached=reached,
        planned=planned,
        late=late,
    )
    return TargetStanding(target, result)


def _entered(keys: Keys) -> dict[tuple[int, int], int]:
    rows = TargetEntry.objects.standing().filter(case__in=keys).order_by()
    return {
        (case, target): number
        for case, target, number in rows.values_list("case", "target").annotate(n=Sum("number"))
    }


def _measured(keys: Keys) -> dict[tuple[int, str], tuple[int, int]]:
    rows = Measure.objects.standing().filter(problem__case__in=keys, kind__in=rules.COUNTED.values())
    confirmed = Count("pk", filter=Q(state=MeasureState.CONFIRMED))
    counted = rows.order_by().values_list("problem__case", "kind").annotate(n=Count("pk"), done=confirmed)
    return {(case, kind): (planned, done) for case, kind, planned, done in counted}
