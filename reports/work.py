"""What stands before a post today, as plain lines for the workbench and the queue."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.expressions import Case as Choose
from django.db.models.functions import Coalesce, RowNumber
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.roles import LABELS, OFFICERS, Role
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.duties import listing
from rectification.duties.models import Duty, is_overdue
from rectification.duties.rules import light_of
from rectification.filings.models import Filing
from rectification.lookback.waiting import waiting_lines
from rectification.remediation import closing_actions
from rectification.remediation.activities.standing import lacking, warnings_of
from rectification.remediation.models import Measure, MeasureState, Problem
from rectification.remediation.reporting.models import ProgressReport
from rectification.reviews.models import Review, ReviewState
from rectification.schemes.models import Process
from rectification.supervision.notices.waiting import waiting_lines as waiting_lines_of_papers
from rectification.survey.joint_board import board_of
from rectification.survey.joint_models import JointReview
from rectification.survey.models import Sheet, SheetState, SurveyState
from rectification.workflow import Stage

WEEK = timedelta(days=7)
SHOWN = 8
# Where a submission of each kind is read and decided; the argument is the review's uid
DECIDED_AT = {
    Process.PLAN: "remediation:plan_review",
    Process.DETERMINATION: "survey:determination",
    Process.SIGN_OFF: "acceptance:sign_off",
}

# Where what came back is mended; the argument is the case's uid
MENDED_AT = {Process.PLAN: "remediation:plan", Process.SIGN_OFF: "acceptance:case"}


@dataclass(frozen=True)
class Line:
    """One thing on a list: what, where it is done, when or since when, and its light."""

    title: str
    url: str
    when: str
    note: str = ""
    tone: str = ""
    light: str = ""


@dataclass
class Lines:
    """A list with its first lines, how many there are in all, and the address of the whole list."""

    title: str
    count: int
    rows: list[Line] = field(default_factory=list)
    url: str = ""


def address(name: str, *args: Any, query: str = "") -> str:
    """An address of another room; "" where that page does not exist."""
    try:
        return reverse(name, args=args) + query
    except NoReverseMatch:
        return ""


def counted(rows: QuerySet[Any]) -> Coalesce:
    """How many rows there are, as part of another question."""
    one = rows.order_by().annotate(counted=Value(1)).values("counted")
    return Coalesce(Subquery(one.annotate(n=Count("pk")).values("n")), Value(0))


def owed(post: Appointment, today: date) -> list[Lines]:
    """The post's own open duties: overdue, within a week, later; one question for the first of each and how many."""
    rows = Duty.objects.visible_to(post).owed_by(post).open()
    parts = (
        ("已逾期", is_overdue(today)),
        ("七天内到期", Q(effective_due_on__gte=today, effective_due_on__lte=today + WEEK)),
        ("以后", Q(effective_due_on__gt=today + WEEK)),
    )
    part = Choose(*(When(asked, then=Value(number)) for number, (_title, asked) in enumerate(parts)))
    order = [F("effective_due_on").asc(), F("pk").asc()]
    ranked = rows.annotate(part=part).filter(part__isnull=False)
    ranked = ranked.annotate(
        place=Window(RowNumber(), partition_by=["part"], order_by=order),
        total=Window(Count("pk"), partition_by=["part"]),
    )
    first = ranked.filter(place__lte=SHOWN).select_related("scheme", "rule", "case", "organization")
    found: list[list[Duty]] = [[] for _part in parts]
    for duty in sorted(first, key=lambda duty: duty.place):
        found[duty.part].append(duty)
    whole = address("duties:list", query="?mine=on")
    return [
        Lines(title, some[0].total if some else 0, [_duty(duty, today) for duty in some], whole)
        for (title, _asked), some in zip(parts, found, strict=True)
    ]


def _duty(duty: Duty, today: date) -> Line:
    shown = listing.light(duty, today)
    day = duty.effective_due_on
    return Line(
        title=duty.title,
        url=listing.place_of(duty) or duty.get_absolute_url(),
        when=f"{day.month}月{day.day}日"
        if day.year == today.year
        else f"{day.year}年{day.month}月{day.day}日",
        note="，".join(words for words in (listing.about(duty), duty.get_debtor_display()) if words),
        light=shown.text if shown else "",
        tone=str(shown.light) if shown else "grey",
    )


def decided_at(review: Review) -> str:
    """The page on which a submission is read and decided."""
    if review.process == Process.FILING:
        if review.copy:
            return address("filings:detail", review.copy)
        return address("remediation:report", review.report) if review.report else ""
    return address(DECIDED_AT[Process(review.process)], review.uid)


def _with_copies(rows: QuerySet) -> QuerySet:
    """With the addresses of what they decide: `copy`, the newest frozen copy, and `report`."""
    own = {"review": OuterRef("pk")}
    copies = Filing.objects.filter(**own).order_by("-number").values("uid")
    reports = ProgressReport.objects.filter(**own).order_by("pk").values("uid")
    rows = rows.select_related("organization", "at_unit", "submitted_by", "case")
    return rows.annotate(copy=Subquery(copies[:1]), report=Subquery(reports[:1]))


def waiting(post: Appointment) -> QuerySet:
    """What waits for this post: the badge, the workbench and the queue all read this."""
    return _with_copies(Review.objects.visible_to(post).waiting_for(post).order_by("submitted_at", "pk"))


def waits_for(post: Appointment, now: datetime) -> Lines:
    """The first of what waits for this post, the longest first."""
    rows = waiting(post)
    found = list(rows[: SHOWN + 1])
    count = len(found) if len(found) <= SHOWN else rows.count()
    return Lines("待我办理", count, [line_of(row, now) for row in found[:SHOWN]], address("reports:queue"))


def line_of(review: Review, now: datetime) -> Line:
    """A submission as its receiver sees it."""
    return Line(
        title=review.title,
        url=decided_at(review),
        when=f"已等{since(review.submitted_at, now)}",
        note=f"{review.get_process_display()}，{review.organization.short_name}"
        + (f"，第{review.round}次" if review.round > 1 else ""),
    )


def to_do(post: Appointment) -> Lines:
    """What this post must act on though nobody submitted it for approval: what came back to it, what is reported
    done and waits for the township's word, what waits for its 销号. One line a place; the count is of lines.
    """
    sent = Review.objects.visible_to(post).sent_by(post).filter(state=ReviewState.RETURNED)
    rows = [_returned(review) for review in _with_copies(sent).order_by("submitted_at")]
    if post.role == Role.TOWNSHIP_OFFICER:
        rows += [*_to_score(post), *_to_confirm(post)]
    rows += [*_to_settle(post), *_to_look_back(post), *_papers(post)]
    rows += _counts(post)
    return Lines("须我办理", len(rows), rows)


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


def waited_on(post: Appointment, now: datetime) -> Lines:
    """What this post sent up and is still with somebody, and with whom."""
    sent = Review.objects.visible_to(post).sent_by(post)
    mine = Review.objects.visible_to(post).waiting_for(post).values("pk")  # its own list it decides on itself
    rows = _with_copies(sent.filter(state=ReviewState.PENDING).exclude(pk__in=mine)).order_by("submitted_at")
    found = list(rows[: SHOWN + 1])
    count = len(found) if len(found) <= SHOWN else rows.count()
    return Lines("我在等的", count, [_sent(review, now) for review in found[:SHOWN]])


def _returned(review: Review) -> Line:
    """Straight to where it is mended: a plan or an acceptance on its own page, the rest say how on theirs."""
    page = MENDED_AT.get(Process(review.process)) if review.case else None
    url = address(page, review.case.uid) if page else decided_at(review)
    return Line(review.title, url, "", "请修改后再报", "red", "已退回")


def _sent(review: Review, now: datetime) -> Line:
    holder = f"在{review.at_unit.short_name}" if review.at_unit else ""
    who = LABELS.get(Role(review.at_role), "") if review.at_role else ""
    return Line(
        review.title,
        decided_at(review),
        f"已等{since(review.submitted_at, now)}",
        f"{holder}，{who}" if holder else "",
    )


def since(then: datetime, now: datetime) -> str:
    """How long something has stood: days, else hours, else minutes."""
    seconds = max(int((now - then).total_seconds()), 0)
    if seconds >= 86_400:
        return f"{seconds // 86_400}天"
    return f"{seconds // 3600}小时" if seconds >= 3600 else f"{seconds // 60}分钟"


def my_cases(post: Appointment, year: int) -> Lines:
    """The cases of a post that has few: a village's own, a helper's, a township's; the nearest date first."""
    rows = Case.objects.visible_to(post).of_year(year).exclude(stage=Stage.SURVEY)
    first = rows.select_related("organization", "primary", "scheme").order_by("next_due_on", "org_path")
    today = timezone.localdate()
    part = (
        "?tab=problems" if post.role in (Role.VILLAGE_REPORTER, Role.HELPER) else ""
    )  # where progress is logged
    shown = list(first[:20])
    behind = warnings_of(shown, today)
    lines = [_case(case, today, part, behind.get(case.pk, "")) for case in shown]
    count = len(lines) if len(lines) < 20 else rows.count()
    return Lines(f"{year}年整顿对象", count, lines, address("cases:list"))


def _case(case: Case, today: date, part: str, behind: str = "") -> Line:
    day = case.next_due_on
    shown = light_of(day, today=today, yellow_days=case.scheme.yellow_days) if day else None
    near = f"最近时限{day.year}年{day.month}月{day.day}日" if day else ""
    try:
        url = case.get_absolute_url() + part
    except NoReverseMatch:
        url = ""
    note = f"{case.primary}，{case.get_stage_display()}，完成率{case.progress}%" + (behind and f"。{behind}")
    tone, light = (str(shown.light), shown.text) if shown else ("", "")
    return Line(case.organization.short_name, url, near, note, tone, light)
