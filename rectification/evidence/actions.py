"""Keep a file, and take one off again; the only writers of attachments."""

import hashlib
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.errors import Refused
from accounts.roles import Role
from organizations.models import Appointment, Organization
from organizations.rules import OFFICER
from organizations.scope import covers
from rectification.cases.models import Case
from rectification.evidence import quarantine, rules
from rectification.evidence.models import Attachment, Scan, storage_name
from rectification.evidence.pictures import redraw

# A city reviewer reads; whoever works on the case hands in
SENDERS = frozenset({Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER, Role.VILLAGE_REPORTER, Role.HELPER})
OVERSEERS = frozenset({Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER})


def store_refusal(post: Appointment | None) -> str | None:
    """Why this post hands in nothing, or None."""
    if post is None or Role(post.role) not in SENDERS:
        return "附件由县、乡镇、村和帮扶干部上传"
    return None


@transaction.atomic
def store(
    *, case_id: int, upload: BinaryIO, name: str, by: Appointment, at: datetime, note: str = ""
) -> Attachment:
    """Check a file by its content and keep it under a random name. Raises Refused in words that say what to do."""
    if refused := store_refusal(by):
        raise Refused(refused)
    case = Case.objects.visible_to(by).select_related("organization").get(pk=case_id)
    return _keep(case.organization, case, upload, name, by, at, note)


@transaction.atomic
def store_paper(
    *, organization: Organization, upload: BinaryIO, by: Appointment, at: datetime, note: str = ""
) -> Attachment:
    """Keep the scan of a decision or a paper that belongs to a unit, not to a case; for whoever does its work there."""
    if by.role not in set(OFFICER.values()) or not covers(by, organization):
        raise Refused("扫描件由办理单位上传")
    return _keep(organization, None, upload, upload.name or "扫描件", by, at, note)


def _keep(
    organization: Organization,
    case: Case | None,
    upload: BinaryIO,
    name: str,
    by: Appointment,
    at: datetime,
    note: str,
) -> Attachment:
    content = upload.read(settings.UPLOAD_LIMIT_BYTES + 1)
    size = max(len(content), getattr(upload, "size", None) or 0)
    if refused := rules.size_refusal(size, settings.UPLOAD_LIMIT_BYTES):
        raise Refused(refused)
    kind, refused = rules.read_kind(content)
    if kind is None:
        raise Refused(refused or "不支持这种文件")
    if refused := rules.name_refusal(name, kind) or rules.acting_refusal(name, kind, content):
        raise Refused(refused)
    if kind in rules.IMAGES:
        content = redraw(content, kind)
    scan = quarantine.verdict_of(content)
    attachment = Attachment(
        case=case,
        organization=organization,
        name=rules.clean_name(name, kind),
        content_type=kind.content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        note=note.strip(),
        by=by,
        at=at,
        scan=scan,
        scanned_at=at if scan == Scan.CLEAN else None,
    )
    _write(attachment, content)
    audit.record("上传附件", obj=case or organization, sha256=attachment.sha256, size=attachment.size)
    if attachment.held:
        quarantine.tell_of_waiting(attachment, at)
    return attachment


def _write(attachment: Attachment, content: bytes) -> None:
    """File first, row after: a row always has its file; a file left without a row is nobody's."""
    try:
        attachment.file.save(attachment.name, ContentFile(content), save=False)
    except OSError as broken:
        with suppress(OSError):  # what was written of it would only keep the disk full
            attachment.file.storage.delete(storage_name(attachment, ""))
        raise Refused("存储空间不足或暂时不可写，附件没有保存，请稍后再试或联系系统管理员") from broken
    try:
        attachment.save()
    except Exception:
        attachment.file.storage.delete(attachment.file.name)
        raise


@transaction.atomic
def hand_to_case(*, attachments: QuerySet[Attachment], case: Case) -> None:
    """What a unit kept by itself becomes part of a case's file; what is there already stays as it is."""
    attachments.filter(case=None).update(case=case, organization=case.organization_id, org_path=case.org_path)


def withdraw_refusal(attachment: Attachment, post: Appointment | None) -> str | None:
    """Why this post cannot take the file off, or None; the same answer for the button and the action."""
    if attachment.withdrawn_at is not None:
        return "该附件已经撤下"
    if post is None or (post.user_id != attachment.by.user_id and Role(post.role) not in OVERSEERS):
        return "附件由上传人或县、乡镇撤下"
    return None


@transaction.atomic
def withdraw(*, attachment_id: int, reason: str, by: Appointment, at: datetime) -> Attachment:
    """Take a file off the pages with a reason; the file itself stays for the auditors."""
    attachment = (
        Attachment.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("by")
        .get(pk=attachment_id)
    )
    if refused := withdraw_refusal(attachment, by):
        raise Refused(refused)
    if not reason.strip():
        raise Refused("撤下附件须写明原因")
    attachment.withdrawn_at, attachment.withdrawn_reason = at, reason.strip()
    attachment.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    audit.record("撤下附件", obj=attachment.case or attachment.organization, sha256=attachment.sha256)
    return attachment
