"""领导挂点: which leader holds which cases, who holds none, visits made and owed for each leader and case."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from organizations.models import Appointment, Organization
from organizations.rules import Level
from organizations.scope import subtree
from rectification.cases.leader_models import ContactLeader
from rectification.cases.leader_rules import Standing, Stands, stands
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.remediation.activities.models import Activity
from rectification.remediation.activities.rules import Kind
from rectification.remediation.activities.standing import standings
from rectification.workflow import Stage

VISITS = "contact_visits"
OUTSIDE = frozenset({Stage.SURVEY, Stage.WITHDRAWN})


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
    """A leader of a list with what is held and how the leader stands."""

    leader: ContactLeader
    number: int
    stands: Stands
    holdings: list[Holding]


@dataclass(frozen=True)
class CircleCount:
    """How many of a circle's leaders hold a case."""

    number: int
    text: str
    total: int
    held: int
    none: int
    exempt: int


def leader_rows(post: Appointment, *, year: int, today: date) -> list[LeaderRow]:
    """Every leader in office on the lists this post sees, each with the cases held, visits not counted yet.

    Four queries however many leaders.
    """
    leaders = list(
        ContactLeader.objects.visible_to(post)
        .filter(scheme__year=year)
        .current(today)
        .select_related("organization", "circle", "scheme")
        .order_by("org_path", "circle__order", "pk")
    )
    held = _held(leaders, today)
    with_case = set(with_cases(post, year).values_list("pk", flat=True))
    numbers = _numbers(leaders)
    range_ = subtree(post.organization.path)
    rows = []
    for leader in leaders:
        unit = leader.organization
        found = [Holding(member, range_.covers(member.case.org_path)) for member in held[leader.pk]]
        said = stands(
            held=[one.case.organization.field for one in found],
            fields=leader.circle.fields,
            exempt_reason=leader.exempt_reason,
            without_case=unit.level == Level.TOWNSHIP and unit.pk not in with_case,
            word=leader.scheme.contact_name,
        )
        rows.append(LeaderRow(leader, numbers[leader.circle_id], said, found))
    return rows


def _numbers(leaders: Iterable[ContactLeader]) -> dict[int, int]:
    """Circles by their place in their scheme, as its page numbers them."""
    return {leader.circle_id: leader.circle.order for leader in leaders}


def _held(leaders: Iterable[ContactLeader], today: date) -> dict[int, list[CaseMember]]:
    """Memberships by leader: on the case now or to come, or to its end where the case is ended."""
    rows = CaseMember.objects.filter(contact__in=[leader.pk for leader in leaders], kind=MemberKind.LEADER)
    rows = rows.exclude(case__stage__in=OUTSIDE).select_related("case__organization", "case__scheme")
    found: dict[int, list[CaseMember]] = defaultdict(list)
    for member in rows.order_by("case__org_path", "pk"):
        if member.to_on is None or member.to_on >= today or not member.case.is_open:
            found[member.contact_id].append(member)
    return found


def with_cases(post: Appointment, year: int) -> QuerySet[Organization]:
    """The townships that have a case of the year, among those the post sees."""
    cases = Case.objects.visible_to(post).of_year(year).exclude(stage__in=OUTSIDE)
    return Organization.objects.visible_to(post).filter(pk__in=cases.order_by().values("township"))


def count_visits(rows: Sequence[LeaderRow], today: date) -> None:
    """Put on each holding of these rows the visits made and owed. Six queries however many rows."""
    holdings = [one for row in rows for one in row.holdings]
    cases = list({one.case.pk: one.case for one in holdings}.values())
    visits = visits_of(cases, [one.member for one in holdings], today)
    for one in holdings:
        one.visits = visits[one.member.pk]


def visits_of(cases: Sequence[Case], members: Iterable[CaseMember], today: date) -> dict[int, Visits]:
    """到点 made and owed by each of these leaders at these cases, by the member's key.

    Where the scheme has the duty, its count stands: a day once, a predecessor's days included. Else days are counted.
    """
    people = list(members)
    days = _days(people)
    by_case = standings(cases, today) if cases else {}
    found = {}
    for member in people:
        duties = [one for one in by_case.get(member.case_id, ()) if one.duty.key == VISITS]
        counts = [dict(one.reached.each).get(member.name) for one in duties]
        if not duties or None in counts:
            found[member.pk] = Visits(days[member.pk])
            continue
        late = [one for one in duties if one.window.first <= today]
        worst = min(late or duties, key=lambda one: ("red", "yellow", "green").index(one.forecast.tone))
        owed = sum(one.window.times for one in duties)
        made = sum(count for count in counts if count)
        tone = "green" if made >= owed else worst.forecast.tone
        found[member.pk] = Visits(made, owed, tone, worst.forecast.text)
    return found


def _days(members: Sequence[CaseMember]) -> Counter:
    rows = Activity.objects.standing().filter(kind=Kind.VISIT, members__in=[one.pk for one in members])
    return Counter(member for member, _ in set(rows.order_by().values_list("members", "on")))


def circle_counts(rows: Sequence[LeaderRow]) -> list[CircleCount]:
    """The circles of these rows with how their leaders stand."""
    grouped: dict[tuple[int, str], list[Standing]] = defaultdict(list)
    for row in rows:
        grouped[row.number, row.leader.circle.text].append(row.stands.standing)
    return [
        CircleCount(
            number,
            text,
            len(found),
            found.count(Standing.HELD),
            found.count(Standing.NONE) + found.count(Standing.WRONG_FIELD),
            found.count(Standing.EXEMPT),
        )
        for (number, text), found in sorted(grouped.items())
    ]
