"""Ledgers that go up, come back and are taken; duties a person records or extends; people and files on cases."""

import io
from datetime import date, timedelta

from accounts.roles import Role
from organizations.models import Appointment
from rectification.cases import member_actions
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.duties import actions as duties
from rectification.duties import completing
from rectification.duties.models import Duty
from rectification.evidence import actions as evidence
from rectification.filings import actions as filings
from rectification.filings import unlocking
from rectification.filings.models import Filing
from rectification.filings.rules import Mark
from reports.demo.people import names
from reports.demo.words import FILING_MARKS, FILING_RETURN, MINUTES, UNLOCKED
from reports.demo.world import World
from reports.ledgers import LEDGERS, Selection
from reports.sheet import live

LEADERS = (
    "县委常委、组织部部长",
    "县委常委、政法委书记",
    "县政府副县长",
    "县人大常委会副主任",
    "县农业农村局局长",
)
TEAMS = ("县农业农村局", "县财政局", "县民政局", "县林业局", "县文旅局")


def file_ledger(world: World, post: Appointment, year: int, day: date, ledger: str = "work") -> Filing:
    """A unit's ledger as it stands goes up."""
    with world.scene(post, day, 16) as now:
        sheet = live(LEDGERS[ledger], Selection(post, post.organization, year, {}), today=day)
        content = sheet.content()
        return filings.submit(
            ledger=ledger,
            title=content["title"],
            organization=post.organization,
            year=year,
            content=content,
            **now,
        )


def let_again(world: World, post: Appointment, receiver: Appointment, year: int, day: date) -> None:
    """The receiver unlocks the unit's ledger where it was taken and its date is over."""
    lock = unlocking.lock_of(post.organization, "work", year, day)
    if lock is not None:
        with world.scene(receiver, day, 10) as now:
            until = day + timedelta(days=5)
            unlocking.unlock(filing_id=lock.accepted.pk, until_on=until, reason=UNLOCKED, **now)


def file_again(world: World, post: Appointment, receiver: Appointment, year: int, day: date) -> Filing:
    """A later round of the year's ledger: unlocked where it has to be, then filed."""
    let_again(world, post, receiver, year, day)
    return file_ledger(world, post, year, day)


def take(world: World, post: Appointment, filing: Filing, day: date) -> None:
    """The receiver opens and accepts it."""
    with world.scene(post, day, 9) as now:
        filings.mark_read(filing=filing, **now)
        filings.accept(filing_id=filing.pk, opinion="内容完整，予以接收", **now)


def send_back(world: World, post: Appointment, filing: Filing, day: date) -> None:
    """The receiver wants it again."""
    with world.scene(post, day, 15) as now:
        filings.mark_read(filing=filing, **now)
        marks = [Mark(place, column, words) for place, column, words in FILING_MARKS if place < filing.rows]
        filings.return_(filing_id=filing.pk, opinion=FILING_RETURN, marks=marks, **now)


def record(world: World, post: Appointment, key: str, year: int, day: date, note: str) -> None:
    """Something the system does not see is recorded as done."""
    rows = Duty.objects.filter(organization=post.organization, key=key, scheme__year=year)
    with world.scene(post, day, 17) as now:
        for duty in rows.open():
            completing.complete(duty_id=duty.pk, note=note, **now)


def waive(world: World, post: Appointment, unit: str, key: str, day: date, reason: str) -> None:
    """The superior says that it is not owed."""
    with world.scene(post, day, 17) as now:
        for duty in Duty.objects.filter(organization=world.unit(unit), key=key).open():
            duties.cancel(duty=duty, reason=reason, **now)


def extend(world: World, post: Appointment, unit: str, key: str, day: date, until: date, reason: str) -> None:
    """The superior gives a unit more time."""
    with world.scene(post, day, 17) as now:
        for duty in Duty.objects.filter(organization=world.unit(unit), key=key).open():
            duties.extend(duty_id=duty.pk, until_on=until, reason=reason, **now)


def support(world: World, case: Case, day: date, number: int, but: str = "") -> None:
    """A contact leader, a first secretary and a team member come onto the case; of one kind nobody yet."""
    people = names(world)
    ours = "县" if case.county.name.endswith("县") else "区"
    unit = TEAMS[number % len(TEAMS)].replace("县", ours)
    wanted = (
        (MemberKind.LEADER, LEADERS[number % len(LEADERS)].replace("县", ours)),
        (MemberKind.FIRST_SECRETARY, f"{unit}干部"),
        (MemberKind.TEAM, f"{unit}干部"),
    )
    with world.scene(world.county(case.county.name), day, 11) as now:
        stayed = set(
            case.members.filter(to_on=None).values_list("kind", flat=True)
        )  # with a case carried over
        for kind, words in (one for one in wanted if one[0] not in {but, *stayed}):
            name = next(people)
            if kind == MemberKind.LEADER:
                name = _holder(case, words) or name
            leads = kind == MemberKind.TEAM and number % 6 != 4  # at few cases the team has no head yet
            given = {"name": name, "unit": words, "leads": leads, "from_on": day}
            member_actions.add_member(case_id=case.pk, kind=kind, **given, **now)


def _holder(case: Case, title: str) -> str:
    """Who holds a post already: the same leader holds several cases."""
    rows = CaseMember.objects.filter(case__county=case.county, case__year=case.year, to_on=None)
    found = rows.filter(kind=MemberKind.LEADER, unit=title).exclude(case=case)
    return found.values_list("name", flat=True).first() or ""


def helper(world: World, case: Case, kind: str, username: str, day: date) -> None:
    """Somebody with an account of the site comes onto the case."""
    with world.scene(world.county(case.county.name), day, 11) as now:
        post = Appointment.objects.select_related("user").get(user__username=username, role=Role.HELPER)
        member_actions.add_member(
            case_id=case.pk,
            kind=kind,
            name=post.user.name,
            unit=post.title,
            user=post.user,
            from_on=day,
            **now,
        )


def attach(world: World, post: Appointment, case: Case, name: str, day: date) -> None:
    """Minutes of a meeting, as a plain text file."""
    with world.scene(post, day, 18) as now:
        upload = io.BytesIO(MINUTES.encode())
        evidence.store(case_id=case.pk, upload=upload, name=name, note="会议记录", **now)
