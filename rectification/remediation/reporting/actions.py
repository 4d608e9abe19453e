"""进展报告: its words are kept, it goes up frozen, comes back with a reason, is taken back or taken.

The duty is discharged by handing in, because being on time is the sender's part; a return or withdrawal opens it again.
"""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Refused, StaleVersion
from organizations.models import Appointment, Organization
from rectification.duties import actions as duties
from rectification.filings.actions import receiving_steps
from rectification.filings.rules import digest
from rectification.remediation.reporting import asked, drafting
from rectification.remediation.reporting.models import ProgressReport, ReportState
from rectification.remediation.reporting.periods import early_refusal
from rectification.reviews import actions as reviews
from rectification.reviews.models import Review, ReviewState
from rectification.schemes.models import Process
from rectification.schemes.terms import day_words


def standing(report: ProgressReport) -> ProgressReport | None:
    """The report of the same unit and period that is there already."""
    return ProgressReport.objects.filter(
        scheme=report.scheme_id,
        organization=report.organization_id,
        rhythm=report.rhythm,
        period_from_on=report.period_from_on,
    ).first()


def _locked(report: ProgressReport, version: int | None, by: Appointment) -> ProgressReport:
    """The report locked, begun when there is none; one after the other for a unit. Raises Refused, StaleVersion."""
    Organization.objects.select_for_update().get(pk=report.organization_id)
    found = standing(report)
    if found is not None and found.state in drafting.FROZEN:
        day = day_words(timezone.localdate(found.submitted_at)) if found.submitted_at else ""
        raise Refused(f"{found}已于{day}报送，{found.get_state_display()}；没有重复报送")
    if refused := asked.writer_refusal(found or report, by):
        raise Refused(refused)
    if found is None:
        report.duty, report.by = report.duty or asked.duty_of(report), by
        report.save()
        return report
    locked = ProgressReport.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if version is not None and locked.version != version:
        raise StaleVersion(locked)
    return locked


@transaction.atomic
def save(
    *, report: ProgressReport, version: int | None, words: Mapping[str, str], by: Appointment, at: datetime
) -> ProgressReport:
    """Keep the words an officer changed, by part. version: as opened, 0 when there was no report yet."""
    kept = _locked(report, version, by)
    kept.words, kept.by = dict(words), by
    kept.save_version("words", "by")
    audit.record("保存进展报告", obj=kept)
    return kept


@transaction.atomic
def submit(
    *, report: ProgressReport, version: int | None, words: Mapping[str, str], by: Appointment, at: datetime
) -> ProgressReport:
    """Freeze facts and words and send them up; where nobody above receives reports, it is filed in the unit itself.

    A report that came back goes straight to whoever returned it. Raises Refused for a period that has not ended.
    """
    sent = _locked(report, version, by)
    today = timezone.localdate(at)
    if refused := early_refusal(sent.period_to_on, today):
        raise Refused(refused)
    sent.words = dict(words)
    drafted = drafting.read(sent, today)
    sent.facts, sent.submitted_at, sent.by = drafting.frozen(drafted), at, by
    sent.sha256 = digest({"words": sent.words, "facts": sent.facts})
    sent.review = _send_up(sent, drafted, by, at)
    sent.state = ReportState.SUBMITTED if sent.review else ReportState.ACCEPTED
    sent.save_version("words", "facts", "submitted_at", "by", "sha256", "review", "state")
    if sent.duty:
        duties.discharge(duty=sent.duty, by=by, at=at, reason="进展报告已报送")
    audit.record("报送进展报告", obj=sent, sha256=sent.sha256)
    return sent


def _send_up(
    report: ProgressReport, drafted: drafting.Drafted, by: Appointment, at: datetime
) -> Review | None:
    last = report.review
    again = last if last and last.state in (ReviewState.RETURNED, ReviewState.WITHDRAWN) else None
    chain = receiving_steps(report.scheme, report.organization)
    if again is None and not chain:
        return None
    return reviews.submit(
        process=Process.FILING,
        title=str(report),
        organization=report.organization,
        chain=chain,
        content=drafting.content(drafted),
        by=by,
        at=at,
        review=again,
    )


def _with_receiver(report_id: int, by: Appointment) -> ProgressReport:
    rows = ProgressReport.objects.visible_to(by).select_for_update(of=("self",))
    return rows.select_related("review", "duty", "organization").get(pk=report_id)


@transaction.atomic
def accept(
    *,
    report_id: int,
    by: Appointment,
    at: datetime,
    opened: int | None = None,
    opinion: str = "",
    body: str = "",
    document: str = "",
    decided_on: date | None = None,
) -> ProgressReport:
    """The superior takes it. Raises Refused where it does not stand with this post."""
    report = _with_receiver(report_id, by)
    if report.review is None:
        raise Refused("这份报告没有报给上级")
    review = reviews.pass_step(
        review_id=report.review_id,
        by=by,
        at=at,
        opened=opened,
        opinion=opinion,
        body=body,
        document=document,
        decided_on=decided_on,
    )
    if review.state == ReviewState.PASSED:
        report.state = ReportState.ACCEPTED
        report.save_version("state")
    return report


@transaction.atomic
def return_(
    *, report_id: int, by: Appointment, at: datetime, opinion: str, opened: int | None = None
) -> ProgressReport:
    """Send it back with the reason; it is owed again by the same date."""
    report = _with_receiver(report_id, by)
    if report.review is None:
        raise Refused("这份报告没有报给上级")
    reviews.return_(review_id=report.review_id, by=by, at=at, opinion=opinion, opened=opened)
    return _back(report, ReportState.RETURNED, "进展报告被退回，须修改后重新报送", by)


@transaction.atomic
def withdraw(*, report_id: int, by: Appointment, at: datetime) -> ProgressReport:
    """Take it back before it was read."""
    report = _with_receiver(report_id, by)
    if report.review is None:
        raise Refused("这份报告已在本单位存档，不用撤回")
    reviews.withdraw(review_id=report.review_id, by=by, at=at)
    return _back(report, ReportState.DRAFT, "进展报告已撤回，须重新报送", by)


def _back(report: ProgressReport, state: str, reason: str, by: Appointment) -> ProgressReport:
    report.state = state
    report.save_version("state")
    if report.duty:
        duties.reopen(duty=report.duty, by=by, reason=reason)
    return report


def mark_read(*, report: ProgressReport, by: Appointment, at: datetime) -> None:
    """The receiver has opened it: from now on it cannot be taken back."""
    if report.review is not None and report.state == ReportState.SUBMITTED:
        reviews.mark_read(review=report.review, by=by, at=at)
