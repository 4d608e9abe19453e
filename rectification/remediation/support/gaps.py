"""帮扶力量缺口: what each open case lacks of its people, and which places orders have left open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Coalesce

from organizations.models import Appointment, Organization
from organizations.rules import Level
from rectification.cases.models import Case, CaseMember, CaseQuerySet
from rectification.cases.support_rules import TEAM_LEADER, Place, missing, places_of
from rectification.duties.models import Duty
from rectification.remediation.support.people_actions import FILL
from rectification.schemes.models import ItemKind, Scheme, SchemeItem

VACANT = "vacant"


@dataclass
class Vacancy:
    """An open place: who left it, and by when it is to be filled (None: the scheme sets no limit)."""

    member: CaseMember
    due_on: date | None = None
    late: bool = False


@dataclass
class GapRow:
    """An open case with what it lacks."""

    case: Case
    missing: list[Place] = field(default_factory=list)
    vacancies: list[Vacancy] = field(default_factory=list)


@dataclass
class UnitCount:
    """A unit with how many of its cases lack what, by the place's key; `lacking` anything."""

    unit: Organization
    cases: int = 0
    lacking: int = 0
    counts: dict[str, int] = field(default_factory=dict)


def asked_places(cases: CaseQuerySet) -> dict[int, list[Place]]:
    """What the schemes of these cases ask, by the scheme's key. One query."""
    texts = SchemeItem.objects.filter(scheme=OuterRef("pk"), kind=ItemKind.SUPPORT).values("text")
    schemes = Scheme.objects.filter(pk__in=cases.order_by().values("scheme")).order_by("issuer__path", "pk")
    rows = schemes.values_list("pk", "contact_name", ArraySubquery(texts))
    return {pk: places_of(support, name) for pk, name, support in rows}


def headers_of(asked: Mapping[int, Sequence[Place]]) -> list[Place]:
    """The places the schemes ask, once each, with the open places first."""
    found: dict[str, Place] = {VACANT: Place(VACANT, "调离空缺", "")}
    for places in asked.values():
        for place in places:
            found.setdefault(place.key, place)
    return list(found.values())


def with_gaps(cases: CaseQuerySet, asked: Mapping[int, Sequence[Place]], today: date) -> CaseQuerySet:
    """Each case with `no_<key>` for every place (the rule `missing`, for whole lists) and `lacking` for any of them."""
    people = CaseMember.objects.staying(today).filter(case=OuterRef("pk")).order_by()
    kinds = {place.kind for places in asked.values() for place in places}
    rows = cases.alias(led=Exists(people.filter(leads=True)))
    rows = rows.alias(**{f"has_{kind}": Exists(people.filter(kind=kind)) for kind in kinds})
    lacks = {f"no_{VACANT}": Q(Exists(CaseMember.objects.vacant().filter(case=OuterRef("pk")).order_by()))}
    for place in headers_of(asked)[1:]:
        schemes = [key for key, places in asked.items() if place.key in _keys(places)]
        held = Q(**{f"has_{place.kind}": True})
        lacks[f"no_{place.key}"] = Q(scheme__in=schemes) & (
            held & Q(led=False) if place.key == TEAM_LEADER else ~held
        )
    rows = rows.alias(**{name: ExpressionWrapper(one, BooleanField()) for name, one in lacks.items()})
    anything = Q()
    for name in lacks:
        anything |= Q(**{name: True})
    return rows.alias(lacking=ExpressionWrapper(anything, BooleanField()))


def _keys(places: Iterable[Place]) -> set[str]:
    return {place.key for place in places}


def unit_counts(rows: CaseQuerySet, headers: Sequence[Place], post: Appointment) -> list[UnitCount]:
    """How the units below the post stand (rows: `with_gaps`): counties for a city, townships for a county, itself for a
    township. Two queries."""
    wide = post.organization.level in (Level.CITY, Level.PROVINCE)
    unit = F("county_id") if wide else Coalesce("township_id", "county_id")
    counted = (
        rows.order_by()
        .values(unit=unit)
        .annotate(
            cases=Count("pk"),
            lacks=Count("pk", filter=Q(lacking=True)),
            **{f"n_{head.key}": Count("pk", filter=Q(**{f"no_{head.key}": True})) for head in headers},
        )
    )
    found = list(counted)
    units = Organization.objects.in_bulk([row["unit"] for row in found])
    return sorted(
        (
            UnitCount(
                units[row["unit"]],
                row["cases"],
                row["lacks"],
                {head.key: row[f"n_{head.key}"] for head in headers},
            )
            for row in found
        ),
        key=lambda one: one.unit.path,
    )


def gap_rows(cases: Iterable[Case], asked: Mapping[int, Sequence[Place]], today: date) -> list[GapRow]:
    """Each case with what it lacks; cases with organization, scheme, county and township loaded. Three queries."""
    rows = {case.pk: GapRow(case) for case in cases}
    kinds: dict[int, set[str]] = defaultdict(set)
    led: set[int] = set()
    for case_id, kind, leads in (
        CaseMember.objects.staying(today).filter(case__in=rows).values_list("case", "kind", "leads")
    ):
        kinds[case_id].add(kind)
        if leads:
            led.add(case_id)
    for key, row in rows.items():
        row.missing = missing(asked[row.case.scheme_id], kinds=kinds[key], team_led=key in led)
    for member in CaseMember.objects.vacant().filter(case__in=rows).order_by("vacant_on", "pk"):
        member.case = rows[member.case_id].case
        rows[member.case_id].vacancies.append(Vacancy(member))
    _dated([one for row in rows.values() for one in row.vacancies], today)
    return list(rows.values())


def _dated(vacancies: Sequence[Vacancy], today: date) -> None:
    """Put on each open place the day of its replacement duty."""
    if not vacancies:
        return
    duties = Duty.objects.open().filter(case__in=[one.member.case_id for one in vacancies], key=FILL)
    due = {(duty.case_id, duty.period_from_on): duty for duty in duties}
    for one in vacancies:
        duty = due.get((one.member.case_id, one.member.vacant_on))
        if duty:
            one.due_on, one.late = duty.effective_due_on, duty.last_on < today


def gaps_of(case: Case, members: Sequence[CaseMember], texts: Iterable[str], today: date) -> GapRow:
    """What one open case lacks: `members` are all it has and had, `texts` the support items of its scheme."""
    staying = [one for one in members if one.to_on is None or one.to_on >= today]
    led = any(one.leads for one in staying)
    places = places_of(texts, case.scheme.contact_name)
    row = GapRow(case, missing(places, kinds={one.kind for one in staying}, team_led=led))
    filled = {one.replaces_id for one in members}
    vacant = [one for one in members if one.vacant_on and one.pk not in filled]
    row.vacancies = [Vacancy(one) for one in sorted(vacant, key=lambda one: (one.vacant_on, one.pk))]
    _dated(row.vacancies, today)
    return row
