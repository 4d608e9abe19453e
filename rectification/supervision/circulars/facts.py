"""What a circular counts: inspections held, what they found, papers issued, and the cases unit by unit."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from organizations.models import Organization
from organizations.record_models import Grade
from organizations.rules import Level
from rectification.cases.models import Case
from rectification.duties.models import Duty
from rectification.remediation.models import Problem, ProblemState
from rectification.schemes.models import Scheme
from rectification.schemes.terms import words
from rectification.supervision.circulars import rules
from rectification.supervision.inspections.models import (
    Inspection,
    InspectionFinding,
    InspectionKind,
    InspectionResult,
    InspectionState,
)
from rectification.supervision.notices.models import UNSENT, Notice, NoticeKind, NoticeState
from rectification.workflow import OPEN, Stage

RANKED = (Level.CITY, Level.COUNTY)


def ranking_allowed(scheme: Scheme, unit: Organization) -> bool:
    """Whether the scheme lets this unit rank the units below it by progress; off where no 督导安排 says so."""
    if unit.level not in RANKED:
        return False
    return scheme.inspection_rules.filter(level=unit.level, ranking=True).exists()


def collect(
    *, scheme: Scheme, unit: Organization, first: date, last: date, ranked: bool, today: date
) -> dict[str, Any]:
    """Everything a circular of `unit` says in numbers about first…last, as plain JSON values."""
    cases = list(
        Case.objects.under(unit)
        .of_year(scheme.year)
        .exclude(stage__in=(Stage.SURVEY, Stage.WITHDRAWN))
        .select_related("organization", "township", "county")
        .order_by("org_path")
    )
    units = _units(unit, cases, today)
    rankable = [
        rules.Unit(row["uid"], row["name"], row["cases"], row["total"]) for row in units if row["ranks"]
    ]
    places = rules.ranking(rankable) if ranked else []
    by_key = {place.key: place for place in places}
    for row in units:
        row["rank"] = by_key[row["uid"]].rank if row["uid"] in by_key else None
    return {
        "scheme": scheme.title,
        "office": unit.office,
        "level": unit.level,
        "period": rules.period_words(first, last),
        "as_of": words(today),
        "inspections": _inspections(unit, first, last),
        "findings": _findings(unit, first, last),
        "notices": _notices(unit, first, last, today),
        "cases": _cases(cases, units, first, last),
        "units": units,
        "ranking": [place._asdict() for place in places],
    }


def _done(unit: Organization, first: date, last: date) -> Q:
    return Q(organization=unit, state=InspectionState.DONE, ends_on__range=(first, last))


def _inspections(unit: Organization, first: date, last: date) -> dict[str, Any]:
    held = Inspection.objects.filter(_done(unit, first, last))
    counts = held.aggregate(
        held=Count("pk"),
        unannounced=Count("pk", filter=Q(announced=False)),
        evaluations=Count("pk", filter=Q(kind=InspectionKind.EVALUATION)),
    )
    went = InspectionResult.objects.filter(inspection__in=held, on__isnull=False).order_by()
    grades = dict(went.exclude(grade="").values("grade").annotate(n=Count("pk")).values_list("grade", "n"))
    counts["cases"] = went.values("case").distinct().count()
    counts["grades"] = [[grade.label, grades.get(grade.value, 0)] for grade in Grade]
    return counts


def _findings(unit: Organization, first: date, last: date) -> dict[str, int]:
    held = Inspection.objects.filter(_done(unit, first, last))
    # A draft has told nobody anything yet; one paper put aside does not undo another that was issued
    told = Notice.objects.exclude(state__in=UNSENT).filter(findings__result__inspection__in=held)
    noticed = Q(pk__in=told.values("findings"))
    settled, listed = ~Q(settled=""), Q(settled="", problem__isnull=False)
    papered = Q(settled="", problem__isnull=True) & noticed
    counts = InspectionFinding.objects.filter(result__inspection__in=held).aggregate(
        found=Count("pk", distinct=True),
        on_spot=Count("pk", filter=settled, distinct=True),
        listed=Count("pk", filter=listed, distinct=True),
        listed_closed=Count("pk", filter=listed & Q(problem__state=ProblemState.CLOSED), distinct=True),
        noticed=Count("pk", filter=papered, distinct=True),
    )
    counts["open"] = counts["found"] - counts["on_spot"] - counts["listed"] - counts["noticed"]
    return counts


def _notices(unit: Organization, first: date, last: date, today: date) -> dict[str, int]:
    zone = timezone.get_current_timezone()
    span = (datetime.combine(first, time(), zone), datetime.combine(last, time.max, zone))
    rows = Notice.objects.filter(
        issuer=unit, kind__in=(NoticeKind.RECTIFY, NoticeKind.URGE), issued_at__range=span
    )
    answered = (NoticeState.REPLIED, NoticeState.VERIFIED)
    late = Notice.objects.overdue(today).values("pk")
    return rows.aggregate(
        issued=Count("pk"),
        replied=Count("pk", filter=Q(state__in=answered)),
        verified=Count("pk", filter=Q(state=NoticeState.VERIFIED)),
        overdue=Count("pk", filter=Q(pk__in=late)),
    )


def _cases(cases: list[Case], units: list[dict[str, Any]], first: date, last: date) -> dict[str, Any]:
    closed = Problem.objects.filter(case__in=cases, closed_on__range=(first, last)).count()
    whole = rules.Unit("", "", len(cases), sum(case.progress for case in cases))
    return {
        "total": len(cases),
        "open": sum(case.stage in OPEN for case in cases),
        "problems": sum(case.problems_total for case in cases),
        "closed": sum(case.problems_closed for case in cases),
        "closed_now": closed,
        "overdue": sum(row["overdue"] for row in units),
        "mean": str(whole.mean),
    }


def _units(unit: Organization, cases: list[Case], today: date) -> list[dict[str, Any]]:
    """Each unit below with its cases; a township's are its villages that have one."""
    listed: dict[int, tuple[Organization, bool]] = {}
    if unit.level in RANKED:
        below = Organization.objects.children_of(unit).active().exclude(level=Level.GRASSROOTS)
        listed = {one.pk: (one, True) for one in below}
    held: dict[int, list[Case]] = {}
    for case in cases:
        at, ranks = _place(unit, case)
        listed.setdefault(at.pk, (at, ranks))
        held.setdefault(at.pk, []).append(case)
    overdue = _overdue(cases, today)
    return [
        _row(one, held.get(key, []), overdue, ranks and one.pk != unit.pk)
        for key, (one, ranks) in sorted(listed.items(), key=lambda item: item[1][0].path)
    ]


def _place(unit: Organization, case: Case) -> tuple[Organization, bool]:
    """Under which line a case counts, and whether the line may be ranked."""
    if unit.level == Level.CITY:
        return case.county, True
    if unit.level == Level.COUNTY:
        return (case.township, True) if case.township else (unit, False)
    return case.organization, False


def _overdue(cases: Iterable[Case], today: date) -> dict[int, int]:
    rows = Duty.objects.overdue(today).filter(case__in=list(cases)).order_by()
    return dict(rows.values("case").annotate(n=Count("pk")).values_list("case", "n"))


def _row(one: Organization, cases: list[Case], overdue: dict[int, int], ranks: bool) -> dict[str, Any]:
    total = sum(case.progress for case in cases)
    return {
        "uid": str(one.uid),
        "name": one.short_name if ranks or one.level == Level.GRASSROOTS else f"{one.short_name}直属",
        "cases": len(cases),
        "problems": sum(case.problems_total for case in cases),
        "closed": sum(case.problems_closed for case in cases),
        "overdue": sum(overdue.get(case.pk, 0) for case in cases),
        "total": total,
        "mean": str(rules.Unit("", "", len(cases), total).mean),
        "ranks": ranks,
    }
