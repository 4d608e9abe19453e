"""What an acceptance says on papers: scores of both sides, why points were taken, vetoes, rates with their formula."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, QuerySet, Subquery, Sum, When

from organizations.scope import subtree
from rectification.acceptance.models import Acceptance, AcceptanceState, ItemScore, Tally, TallyGroup
from rectification.acceptance.rules import satisfaction_rate
from rectification.cases.models import Outcome
from rectification.schemes.models import Scheme
from rectification.schemes.terms import plain
from reports.ledgers.declaration import Selection

VETO = "否决："
FORMULA = "满意率 = "


def of_year(selection: Selection) -> QuerySet:
    """Acceptances of the year's cases under the unit, in the tree's order."""
    rows = Acceptance.objects.visible_to(selection.post).filter(
        subtree(selection.unit.path).q("case__org_path"), case__year=selection.year
    )
    return rows.order_by("case__org_path", "case", "number")


def newest(rows: QuerySet) -> QuerySet:
    """Of each case the last one."""
    later = Acceptance.objects.filter(case=OuterRef("case"), number__gt=OuterRef("number"))
    return rows.filter(~Exists(later))


def whole(selection: Selection, keys: Iterable[int]) -> dict[int, Acceptance]:
    """These acceptances with their scheme, scores and tallies; three queries."""
    scores = ItemScore.objects.select_related("item").order_by("item__order", "pk")
    rows = Acceptance.objects.visible_to(selection.post).select_related("case__scheme")
    return rows.prefetch_related(Prefetch("scores", scores), "tallies").in_bulk(list(keys))


def standard(acceptance: Acceptance) -> Decimal:
    """The points there are."""
    return sum((row.item.points or Decimal(0) for row in acceptance.scores.all()), Decimal(0))


def given(acceptance: Acceptance, side: str) -> Decimal | None:
    """What one side (`township_score`, `county_score`) gave together; None before it scored everything."""
    scores = [getattr(row, side) for row in acceptance.scores.all()]
    return sum(scores, Decimal(0)) if scores and None not in scores else None


def given_asked(side: str) -> Subquery:
    """The same, as the database reckons it for an acceptance."""
    rows = ItemScore.objects.filter(acceptance=OuterRef("pk")).order_by().values("acceptance")
    rows = rows.annotate(items=Count("pk"), scored=Count(side), together=Sum(side))
    return Subquery(rows.values(given=Case(When(items=F("scored"), then=F("together")))))


def taken(acceptance: Acceptance, side: str, why: str) -> list[str]:
    """Where one side took points and why; items with the same reason together, those without any in one number."""
    by_reason: dict[str, list[tuple[str, Decimal]]] = {}
    for row in acceptance.scores.all():
        score, points = getattr(row, side), row.item.points
        if score is not None and points is not None and score < points:
            reason = getattr(row, why).strip().rstrip("。")
            by_reason.setdefault(reason, []).append((str(row.item), points - score))
    silent = by_reason.pop("", [])
    said = [
        f"{'、'.join(f'“{item}”扣{plain(lost)}分' for item, lost in rows)}：{reason}"
        for reason, rows in by_reason.items()
    ]
    if silent:
        lost = plain(sum((lost for _item, lost in silent), Decimal(0)))
        said.append(f"{'另有' if said else ''}{len(silent)}项扣{lost}分，未写理由")
    return said


def vetoes(acceptance: Acceptance) -> list[str]:
    """What fails it at once: as signed, before that the items marked."""
    signed = [line.removeprefix(VETO) for line in acceptance.reasons if line.startswith(VETO)]
    if signed or acceptance.outcome:
        return signed
    return [f"“{row.item}”，{row.reason}" for row in acceptance.scores.all() if row.vetoed]


def grounds(acceptance: Acceptance) -> list[str]:
    """The reasons of the result beside deductions, vetoes and rates, which stand by themselves."""
    return [line for line in acceptance.reasons if not line.startswith((VETO, "“")) and FORMULA not in line]


def result(acceptance: Acceptance) -> str:
    """What was signed, or where it stands."""
    if acceptance.outcome:
        state = "（销号审批中）" if acceptance.state == AcceptanceState.SIGNING_OFF else ""
        return f"{Outcome(acceptance.outcome).label}{state}"
    over = acceptance.state == AcceptanceState.SIGNED
    return acceptance.result_words if over else acceptance.get_state_display()


def tally_of(acceptance: Acceptance, group: TallyGroup) -> Tally | None:
    """One group's ballots."""
    return next((one for one in acceptance.tallies.all() if one.group == group), None)


def rate(acceptance: Acceptance, group: TallyGroup, scheme: Scheme) -> str:
    """One group's satisfaction rate; item by item where the ballot asks several."""
    tally = tally_of(acceptance, group)
    rates = list(_rates(tally, scheme)) if tally else []
    if len(rates) == 1:
        return rates[0][1]
    return "；".join(f"{item}{percent}" for item, percent, _formula in rates)


def rate_lines(acceptance: Acceptance, scheme: Scheme) -> list[str]:
    """Each group's rates with what was counted: 党员测评：发出42票…满意率 =（…）÷ … = 95%."""
    said = []
    for group in TallyGroup:
        tally = tally_of(acceptance, group)
        if tally is not None:
            formulas = "；".join(
                f"“{item}”{FORMULA}{formula}" for item, _percent, formula in _rates(tally, scheme)
            )
            counts = (
                f"发出{tally.issued}票、收回{tally.returned}票、有效{tally.valid}票、无效{tally.invalid}票"
            )
            said.append(f"{group.label}测评：{counts}；{formulas}")
    return said


def _rates(tally: Tally, scheme: Scheme) -> Iterator[tuple[str, str, str]]:
    for item, options in tally.counts.items():
        found = satisfaction_rate(options, scheme.satisfied_options)
        if found is not None:
            yield item, f"{plain(found.percent)}%", found.formula
