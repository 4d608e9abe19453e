"""This year in 青禾县: a case at every step of the way, from a plan under adjustment to 销号."""

from collections.abc import Callable
from datetime import timedelta

from accounts.roles import Role
from rectification.cases.models import Case, MemberKind
from rectification.remediation import progress_actions
from rectification.remediation.models import Measure
from rectification.schemes.models import Scheme
from rectification.workflow import Stage
from reports.demo import acceptances, chain, notes, papers, plans, schemes, surveys
from reports.demo.plans import Told
from reports.demo.world import World

COUNTY = schemes.COUNTY
WEAK = {
    "柳溪镇/石桥村": (1, 4, 7),
    "柳溪镇/枫林村": (1, 4),
    "柳溪镇/大塘村": (4, 5),
    "柳溪镇/河街社区": (5, 7),
    "白岩乡/青石村": (10, 4),
    "白岩乡/龙井村": (2, 5),
    "松坪镇/杨湾村": (7, 4),
    "松坪镇/梅冲村": (4, 8),
    "禾塘镇/竹山村": (1, 2),
    "禾塘镇/桂花村": (4, 7),
    "云岭乡/金竹村": (3, 4),
    "云岭乡/茶亭村": (2, 7),
    "城关街道/桃园社区": (5, 8),
    "青禾县教育局党委/青禾县职业中专": (4,),
}
LATE_REASON = "新任书记上月才到任，尚有问题正在收尾，按方案时限先行提请验收"


def survey(world: World, scheme: Scheme) -> None:
    """Self-checks, visits and scores early in March, departments asked, decided on the 20th, then published."""
    days = world.days
    held = surveys.open_(world, scheme, COUNTY, days.on(3, 3))
    notes.check_themselves(world, held, days.on(3, 5))
    for number, township in enumerate(surveys.sheets(world, held)):
        surveys.score(world, held, township, days.on(3, 6 + number % 5), WEAK)
    notes.revisit(world, held, world.county(COUNTY), "柳溪镇/石桥村", days.on(3, 9))
    notes.revisit(world, held, world.county(COUNTY), "禾塘镇/竹山村", days.on(3, 10))
    for township in surveys.sheets(world, held):
        surveys.submit(world, held, township, days.on(3, 11), WEAK)
    surveys.propose(world, held, WEAK, days.on(3, 12))
    chain.departments_answer(world, held, "梅冲村", days.on(3, 14))
    surveys.determine(world, held, days.on(3, 20), f"青常纪〔{days.year}〕5号")
    chain.publish(world, held, days.on(3, 21), f"青组发〔{days.year}〕4号", about="茶亭村")


def cases_of(world: World) -> dict[str, Case]:
    """The county's cases of this year by name."""
    rows = Case.objects.filter(county=world.unit(COUNTY), year=world.days.year)
    rows = rows.select_related("organization", "township", "county", "scheme")
    return {f"{case.township.name}/{case.organization.short_name}": case for case in rows}


def ledgers_of_spring(world: World) -> None:
    """Townships with a case file by 23 March, the county by the 26th."""
    days = world.days
    for township in sorted({case.township.name for case in cases_of(world).values()}):
        filing = papers.file_ledger(world, world.township(township), days.year, days.on(3, 22))
        papers.take(world, world.county(COUNTY), filing, days.on(3, 24))
    filing = papers.file_ledger(world, world.county(COUNTY), days.year, days.on(3, 25))
    papers.take(world, world.reviewer(), filing, days.on(3, 27))


DONE = {
    "柳溪镇/石桥村": Told(done=0.4, open_due=(-6, 3, 25, 40), closed=0.5),
    "柳溪镇/枫林村": Told(done=0.5, open_due=(2, 30), closed=0),
    "柳溪镇/河街社区": Told(done=1, closed=0),
    "云岭乡/金竹村": Told(done=0.3, open_due=(20, 35)),
    "云岭乡/茶亭村": Told(done=0.3, open_due=(15, -12)),
    "城关街道/桃园社区": Told(done=0.6, open_due=(30,)),
    "青禾县教育局党委/青禾县职业中专": Told(done=0.5, open_due=(6,)),
    "禾塘镇/竹山村": Told(done=0.5, open_due=(10,), closed=1),
}


STAR = "柳溪镇/石桥村"


def plan_and_work(world: World) -> None:
    """Plans in April, work since; most things done by now."""
    days = world.days
    for number, (name, case) in enumerate(cases_of(world).items()):
        told = DONE.get(name, Told(done=1))
        # Its first secretary comes with an account, a day later
        but = MemberKind.FIRST_SECRETARY if name == STAR else ""
        papers.support(world, case, days.on(4, 1), number, but)
        plans.draw_up(world, case, days.on(4, 8), told)
        plans.submit(world, case, days.on(4, 15))
        if name == "白岩乡/龙井村":  # one plan had to come twice
            plans.send_back(world, case, days.on(4, 17))
            plans.submit(world, case, days.on(4, 20))
        plans.approve(world, case, days.on(4, 24))
        plans.carry_out(world, case, told, days.on(4, 28), max(days.ago(32), days.on(4, 30)))


def fates(world: World) -> None:
    """Where each case stands today."""
    cases, days = cases_of(world), world.days
    told: dict[str, Callable[[Case], None]] = {
        "柳溪镇/大塘村": lambda case: _asked(world, case),
        "白岩乡/青石村": lambda case: _examined(world, case),
        "白岩乡/龙井村": lambda case: acceptances.whole(world, case, days.ago(20), "basic"),
        "松坪镇/杨湾村": lambda case: _closed_and_watched(world, case),
        "松坪镇/梅冲村": lambda case: acceptances.whole(world, case, days.ago(16), "pass"),
        "禾塘镇/竹山村": lambda case: acceptances.whole(world, case, days.ago(18), "fail", LATE_REASON),
        "城关街道/桃园社区": lambda case: plans.adjust(world, case, days.ago(5)),
        "云岭乡/金竹村": lambda case: _adjusted_and_returned(world, case),
        "云岭乡/茶亭村": lambda case: _adjusted_and_sent(world, case),
    }
    for name, happens in told.items():
        happens(cases[name])
    _support(world, cases)
    _watch_last_years(world)


SEEN = (
    "班子成员在岗履职，“三会一课”按月开展。",
    "整改成效保持，村务财务公开及时。",
    "群众反映的问题当场答复，没有新的信访。",
    "集体经济项目按计划推进，班子运行正常。",
)


def _watch_last_years(world: World) -> None:
    """What was closed last year is looked at a few days before each look was owed."""
    closed = Case.objects.filter(year=world.days.year - 1, stage=Stage.TRACKING)
    for case in closed.select_related("organization", "township", "county"):
        owed = case.duties.open().filter(key="tracking_check", due_on__lt=world.days.today)
        for number, duty in enumerate(owed.order_by("due_on")):
            day = max(duty.period_from_on, duty.due_on - timedelta(days=6))
            acceptances.watch(world, case, day, SEEN[number % len(SEEN)])


def _asked(world: World, case: Case) -> None:
    acceptances.ask(world, case, world.days.ago(3))


def _examined(world: World, case: Case) -> None:
    """Everything is entered, the masses' ballots veto; the county's signature is missing."""
    acceptance = acceptances.ask(world, case, world.days.ago(9))
    acceptances.examine(world, case, acceptance, world.days.ago(2), acceptances.VETOED)


def _closed_and_watched(world: World, case: Case) -> None:
    acceptances.whole(world, case, world.days.ago(24), "pass")
    acceptances.watch(world, case, world.days.ago(4), "班子运行正常，村务财务按季公开，群众没有新的反映。")


def _adjusted_and_returned(world: World, case: Case) -> None:
    plans.adjust(world, case, world.days.ago(14))
    plans.submit(world, case, world.days.ago(13))
    plans.send_back(world, case, world.days.ago(10))


def _adjusted_and_sent(world: World, case: Case) -> None:
    plans.adjust(world, case, world.days.ago(6))
    plans.submit(world, case, world.days.ago(4))


def _support(world: World, cases: dict[str, Case]) -> None:
    """Two people with accounts on cases, minutes as files, a measure with more time."""
    star, days = cases[STAR], world.days
    papers.helper(world, star, MemberKind.TEAM, "bangfu", days.on(4, 2))
    papers.helper(world, cases["柳溪镇/枫林村"], MemberKind.TEAM, "bangfu", days.on(4, 2))
    papers.helper(world, star, MemberKind.FIRST_SECRETARY, "jianzhi", days.on(4, 2))
    town = world.township("柳溪镇")
    papers.attach(world, town, star, "党员大会会议记录.txt", days.ago(40))
    papers.attach(world, town, cases["柳溪镇/枫林村"], "支委会会议记录.txt", days.ago(33))
    late = cases["云岭乡/茶亭村"]
    reason = "雨季影响施工，村部改造工期顺延，镇党委已书面说明"
    plans.extend(world, late, "measure", days.ago(11), days.ago(-20), reason)


def ledgers_of_autumn(world: World) -> None:
    """A second round of ledgers: one taken, one returned, one waiting; the county's waits with the city."""
    days, year, officer = world.days, world.days.year, world.county(COUNTY)
    taken = papers.file_again(world, world.township("松坪镇"), officer, year, days.ago(9))
    papers.take(world, officer, taken, days.ago(8))
    returned = papers.file_again(world, world.township("禾塘镇"), officer, year, days.ago(8))
    papers.send_back(world, officer, returned, days.ago(7))
    papers.file_again(world, world.township("柳溪镇"), officer, year, days.ago(2))
    papers.file_again(world, officer, world.reviewer(), year, days.ago(1))


def work_of_helpers(world: World) -> None:
    """What a team member and the village wrote themselves, some of it waiting for the township."""
    case, days = cases_of(world)["柳溪镇/石桥村"], world.days
    measures = list(
        Measure.objects.filter(problem__case=case, state="open").order_by("problem__order", "order")
    )
    with world.scene(world.post("青禾县", Role.HELPER), days.ago(8), 17) as now:
        words = "走访党员群众23户，核对公示内容，督促补齐上季度账目"
        progress_actions.add_progress(
            measure_id=measures[0].pk, percent=70, words=words, on=days.ago(8), **now
        )
    with world.scene(world.post("柳溪镇/石桥村", Role.VILLAGE_REPORTER), days.ago(1), 11) as now:
        result = "按计划开展，资料已归档，请镇里核对"
        progress_actions.report_done(measure_id=measures[1].pk, result=result, on=days.ago(1), **now)
