"""The other counties this year: one began late, one waits for its decision, one is still scoring."""

from rectification.cases.models import Case
from rectification.schemes.models import Scheme
from reports.demo import chain, papers, plans, schemes, surveys
from reports.demo.places import COUNTIES, HARBOUR, ORGANS, ZONE
from reports.demo.plans import Told
from reports.demo.world import World

LAKE, FERRY, RIDGE = "澄湖区", "望津市", "石岭县"
LAKE_WEAK = {
    "莲湾镇/荷叶村": (1, 4),
    "莲湾镇/柳岸村": (4, 7),
    "莲湾镇/新滩村": (5,),
    "渔洲镇/白沙村": (2, 4),
    "渔洲镇/渡口村": (10, 5),
    "沙塘乡/古塘村": (8, 4),
    "东门街道/锦绣社区": (5, 7),
}
FERRY_WEAK = {
    "北渡镇/双井村": (4, 7),
    "北渡镇/老渡村": (1,),
    "金沙镇/沙坪村": (2, 5),
    "金沙镇/银滩村": (8, 4),
    "芦荡乡/芦花村": (10,),
    "鹤洲乡/鹤鸣村": (3, 4),
    "津口街道/临江社区": (5, 7),
}
LEFT = "渔洲镇/白沙村"  # leaves the list in mid-year
LEFT_BECAUSE = "整村搬迁进入集镇安置区，村党支部正按程序并入安置区社区党总支，由镇党委直接帮建"
SHIELDED = "金沙镇/银滩村"  # its township does not propose it, and says nothing of why
MERGED = "区划调整后村级组织重新设置，经市委组织部同意推迟摸排"
NO_CASES = "本年度摸排没有整顿对象，不需报送台账"


def tell(world: World, scheme: Scheme) -> None:
    """Each of them as far as it has come."""
    _reports(world)
    _lake(world, scheme)
    _ferry(world, scheme)
    _ridge(world, scheme)


def _reports(world: World) -> None:
    """The lookback reports, and who owes no ledger because there is nothing to write in it."""
    days = world.days
    for county in (*COUNTIES, ZONE, ORGANS):
        if county != schemes.COUNTY:  # the one with cases last year files the ledger
            note = "上年度没有整顿对象，已书面报告"
            papers.record(world, world.county(county), "lookback_report", days.year, days.on(3, 13), note)
    for unit in (ZONE, ORGANS, HARBOUR):
        papers.waive(world, world.reviewer(), unit, "ledger_county", days.on(3, 25), NO_CASES)
    for county, until in ((LAKE, -4), (FERRY, -12), (RIDGE, -25)):
        papers.extend(
            world, world.reviewer(), county, "ledger_county", days.on(3, 24), days.ago(until), MERGED
        )


def _lake(world: World, scheme: Scheme) -> None:
    """澄湖区 decided ten weeks ago; its first plans stand at every step."""
    days = world.days
    held = surveys.open_(world, scheme, LAKE, days.ago(95))
    for township in surveys.sheets(world, held):
        surveys.score(world, held, township, days.ago(88), LAKE_WEAK)
        surveys.submit(world, held, township, days.ago(86), LAKE_WEAK)
    surveys.propose(world, held, LAKE_WEAK, days.ago(82))
    surveys.determine(world, held, days.ago(75), f"澄常纪〔{days.year}〕11号")
    chain.publish(world, held, days.ago(74), f"澄组发〔{days.year}〕9号")
    rows = Case.objects.filter(county=world.unit(LAKE), year=days.year)
    cases = {
        f"{case.township.name}/{case.organization.short_name}": case
        for case in rows.select_related("organization", "township", "county", "scheme")
    }
    for number, (name, case) in enumerate(cases.items()):
        papers.support(world, case, days.ago(68), number)
        reason = "摸排推迟，整顿方案相应顺延"
        plans.extend(world, case, "plan", days.ago(74), days.ago(-1 if name in LATE_PLANS else 9), reason)
        _plan(world, name, case)
    _ledgers(world)
    chain.withdraw(
        world,
        cases[LEFT],
        days.ago(6),
        f"澄组部务〔{days.year}〕19号",
        reason=LEFT_BECAUSE,
        consent="云泽市委组织部组织科同意，电话记录已归档",
    )


LATE_PLANS = ("莲湾镇/柳岸村", "东门街道/锦绣社区", "渔洲镇/渡口村")


def _plan(world: World, name: str, case: Case) -> None:
    """No plan yet, one begun, one sent, one returned, the others approved and under way."""
    days = world.days
    if name == "沙塘乡/古塘村":
        return
    plans.draw_up(world, case, days.ago(30), Told(done=0, open_due=(45, 60, 30)))
    if name == "莲湾镇/柳岸村":
        return
    plans.submit(world, case, days.ago(20))
    if name == "渔洲镇/渡口村":
        plans.send_back(world, case, days.ago(12))
    elif name != "东门街道/锦绣社区":
        plans.approve(world, case, days.ago(15))


def _ledgers(world: World) -> None:
    """One of its townships has filed, one is late."""
    days, officer = world.days, world.county(LAKE)
    for township, until in (("莲湾镇", 10), ("东门街道", -3), ("沙塘乡", -3)):
        reason = "摸排推迟，台账相应顺延"
        papers.extend(world, officer, township, "ledger_township", days.ago(70), days.ago(until), reason)
    filing = papers.file_ledger(world, world.township("莲湾镇"), days.year, days.ago(11))
    papers.take(world, officer, filing, days.ago(9))


def _ferry(world: World, scheme: Scheme) -> None:
    """望津市's list is up for decision."""
    days = world.days
    held = surveys.open_(world, scheme, FERRY, days.ago(28))
    for township in surveys.sheets(world, held):
        surveys.score(world, held, township, days.ago(20), FERRY_WEAK)
        surveys.submit(world, held, township, days.ago(15), [name for name in FERRY_WEAK if name != SHIELDED])
    surveys.propose(world, held, FERRY_WEAK, days.ago(8))
    chain.answers_on_paper(world, held, days.ago(5), whole=False)


def _ridge(world: World, scheme: Scheme) -> None:
    """石岭县's townships are scoring: some have sent their sheets, one got it back, the others are at it."""
    days = world.days
    held = surveys.open_(world, scheme, RIDGE, days.ago(9))
    for number, township in enumerate(surveys.sheets(world, held)):
        if number < 5:
            surveys.score(world, held, township, days.ago(7), {})
        if number < 3:
            surveys.submit(world, held, township, days.ago(5))
    surveys.send_back(world, held, surveys.sheets(world, held)[2], days.ago(3))
