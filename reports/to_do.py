"""What waits for a post's own hand, one line a place: the rooms asked in turn."""

from collections import Counter

from django.db.models import Count
from django.utils import timezone

from accounts.roles import OFFICERS, Role
from organizations.models import Appointment
from rectification.lookback.waiting import waiting_lines
from rectification.remediation import closing_actions
from rectification.remediation.activities.standing import lacking
from rectification.remediation.models import Measure, MeasureState, Problem
from rectification.supervision.notices.waiting import waiting_lines as waiting_lines_of_papers
from rectification.survey.joint_board import board_of
from rectification.survey.joint_models import JointReview
from rectification.survey.models import Sheet, SheetState, SurveyState
from reports.lines import Line, address, counted


def lines_of(post: Appointment) -> list[Line]:
    """What waits for this post's own hand though nobody submitted it: scores, confirmations, papers, numbers."""
    own = [*_to_score(post), *_to_confirm(post)] if post.role == Role.TOWNSHIP_OFFICER else []
    return [*own, *_to_settle(post), *_to_look_back(post), *_papers(post), *_counts(post)]


def _counts(post: Appointment) -> list[Line]:
    """What stands in numbers only: logs that fall behind, problems to confirm; one question for both."""
    if post.role not in OFFICERS:
        return []
    closes = (
        closing_actions.awaiting(post) if post.role in closing_actions.CLOSERS else Problem.objects.none()
    )
    asked = (counted(lacking(post, timezone.localdate().year)), counted(closes))
    behind, solved = Appointment.objects.values_list(*asked).get(pk=post.pk)
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
        for one in waiting_lines_of_papers(post, timezone.localdate())
    ]


def _to_look_back(post: Appointment) -> list[Line]:
    """Lookbacks of the year in which this post is next, one line a step."""
    return [
        Line(f"{one.count} 个回头看{one.words}", address("lookback:list", query=f"?next={one.step}"), "")
        for one in waiting_lines(post, timezone.localdate().year)
    ]


def _to_settle(post: Appointment) -> list[Line]:
    """Joint reviews of the post's own unit that have something open past what waits by itself."""
    rows = JointReview.objects.visible_to(post).filter(organization_id=post.organization_id, closed_at=None)
    if post.role == Role.DEPARTMENT:
        return []
    lines, today = [], timezone.localdate()
    for joint in rows.select_related("survey__review", "organization"):
        found = board_of(joint, today).to_settle
        kinds = Counter(one.kind for one in found)
        words = "、".join(f"{kind.label} {count} 件" for kind, count in kinds.items())
        if words:
            lines.append(Line(f"{joint}：{words}", joint.get_absolute_url(), "请研究处理或办结"))
    return lines


def _to_score(post: Appointment) -> list[Line]:
    """The unit's own score sheets that have not gone up, the returned ones marked."""
    own = Sheet.objects.visible_to(post).filter(organization_id=post.organization_id)
    sheets = own.not_submitted().with_rows()
    rows = []
    for sheet in sheets.filter(survey__state=SurveyState.SCORING).select_related("survey"):
        title = f"{sheet.survey.year}年摸排评分"
        url = address("survey:grid", sheet.survey.uid)
        if sheet.state == SheetState.RETURNED:
            rows.append(Line(title, url, "", "请修改后再报", "red", "已退回"))
        else:
            rows.append(Line(title, url, "", "评分后提名并提交"))
    return rows


def _to_confirm(post: Appointment) -> list[Line]:
    """Measures reported done, one line a case."""
    rows = Measure.objects.visible_to(post).filter(state=MeasureState.REPORTED).order_by()
    counted = rows.values_list("problem__case__uid", "problem__case__organization__short_name").annotate(
        n=Count("pk")
    )
    return [
        Line(f"{name}：{n} 条措施已报完成", address("remediation:case", uid, query="?tab=problems"), "待确认")
        for uid, name, n in counted.order_by("problem__case__org_path")
    ]
