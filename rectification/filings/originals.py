"""盖章原件: the printed copy, signed and sealed, comes back as a scan; whether it is there and of which copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import OFFICERS, Role
from organizations.models import Appointment
from rectification.evidence import actions as evidence
from rectification.evidence import rules as files
from rectification.evidence.models import Attachment
from rectification.filings.models import Filing
from rectification.reviews.models import ReviewState
from rectification.schemes.terms import day_words

KINDS = frozenset({files.PDF, files.JPEG, files.PNG})
STANDING = (ReviewState.PENDING, ReviewState.PASSED)


@dataclass(frozen=True)
class Original:
    """What there is of a copy's sealed original: the scan, when it came, and why it is not of these data ("" if so)."""

    scan: Attachment
    scanned_at: datetime
    older: str


def original_of(filing: Filing, rounds: Sequence[Filing]) -> Original | None:
    """The sealed original of a copy; one of an earlier round is found too and says that it is older than the data.
    rounds: the copies of its submission in order, with their scans."""
    for held in reversed(rounds):
        scan, at = held.scan, held.scanned_at
        if held.number <= filing.number and scan and scan.withdrawn_at is None:
            return Original(scan, at, _older(held, filing)) if at else None
    return None


def _older(held: Filing, filing: Filing) -> str:
    if held.number == filing.number and held.scanned_at >= filing.at:
        return ""
    sealed = day_words(timezone.localdate(held.scanned_at))
    return (
        f"盖章原件是{sealed}为第{held.number}次报送上传的，早于现在这份数据"
        f"（第{filing.number}次，{day_words(timezone.localdate(filing.at))}报送），请按这份数据重新打印、签字盖章后上传"
    )


def upload_refusal(
    filing: Filing, post: Appointment | None, rounds: Sequence[Filing] | None = None
) -> str | None:
    """Why this post cannot put the original beside this copy, or None; the same answer for button and action.
    rounds: the copies of its submission, where they are known."""
    if post is None or post.organization_id != filing.organization_id or Role(post.role) not in OFFICERS:
        return f"盖章原件由报送单位{filing.organization}上传"
    copies = Filing.objects.filter(review=filing.review_id).only("number") if rounds is None else rounds
    if any(one.number > filing.number for one in copies):
        return "这一份已被更新的报送取代，请在最近一次报送上传原件"
    if filing.review.state not in STANDING:
        return f"这次报送{filing.review.get_state_display()}，请重新报送后再上传原件"
    return None


def _locked(filing_id: int, by: Appointment) -> Filing:
    rows = Filing.objects.visible_to(by).select_for_update(of=("self",))
    filing = rows.select_related("review", "organization", "scan").get(pk=filing_id)
    if refused := upload_refusal(filing, by):
        raise Refused(refused)
    return filing


@transaction.atomic
def upload(*, filing_id: int, file: BinaryIO, by: Appointment, at: datetime, reason: str = "") -> Filing:
    """Keep the scan beside the copy; one that is there already is replaced only with a reason.

    Raises Refused for a copy that is not the newest, Invalid for a file that is no picture and no PDF.
    """
    filing = _locked(filing_id, by)
    there = filing.scan if filing.scan and filing.scan.withdrawn_at is None else None
    if there is not None and not reason.strip():
        raise Invalid({"reason": ["已有盖章原件，更换须写明原因"]})
    head = file.read(16)
    file.seek(0)
    if files.read_kind(head).kind not in KINDS:
        raise Invalid({"file": ["盖章原件请上传扫描的 PDF 或 JPG、PNG 图片"]})
    try:
        scan = evidence.store_paper(
            organization=filing.organization,
            upload=file,
            by=by,
            at=at,
            note=f"盖章原件：{filing.title}"[:200],
        )
    except Refused as refused:
        raise Invalid({"file": [str(refused)]}) from refused
    if there is not None:
        evidence.withdraw(attachment_id=there.pk, reason=f"更换：{reason.strip()}"[:200], by=by, at=at)
    filing.scan, filing.scanned_at = scan, at
    filing.save(update_fields=["scan", "scanned_at"])
    audit.record("更换盖章原件" if there else "上传盖章原件", obj=filing, sha256=scan.sha256)
    return filing


@transaction.atomic
def withdraw(*, filing_id: int, reason: str, by: Appointment, at: datetime) -> Filing:
    """Take the scan off with a reason. Raises Refused where there is none."""
    filing = _locked(filing_id, by)
    if filing.scan is None or filing.scan.withdrawn_at is not None:
        raise Refused("没有盖章原件可撤下")
    if not reason.strip():
        raise Invalid({"reason": ["撤下盖章原件须写明原因"]})
    evidence.withdraw(attachment_id=filing.scan_id, reason=reason, by=by, at=at)
    filing.scan = filing.scanned_at = None
    filing.save(update_fields=["scan", "scanned_at"])
    audit.record("撤下盖章原件", obj=filing)
    return filing
