"""This spring's lookback on last year's cases: four held, one was not turned round, one is still being looked at."""

from collections.abc import Mapping

from organizations.models import Appointment
from rectification.lookback import actions, opening, verdict
from rectification.lookback.models import Lookback
from rectification.lookback.rules import Outcome, Party, State
from rectification.remediation.models import Problem, ProblemState
from rectification.schemes.models import Scheme
from reports.demo import papers, schemes
from reports.demo.last_year import ACCEPTED_EARLY, NOT_TURNED_ROUND
from reports.demo.world import World

COUNTY = schemes.COUNTY
Said = Mapping[int, tuple[str, str]]
SLIPPED = "龙井村"  # its township saw something the county did not
BAD = (State.RELAPSED.value, "书记人选刚到位，工作还没有打开局面")
UNSOLVED = (State.SLIPPED.value, "上年措施没有全部落实，问题仍然存在")
WATCH = (State.SLIPPED.value, "三会一课次数够，但有两次记录补记")


def tell(world: World, scheme: Scheme) -> None:
    """Opened on 2 March, entered by townships and county, concluded and filed by the 14th."""
    days, officer = world.days, world.county(COUNTY)
    with world.scene(officer, days.on(3, 2)) as now:
        opening.open_lookbacks(scheme=scheme, county=world.unit(COUNTY), **now)
    rows = Lookback.objects.filter(scheme=scheme).select_related("organization", "case__township")
    for lookback in rows:
        name = f"{lookback.case.township.name}/{lookback.organization.short_name}"
        _look(world, lookback, name)
    filing = papers.file_ledger(world, officer, days.year, days.on(3, 13), "lookback")
    papers.take(world, world.reviewer(), filing, days.on(3, 16))


def _look(world: World, lookback: Lookback, name: str) -> None:
    failed = name == NOT_TURNED_ROUND
    days, officer = world.days, world.county(COUNTY)
    township = world.township(lookback.case.township.name)
    seen: Said = {5: WATCH} if lookback.organization.short_name == SLIPPED else {}
    bad = {3: BAD} | _unsolved(lookback) if failed else {}
    _enter(world, lookback, Party.SELF, township, 4, {})
    _enter(world, lookback, Party.SUPERIOR, township, 5, bad | seen)
    if name == ACCEPTED_EARLY:
        return
    _enter(world, lookback, Party.DEPARTMENT, officer, 9, bad)
    with world.scene(officer, days.on(3, 11), 10) as now:
        suggestion = actions.suggested(lookback)
        verdict.decide(
            lookback_id=lookback.pk,
            version=None,
            outcome=Outcome.CARRIED if failed else Outcome.CLOSED,
            reasons="；".join(suggestion.reasons),
            decided_on=days.on(3, 11),
            body=f"{world.unit(COUNTY).organ}组织部部务会",
            document=f"青组部务〔{days.year}〕3号",
            **now,
        )


def _unsolved(lookback: Lookback) -> Said:
    """What was never closed is no better now."""
    open_ = Problem.objects.filter(case=lookback.case).exclude(state=ProblemState.CLOSED)
    left = set(open_.values_list("uid", flat=True))
    return {point.order: UNSOLVED for point in lookback.checkpoints.all() if point.problem in left}


def _enter(
    world: World, lookback: Lookback, party: Party, post: Appointment, day: int, special: Said
) -> None:
    """One party's part: everything held, but what is named by number."""
    answers = {
        point.pk: special.get(point.order, (State.HELD.value, "")) for point in lookback.checkpoints.all()
    }
    with world.scene(post, world.days.on(3, day), 15) as now:
        actions.save_views(lookback_id=lookback.pk, party=party, answers=answers, version=None, **now)
