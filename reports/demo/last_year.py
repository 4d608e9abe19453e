"""Last year in brief: 青禾县 turned its cases round but one, which is carried over into this year."""

from datetime import timedelta

from rectification.cases.models import Case
from reports.demo import acceptances, papers, plans, schemes, surveys
from reports.demo.plans import Told
from reports.demo.world import World

COUNTY = schemes.COUNTY
WEAK = {
    "柳溪镇/枫林村": (1, 4, 7),
    "禾塘镇/桂花村": (4, 5),
    "松坪镇/梅冲村": (7, 8),
    "白岩乡/龙井村": (10, 4),
    "云岭乡/金竹村": (2, 5),
    "城关街道/桃园社区": (5, 7),
}
NOT_TURNED_ROUND = "柳溪镇/枫林村"
ACCEPTED_EARLY = "禾塘镇/桂花村"  # its year of watching is over by now
OPEN_REASON = "书记人选上月才到位，仍有问题未销号，按期限先行提请验收"


def tell(world: World) -> None:
    """From the scheme to the acceptances, one year ago."""
    days = world.days
    scheme = schemes.of_last_year(world)
    survey = surveys.open_(world, scheme, COUNTY, days.on(3, 2, 1))
    for township in surveys.sheets(world, survey):
        surveys.score(world, survey, township, days.on(3, 10, 1), WEAK, mild=False)
        surveys.submit(world, survey, township, days.on(3, 12, 1), WEAK)
    surveys.propose(world, survey, WEAK, days.on(3, 14, 1))
    surveys.determine(world, survey, days.on(3, 18, 1), f"青组部务〔{days.year - 1}〕4号")
    papers.record(
        world,
        world.county(COUNTY),
        "lookback_report",
        days.year - 1,
        days.on(3, 14, 1),
        "已书面报送市委组织部",
    )
    rows = Case.objects.filter(scheme=scheme).select_related("organization", "township", "county", "scheme")
    cases = {_name(case): case for case in rows}
    for number, (name, case) in enumerate(cases.items()):
        _one(world, name, case, number)
    _file(world, {case.township.name for case in cases.values()})
    _accept(world, cases)


def _name(case: Case) -> str:
    return f"{case.township.name}/{case.organization.short_name}"


def _one(world: World, name: str, case: Case, number: int) -> None:
    """Plan in April, measures over the summer; one village leaves half of them undone."""
    days = world.days
    told = Told(done=0.5) if name == NOT_TURNED_ROUND else Told(done=1)
    papers.support(world, case, days.on(4, 2, 1), number)
    plans.draw_up(world, case, days.on(4, 10, 1), told)
    plans.submit(world, case, days.on(4, 16, 1))
    plans.approve(world, case, days.on(4, 22, 1))


def _file(world: World, townships: set[str]) -> None:
    """The ledgers of last spring: townships to the county, the county to the city."""
    days, year = world.days, world.days.year - 1
    for township in sorted(townships):
        filing = papers.file_ledger(world, world.township(township), year, days.on(3, 21, 1))
        papers.take(world, world.county(COUNTY), filing, days.on(3, 23, 1))
    filing = papers.file_ledger(world, world.county(COUNTY), year, days.on(3, 25, 1))
    papers.take(world, world.reviewer(), filing, days.on(3, 28, 1))


def _accept(world: World, cases: dict[str, Case]) -> None:
    days = world.days
    for name, case in cases.items():
        failed, early = name == NOT_TURNED_ROUND, name == ACCEPTED_EARLY
        told = Told(done=0.5) if failed else Told(done=1)
        last = days.on(6, 1, 1) if early else days.on(10, 20, 1)
        plans.carry_out(world, case, told, days.on(4, 25, 1), last)
        day = days.on(6, 10, 1) if early else days.on(11, 12, 1)
        if failed:
            acceptances.whole(world, case, day, "fail", OPEN_REASON)
        else:
            acceptances.whole(world, case, day, "pass")
        if early:
            acceptances.end_tracking(world, case, day + timedelta(days=380))
