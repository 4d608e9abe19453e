"""What waits for a post's own hand, one line a place: the rooms asked in turn."""

from collections import Counter

from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.roles import OFFICERS, Role
from accounts.together import ask, number
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.lookback.waiting import open_ones, waiting_lines
from rectification.remediation import closing_actions
from rectification.remediation.activities.standing import lacking
from rectification.remediation.models import Measure, MeasureState, Problem
from rectification.supervision.notices import waiting as papers_waiting
from rectification.survey.holders import HOLDERS
from rectification.survey.joint_board import board_of
from rectification.survey.joint_models import JointReview
from rectification.survey.models import Sheet, SheetState, SurveyState
from reports.lines import Line, address


def lines_of(post: Appointment) -> list[Line]:
    """What waits for this post's own hand though nobody submitted it: scores, confirmations, papers, numbers.

    How many there are of each is one question; what there is none of is not asked for again.
    """
    sheets, reported, joints = _sheets(post), _reported(post), _joints(post)
    today = timezone.localdate()
    year = today.year
    behind = lacking(post, year) if post.role in OFFICERS else Case.objects.none()
    closes = post.role in closing_actions.CLOSERS
    solved = Problem.objects.visible_to(post).solved() if closes else Problem.objects.none()
    papers, inspections = papers_waiting.at_hand(post, today)
    rows = (sheets, reported, joints, open_ones(post, year), papers, inspections, behind, solved)
    scores, confirms, settles, looks, written, inspected, late, closing = ask(*map(number, rows))
    return [
        *(_to_score(sheets) if scores else []),
        *(_to_confirm(reported) if confirms else []),
        *(_to_settle(joints) if settles else []),
        *(_to_look_back(post, year) if looks else []),
        *(_papers(post) if written or inspected else []),
        *_counts(late, closing_actions.awaiting(post).count() if closing else 0),
    ]


def _counts(behind: int, solved: int) -> list[Line]:
    """What stands in numbers only: logs that fall behind, problems to confirm."""
    lines = []
    if behind:
        url = address("remediation:diary", query="?short=on")
        lines.append(Line(f"{behind} 个对象的工作纪实可能完不成", url, "请督促"))
    if solved:
        lines.append(Line(f"{solved} 个问题待销号", address("remediation:closing"), "可一次销号多个"))
    return lines


def _papers(post: Appointment) -> list[Line]:
    """Papers of supervision to answer, sign, verify or hand over, one line a kind of work."""
    return [
        Line(
            f"{one.count} {one.words}",
            one.url,
            "",
            "",
            *(("red", f"{one.late} 件已逾期") if one.late else ()),
        )
        for one in papers_waiting.waiting_lines(post, timezone.localdate())
    ]


def _to_look_back(post: Appointment, year: int) -> list[Line]:
    """Lookbacks of the year in which this post is next, one line a step."""
    return [
        Line(f"{one.count} 个回头看{one.words}", address("lookback:list", query=f"?next={one.step}"), "")
        for one in waiting_lines(post, year)
    ]


def _joints(post: Appointment) -> QuerySet[JointReview]:
    """The open joint reviews of the post's own unit."""
    if post.role not in HOLDERS:
        return JointReview.objects.none()
    return JointReview.objects.visible_to(post).filter(organization_id=post.organization_id, closed_at=None)


def _to_settle(joints: QuerySet[JointReview]) -> list[Line]:
    """Joint reviews that have something open past what waits by itself."""
    lines, today = [], timezone.localdate()
    for joint in joints.select_related("survey__review", "organization"):
        found = board_of(joint, today).to_settle
        kinds = Counter(one.kind for one in found)
        words = "、".join(f"{kind.label} {count} 件" for kind, count in kinds.items())
        if words:
            lines.append(Line(f"{joint}：{words}", joint.get_absolute_url(), "请研究处理或办结"))
    return lines


def _sheets(post: Appointment) -> QuerySet[Sheet]:
    """A township's own score sheets that have not gone up."""
    if post.role != Role.TOWNSHIP_OFFICER:
        return Sheet.objects.none()
    own = Sheet.objects.visible_to(post).filter(organization_id=post.organization_id)
    return own.not_submitted().with_rows().filter(survey__state=SurveyState.SCORING)


def _to_score(sheets: QuerySet[Sheet]) -> list[Line]:
    """Score sheets to fill in, the returned ones marked."""
    rows = []
    for sheet in sheets.select_related("survey"):
        title = f"{sheet.survey.year}年摸排评分"
        url = address("survey:grid", sheet.survey.uid)
        if sheet.state == SheetState.RETURNED:
            rows.append(Line(title, url, "", "请修改后再报", "red", "已退回"))
        else:
            rows.append(Line(title, url, "", "评分后提名并提交"))
    return rows


def _reported(post: Appointment) -> QuerySet[Measure]:
    """Measures reported done that wait for the township's word."""
    if post.role != Role.TOWNSHIP_OFFICER:
        return Measure.objects.none()
    return Measure.objects.visible_to(post).filter(state=MeasureState.REPORTED).order_by()


def _to_confirm(reported: QuerySet[Measure]) -> list[Line]:
    """Measures reported done, one line a case."""
    cases = reported.values_list("problem__case__uid", "problem__case__organization__short_name")
    return [
        Line(f"{name}：{n} 条措施已报完成", address("remediation:case", uid, query="?tab=problems"), "待确认")
        for uid, name, n in cases.annotate(n=Count("pk")).order_by("problem__case__org_path")
    ]
