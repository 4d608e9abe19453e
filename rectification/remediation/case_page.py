"""What the head of the 整顿档案 says: where the case stands, its light, and who must act next."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Value, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.tables import Column
from organizations.models import Appointment
from rectification.cases import actions as cases
from rectification.cases.models import Case, CaseMember, CaseQuerySet
from rectification.cases.takers import decider_of
from rectification.duties.models import Duty, DutyState
from rectification.duties.rules import LightState, light_of
from rectification.remediation.actions import handler_of, is_handler
from rectification.remediation.models import Measure, MeasureState, Plan, PlanState, ProblemState
from rectification.schemes.models import Process
from rectification.survey import changes
from rectification.survey.holders import HOLDERS
from rectification.workflow import Stage


@dataclass(frozen=True)
class Next:
    """Who must act now, what they do, and the page where it is done (empty when the reader only waits)."""

    who: str
    what: str
    page: str = ""


@dataclass(frozen=True)
class Head:
    """The head of the case page."""

    case: Case
    plan: Plan | None
    phases: list[Any]
    light: LightState | None
    next: Next
    may_withdraw: bool = False
    vacancies: int = 0


def tabs_of(case: Case) -> dict[str, str]:
    """The parts of the page; support takes the scheme's own name (五个一, 四个一)."""
    return {
        "overview": "概览",
        "problems": "问题与措施",
        "support": case.scheme.support_name,
        "activities": "工作纪实",
        "reports": "报告",
        "supervision": "督导",
        "files": "附件",
        "acceptance": "验收",
        "history": "历程",
    }


def with_head(rows: CaseQuerySet) -> CaseQuerySet:
    """Cases with what their head says of other rows, in the same question: the plan, the places that are open."""
    vacant = CaseMember.objects.vacant().filter(case=OuterRef("pk")).order_by().values("case")
    counted = Subquery(vacant.annotate(n=Count("pk")).values("n"))
    return rows.select_related("plan__review__at_unit").annotate(vacancies=Coalesce(counted, Value(0)))


def head_of(case: Case, post: Appointment) -> Head:
    """The head as this post reads it today; `case` comes from `with_head`."""
    today = timezone.localdate()
    plan = getattr(case, "plan", None)
    phases = [phase for phase in case.scheme.phases.all() if phase.starts_on <= today <= phase.ends_on]
    light = None
    if case.next_due_on:
        light = light_of(case.next_due_on, today=today, yellow_days=case.scheme.yellow_days)
    leaves = post.role in HOLDERS and changes.withdrawing_refusal(case, post) is None
    return Head(case, plan, phases, light, next_of(case, plan, post), leaves, case.vacancies)


def next_of(case: Case, plan: Plan | None, post: Appointment) -> Next:
    """Who acts next, in words; the page only when it is this post's turn."""
    handler = str(handler_of(case)[0])
    mine = is_handler(case, post)
    if case.stage not in (Stage.REMEDIATION, Stage.CONSOLIDATION):
        return _after(case, post)
    if plan is None or plan.state == PlanState.DRAFT:
        return Next(handler, "拟订整顿方案并呈报", "plan" if mine else "")
    if plan.state == PlanState.RETURNED:
        return Next(handler, "按退回意见修改方案，再次呈报", "plan" if mine else "")
    if plan.state == PlanState.SUBMITTED:
        at = plan.review.at_unit if plan.review else case.county
        return Next(f"{at}", "审批整顿方案", "plan_review" if post.organization_id == at.pk else "")
    return _measures(case, post, handler)


def _measures(case: Case, post: Appointment, handler: str) -> Next:
    mine = is_handler(case, post)
    counts = Measure.objects.filter(problem__case=case).aggregate(
        reported=Count("pk", filter=Q(state=MeasureState.REPORTED)),
        open=Count("pk", filter=Q(state=MeasureState.OPEN)),
        solved=Count("problem", filter=Q(problem__state=ProblemState.SOLVED), distinct=True),
    )
    if counts["reported"]:
        return Next(handler, f"确认 {counts['reported']} 条已报完成的措施", "problems" if mine else "")
    if counts["open"]:
        waiting = f"；另有 {counts['solved']} 个问题待销号" if counts["solved"] else ""
        return Next(
            f"{handler}和帮扶人员",
            f"落实 {counts['open']} 条措施，填报进展{waiting}",
            "problems" if mine else "",
        )
    prefetch_related_objects([case], "scheme__chain")
    if counts["solved"]:
        closes = decider_of(case, Process.CLOSING)
        words = f"确认 {counts['solved']} 个问题销号"
        return Next(closes.unit.office, words, "closing" if closes.is_(post) else "")
    asks = cases.step_refusal(case, "enter_acceptance", post) is None
    accepts = decider_of(case, Process.ACCEPTANCE)
    return Next(accepts.unit.office, "问题已全部销号，提请验收", "acceptance" if asks else "")


def _after(case: Case, post: Appointment) -> Next:
    accepts = decider_of(case, Process.ACCEPTANCE)
    office, theirs = accepts.unit.office, accepts.is_(post)
    said = {
        Stage.ACCEPTANCE: Next(office, "考核验收", "acceptance" if theirs else ""),
        Stage.TRACKING: Next(office, "跟踪管理，防止反弹"),
        Stage.CARRIED: Next(office, "转入下年续整"),
        Stage.CLOSED: Next("", "已办结，只供查阅"),
        Stage.WITHDRAWN: Next("", "已退出整顿，只供查阅"),
    }
    return said.get(Stage(case.stage), Next(case.county.office, "认定整顿对象"))


DUTIES = (
    Column("title", "任务"),
    Column("unit", "责任单位", "organization.short_name"),
    Column("due", "截止日期", "effective_due_on", kind="date"),
    Column(
        "was", "原截止日期", lambda duty: duty.due_on if duty.due_on != duty.effective_due_on else "", "date"
    ),
    Column("light", "状态", lambda duty: duty.light.text, kind="light", tone=lambda duty: duty.light.light),
)


def duties_of(case: Case, today: date) -> list[Duty]:
    """What is and was owed for this case, with its light."""
    rows = list(
        Duty.objects.filter(case=case)
        .exclude(state=DutyState.CANCELLED)
        .select_related("organization")
        .order_by("state", "effective_due_on")
    )
    for duty in rows:
        done = timezone.localdate(duty.ended_at) if duty.ended_at else None
        duty.light = light_of(
            duty.effective_due_on,
            today=today,
            yellow_days=case.scheme.yellow_days,
            done_on=done,
            late_after_on=duty.late_after_on,
        )
    return rows
