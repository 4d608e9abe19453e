"""One case's acceptance: asked for, scored by both sides, the ballots counted, signed by a person."""

from datetime import date, timedelta
from decimal import Decimal

from accounts.roles import Role
from organizations.models import Appointment
from rectification.acceptance import actions
from rectification.acceptance.actions import Score
from rectification.acceptance.ballots.actions import save_tally
from rectification.acceptance.models import Acceptance, Tally, TallyGroup
from rectification.cases import actions as cases
from rectification.cases.models import Case, Outcome
from reports.demo.people import names
from reports.demo.plans import handler
from reports.demo.world import World

LOST = {Outcome.PASS: (1, 1), Outcome.BASIC: (6, 6, 6, 6), Outcome.FAIL: (10, 10, 10, 8, 8)}
WHY = {
    Outcome.PASS: "台账个别环节签字不全",
    Outcome.BASIC: "整改措施有的刚见成效，需要巩固",
    Outcome.FAIL: "书记人选刚到位，主要问题没有解决，组织生活仍不正常",
}
SUBJECT = "总体评价"


def ask(world: World, case: Case, day: date, reason: str = "") -> Acceptance:
    """The township asks for the acceptance and enters its own scores."""
    post = handler(world, case)
    with world.scene(post, day, 9) as now:
        acceptance = actions.ask(case_id=case.pk, reason=reason, **now)
        if post.role == Role.TOWNSHIP_OFFICER:
            _score(acceptance, now, lambda item: Score(item.points - min(item.points, Decimal(1))))
    return acceptance


def _score(acceptance: Acceptance, now: dict, points: object) -> None:
    scores = {row.item_id: points(row.item) for row in acceptance.scores.select_related("item")}
    actions.save_scores(acceptance_id=acceptance.pk, version=None, scores=scores, **now)


def examine(world: World, case: Case, acceptance: Acceptance, day: date, outcome: str) -> None:
    """The county scores item by item, and both meetings' ballots are entered."""
    post = world.county(case.county.name)
    with world.scene(post, day, 10) as now:
        lost = iter(LOST[Outcome(outcome)])

        def score(item: object) -> Score:
            away = min(Decimal(next(lost, 0)), item.points)
            return Score(item.points - away, WHY[Outcome(outcome)] if away else "")

        _score(acceptance, now, score)
    for group in TallyGroup:
        _count(world, post, acceptance, day, group, outcome)


def _count(
    world: World, post: Appointment, acceptance: Acceptance, day: date, group: TallyGroup, outcome: str
) -> None:
    people, unit = names(world), acceptance.case.organization
    issued = 42 if group == TallyGroup.MEMBERS else 60
    dissatisfied = {Outcome.PASS: 1, Outcome.BASIC: 6, Outcome.FAIL: 17}[Outcome(outcome)]
    valid = issued - 2
    partly = 12 if outcome == Outcome.PASS else 16
    counts = {
        "满意": valid - partly - dissatisfied - 1,
        "基本满意": partly,
        "不满意": dissatisfied,
        "未选": 1,
    }
    with world.scene(post, day, 14) as now:
        tally = Tally(
            group=group,
            held_on=day,
            place=unit.venue or f"{unit.short_name}会议室",
            issued=issued,
            returned=issued - 1,
            valid=valid,
            invalid=1,
            counts={SUBJECT: counts},
            teller=next(people),
            supervisor=next(people),
        )
        save_tally(acceptance_id=acceptance.pk, version=None, tally=tally, **now)


def sign(world: World, case: Case, acceptance: Acceptance, day: date, outcome: str) -> None:
    """A person signs; what follows is the room's."""
    with world.scene(world.county(case.county.name), day, 16) as now:
        verdict = actions.suggested(Acceptance.objects.get(pk=acceptance.pk))
        different = verdict is not None and verdict.outcome != outcome
        actions.sign(
            acceptance_id=acceptance.pk,
            version=None,
            outcome=outcome,
            signer=next(names(world)),
            signed_on=day,
            different_reason="经集体研究确定" if different else "",
            **now,
        )


def whole(world: World, case: Case, day: date, outcome: str, reason: str = "") -> None:
    """Asked for, examined a week later, signed the day after."""
    acceptance = ask(world, case, day, reason)
    examine(world, case, acceptance, day + timedelta(days=6), outcome)
    sign(world, case, acceptance, day + timedelta(days=7), outcome)


def end_tracking(world: World, case: Case, day: date) -> None:
    """The year of watching is over."""
    with world.scene(world.county(case.county.name), day, 10) as now:
        cases.take_step(case_id=case.pk, step="end_tracking", **now)
