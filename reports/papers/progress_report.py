"""进展报告 (domain §5.7): a unit's report of a period as a document, its table on a page of its own."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.errors import Refused
from organizations.models import Appointment, Organization
from rectification.remediation.reporting import drafting
from rectification.remediation.reporting.models import ProgressReport
from rectification.remediation.reporting.periods import period_words
from rectification.remediation.reporting.tables import rows_of, title_of
from reports.ledgers import Selection
from reports.papers.letter import Document, Letter, Paragraph, department_of
from reports.sheet import Row, Sheet

NONE_YET = "还没有起草的进展报告；请先在“进展报告”中起草，也可以换一个单位或年度"


def choices(post: Appointment, unit: Organization, year: int) -> list[tuple[str, str]]:
    """The unit's own reports of a year that the post sees, the newest first."""
    rows = ProgressReport.objects.visible_to(post).filter(organization=unit, scheme__year=year)
    return [
        (str(row.uid), f"{period_words(row.rhythm, row.period_to_on)}（{row.get_rhythm_display()}）")
        for row in rows.defer("facts", "words")
    ]


def write(selection: Selection) -> Letter:
    """The report asked for, else the unit's newest; raises Refused while there is none."""
    rows = ProgressReport.objects.visible_to(selection.post).filter(
        organization=selection.unit, scheme__year=selection.year
    )
    if uid := selection.filters.get("report"):
        rows = rows.filter(uid=uid)
    report = rows.select_related("organization", "scheme", "review").first()
    if report is None:
        raise Refused(NONE_YET)
    drafted = drafting.read(report, timezone.localdate())
    words = [Paragraph(_opening(report))]
    for part in drafted.parts:
        words.append(Paragraph(part.heading, level=1))
        words += [Paragraph(text) for text in part.paragraphs]
    words.append(Paragraph("特此报告。"))
    unit = report.organization
    return Letter(
        key=PROGRESS_REPORT.key,
        title=str(report),
        heading=_heading(report),
        paragraphs=words,
        signer=department_of(unit),
        attachment=_sheet(drafted.facts, report),
        to=_to(report),
        on=_sent_on(report.submitted_at),
    )


def _sent_on(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None


def _heading(report: ProgressReport) -> tuple[str, ...]:
    when = f"{report.period_to_on.year}年{period_words(report.rhythm, report.period_to_on)}"
    return (f"关于{report.organization.short_name}{when}", "软弱涣散基层党组织整顿工作进展情况的报告")


def _opening(report: ProgressReport) -> str:
    scheme = report.scheme
    period = f"{report.period_to_on.year}年{period_words(report.rhythm, report.period_to_on)}"
    return f"按照《{scheme.title}》要求，现将{period}整顿工作进展情况报告如下。"


def _to(report: ProgressReport) -> str:
    """Whoever receives it; nobody where it stays in the unit."""
    if report.review is None:
        return ""
    step = report.review.steps.select_related("unit").first()
    return f"{department_of(step.unit)}：" if step else ""


def _sheet(facts: Mapping[str, Any], report: ProgressReport) -> Sheet:
    columns, lines, total = rows_of(facts)
    rows = [_row(line, columns, str(number)) for number, line in enumerate(lines)]
    if total:
        rows.append(_row(total, columns, "total"))
    return Sheet(
        key=PROGRESS_REPORT.key,
        title=title_of(facts).replace(facts["period"], f"{report.period_to_on.year}年{facts['period']}"),
        columns=tuple(columns),
        rows=rows,
        foot=lambda: None,
        particulars=[("填报单位（盖章）", department_of(report.organization))],
        paper="A4",
    )


def _row(line: Mapping[str, Any], columns: Any, part: str) -> Row:
    return Row(tuple(column.of(line) for column in columns), (part,))


PROGRESS_REPORT = Document(
    key="progress_report",
    title="{year}年整顿工作进展报告",
    write=write,
    hint="报送时的原样；尚未报送的按现在的记录生成。",
    filters={"report": ("哪一期", choices, "")},
)
