"""What the file says for a secretary's 述职评议: the year's cases of a county or township, counted (S0 五)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from organizations.rules import FIELDS
from organizations.scope import subtree
from rectification.acceptance.checks.models import CheckResult, CheckVerdict
from rectification.acceptance.models import Acceptance, AcceptanceState, Tally, TallyGroup
from rectification.cases.models import Case
from rectification.remediation.models import Measure, MeasureState
from rectification.remediation.support.in_place import given_to
from rectification.remediation.support.in_place_rules import Given
from rectification.schemes.models import Scheme
from rectification.workflow import Stage
from reports.ledgers import Selection

PEOPLE = (("leader", "联系领导"), ("team", "工作组"), ("first_secretary", "第一书记"))


@dataclass
class Votes:
    """Votes of one group, added up over items: satisfied of all that count, and as a rate with two decimals."""

    satisfied: int = 0
    valid: int = 0

    def add(self, tally: Tally, satisfied: Sequence[str]) -> None:
        """Take a tally in, every item of it."""
        for options in tally.counts.values():
            self.valid += sum(options.values())
            self.satisfied += sum(votes for option, votes in options.items() if option in satisfied)

    @property
    def words(self) -> str:
        """The rate, "" without any vote."""
        if not self.valid:
            return ""
        rate = Decimal(self.satisfied) * 100 / self.valid
        return f"{rate.quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


@dataclass
class Reviewed:
    """The cases of a unit and year with what came of them."""

    cases: list[Case]
    measures: Counter[str]
    given: dict[int, Given]
    votes: dict[str, Votes]
    by_case: dict[int, dict[str, Votes]]
    checked: Counter[str] = field(default_factory=Counter)

    def count(self, **facts: Any) -> int:
        """How many cases have these values."""
        return sum(all(getattr(case, name) == value for name, value in facts.items()) for case in self.cases)

    def by_field(self) -> list[tuple[str, int]]:
        """How many of each field, in the usual order."""
        found = Counter(case.organization.field for case in self.cases)
        return [(label, found[key]) for key, label in FIELDS.items() if found[key]]

    def types(self) -> list[tuple[str, int]]:
        """How many of each main type, in the order of the scheme's criteria."""
        found: dict[tuple[int, str], int] = defaultdict(int)
        for case in self.cases:
            found[case.primary.order, str(case.primary)] += 1
        return [(name, number) for (_order, name), number in sorted(found.items())]

    def at(self, *stages: Stage) -> int:
        """How many stand at one of these stages."""
        return sum(case.stage in stages for case in self.cases)

    @property
    def problems(self) -> tuple[int, int]:
        """Problems found, and closed."""
        return sum(case.problems_total for case in self.cases), sum(
            case.problems_closed for case in self.cases
        )

    def has(self, kind: str) -> int:
        """How many cases have somebody or something of this kind of support."""
        if kind == "plan":
            return sum(one.plan == "approved" for one in self.given.values())
        if kind == "committee":
            return sum(bool(one.posts) and not one.vacant and not one.needs for one in self.given.values())
        return sum(one.counts.get(kind, 0) > 0 for one in self.given.values())


def read(selection: Selection) -> Reviewed:
    """The determined cases of the year under the unit; about fifteen queries, however many cases."""
    today = timezone.localdate()
    rows = Case.objects.visible_to(selection.post).of_year(selection.year).under(selection.unit)
    rows = rows.exclude(stage__in=(Stage.SURVEY, Stage.WITHDRAWN)).order_by("org_path", "pk")
    cases = list(rows.select_related("organization", "county", "township", "primary", "scheme"))
    by_case = _votes(cases)
    total = {group: Votes() for group in TallyGroup.values}
    for groups in by_case.values():
        for group, votes in groups.items():
            total[group].satisfied += votes.satisfied
            total[group].valid += votes.valid
    return Reviewed(
        cases=cases,
        measures=_measures(cases),
        given=_given(cases, today),
        votes=total,
        by_case=by_case,
        checked=_checked(selection),
    )


def _given(cases: Sequence[Case], today: date) -> dict[int, Given]:
    return given_to(cases, today) if cases else {}


def _measures(cases: Sequence[Case]) -> Counter[str]:
    rows = Measure.objects.standing().filter(problem__case__in=cases).order_by()
    states = Counter(rows.values_list("state", flat=True))
    return Counter(all=sum(states.values()), confirmed=states[MeasureState.CONFIRMED])


def _votes(cases: Sequence[Case]) -> dict[int, dict[str, Votes]]:
    """The ballots of each case's last signed acceptance, by group."""
    last: dict[int, Acceptance] = {}
    signed = Acceptance.objects.filter(case__in=cases, state=AcceptanceState.SIGNED).exclude(outcome="")
    for acceptance in signed.order_by("number").prefetch_related("tallies"):
        last[acceptance.case_id] = acceptance
    schemes: Mapping[int, Scheme] = {case.pk: case.scheme for case in cases}
    found: dict[int, dict[str, Votes]] = {}
    for key, acceptance in last.items():
        groups = found.setdefault(key, {})
        for tally in acceptance.tallies.all():
            groups.setdefault(tally.group, Votes()).add(tally, schemes[key].satisfied_options)
    return found


def _checked(selection: Selection) -> Counter[str]:
    rows = CheckResult.objects.visible_to(selection.post).filter(
        subtree(selection.unit.path).q("case__org_path"), check_of__scheme__year=selection.year
    )
    verdicts = Counter(rows.exclude(verdict="").values_list("verdict", flat=True))
    return Counter(looked=sum(verdicts.values()), refused=verdicts[CheckVerdict.REFUSED])
