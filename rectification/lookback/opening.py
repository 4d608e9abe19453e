"""Opening the lookback of the year: one for each of last year's cases that acceptance has spoken on.

A county opens it for all below it; a township whose own scheme looks back by itself opens its own, and its county's
leaves those out.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction

from accounts import audit
from accounts.errors import Refused
from accounts.together import ask, number
from organizations.models import Appointment, Organization
from organizations.rules import OFFICER, Level
from organizations.scope import subtree
from rectification.cases.models import Case
from rectification.lookback.models import Checkpoint, Lookback
from rectification.lookback.parties import parties_in
from rectification.schemes.models import ItemKind, Scheme, SchemeItem
from rectification.workflow import LOOKED_BACK, OPEN


@dataclass(frozen=True)
class ToOpen:
    """What there is to open in a unit: how many points the scheme has, how many of last year's cases are still to be
    taken in, and how many have no result yet: there is nothing to look back on before it."""

    points: int
    awaiting: int
    unaccepted: int


def to_open(scheme: Scheme | None, unit: Organization, year: int) -> ToOpen:
    """The same as it stands now; two queries, three where townships have schemes of their own."""
    last = _last_years(unit, year)
    points = scheme.items.filter(kind=ItemKind.LOOKBACK) if scheme else SchemeItem.objects.none()
    return ToOpen(*ask(number(points), number(_awaiting(last)), number(last.filter(stage__in=OPEN))))


def _awaiting(last: models.QuerySet[Case]) -> models.QuerySet[Case]:
    return last.filter(stage__in=LOOKED_BACK, lookback__isnull=True)


def _last_years(unit: Organization, year: int) -> models.QuerySet[Case]:
    """Last year's cases a unit looks back on: all below it but those of townships that do it by themselves."""
    last = Case.objects.under(unit).of_year(year - 1)
    if unit.level != Level.COUNTY:
        return last
    own = Scheme.objects.in_force().of_year(year).filter(issuer__level=Level.TOWNSHIP)
    apart = own.filter(subtree(unit.path).q("issuer__path")).prefetch_related("chain")
    return last.exclude(township__in=[each.issuer_id for each in apart if looks_back_itself(each)])


def looks_back_itself(scheme: Scheme) -> bool:
    """A township's own scheme in which nobody above the township has a part in the lookback."""
    return scheme.issuer.level == Level.TOWNSHIP and parties_in(scheme).concludes_in_township


def opening_refusal(
    scheme: Scheme | None, county: Organization, post: Appointment | None, found: ToOpen | None = None
) -> str | None:
    """Why this post cannot open the lookback of a county, or None; the same answer for button and action.

    found: what there is to open, where the page has read it already.
    """
    township = county.level == Level.TOWNSHIP
    if not township and county.level != Level.COUNTY:
        return "回头看以县（市、区）为单位开展"
    if post is None or post.role != OFFICER[Level(county.level)] or post.organization_id != county.pk:
        return f"回头看由{county.organ}{'' if township else '组织部'}经办人开展"
    if scheme is None:
        return "本年度还没有执行中的实施方案，请先由制发单位执行方案"
    if township and not looks_back_itself(scheme):
        return "按本年度方案，回头看由县（市、区）委组织部开展"
    found = found or to_open(scheme, county, scheme.year)
    if not found.points:
        return "本年度方案没有列回头看要点，请先由制发单位在年度方案中补上"
    if not found.awaiting:
        return f"{scheme.year - 1}年没有尚未纳入回头看的整顿对象"
    return None


@transaction.atomic
def open_lookbacks(*, scheme: Scheme, county: Organization, by: Appointment, at: datetime) -> int:
    """Open what is still to be opened, on the scheme's points and on last year's problems; returns how many.

    Words are copied: what was asked stays as asked when a scheme is amended. Raises Refused for a wrong post,
    without points, or when nothing is left to open.
    """
    Organization.objects.select_for_update(no_key=True).get(pk=county.pk)
    if refused := opening_refusal(scheme, county, by):
        raise Refused(refused)
    points = scheme.items.filter(kind=ItemKind.LOOKBACK).order_by("order")
    points = [(text, None) for text in points.values_list("text", flat=True)]
    last = _awaiting(_last_years(county, scheme.year))
    cases = list(last.select_related("organization").prefetch_related("problems"))
    for case in cases:
        lookback = Lookback.objects.create(
            case=case, organization=case.organization, scheme=scheme, year=scheme.year
        )
        problems = sorted(case.problems.all(), key=lambda problem: problem.order)
        asked = points + [(problem.text, problem.uid) for problem in problems]
        Checkpoint.objects.bulk_create(
            Checkpoint(lookback=lookback, order=order, text=text, problem=problem)
            for order, (text, problem) in enumerate(asked, 1)
        )
    audit.record("开展回头看", obj=county, year=scheme.year, cases=len(cases))
    return len(cases)
