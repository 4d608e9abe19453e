"""Files nobody gets until the scanner has seen them: put there, released, kept for good."""

import logging
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.actions import notify
from accounts.errors import Refused
from rectification.evidence import scanner
from rectification.evidence.models import Attachment, Scan

AT_ONCE = 200
log = logging.getLogger("zhengdun.scanner")


def verdict_of(content: bytes) -> Scan:
    """What the scanner makes of a file that comes in. Refused where it found something; waiting where it is away."""
    if not scanner.is_set():
        return Scan.NONE
    try:
        found = scanner.scan(content).name
    except scanner.Away as away:
        log.warning("scanner away: %s", away)
        return Scan.WAITING
    if found:
        raise Refused(f"安全检查发现文件带有病毒或恶意程序（{found}），没有接收；请先在本机查杀")
    return Scan.CLEAN


def tell_of_waiting(attachment: Attachment, at: datetime) -> None:
    """Say to the sender why nobody can open the file yet."""
    audit.record("附件待安全检查", obj=attachment.uid, sha256=attachment.sha256)
    words = (
        "安全检查服务暂时不可用，文件已保存，检查通过前任何人都不能下载；恢复后系统自动检查，不必重新上传。"
    )
    notify(
        user=attachment.by.user,
        title=f"附件待安全检查：{attachment.name}",
        body=words,
        url=_place(attachment),
        at=at,
    )


def scan_again(*, at: datetime) -> int:
    """Look at what waits, the oldest first, until the scanner is away again; returns how many were settled."""
    settled = 0
    if not scanner.is_set():
        return settled
    waiting = Attachment.objects.filter(scan=Scan.WAITING).select_related("by__user", "case", "organization")
    for attachment in waiting.order_by("at", "pk")[:AT_ONCE]:
        try:
            with attachment.file.open("rb") as stored:
                found = scanner.scan(stored.read()).name
        except scanner.Away:
            break
        except OSError:
            continue  # the file itself is gone, which its download says
        settled += settle(attachment, found, at)
    return settled


@transaction.atomic
def settle(attachment: Attachment, found: str, at: datetime) -> bool:
    """Release a waiting file, or keep it for good; False where another worker did so before."""
    state = Scan.INFECTED if found else Scan.CLEAN
    row = (
        Attachment.objects.select_for_update(of=("self",)).filter(pk=attachment.pk, scan=Scan.WAITING).first()
    )
    if row is None:
        return False
    row.scan, row.scanned_at = state, at
    row.save(update_fields=["scan", "scanned_at"])
    audit.record("附件安全检查", obj=row.uid, result="发现问题" if found else "成功", found=found)
    if found:
        title = f"附件未通过安全检查：{row.name}"
        words = f"发现病毒或恶意程序（{found}），该附件不能下载；请在本机查杀后重新上传，并撤下原附件。"
    else:
        title, words = f"附件已通过安全检查：{row.name}", "现在可以下载。"
    notify(user=attachment.by.user, title=title, body=words, url=_place(attachment), at=at)
    return True


def _place(attachment: Attachment) -> str:
    if attachment.case is None:
        return attachment.organization.get_absolute_url()
    return reverse("evidence:files", args=[attachment.case.uid])
