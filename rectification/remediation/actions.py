"""What every verb of this room does first and last: lock the case, keep its counters, tell who is next."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Avg, Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce, Floor

from accounts.actions import notify
from accounts.roles import Role
from organizations.models import Appointment, Organization
from rectification.cases.models import Case
from rectification.remediation.models import Measure, MeasureState, Problem, ProblemState


def lock_case(case_id: int, by: Appointment) -> Case:
    """The case, locked, if the post sees it: whatever is done to one file happens one after the other.

    Its key stays free: a row somebody else writes about the case meanwhile, such as a paper, waits for nobody.
    """
    rows = Case.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    return rows.select_related("organization", "scheme", "county", "township").get(pk=case_id)


def refresh_counters(case_ids: Iterable[int]) -> None:
    """Bring problems found and closed and the mean progress of some cases up to date, in one statement.

    Progress is the mean of the approved measures that stand, rounded down (rules.case_percent says the same); a
    long-term one, reported in words, weighs once it is done.
    """
    problems = Problem.objects.filter(case=OuterRef("pk")).order_by().values("case")
    measures = Measure.objects.counted().filter(problem__case=OuterRef("pk"), duty__isnull=False).order_by()
    mean = measures.values("problem__case").annotate(n=Cast(Floor(Avg("percent")), IntegerField()))
    Case.objects.filter(pk__in=list(case_ids)).update(
        problems_total=_number(problems.annotate(n=Count("pk"))),
        problems_closed=_number(problems.annotate(n=Count("pk", filter=Q(state=ProblemState.CLOSED)))),
        progress=_number(mean),
    )


def _number(rows: QuerySet) -> Coalesce:
    return Coalesce(Subquery(rows.values("n"), output_field=IntegerField()), 0)


def settle_problem(problem: Problem) -> None:
    """A problem is solved when every measure that stands is confirmed, and open again when one is not."""
    if problem.state == ProblemState.CLOSED:
        return
    states = set(problem.measures.standing().values_list("state", flat=True))
    state = ProblemState.SOLVED if states == {MeasureState.CONFIRMED} else ProblemState.OPEN
    if state != problem.state:
        problem.state = state
        problem.save_version("state")


def handler_of(case: Case) -> tuple[Organization, Role]:
    """The unit and role that draw up the plan and answer for the measures: the township, or a county without one."""
    if case.township is not None:
        return case.township, Role.TOWNSHIP_OFFICER
    return case.county, Role.COUNTY_OFFICER


def is_handler(case: Case, post: Appointment | None) -> bool:
    """Whether the post is the one that handles this case."""
    unit, role = handler_of(case)
    return post is not None and (post.organization_id, post.role) == (unit.pk, role)


def tell(unit: Organization, role: str, title: str, *, url: str, today: date, body: str = "") -> None:
    """A line in the inbox of everyone who does this work in a unit."""
    for post in Appointment.objects.at(unit, role).current(today).select_related("user"):
        notify(user=post.user, title=title, body=body, url=url)
