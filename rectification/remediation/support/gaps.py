"""帮扶力量缺口: what each open case lacks of its people, and which places orders have left open."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from organizations.models import Appointment, Organization
from organizations.rules import Level
from rectification.cases.models import Case, CaseMember
from rectification.cases.support_rules import Place, missing, places_of
from rectification.duties.models import Duty
from rectification.remediation.support.people_actions import FILL
from rectification.schemes.models import ItemKind, SchemeItem

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

    @property
    def keys(self) -> set[str]:
        """What it is counted under."""
        return {place.key for place in self.missing} | ({VACANT} if self.vacancies else set())


@dataclass
class UnitCount:
    """A unit with how many of its cases lack what, by the place's key."""

    unit: Organization
    cases: int = 0
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def gap_rows(cases: Iterable[Case], today: date) -> list[GapRow]:
    """Each case with what it lacks; cases with organization, scheme, county and township loaded. Four queries."""
    rows = {case.pk: GapRow(case) for case in cases}
    places = _places([row.case for row in rows.values()])
    kinds: dict[int, set[str]] = defaultdict(set)
    led: set[int] = set()
    for case_id, kind, leads in (
        CaseMember.objects.staying(today).filter(case__in=rows).values_list("case", "kind", "leads")
    ):
        kinds[case_id].add(kind)
        if leads:
            led.add(case_id)
    for key, row in rows.items():
        row.missing = missing(places[row.case.scheme_id], kinds=kinds[key], team_led=key in led)
    for member in CaseMember.objects.vacant().filter(case__in=rows).order_by("vacant_on", "pk"):
        member.case = rows[member.case_id].case
        rows[member.case_id].vacancies.append(Vacancy(member))
    _dated([one for row in rows.values() for one in row.vacancies], today)
    return list(rows.values())


def _places(cases: Sequence[Case]) -> dict[int, list[Place]]:
    """What each scheme asks."""
    schemes = {case.scheme_id: case.scheme for case in cases}
    texts: dict[int, list[str]] = defaultdict(list)
    items = SchemeItem.objects.filter(scheme__in=schemes, kind=ItemKind.SUPPORT)
    for scheme, text in items.values_list("scheme", "text"):
        texts[scheme].append(text)
    return {key: places_of(texts[key], scheme.contact_name) for key, scheme in schemes.items()}


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


def headers_of(rows: Iterable[GapRow]) -> list[Place]:
    """The places there are on these rows' schemes, once each, with the open places first."""
    cases = [row.case for row in rows]
    found: dict[str, Place] = {VACANT: Place(VACANT, "调离空缺", "")}
    for places in _places(cases).values():
        for place in places:
            found.setdefault(place.key, place)
    return list(found.values())


def unit_counts(rows: Sequence[GapRow], post: Appointment) -> list[UnitCount]:
    """How the units below the post stand: counties for a city, townships for a county, itself for a township."""
    found: dict[int, UnitCount] = {}
    for row in rows:
        case = row.case
        unit = case.county if post.organization.level in (Level.CITY, Level.PROVINCE) else case.township
        unit = unit or case.county
        count = found.setdefault(unit.pk, UnitCount(unit))
        count.cases += 1
        for key in row.keys:
            count.counts[key] += 1
    return sorted(found.values(), key=lambda one: one.unit.path)


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
