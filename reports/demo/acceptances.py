"""One case's acceptance: asked for, its own word, scored by both sides, the ballots counted, signed by a person; and
the watching afterwards."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from accounts.roles import Role
from organizations.models import Appointment
from rectification.acceptance import actions, signing
from rectification.acceptance.actions import Score
from rectification.acceptance.ballots.actions import save_tally
from rectification.acceptance.models import Acceptance, Tally, TallyGroup
from rectification.acceptance.results import suggested
from rectification.acceptance.tracking import actions as tracking
from rectification.cases.models import Case, Outcome
from reports.demo.people import names
from reports.demo.plans import handler
from reports.demo.world import World

VETOED = "vetoed"
"""Points that suffice, and more than half of the masses dissatisfied."""
LOST = {
    Outcome.PASS: (1, 1),
    Outcome.BASIC: (6, 6, 6, 6),
    Outcome.FAIL: (10, 10, 10, 8, 8),
    VETOED: (2, 2),
}
WHY = {
    Outcome.PASS: "台账个别环节签字不全",
    Outcome.BASIC: "整改措施有的刚见成效，需要巩固",
    Outcome.FAIL: "书记人选刚到位，主要问题没有解决，组织生活仍不正常",
    VETOED: "财务公开还不够及时",
}
SAID = {
    Outcome.PASS: "整改措施逐条落实，班子运行正常，群众认可，建议销号。",
    Outcome.BASIC: "主要问题已解决，部分措施刚见成效，建议巩固提升后再验收。",
    Outcome.FAIL: "主要问题没有解决，建议继续整顿。",
    VETOED: "各项措施基本落实，但群众测评不满意票过半。",
}
SELF = "对照问题清单逐条自查：整改措施已按时限落实，“三会一课”按月开展，村务财务按季公开；不足是后备力量培养还要加强。"
SUBJECT = "总体评价"


def ask(world: World, case: Case, day: date, reason: str = "") -> Acceptance:
    """The township asks for the acceptance; the self-check is written by the organization, or for it."""
    post = handler(world, case)
    with world.scene(post, day, 9) as now:
        acceptance = actions.ask(case_id=case.pk, reason=reason, **now)
    own = world.posts.get((f"{case.township}/{case.organization.name}", Role.VILLAGE_REPORTER))
    with world.scene(own or post, day, 11) as now:
        actions.save_self_check(acceptance_id=acceptance.pk, version=None, words=SELF, on=day, **now)
    return acceptance


def _first(world: World, case: Case, acceptance: Acceptance, day: date) -> None:
    """The township's own scores and opinion."""
    post = handler(world, case)
    if post.role != Role.TOWNSHIP_OFFICER:
        return
    said = "对照方案逐项初验，整改资料齐全，同意提请县委组织部验收。"
    with world.scene(post, day, 15) as now:
        _score(acceptance, now, _less([1, 1], "个别资料归档不全"), said)


def _less(lost: list[int] | tuple[int, ...], why: str) -> Callable[[object], Score]:
    """The standard points less what is lost on the first items."""
    left = iter(lost)

    def score(item: object) -> Score:
        away = min(Decimal(next(left, 0)), item.points)
        return Score(item.points - away, why if away else "")

    return score


def _score(acceptance: Acceptance, now: dict, points: Callable[[object], Score], said: str) -> None:
    scores = {row.item_id: points(row.item) for row in acceptance.scores.select_related("item")}
    actions.save_scores(acceptance_id=acceptance.pk, version=None, scores=scores, said=said, **now)


def examine(world: World, case: Case, acceptance: Acceptance, day: date, outcome: str) -> None:
    """Both meetings' ballots are entered, the township scores, then the county item by item."""
    post = world.county(case.county.name)
    for group in TallyGroup:
        _count(world, post, acceptance, day - timedelta(days=3), group, outcome)
    _first(world, case, acceptance, day - timedelta(days=2))
    with world.scene(post, day, 10) as now:
        _score(acceptance, now, _less(LOST[outcome], WHY[outcome]), SAID[outcome])


def _count(
    world: World, post: Appointment, acceptance: Acceptance, day: date, group: TallyGroup, outcome: str
) -> None:
    people, unit = names(world), acceptance.case.organization
    issued = 42 if group == TallyGroup.MEMBERS else 60
    dissatisfied = {Outcome.PASS: 1, Outcome.BASIC: 6, Outcome.FAIL: 17, VETOED: 4}[outcome]
    if outcome == VETOED and group == TallyGroup.MASSES:
        dissatisfied = 33
    valid = issued - 2
    partly = 12 if outcome == Outcome.PASS or dissatisfied > 30 else 16
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
            place=f"下午2时，{unit.short_name}会议室",
            entitled=issued + 6,
            present=issued,
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
        verdict = suggested(Acceptance.objects.get(pk=acceptance.pk))
        different = verdict is not None and verdict.outcome != outcome
        signing.sign(
            acceptance_id=acceptance.pk,
            version=None,
            outcome=outcome,
            signer=next(names(world)),
            signed_on=day,
            different_reason="经集体研究确定" if different else "",
            follow_due_on=None if outcome == Outcome.PASS else day + timedelta(days=60),
            **now,
        )


def whole(world: World, case: Case, day: date, outcome: str, reason: str = "") -> None:
    """Asked for, examined a week later, signed the day after."""
    acceptance = ask(world, case, day, reason)
    examine(world, case, acceptance, day + timedelta(days=6), outcome)
    sign(world, case, acceptance, day + timedelta(days=7), outcome)


def watch(world: World, case: Case, day: date, words: str, *, relapse: bool = False) -> None:
    """The township looks at a closed case again."""
    with world.scene(handler(world, case), day, 14) as now:
        tracking.record(case_id=case.pk, on=day, words=words, relapse=relapse, **now)


def end_tracking(world: World, case: Case, day: date) -> None:
    """The year of watching is over."""
    with world.scene(world.county(case.county.name), day, 10) as now:
        tracking.end(case_ids=[case.pk], **now)
