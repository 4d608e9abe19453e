"""A plan drawn up, sent, approved, and its measures done, as the people of the cast would."""

from datetime import date, timedelta

from rectification.remediation import plan_actions, problem_actions, progress_actions
from tests.cast import NOW, TODAY
from tests.stage import on_stage

WORDS = {
    "situation": "全村320户，支委缺1人。",
    "goal": "配齐班子，理清账目。",
    "steps": "五月调研，六月补选。",
    "safeguards": "镇党委副书记牵头。",
}
MEASURE = {
    "text": "补选支委1名",
    "goal": "支委配齐3人",
    "leader": "赵副书记",
    "unit": "柳溪镇党委",
    "person": "钱委员",
    "requirement": "按程序选举",
    "collective_economy": False,
    "starts_on": TODAY - timedelta(days=10),
    "due_on": date(2026, 6, 30),
}


def draw_up(case, by, problems=("支委缺员",), measures=1):
    """A whole plan, saved and not sent."""
    plan = plan_actions.save_plan(case_id=case.pk, version=0, by=by, at=NOW, **WORDS)
    for text in problems:
        problem = problem_actions.save_problem(case_id=case.pk, text=text, criterion=None, by=by, at=NOW)
        for number in range(measures):
            words = MEASURE | {"text": f"{text}的措施{number + 1}"}
            problem_actions.save_measure(problem_id=problem.pk, by=by, at=NOW, **words)
    return plan


def approve(case, township_officer, county_officer, **kwargs):
    """A plan in force."""
    draw_up(case, township_officer, **kwargs)
    plan = plan_actions.submit_plan(case_id=case.pk, version=None, by=township_officer, at=NOW)
    plan_actions.pass_plan(review_id=plan.review_id, by=county_officer, at=NOW)
    case.refresh_from_db()
    return case


def solve(case, by):
    """Every measure of a case done and confirmed by the township."""
    from rectification.remediation.models import Measure

    for measure in Measure.objects.filter(problem__case=case, state="open"):
        progress_actions.report_done(measure_id=measure.pk, result="已办好", on=TODAY, by=by, at=NOW)


@on_stage
def drawn_up(case, township_officer):
    """The cast's case with a plan that may be sent."""
    draw_up(case, township_officer)
    return case


@on_stage
def approved(case, township_officer, county_officer):
    """The cast's case with a plan in force: one problem, one measure."""
    return approve(case, township_officer, county_officer)


@on_stage
def measure(approved):
    """The one measure in force."""
    from rectification.remediation.models import Measure

    return Measure.objects.get(problem__case=approved)


@on_stage
def solved(approved, township_officer):
    """The cast's case with its problem solved, waiting for 销号."""
    solve(approved, township_officer)
    return approved


@on_stage
def on_case(case, helper, county_officer):
    """The helper is on the case as first secretary."""
    from rectification.cases import member_actions

    made = member_actions.add_member(
        case_id=case.pk,
        by=county_officer,
        at=NOW,
        kind="first_secretary",
        name="孙某",
        user=helper.user,
        from_on=TODAY,
    )
    made.from_on = TODAY - timedelta(days=30)  # before the case of the cast was determined
    made.save(update_fields=["from_on"])
    return made
