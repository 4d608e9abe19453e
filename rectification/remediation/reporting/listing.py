"""Who owes which report: a unit's own periods, and units × periods for those above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse

from organizations.models import Appointment, Organization
from rectification.duties import listing as duty_listing
from rectification.duties.models import Duty, DutyState
from rectification.remediation.reporting import asked
from rectification.remediation.reporting.models import ProgressReport, ReportState
from rectification.remediation.reporting.periods import Period, period_words

COLUMNS_SHOWN = 12
TONES = {"draft": "grey", "submitted": "blue", "returned": "red", "accepted": "green"}
"""The colour of a report's state."""


@dataclass(frozen=True)
class Cell:
    """What became of one period of one unit: a word with its colour and where it leads."""

    text: str
    tone: str
    url: str = ""


@dataclass(frozen=True)
class Own:
    """One period of the post's own unit."""

    title: str
    period: str
    last_on: date
    due_on: date | None
    cell: Cell
    ask: str
    submitted_at: Any = None


@dataclass
class Matrix:
    """Units × periods of one rhythm."""

    periods: list[tuple[Period, str]]
    rows: list[tuple[Organization, str, list[Cell]]]
    counts: dict[str, int] = field(default_factory=dict)


def duties_below(post: Appointment, year: int) -> list[Duty]:
    """Every report owed in a year by the post's unit and those below it that is not lifted (one query)."""
    rows = Duty.objects.visible_to(post).filter(asked.ASKS, scheme__year=year)
    rows = rows.exclude(state=DutyState.CANCELLED).select_related("organization", "rule", "scheme")
    return list(rows.order_by("period_to_on", "org_path"))


def reports_below(post: Appointment, year: int) -> list[ProgressReport]:
    """Every report of a year the post sees (one query)."""
    rows = ProgressReport.objects.visible_to(post).filter(scheme__year=year)
    return list(rows.defer("facts", "words").select_related("organization", "scheme", "duty"))


def own_periods(
    post: Appointment, duties: Iterable[Duty], reports: Iterable[ProgressReport], today: date
) -> list[Own]:
    """What the post's own unit owes or has written, what is to be done first, then the newest first."""
    mine = {one.duty_id or -one.pk: one for one in reports if one.organization_id == post.organization_id}
    rows = []
    for duty in duties:
        if duty.organization_id != post.organization_id or not _begun(duty, today):
            continue
        rows.append(_own(duty, mine.pop(duty.pk, None), today))
    for report in mine.values():
        state = ReportState(report.state)
        tone = "yellow" if state == ReportState.DRAFT else TONES[state]  # with its writer, still to be done
        cell = Cell(state.label, tone, reverse("remediation:report", args=[report.uid]))
        rows.append(
            Own(
                str(report),
                _period(report),
                report.period_to_on,
                None,
                cell,
                ASKED[state],
                report.submitted_at,
            )
        )
    newest = sorted(rows, key=lambda row: row.last_on, reverse=True)
    return sorted(newest, key=lambda row: (not row.ask, row.due_on or row.last_on if row.ask else today))


ASKED = {
    ReportState.DRAFT: "继续起草",
    ReportState.RETURNED: "修改后再报",
    ReportState.SUBMITTED: "",
    ReportState.ACCEPTED: "",
}


def _begun(duty: Duty, today: date) -> bool:
    return duty.period_from_on is not None and duty.period_from_on <= today


def _period(row: Any) -> str:
    first, last = row.period_from_on, row.period_to_on
    return f"{first.month}月{first.day}日—{last.month}月{last.day}日"


def _own(duty: Duty, report: ProgressReport | None, today: date) -> Own:
    url = reverse("remediation:report_of_duty", args=[duty.uid])
    if report is not None:
        url = reverse("remediation:report", args=[report.uid])
    if report is not None and report.state != ReportState.DRAFT:
        late = asked.was_late(report, duty)
        text = report.get_state_display() + ("（逾期报送）" if late else "")
        cell = Cell(text, "yellow" if late and report.state == "accepted" else TONES[report.state], url)
        sent = report.submitted_at
        return Own(
            duty.title,
            _period(duty),
            duty.period_to_on,
            duty.effective_due_on,
            cell,
            ASKED[ReportState(report.state)],
            sent,
        )
    light = duty_listing.light(duty, today)
    text = f"{'拟稿，' if report else '未报，'}{light.text}" if light else "未报"
    if duty.state == DutyState.DONE:
        return Own(
            duty.title,
            _period(duty),
            duty.period_to_on,
            duty.effective_due_on,
            Cell("已登记完成", "green", duty.get_absolute_url()),
            "",
        )
    ask = "继续起草" if report else "起草报告"
    return Own(
        duty.title,
        _period(duty),
        duty.period_to_on,
        duty.effective_due_on,
        Cell(text, light.light if light else "grey", url),
        ask,
    )


def matrix(
    post: Appointment, duties: Sequence[Duty], reports: Iterable[ProgressReport], rhythm: str, today: date
) -> Matrix:
    """Units below × periods of a rhythm that have begun; the last dozen of periods."""
    below = [
        one
        for one in duties
        if one.organization_id != post.organization_id
        and _begun(one, today)
        and asked.rhythm_of(one) == rhythm
    ]
    ends = sorted({one.period_to_on for one in below})[-COLUMNS_SHOWN:]
    sent = {one.duty_id: one for one in reports if one.duty_id}
    by_place = {(one.organization_id, one.period_to_on): one for one in below}
    units = {one.organization_id: one.organization for one in sorted(below, key=lambda one: one.org_path)}
    found = Matrix([(Period(end, end), period_words(rhythm, end)) for end in ends], [])
    for unit in units.values():
        cells = []
        for end in ends:
            duty = by_place.get((unit.pk, end))
            cell = _cell(duty, sent.get(duty.pk), today) if duty else Cell("", "grey")
            found.counts[cell.text] = found.counts.get(cell.text, 0) + 1
            cells.append(cell)
        found.rows.append((unit, "", cells))
    return found


def _cell(duty: Duty, report: ProgressReport | None, today: date) -> Cell:
    if report is None or report.state == ReportState.DRAFT:
        if duty.state == DutyState.DONE:
            return Cell("已登记", "green", duty.get_absolute_url())
        late = duty.last_on < today
        return Cell("未报" if late else "未到期", "red" if late else "grey", duty.get_absolute_url())
    url = reverse("remediation:report", args=[report.uid])
    if report.state == ReportState.RETURNED:
        return Cell("已退回", "red", url)
    late = asked.was_late(report, duty)
    if report.state == ReportState.SUBMITTED:
        return Cell("待接收（逾期）" if late else "待接收", "yellow" if late else "blue", url)
    return Cell("逾期报送" if late else "按时", "yellow" if late else "green", url)


def waiting(post: Appointment) -> list[ProgressReport]:
    """Reports that stand with this post to be read, the longest first."""
    rows = ProgressReport.objects.visible_to(post).filter(
        state=ReportState.SUBMITTED,
        review__at_unit=post.organization_id,
        review__at_role=post.role,
    )
    return list(
        rows.defer("facts", "words")
        .select_related("organization", "review")
        .order_by("review__submitted_at", "pk")
    )
