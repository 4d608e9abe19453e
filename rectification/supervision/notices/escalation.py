"""逐级督办: the nightly look at what is overdue. It drafts, a person issues (issue 4: each step to units, once).

Safe to run again, by two schedulers at once and after days of downtime: the database takes each duty's step once, a
paper is drawn up in the same transaction, and of several missed steps only the newest becomes a paper.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from accounts import audit
from organizations.models import Appointment, Organization
from organizations.rules import OFFICER, Level, paths_to
from rectification.cases.models import CaseMember, MemberKind
from rectification.duties.models import Duty
from rectification.schemes.calendar_rules import shifted
from rectification.schemes.duty_models import Debtor
from rectification.schemes.models import Scheme
from rectification.schemes.rule_dates import official_calendar
from rectification.supervision.notices import actions, escalation_rules, rules, standing
from rectification.supervision.notices.drafting import issuing_levels
from rectification.supervision.notices.models import Escalation, Notice, NoticeKind, NoticeState

ASKED = {
    NoticeKind.REMIND: "请对照上述事项抓紧办理，办结后在系统中登记；继续逾期的，将逐级督办。",
    NoticeKind.URGE: "请督促责任单位逐项办结，查明逾期原因，并在期限内回复办理情况。",
    NoticeKind.HINT: "请联络员将上述事项报告领导，并协助安排办理。",
}


class Step(NamedTuple):
    """One step to take: of which duty, which one, and where it goes."""

    duty: Duty
    step: int
    place: escalation_rules.Place
    leader: CaseMember | None
    earlier: tuple[int, ...]

    @property
    def kind(self) -> str:
        """What is drafted."""
        return escalation_rules.kind_of(self.step, to_leader=self.leader is not None)

    @property
    def sheet(self) -> tuple[int, int, str, str]:
        """What goes on one paper: an office does not sign forty cards for forty duties of one unit."""
        leader = self.leader
        to = (
            f"{leader.case_id if not leader.contact_id else ''}{leader.contact_id}{leader.name}"
            if leader
            else ""
        )
        return (self.place.issuer.pk, self.place.receiver.pk, self.kind, to)


def escalate(*, today: date, at: datetime) -> int:
    """Draft what is due today and put aside drafts whose duties were done or extended; how many drafts are new."""
    withdraw(today=today, at=at)
    made = 0
    for scheme in Scheme.objects.in_force().exclude(escalation_days=[]):
        sheets: dict[tuple, list[Step]] = defaultdict(list)
        for step in steps_due(scheme, today):
            sheets[step.sheet].append(step)
        for key in sorted(sheets):
            made += _draft(scheme, sheets[key], today=today, at=at)
    return made


def withdraw(*, today: date, at: datetime) -> int:
    """Keep unissued drafts of escalations true; those with nothing left are put aside with the reason. How many."""
    drafts = Notice.objects.filter(state=NoticeState.DRAFT, escalations__isnull=False).distinct()
    count = 0
    for pk in sorted(drafts.values_list("pk", flat=True)):
        with transaction.atomic():
            notice = Notice.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=pk)
            if notice.state != NoticeState.DRAFT:
                continue
            if reason := standing.freshen(notice, today):
                standing.release(standing.rows_of(notice))
                notice.state, notice.verdict, notice.verified_at = (
                    NoticeState.CANCELLED,
                    f"所列任务{reason}",
                    at,
                )
                notice.save_version("state", "verdict", "verified_at")
                audit.record("督导文书不予签发", obj=notice.name, reason=notice.verdict)
                count += 1
    return count


# --- what is due -----------------------------------------------------------------------------------------------


def steps_due(scheme: Scheme, today: date) -> list[Step]:
    """The newest step of each overdue duty of a scheme that is not taken yet, by the duty's number."""
    late = Duty.objects.overdue(today).filter(scheme=scheme, organization__closed_on=None)
    duties = list(late.select_related("organization", "case", "scheme").order_by("pk"))
    is_working = official_calendar(scheme.year)
    due: dict[date, int] = {}
    for last_on in {duty.last_on for duty in duties}:
        due[last_on] = escalation_rules.reached(
            scheme.escalation_days, last_on, today=today, is_working=is_working
        )
    duties = [duty for duty in duties if due[duty.last_on]]
    taken = _taken(duties)
    duties = [duty for duty in duties if due[duty.last_on] > max(taken[duty.pk], default=0)]
    ladders = _ladders(duties)
    offices = _Offices({unit.pk for ladder in ladders.values() for unit in ladder}, today)
    levels, leaders = issuing_levels(scheme), _leaders(duties, today)
    found = []
    for duty in duties:
        missed = range(max(taken[duty.pk], default=0) + 1, due[duty.last_on] + 1)
        for step in reversed(missed):
            place = escalation_rules.place(
                ladders[duty.organization_id], step, staffed=offices.staffed, levels=levels
            )
            if place:
                earlier = tuple(range(missed[0], step))
                found.append(Step(duty, step, place, leaders.get(duty.pk), earlier))
                break
    return found


def _taken(duties: Sequence[Duty]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for duty, step in Escalation.objects.filter(duty__in=duties).values_list("duty", "step"):
        found[duty].add(step)
    return found


def _ladders(duties: Sequence[Duty]) -> dict[int, list[Organization]]:
    """Each owing unit with the units above it up to the city, the nearest first; two queries."""
    owing = {duty.organization_id: duty.organization for duty in duties}
    paths = {path for unit in owing.values() for path in paths_to(unit.path)}
    units = {unit.path: unit for unit in Organization.objects.filter(path__in=paths) if unit.level in OFFICER}
    return {
        pk: [units[path] for end in range(len(one.path), 3, -4) if (path := one.path[:end]) in units]
        for pk, one in owing.items()
    }


class _Offices:
    """Which units have somebody in office today."""

    def __init__(self, units: set[int], today: date) -> None:
        posts = Appointment.objects.filter(organization__in=units).current(today)
        self.held = set(posts.values_list("organization", "role"))

    def staffed(self, unit: Organization) -> bool:
        """Whether anybody holds the post that does the unit's work."""
        return (unit.pk, str(OFFICER[Level(unit.level)])) in self.held


def _leaders(duties: Sequence[Duty], today: date) -> dict[int, CaseMember]:
    """The leader a duty falls to, by the duty; none where nobody is named, then it goes to the unit."""
    asked = {duty.pk: duty.case_id for duty in duties if duty.debtor == Debtor.LEADER and duty.case_id}
    on_cases = CaseMember.objects.current(today).filter(kind=MemberKind.LEADER, case__in=asked.values())
    first: dict[int, CaseMember] = {}
    for member in on_cases.order_by("from_on", "pk"):
        first.setdefault(member.case_id, member)
    return {duty: first[case] for duty, case in asked.items() if case in first}


# --- the paper -------------------------------------------------------------------------------------------------


@transaction.atomic
def _draft(scheme: Scheme, steps: list[Step], *, today: date, at: datetime) -> int:
    """Take these steps and put them on one paper, a new one or the draft that waits already; 1 if it is new."""
    locked = Duty.objects.select_for_update(of=("self",), no_key=True).overdue(today)
    standing_open = set(
        locked.filter(pk__in=[one.duty.pk for one in steps]).order_by("pk").values_list("pk", flat=True)
    )
    claimed = _claim([one for one in steps if one.duty.pk in standing_open], at=at)
    taken = [one for one in steps if (one.duty.pk, one.step) in claimed]
    if not taken:
        return 0
    first = taken[0]
    waiting = _waiting(scheme, first)
    if waiting:
        before = [row.duty for row in standing.rows_of(waiting)]
        standing.rewrite(waiting, before, [*before, *(one.duty for one in taken)])
        waiting.light = _light(taken, waiting.light)
        waiting.save_version("title", "found", "about", "light")
    notice = waiting or _new(scheme, taken, today=today, at=at)
    rows = [claimed[one.duty.pk, one.step] for one in taken]
    Escalation.objects.filter(pk__in=rows).update(notice=notice)
    if waiting:
        return 0
    people = actions.officers_of(first.place.issuer, today)
    body = f"发给{first.place.receiver.short_name}：{notice.title}\n请核对后签发；不签发的写明原因"
    actions.tell(people, f"{notice.get_kind_display()}待签发", body, notice, at)
    return 1


def _claim(steps: list[Step], *, at: datetime) -> dict[tuple[int, int], int]:
    """Write the steps; those that were not there yet, (duty, step) → row. The unique key decides, not what was read.

    A missed earlier step is written without a paper, so that it never becomes one later.
    """
    wanted = [(one.duty.pk, one.step, one.place.receiver.pk, one.place.words) for one in steps]
    wanted += [
        (one.duty.pk, step, one.place.receiver.pk, f"未单独拟稿：处理时已到第{one.step}步")
        for one in steps
        for step in one.earlier
    ]
    if not wanted:
        return {}
    columns = [list(column) for column in zip(*sorted(wanted), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Escalation._meta.db_table} (duty_id, step, unit_id, words, at)"
            " SELECT w.duty_id, w.step, w.unit_id, w.words, %s"
            " FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[], %s::text[])"
            " AS w (duty_id, step, unit_id, words)"
            " ON CONFLICT DO NOTHING RETURNING id, duty_id, step",
            [at, *columns],
        )
        return {(duty, step): pk for pk, duty, step in cursor.fetchall()}


def _waiting(scheme: Scheme, step: Step) -> Notice | None:
    """The unissued draft of an escalation on which this step would stand too."""
    rows = Notice.objects.select_for_update(of=("self",)).filter(
        scheme=scheme,
        issuer=step.place.issuer,
        organization=step.place.receiver,
        kind=step.kind,
        state=NoticeState.DRAFT,
        pk__in=Escalation.objects.exclude(notice=None).values("notice"),
    )
    for notice in rows.select_related("to_leader").order_by("pk"):
        if (notice.to_leader is None) == (step.leader is None) and (
            step.leader is None or _same(notice.to_leader, step.leader)
        ):
            return notice
    return None


def _same(one: CaseMember, other: CaseMember) -> bool:
    """Whether two places on cases are held by the same leader."""
    if one.contact_id or other.contact_id:
        return one.contact_id == other.contact_id
    return one.pk == other.pk


def _new(scheme: Scheme, steps: list[Step], *, today: date, at: datetime) -> Notice:
    first, duties = steps[0], [one.duty for one in steps]
    cases = {duty.case_id for duty in duties}
    kind = NoticeKind(first.kind)
    due_on = None
    if kind in rules.ANSWERED:
        due_on = reply_day(scheme, today)
    return Notice.objects.create(
        scheme=scheme,
        issuer=first.place.issuer,
        organization=first.place.receiver,
        kind=kind,
        year=today.year,
        case=duties[0].case if len(cases) == 1 else None,
        about=duties[0] if len(duties) == 1 else None,
        to_leader=first.leader,
        light=_light(steps, ""),
        title=standing.title_of(duties),
        found=standing.listing(duties),
        asked=ASKED[kind],
        due_on=due_on,
        drafted_at=at,
    )


def reply_day(scheme: Scheme, today: date) -> date:
    """The day first proposed for a reply: as far off as the scheme calls 临期, on a working day."""
    return shifted(today + timedelta(days=max(scheme.yellow_days, 1)), "later", official_calendar(today.year))


def _light(steps: list[Step], before: str) -> str:
    lights = ["", "green", "yellow", "red"]
    own = [escalation_rules.light_of(one.step) if one.kind == NoticeKind.URGE else "" for one in steps]
    return max([before, *own], key=lights.index)


def note_of(notice: Notice) -> list[Escalation]:
    """The steps behind a paper, for its page."""
    return list(notice.escalations.select_related("duty__organization", "unit").order_by("duty_id", "step"))
