"""What is said at the end: the city looks again at what the county accepted, and everyone who served is assessed."""

from datetime import date, timedelta

from organizations.models import Appointment
from rectification.acceptance.checks import actions as checks
from rectification.acceptance.checks import result_actions
from rectification.acceptance.checks.models import Check
from rectification.acceptance.checks.rules import Written
from rectification.acceptance.evaluations import actions as evaluations
from rectification.acceptance.evaluations.models import EvaluationState, PersonEvaluation
from rectification.acceptance.evaluations.rules import Typed
from reports.demo.schemes import COUNTY
from reports.demo.world import World

TEAM = "市委组织部组织科2人、市委督查室1人"
UPHELD = "查看验收评分和测评原始票，随机访谈党员群众6人，与验收材料相符，班子运行正常。"
SAID = (
    ("好", "熟悉村情，推动问题逐项销号，群众反映好。", ("评先评优",)),
    ("较好", "按要求到点履职，工作扎实，化解矛盾的办法还可以再多些。", ()),
    ("好", "带头抓组织生活，帮助建章立制，整顿成效明显。", ("评先评优", "干部任用")),
)


def tell(world: World) -> None:
    """One accepted case was drawn and upheld, the other is still to be looked at; two units have begun to assess."""
    days = world.days
    first = _plan(world, days.ago(5), "第一批验收结果抽查", size=1)
    for result in checks.results_of(first):
        _uphold(world, result.pk, days.ago(4))
    with world.scene(world.reviewer(), days.ago(4), 17) as now:
        checks.finish(check_id=first.pk, version=None, **now)
    _plan(world, days.ago(1), "第二批验收结果检查")
    _assess(world, world.county(COUNTY), 3, days.ago(2))
    _assess(world, world.township("柳溪镇"), 4, days.ago(1))


def _plan(world: World, day: date, name: str, size: int = 0) -> Check:
    year = world.days.year
    title = f"{year}年{name}"
    planned = checks.Planned(title, day, day + timedelta(days=7), TEAM, size=size)
    with world.scene(world.reviewer(), day, 9) as now:
        return checks.plan(planned=planned, year=year, seed=title, **now)


def _uphold(world: World, result_id: int, day: date) -> None:
    with world.scene(world.reviewer(), day, 15) as now:
        written = Written(on=day, words=UPHELD, verdict="upheld")
        result_actions.record(result_id=result_id, version=None, written=written, **now)


def _assess(world: World, post: Appointment, number: int, day: date) -> None:
    """The year's list of a unit, and the first of its people assessed."""
    year = world.days.year
    with world.scene(post, day, 9) as now:
        evaluations.open_list(year=year, **now)
    rows = PersonEvaluation.objects.filter(
        organization=post.organization, scheme__year=year, state=EvaluationState.DRAFT
    )
    for place, row in enumerate(rows.order_by("pk")[:number]):
        grade, words, uses = SAID[place % len(SAID)]
        with world.scene(post, day, 10 + place) as now:
            typed = Typed(words=words, grade=grade, uses=uses, assessor=post.organization.office, on=day)
            evaluations.keep(evaluation_id=row.pk, version=None, typed=typed, done=True, **now)
