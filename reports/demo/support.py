"""What was done for the cases of 青禾县: leaders by circle, units and projects, the log of visits, papers."""

from datetime import date
from decimal import Decimal

from rectification.cases import leader_actions
from rectification.cases import member_actions as members
from rectification.cases.leader_actions import Entry
from rectification.cases.leader_models import ContactLeader
from rectification.cases.models import Case, CaseMember, MemberKind
from rectification.remediation.activities import actions as log
from rectification.remediation.activities.actions import Written
from rectification.remediation.activities.household_rules import read_households
from rectification.remediation.support import (
    committee_actions,
    people_actions,
    project_actions,
    staying_actions,
    work_actions,
)
from rectification.schemes.models import ItemKind, SchemeItem
from rectification.supervision.notices import actions as notices
from rectification.supervision.notices import drafting
from reports.demo.people import names
from reports.demo.schemes import COUNTY
from reports.demo.this_year import STAR, cases_of
from reports.demo.world import World

UNITS = ("县农业农村局", "县财政局", "县民政局", "县林业局", "县文旅局")
PROJECTS = (
    ("村级活动场所改造", "18", "18", "12.6"),
    ("通组路硬化", "45", "30", "21.5"),
    ("村集体育苗大棚", "26", "26", "26"),
)
LEADERS = (
    "县委副书记",
    "县委常委、组织部部长",
    "县委常委、政法委书记",
    "县人大常委会副主任",
    "县政府副县长",
    "县纪委副书记",
    "县农业农村局局长",
    "县信访局局长",
)
HEADS = LEADERS[-3:]  # of the county's offices: the second circle of the scheme
VISITS = (
    ("到村督导方案落实，研究班子补齐和账目清理", "明确三项任务和时限"),
    ("与支委、党员代表座谈，听取整改进展", "督促上季度账目月底前公开"),
    ("实地查看项目进度，走访两户困难党员", ""),
)
MET = "每月联席会：通报进展，商定下月帮带事项"


def tell(world: World) -> None:
    """From April on, at every case that has somebody; nothing later than what came before acceptance."""
    cases, days = list(cases_of(world).values()), world.days
    _leaders(world)
    for number, case in enumerate(cases):
        _things(world, case, number, days.on(4, 2))
        for times, day in enumerate((days.on(5, 12), days.on(6, 16), days.on(7, 9))):
            if day < days.ago(36) and times < 1 + number % 3:
                _visit(world, case, day, times)
        if days.on(6, 18) < days.ago(36):
            _calls(world, case, days.on(6, 18), 30 + 5 * number)
    _committee(world, cases_of(world)[STAR])
    _star(world, cases_of(world)[STAR])


def _leaders(world: World) -> None:
    """The county's list: who came onto its cases stands on it, beside some who hold no case yet."""
    days, officer = world.days, world.county(COUNTY)
    held = CaseMember.objects.filter(case__county=world.unit(COUNTY), case__year=days.year)
    held = held.filter(kind=MemberKind.LEADER, to_on=None)
    known = dict(held.values_list("unit", "name"))
    people = names(world)
    circles = leader_actions.circles_of(cases_of(world)[STAR].scheme)
    with world.scene(officer, days.on(3, 28), 10) as now:
        listed = []
        for title in LEADERS:
            name, liaison = next(people), next(people)
            circle = circles[1 if title in HEADS else 0]
            listed.append(Entry(known.get(title, name), title, circle, liaison))
        span = {"from_on": days.on(3, 28), "year": days.year}
        leader_actions.add_leaders(unit_id=world.unit(COUNTY).pk, entries=listed, **span, **now)
    with world.scene(officer, days.on(4, 2), 9) as now:
        for leader in ContactLeader.objects.filter(organization=world.unit(COUNTY), scheme__year=days.year):
            for member in held.filter(name=leader.name, unit=leader.title, contact=None):
                facts = {"contact": leader}
                members.correct_member(member_id=member.pk, version=None, facts=facts, **now)
    _of_the_township(world, circles[-1])


def _of_the_township(world: World, circle: SchemeItem) -> None:
    """柳溪镇 lists its own leaders; two of the three hold a case."""
    days, town, people = world.days, world.township("柳溪镇"), names(world)
    with world.scene(town, days.on(4, 3), 10) as now:
        entries = [Entry(next(people), title, circle) for title in ("镇党委书记", "镇长", "镇党委副书记")]
        span = {"from_on": days.on(4, 1), "year": days.year}
        leader_actions.add_leaders(unit_id=town.organization_id, entries=entries, **span, **now)
        listed = ContactLeader.objects.filter(organization=town.organization_id, scheme__year=days.year)
        for leader, name in zip(listed.order_by("pk"), (STAR, "柳溪镇/枫林村"), strict=False):
            case = cases_of(world)[name]
            people_actions.hold(leader_id=leader.pk, case_id=case.pk, from_on=days.on(4, 3), **now)


def _things(world: World, case: Case, number: int, day: date) -> None:
    with world.scene(world.county(COUNTY), day, 15) as now:
        unit = UNITS[number % len(UNITS)]
        staying_actions.add_unit(case_id=case.pk, name=unit, contact="", from_on=day, **now)
        name, planned, arrived, spent = PROJECTS[number % len(PROJECTS)]
        money = {"planned": Decimal(planned), "arrived": Decimal(arrived), "spent": Decimal(spent)}
        project_actions.add_project(case_id=case.pk, facts={"name": name, **money}, **now)


def _visit(world: World, case: Case, day: date, times: int) -> None:
    """The township writes it down for the leader (代录)."""
    leader = case.members.filter(kind=MemberKind.LEADER).first()
    if leader is None:
        return
    what, result = VISITS[times]
    with world.scene(world.township(case.township.name), day, 17) as now:
        written = Written(kind="visit", on=day, what=what, members=(leader.pk,), result=result)
        log.log_activity(case_id=case.pk, written=written, **now)


def _calls(world: World, case: Case, day: date, doors: int) -> None:
    with world.scene(world.township(case.township.name), day, 18) as now:
        seen = read_households(f"1组1至{doors}；2组1至12").households
        written = Written(
            kind="call", on=day, what="入户走访，听取对班子的意见", others="工作组", households=seen
        )
        log.log_activity(case_id=case.pk, written=written, **now)


def _committee(world: World, case: Case) -> None:
    """石桥村's empty post of secretary is put down and filled by the end of May; the new one is trained."""
    days, town = world.days, world.township("柳溪镇")
    with world.scene(town, days.on(4, 6), 9) as now:
        empty = committee_actions.vacancies_left(case, days.on(4, 6))
        needs = committee_actions.take_vacancies(
            case_id=case.pk, post_ids=[post.pk for post in empty], limit_on=days.on(5, 31), **now
        )
    name = next(names(world))
    with world.scene(town, days.on(5, 18), 16) as now:
        for need in needs:
            came = {"holder": name, "settled_on": days.on(5, 18), "origin": "镇机关干部下派", "note": ""}
            committee_actions.settle_need(need_id=need.pk, version=None, **came, **now)
    trained_on = max(days.on(6, 12), date(days.year, 1, 1))  # only what lies in the case's year counts
    with world.scene(world.county(COUNTY), trained_on, 17) as now:
        course = "软弱涣散村党组织书记专题培训班"
        facts = {"person": name, "secretary": True, "on": trained_on, "level": "county", "title": course}
        work_actions.add_training(case_id=case.pk, facts=facts, **now)


def _star(world: World, case: Case) -> None:
    """石桥村 has a partner that meets it, one of the five helps written down, and a paper to answer."""
    days, officer, town = world.days, world.county(COUNTY), world.township("柳溪镇")
    with world.scene(officer, days.on(4, 6), 10) as now:
        paired = {"partner": world.unit("城关街道/桃园社区"), "partner_name": "", "form": "强村带弱村"}
        staying_actions.add_pairing(case_id=case.pk, from_on=days.on(4, 6), **paired, **now)
    item = case.scheme.items.filter(kind=ItemKind.HELP).first()
    with world.scene(town, days.ago(30), 16) as now:
        work_actions.add_help(
            case_id=case.pk, item_id=item.pk, words="补选支部委员1名，明确分工", on=days.ago(30), **now
        )
        written = Written(kind="meeting", on=days.ago(30), what=MET, others="两个党组织班子成员")
        log.log_activity(case_id=case.pk, written=written, **now)
    with world.scene(officer, days.ago(12), 11) as now:
        given = {
            "kind": "rectify",
            "case": case,
            "organization": case.township,
            "title": "村务公开不及时",
            "found": "第三季度收支没有按期公开，公开栏缺少工程项目明细。",
            "asked": "请补齐公开内容，查明原因，书面回复。",
            "due_on": days.ago(-3),
        }
        made = drafting.draft(given=given, **now)
        notices.issue(notice_id=made.pk, version=made.version, **now)
