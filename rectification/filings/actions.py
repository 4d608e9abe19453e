"""报送: freeze a ledger and send it up one level; what follows from the superior's decision.

A duty to file is discharged by filing, because being on time is the sender's part; a return or a withdrawal opens it
again.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Refused
from accounts.roles import OFFICERS, Role
from accounts.tables import show
from organizations.models import Appointment, Organization
from organizations.rules import Level
from rectification.duties import actions as duties
from rectification.duties.models import Duty
from rectification.filings import rules, unlocking
from rectification.filings.models import Filing, FilingQuerySet, FilingRemark
from rectification.reviews import actions as reviews
from rectification.reviews.models import Review, ReviewState
from rectification.schemes.models import ChainStep, Process, Scheme


def receiving_steps(scheme: Scheme, unit: Organization) -> list[ChainStep]:
    """The filing steps of the nearest level above a unit: a township files to its county, a county to its city."""
    own = Level(unit.level).depth
    above = [step for step in scheme.chain.filter(process=Process.FILING) if Level(step.level).depth < own]
    nearest = max((Level(step.level).depth for step in above), default=0)
    return [step for step in above if Level(step.level).depth == nearest]


def submission_refusal(
    *,
    by: Appointment | None,
    organization: Organization,
    ledger: str,
    year: int,
    today: date | None = None,
) -> str | None:
    """Why this post cannot file this unit's ledger today, or None; the same answer for the button and the action."""
    scheme = Scheme.objects.governing(organization, year)
    today = today or timezone.localdate()
    return refusal_under(scheme, by=by, organization=organization, ledger=ledger, year=year, today=today)


def refusal_under(
    scheme: Scheme | None,
    *,
    by: Appointment | None,
    organization: Organization,
    ledger: str,
    year: int,
    today: date,
    levels: Collection[str] | None = None,
    copies: Sequence[Filing] | None = None,
) -> str | None:
    """The same where the scheme that governs the unit is known; levels: of its filing steps, where they are too;
    copies: what it filed (`unlocking.copies_of`), where that is."""
    if by is None or by.organization_id != organization.pk or Role(by.role) not in OFFICERS:
        return f"只有{organization}的经办人可以报送本单位台账"
    if scheme is None:
        return f"{organization}没有正在执行的{year}年度实施方案，不能报送"
    if levels is None:
        levels = scheme.chain.filter(process=Process.FILING).values_list("level", flat=True)
    if not any(Level(level).depth < Level(organization.level).depth for level in levels):
        return "方案没有规定本级台账报往哪里"
    if copies is None:
        copies = unlocking.copies_of(organization, ledger, year)
    last = copies[0] if copies else None
    if last and last.review.state == ReviewState.PENDING:
        day = show(timezone.localdate(last.at))
        return f"{last.title}已于{day}报送，{last.to}正在办理；如需更改，请在对方审阅前撤回"
    return unlocking.lock_refusal(organization, ledger, year, today, copies)


@transaction.atomic
def submit(
    *,
    ledger: str,
    title: str,
    organization: Organization,
    year: int,
    content: dict[str, Any],
    by: Appointment,
    at: datetime,
) -> Filing:
    """Freeze the content and send it up.

    content: columns, rows, parts and totals as plain JSON values (`reports.sheet.Sheet.content`). A ledger that was
    returned or withdrawn goes straight back to whoever had it. Raises Refused when it is empty, when it is not the
    post's own to file, or when the last one is still with the superior.
    """
    Organization.objects.select_for_update().get(pk=organization.pk)
    today = timezone.localdate(at)
    refused = submission_refusal(by=by, organization=organization, ledger=ledger, year=year, today=today)
    if refused := refused or rules.refusal(content):
        raise Refused(refused)
    scheme = Scheme.objects.governing(organization, year)
    earlier = unlocking.of_unit(organization, ledger, year)
    filing = Filing(scheme=scheme, ledger=ledger, title=title, organization=organization, by=by, at=at)
    filing.filed_path, filing.number = organization.path, earlier.count() + 1
    filing.content, filing.rows, filing.sha256 = content, len(content["rows"]), rules.digest(content)
    back = _came_back(earlier)
    filing.review = _send(filing, back)
    filing.to = filing.review.at_unit
    filing.duty = back.duty if back else _owed(ledger, organization, scheme)
    filing.save()
    unlocking.use(filing=filing)
    if filing.duty:
        duties.discharge(duty=filing.duty, by=by, at=at, reason=f"已报送（第{filing.number}次）")
    audit.record("报送台账", obj=filing, rows=filing.rows, sha256=filing.sha256, number=filing.number)
    return filing


def _came_back(earlier: FilingQuerySet) -> Filing | None:
    """The last filing, when it was returned or withdrawn, so that its review goes on."""
    last = earlier.select_related("review", "duty").first()
    return last if last and last.review.state in (ReviewState.RETURNED, ReviewState.WITHDRAWN) else None


def _send(filing: Filing, back: Filing | None) -> Review:
    return reviews.submit(
        process=Process.FILING,
        title=filing.title,
        organization=filing.organization,
        chain=receiving_steps(filing.scheme, filing.organization),
        content={"台账": filing.title, "行数": filing.rows, "校验值": filing.sha256},
        by=filing.by,
        at=filing.at,
        review=back.review if back else None,
    )


def _owed(ledger: str, organization: Organization, scheme: Scheme) -> Duty | None:
    """The duty this answers; what was fulfilled before stays so, whatever becomes of a later round."""
    owed = Duty.objects.filter(
        rule__ledger=ledger, organization=organization, scheme__year=scheme.year
    ).open()
    return owed.order_by("effective_due_on").first()


@transaction.atomic
def accept(
    *,
    filing_id: int,
    by: Appointment,
    at: datetime,
    opinion: str = "",
    body: str = "",
    document: str = "",
    decided_on: date | None = None,
) -> Review:
    """The superior takes it."""
    filing, opened = _current(filing_id, by)
    return reviews.pass_step(
        review_id=filing.review_id,
        by=by,
        at=at,
        opinion=opinion,
        body=body,
        document=document,
        decided_on=decided_on,
        opened=opened,
    )


@transaction.atomic
def return_(
    *, filing_id: int, by: Appointment, at: datetime, opinion: str = "", marks: Sequence[rules.Mark] = ()
) -> Review:
    """Send it back with the reason, in general or row by row; it is owed again by the same date.

    Raises Refused without any reason, and for a mark that says nothing or names no row of this copy.
    """
    filing, opened = _current(filing_id, by)
    if refused := rules.marks_refusal(marks, filing.content):
        raise Refused(refused)
    said = opinion.strip() or (f"逐行退回意见{len(marks)}处，见表中各行" if marks else "")
    review = reviews.return_(
        review_id=filing.review_id, by=by, at=at, opinion=said, fields=_named(filing, marks), opened=opened
    )
    FilingRemark.objects.bulk_create(
        FilingRemark(
            filing=filing,
            parts=filing.content["parts"][mark.place],
            row=rules.row_label(filing.content, mark.place),
            column=mark.column,
            words=mark.words.strip(),
            by=by,
            at=at,
        )
        for mark in marks
    )
    if filing.duty:
        duties.reopen(duty=filing.duty, by=by, reason="台账被退回，须重新报送")
    return review


def _named(filing: Filing, marks: Sequence[rules.Mark]) -> list[str]:
    """The columns the marks name, for the review's own list of what must change."""
    heads = {column["key"]: column["title"] for column in filing.content["columns"]}
    return list(dict.fromkeys(heads[mark.column][:60] for mark in marks if mark.column))


@transaction.atomic
def withdraw(*, filing_id: int, by: Appointment, at: datetime) -> Review:
    """Take it back before it was read."""
    filing, _opened = _current(filing_id, by)
    review = reviews.withdraw(review_id=filing.review_id, by=by, at=at)
    unlocking.give_back(filing=filing)
    if filing.duty:
        duties.reopen(duty=filing.duty, by=by, reason="台账已撤回，须重新报送")
    return review


def _current(filing_id: int, by: Appointment) -> tuple[Filing, int]:
    """The filing, unless a newer one took its place, and the round it belongs to, so that a round that goes up at
    this very moment is not decided unread."""
    filing = Filing.objects.visible_to(by).select_related("review", "duty").get(pk=filing_id)
    opened = reviews.opened_as(filing.review)
    if Filing.objects.filter(review=filing.review, number__gt=filing.number).exists():
        raise Refused("这一份已被更新的报送取代，请打开最近一次报送")
    return filing, opened


def mark_read(*, filing: Filing, by: Appointment, at: datetime) -> None:
    """The receiver has opened it: from now on it cannot be withdrawn."""
    reviews.mark_read(review=filing.review, by=by, at=at)
