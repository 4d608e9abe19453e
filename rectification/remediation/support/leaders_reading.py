"""领导挂点: which leader holds which cases, who holds none, visits made and owed for each leader and case."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case as Choose
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from organizations.models import Appointment, Organization
from organizations.rules import Level
from organizations.scope import subtree
from rectification.cases.leader_models import ContactLeader
from rectification.cases.leader_rules import Standing, Stands, stands
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.remediation.activities.standing import About, Log, about, read, standings_by
from rectification.schemes.models import Scheme
from rectification.workflow import OPEN, Stage

VISITS = "contact_visits"
OUTSIDE = frozenset({Stage.SURVEY, Stage.WITHDRAWN})
# Cases a list names of each leader; few hold more
NAMED = 5


@dataclass
class Visits:
    """到点 of one leader at one case: made, owed in the year (None: the scheme sets no number), and its light."""

    made: int = 0
    owed: int | None = None
    tone: str = "grey"
    text: str = ""

    @property
    def words(self) -> str:
        """2/4次, or 2次 where no number is set."""
        return f"{self.made}/{self.owed}次" if self.owed else f"{self.made}次"


@dataclass
class Holding:
    """A case a leader holds; `seen` is whether the reader may open it."""

    member: CaseMember
    seen: bool
    visits: Visits = field(default_factory=Visits)

    @property
    def case(self) -> Case:
        """The case."""
        return self.member.case


@dataclass
class LeaderRow:
    """A leader of a list and how the leader stands; holdings: the cases a list names; further: how many more."""

    leader: ContactLeader
    number: int
    stands: Stands
    holdings: list[Holding]
    further: int = 0


@dataclass(frozen=True)
class CircleCount:
    """How many of a circle's leaders hold a case."""

    number: int
    text: str
    total: int
    held: int
    none: int
    exempt: int


def listed(post: Appointment, *, year: int, today: date) -> QuerySet[ContactLeader]:
    """The leaders in office on the lists this post sees, each with `standing` (the rule `stands`, for whole lists)."""
    held = _holding(today).filter(contact=OuterRef("pk")).order_by()
    circle = Q(contact__circle__fields=[])
    circle |= Q(contact__circle__fields__contains=[F("case__organization__field")])
    cases = _cases(post, year).order_by()
    without = Q(organization__level=Level.TOWNSHIP) & ~Exists(
        cases.filter(township=OuterRef("organization_id"))
    )
    rows = ContactLeader.objects.visible_to(post).filter(scheme__year=year).current(today)
    return (
        rows.annotate(
            standing=Choose(
                When(Exists(held.filter(circle)), then=Value(Standing.HELD)),
                When(exempt_reason__gt="", then=Value(Standing.EXEMPT)),
                When(Exists(held), then=Value(Standing.WRONG_FIELD)),
                When(without, then=Value(Standing.EXEMPT)),
                default=Value(Standing.NONE),
            )
        )
        .select_related("organization", "circle", "scheme")
        .order_by("org_path", "circle__order", "pk")
    )


def rows_of(
    leaders: Iterable[ContactLeader], post: Appointment, *, today: date, whole: str = ""
) -> list[LeaderRow]:
    """These leaders (`listed`), each with the cases held, visits not counted yet.

    whole: the uid of the one of whom every case is named. Two queries however many leaders.
    """
    found = list(leaders)
    fields = _fields_held(found, today)
    cut = [pk for one in found for pk in list(fields[one.pk])[: None if str(one.uid) == whole else NAMED]]
    members = _members(cut, {one.scheme_id: one.scheme for one in found})
    range_ = subtree(post.organization.path)
    rows = []
    for leader in found:
        said = stands(
            held=fields[leader.pk].values(),
            fields=leader.circle.fields,
            exempt_reason=leader.exempt_reason,
            without_case=leader.standing == Standing.EXEMPT,
            word=leader.scheme.contact_name,
        )
        named = [
            Holding(members[pk], range_.covers(members[pk].case.org_path))
            for pk in fields[leader.pk]
            if pk in members
        ]
        rows.append(LeaderRow(leader, leader.circle.order, said, named, len(fields[leader.pk]) - len(named)))
    return rows


def _fields_held(leaders: Iterable[ContactLeader], today: date) -> dict[int, dict[int, str]]:
    """By leader the memberships that hold a case, each with the field of its organization; in the tree's order."""
    rows = _holding(today).filter(contact__in=[leader.pk for leader in leaders])
    found: dict[int, dict[int, str]] = defaultdict(dict)
    said = rows.order_by("case__org_path", "pk").values_list("contact", "pk", "case__organization__field")
    for contact, pk, field_ in said:
        found[contact][pk] = field_
    return found


def _members(keys: Sequence[int], schemes: dict[int, Scheme]) -> dict[int, CaseMember]:
    """Memberships with case, organization and scheme; the schemes already at hand are not read again."""
    if not keys:
        return {}
    found = CaseMember.objects.select_related("case__organization").in_bulk(keys)
    for member in found.values():
        if member.case.scheme_id in schemes:
            member.case.scheme = schemes[member.case.scheme_id]
    return found


def _holding(today: date) -> QuerySet[CaseMember]:
    """Memberships that hold a case: on it now or to come, or to its end where the case is ended."""
    staying = Q(to_on=None) | Q(to_on__gte=today) | ~Q(case__stage__in=OPEN)
    return CaseMember.objects.filter(staying, kind=MemberKind.LEADER).exclude(case__stage__in=OUTSIDE)


def _cases(post: Appointment, year: int) -> QuerySet[Case]:
    return Case.objects.visible_to(post).of_year(year).exclude(stage__in=OUTSIDE)


def with_cases(post: Appointment, year: int) -> QuerySet[Organization]:
    """The townships that have a case of the year, among those the post sees."""
    cases = _cases(post, year).order_by().values("township")
    return Organization.objects.visible_to(post).filter(pk__in=cases)


def count_visits(holdings: Sequence[Holding], today: date) -> None:
    """Put on each of these holdings the visits made and owed. Three queries however many."""
    cases = list({one.case.pk: one.case for one in holdings}.values())
    visits = visits_of(cases, [one.member for one in holdings], today)
    for one in holdings:
        one.visits = visits[one.member.pk]


def visits_of(cases: Sequence[Case], members: Iterable[CaseMember], today: date) -> dict[int, Visits]:
    """到点 made and owed by each of these leaders at these cases, by the member's key. Three queries."""
    log = read([case.pk for case in cases], (VISITS,))
    return visits_by(log, map(about, cases), members, today)


def visits_by(
    log: Log, cases: Iterable[About], members: Iterable[CaseMember], today: date
) -> dict[int, Visits]:
    """The same by what was read already.

    Where the scheme has the duty, its count stands: a day once, a predecessor's days included. Else days are counted.
    """
    by_case, found = standings_by(log, cases, today), {}
    for member in members:
        duties = by_case.get(member.case_id, [])
        counts = [dict(one.reached.each).get(member.name) for one in duties]
        if not duties or None in counts:
            entries = log.entries.get(member.case_id, ())
            found[member.pk] = Visits(len({one.on for one in entries if member.pk in one.people}))
            continue
        late = [one for one in duties if one.window.first <= today]
        worst = min(late or duties, key=lambda one: ("red", "yellow", "green").index(one.forecast.tone))
        owed = sum(one.window.times for one in duties)
        made = sum(count for count in counts if count)
        tone = "green" if made >= owed else worst.forecast.tone
        found[member.pk] = Visits(made, owed, tone, worst.forecast.text)
    return found


def circle_counts(leaders: QuerySet[ContactLeader]) -> list[CircleCount]:
    """The circles of these leaders (`listed`) with how they stand. One query."""
    grouped: dict[tuple[int, str], Counter] = defaultdict(Counter)
    counted = (
        leaders.order_by().values_list("circle__order", "circle__text", "standing").annotate(n=Count("pk"))
    )
    for number, text, standing, count in counted:
        grouped[number, text][standing] += count
    return [
        CircleCount(
            number,
            text,
            found.total(),
            found[Standing.HELD],
            found[Standing.NONE] + found[Standing.WRONG_FIELD],
            found[Standing.EXEMPT],
        )
        for (number, text), found in sorted(grouped.items())
    ]
