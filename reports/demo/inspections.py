"""督导 in 青禾县: a monthly round that was announced, one nobody knew of, one still going on, and a 通报 of them."""

from datetime import date

from rectification.supervision.circulars import actions as circulars
from rectification.supervision.inspections import actions, admission, result_actions
from rectification.supervision.inspections.actions import Planned
from rectification.supervision.inspections.models import Inspection, InspectionKind
from rectification.supervision.inspections.result_actions import Written
from rectification.supervision.inspections.rules import Found
from reports.demo.schemes import COUNTY
from reports.demo.world import World

TEAM = "组织科2人、县委督查室1人"
SEEN = (
    "查看阵地和台账，与村干部、党员代表座谈。方案上墙，任务分解到人。",
    "随机入户5户，群众知道在整顿，对村务公开还有意见。",
    "看了会议记录和财务公示，班子运转正常，任务按序推进。",
)
FOUND = (
    ("村务公开栏停留在上季度", "当场更换公示内容"),
    ("“三会一课”记录与签到表对不上，有一个月没有党员大会记录", ""),
    ("", ""),
    ("集体资产台账登记不完整，两处门面租金没有入账", ""),
)


def tell(world: World) -> None:
    """The rounds of the last two months; none early in a year, when they would lie in the year before."""
    days = world.days
    if days.ago(45).year != days.year:
        return
    done = _round(world, "第一轮督导", days.ago(44), announced=True)
    _write(world, done, days.ago(43))
    _write(world, _round(world, "暗访督导", days.ago(24), announced=False, size=4), days.ago(23))
    _round(world, "第二轮暗访督导", days.ago(1), announced=False, size=3)
    with world.scene(world.county(COUNTY), days.ago(15), 10) as now:
        span = {"first": days.ago(45), "last": days.ago(16)}
        drafted = circulars.draft(year=days.year, ranked=False, **span, **now)
        circulars.issue(circular_id=drafted.pk, version=None, **now)


def _round(world: World, title: str, day: date, *, announced: bool, size: int = 0) -> Inspection:
    post = world.county(COUNTY)
    with world.scene(post, day, 8) as now:
        cases = admission.may_be_inspected(post, world.days.year).order_by("org_path")
        planned = Planned(
            kind=InspectionKind.INSPECTION,
            title=title,
            announced=announced,
            starts_on=day,
            ends_on=day,
            team=TEAM,
            cases=tuple(cases.values_list("pk", flat=True)[:5]),
            size=size,
        )
        return actions.plan(planned=planned, year=world.days.year, seed=f"{title}{day}", **now)


def _write(world: World, inspection: Inspection, day: date) -> None:
    with world.scene(world.county(COUNTY), day, 17) as now:
        for number, result in enumerate(inspection.results.all()):
            text, settled = FOUND[number % len(FOUND)]
            found = [Found(text, settled)] if text else []
            written = Written(on=inspection.starts_on, words=SEEN[number % len(SEEN)], findings=found)
            result_actions.record(result_id=result.pk, version=None, written=written, **now)
        actions.finish(inspection_id=inspection.pk, version=None, **now)
