"""What stands before a post today, as plain lines for the workbench and the queue."""

from datetime import date, datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import NoReverseMatch
from django.utils import timezone

from accounts.roles import LABELS, Role
from organizations.models import Appointment
from rectification.cases.models import Case
from rectification.duties import listing
from rectification.duties.models import Duty
from rectification.duties.rules import light_of
from rectification.filings.models import Filing
from rectification.remediation.activities.standing import warnings_of
from rectification.remediation.reporting.models import ProgressReport
from rectification.reviews.models import Review, ReviewState
from rectification.schemes.models import Process
from rectification.workflow import Stage
from reports.lines import Line, Lines, address
from reports.to_do import lines_of

WEEK = timedelta(days=7)
SHOWN = 8
# What a line about a duty, or a submission, is made of: the tables have wide rows, frozen contents among them
DUTY_FACTS = (*listing.LINE, "case__uid", "rule__title", "rule__ledger", "rule__rhythm")
REVIEW_FACTS = (
    *("uid", "title", "process", "state", "round", "submitted_at", "at_role", "case__uid"),
    *("organization__short_name", "at_unit__short_name"),
)
CASE_FACTS = (
    *("uid", "stage", "progress", "next_due_on", "scheme__yellow_days"),
    *("organization__short_name", "organization__households"),
    *("primary__order", "primary__text", "primary__short"),
)
# Where a submission of each kind is read and decided; the argument is the review's uid
DECIDED_AT = {
    Process.PLAN: "remediation:plan_review",
    Process.DETERMINATION: "survey:determination",
    Process.SIGN_OFF: "acceptance:sign_off",
}

# Where what came back is mended; the argument is the case's uid
MENDED_AT = {Process.PLAN: "remediation:plan", Process.SIGN_OFF: "acceptance:case"}


def owed(post: Appointment, today: date) -> list[Lines]:
    """The post's own open duties: overdue, within a week, later. One post owes few: read whole, shown in part."""
    rows = Duty.objects.visible_to(post).owed_by(post).open().order_by("effective_due_on", "pk")
    found: dict[str, list[Duty]] = {title: [] for title in ("已逾期", "七天内到期", "以后")}
    for duty in rows.select_related("scheme", "rule", "case").only(*DUTY_FACTS):
        if duty.last_on < today:
            found["已逾期"].append(duty)
        else:
            found["七天内到期" if duty.effective_due_on <= today + WEEK else "以后"].append(duty)
    whole = address("duties:list", query="?mine=on")
    return [
        Lines(title, len(some), [_duty(duty, today) for duty in some[:SHOWN]], whole)
        for title, some in found.items()
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
    rows = rows.select_related("organization", "at_unit", "case").only(*REVIEW_FACTS)
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


def to_do(post: Appointment, sent: list[Review]) -> Lines:
    """What this post must act on though nobody submitted it for approval: what came back to it, what is reported
    done and waits for the township's word, what waits for its 销号. One line a place; the count is of lines.
    """
    rows = [_returned(review) for review in sent if review.state == ReviewState.RETURNED]
    rows += lines_of(post)
    return Lines("须我办理", len(rows), rows)


def sent_up(post: Appointment) -> list[Review]:
    """What this post sent up and is not at its end: with somebody, or come back; the longest first.

    Its own list, where it decides on that itself, is not among them.
    """
    sent = Review.objects.visible_to(post).sent_by(post)
    own = Q(state=ReviewState.PENDING, at_unit_id=post.organization_id, at_role=post.role)
    open_ones = sent.filter(state__in=(ReviewState.PENDING, ReviewState.RETURNED)).exclude(own)
    return list(_with_copies(open_ones).order_by("submitted_at", "pk"))


def waited_on(sent: list[Review], now: datetime) -> Lines:
    """What is still with somebody, and with whom."""
    found = [review for review in sent if review.state == ReviewState.PENDING]
    return Lines("我在等的", len(found), [_sent(review, now) for review in found[:SHOWN]])


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
    first = rows.select_related("organization", "primary", "scheme").only(*CASE_FACTS)
    first = first.order_by("next_due_on", "org_path")
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
