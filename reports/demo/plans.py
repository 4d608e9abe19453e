"""One case's plan and what came of it: drawn up, sent, returned, approved, carried out, closed."""

from dataclasses import dataclass
from datetime import date, timedelta

from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.duties import actions as duties
from rectification.remediation import closing_actions, plan_actions, problem_actions, progress_actions
from rectification.remediation.actions import handler_of
from rectification.remediation.models import Measure, Plan, Problem
from rectification.schemes.models import Criterion
from reports.demo.people import names
from reports.demo.words import GOAL, REMEDIES, RETURN_REASON, SAFEGUARDS, SITUATION, STEPS, Remedy
from reports.demo.world import World


@dataclass(frozen=True)
class Told:
    """How far a case has come: the part of its measures done, and in how many days the open ones are due."""

    done: float = 0.0
    open_due: tuple[int, ...] = (25, -6, 3, 40)
    closed: float = 1.0  # the part of its solved problems the county has closed


def handler(world: World, case: Case) -> Appointment:
    """The officer of the unit that handles the case."""
    unit, role = handler_of(case)
    return world.post(unit.name, role)


def draw_up(world: World, case: Case, day: date, told: Told) -> None:
    """Problems from the survey's findings, measures that answer them, and the plan's words."""
    with world.scene(handler(world, case), day, 10) as now:
        if problem_actions.findings_left(case):
            problem_actions.take_findings(case_id=case.pk, **now)
        problems = list(case.problems.exclude(state="closed").select_related("criterion").order_by("order"))
        wanted = [(problem, remedy) for problem in problems for remedy in _remedies(case, problem)]
        done = round(len(wanted) * told.done)
        for number, (problem, remedy) in enumerate(wanted):
            left = told.open_due[(number - done) % len(told.open_due)]
            last = world.days.ago(30) if number < done else world.days.ago(-left)
            _measure(world, case, problem, remedy, day, max(last, day + timedelta(days=10)), now)
        plan = Plan.objects.get(case=case)
        words = {
            "situation": f"{plan.situation}\n{SITUATION}",
            "goal": GOAL,
            "steps": STEPS,
            "safeguards": SAFEGUARDS,
        }
        plan_actions.save_plan(case_id=case.pk, version=plan.version, **words, **now)


def _remedies(case: Case, problem: Problem) -> list[Remedy]:
    """What answers a problem; a poor village works on its collective income as well."""
    remedies = list(REMEDIES.get(problem.criterion.order if problem.criterion else 5, REMEDIES[5]))
    economy = next(remedy for remedy in REMEDIES[5] if remedy.economy)
    poor = case.organization.poor_village and problem.order == 1
    return [*remedies, economy] if poor and economy not in remedies else remedies


def _measure(
    world: World, case: Case, problem: Problem, remedy: Remedy, starts_on: date, due_on: date, now: dict
) -> None:
    places = {"town": str(case.township or case.county), "village": str(case.organization)}
    people = names(world)
    problem_actions.save_measure(
        problem_id=problem.pk,
        text=remedy.text,
        goal=remedy.goal,
        leader=next(people),
        unit=remedy.unit.format(**places),
        person=next(people),
        requirement=remedy.requirement,
        collective_economy=remedy.economy,
        kind=remedy.kind,
        long_term=remedy.long_term,
        starts_on=starts_on,
        due_on=due_on,
        **now,
    )


def submit(world: World, case: Case, day: date) -> None:
    """Up to the county."""
    with world.scene(handler(world, case), day, 15) as now:
        plan_actions.submit_plan(case_id=case.pk, version=None, **now)


def approve(world: World, case: Case, day: date) -> None:
    """The county approves; from now on the measures are owed."""
    with world.scene(world.county(case.county.name), day, 10) as now:
        plan_actions.pass_plan(review_id=_review(case), opinion="同意，请按方案抓好落实", **now)


def send_back(world: World, case: Case, day: date) -> None:
    """The county returns it with the reason."""
    with world.scene(world.county(case.county.name), day, 16) as now:
        plan_actions.return_plan(review_id=_review(case), opinion=RETURN_REASON, fields=["problems"], **now)


def _review(case: Case) -> int:
    return Plan.objects.get(case=case).review_id


def adjust(world: World, case: Case, day: date) -> None:
    """调整方案: an approved plan is opened again for one more problem."""
    criterion = Criterion.objects.get(scheme=case.scheme, order=5)
    with world.scene(handler(world, case), day, 9) as now:
        plan_actions.revise_plan(case_id=case.pk, reason="走访中群众反映代办事项拖延，增列一个问题", **now)
        text = "为民服务代办事项登记不全，群众反映有的事项一个多月没有答复"
        problem = problem_actions.save_problem(case_id=case.pk, text=text, criterion=criterion, **now)
        _measure(world, case, problem, REMEDIES[5][0], day, world.days.ago(-35), now)


def carry_out(world: World, case: Case, told: Told, first: date, last: date) -> None:
    """Progress on every measure, the first ones done and confirmed, their problems closed."""
    measures = list(Measure.objects.filter(problem__case=case).order_by("problem__order", "order"))
    done = round(len(measures) * told.done)
    for number, measure in enumerate(measures):
        day = world.days.between(first, last, (number + 1) / (len(measures) + 1))
        day = max(day, measure.starts_on)
        remedy = _remedy_of(measure)
        with world.scene(handler(world, case), day, 10) as now:
            progress_actions.add_progress(
                measure_id=measure.pk,
                percent=world.rng.choice((40, 50, 60)),
                words=remedy.halfway,
                on=day,
                **now,
            )
        if number < done:
            day = max(world.days.between(day, last, 0.7), day)
            with world.scene(handler(world, case), day, 15) as now:
                progress_actions.report_done(measure_id=measure.pk, result=remedy.result, on=day, **now)
    close(world, case, told.closed, last + timedelta(days=3))


def _remedy_of(measure: Measure) -> Remedy:
    return next(
        remedy for remedies in REMEDIES.values() for remedy in remedies if remedy.text == measure.text
    )


def close(world: World, case: Case, part: float, day: date) -> None:
    """The county confirms 销号 of problems, several at once."""
    solved = list(Problem.objects.filter(case=case).solved().order_by("order").values_list("uid", flat=True))
    solved = solved[: round(len(solved) * part)]
    if solved:
        with world.scene(world.county(case.county.name), day, 11) as now:
            closing_actions.close_problems(uids=solved, **now)


def extend(world: World, case: Case, key: str, day: date, until: date, reason: str) -> None:
    """The county gives more time, with the reason."""
    with world.scene(world.county(case.county.name), day, 17) as now:
        for duty in case.duties.filter(key=key, state="open"):
            duties.extend(duty_id=duty.pk, until_on=until, reason=reason, **now)
