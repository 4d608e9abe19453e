"""Who is next on each lookback, in one query for a whole list, and what therefore waits for a post."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models.fields import CharField

from accounts.roles import Role
from organizations.models import Appointment
from rectification.lookback.models import Lookback
from rectification.lookback.parties import Parties, parties_in
from rectification.lookback.rules import Party
from rectification.schemes.models import Scheme

VERDICT = "verdict"
NEXT = {
    Party.SELF.value: "待整顿对象自查",
    Party.SUPERIOR.value: "待上级党组织检查",
    Party.DEPARTMENT.value: "待组织（人事）部门考核验收",
    VERDICT: "待作出结论",
}


def schemes_of(rows: QuerySet[Lookback]) -> dict[int, Parties]:
    """The parties under each scheme these lookbacks are held by; two queries."""
    found = Scheme.objects.filter(pk__in=rows.order_by().values("scheme")).prefetch_related("chain")
    return {scheme.pk: parties_in(scheme) for scheme in found}


def with_next(rows: QuerySet[Lookback], parties: dict[int, Parties]) -> QuerySet[Lookback]:
    """Each with `asked`, `said_<party>` and `next`: the first party whose part is not whole, the conclusion, or ""."""
    said = {
        f"said_{party.value}": Count("checkpoints__views", filter=Q(checkpoints__views__party=party.value))
        for party in Party
    }
    rows = rows.annotate(asked=Count("checkpoints", distinct=True), **said)
    steps = [When(~Q(outcome=""), then=Value(""))]
    for party in Party:
        schemes = [pk for pk, known in parties.items() if party in known.roles]
        if schemes:
            left = {f"said_{party.value}__lt": F("asked")}
            steps.append(When(scheme__in=schemes, **left, then=Value(party.value)))
    return rows.annotate(next=Case(*steps, default=Value(VERDICT), output_field=CharField()))


def mine(post: Appointment, known: Parties, *, township: bool) -> set[str]:
    """What of a scheme's lookbacks this role does: the parts it enters and, for who concludes, the conclusion.

    township: whether one stands over the organization; where none does, the county acts as the superior too.
    """
    own = {party.value for party in known.own(post, township=township)}
    return own | ({VERDICT} if Role(post.role) in known.decides else set())


def waiting_for(
    rows: QuerySet[Lookback], post: Appointment, parties: dict[int, Parties]
) -> QuerySet[Lookback]:
    """Those of the lookbacks (with_next) in which this post is next."""
    ways: dict[tuple[bool, frozenset[str]], list[int]] = defaultdict(list)
    for pk, known in parties.items():
        for township in (True, False):
            ways[township, frozenset(mine(post, known, township=township))].append(pk)
    asked = Q(pk__in=[])
    for (township, steps), schemes in ways.items():
        asked |= Q(case__township__isnull=not township, scheme__in=schemes, next__in=steps)
    return rows.filter(asked)


class Waiting(NamedTuple):
    """How many lookbacks stand at one step before a post."""

    step: str
    words: str
    count: int


def open_ones(post: Appointment, year: int) -> QuerySet[Lookback]:
    """The lookbacks of a year in a post's sight that are not concluded."""
    return Lookback.objects.visible_to(post).of_year(year).filter(outcome="")


def waiting_lines(post: Appointment, year: int) -> list[Waiting]:
    """What waits for a post, by step, for the workbench."""
    rows = open_ones(post, year)
    ours = {
        pk: known
        for pk, known in schemes_of(rows).items()
        if any(mine(post, known, township=stands) for stands in (True, False))
    }
    if not ours:
        return []
    counts: dict[str, int] = defaultdict(int)
    for step in waiting_for(with_next(rows, ours), post, ours).order_by().values_list("next", flat=True):
        counts[step] += 1
    return [Waiting(step, words, counts[step]) for step, words in NEXT.items() if counts[step]]
