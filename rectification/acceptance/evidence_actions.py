"""Evidence of an acceptance item: files of the case, each hung on the item it proves."""

from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from accounts import audit
from accounts.errors import Refused
from organizations.models import Appointment
from rectification.acceptance.actions import scored
from rectification.acceptance.models import ItemScore
from rectification.evidence import actions as evidence
from rectification.evidence.models import Attachment


@transaction.atomic
def attach(
    *,
    acceptance_id: int,
    number: int,
    by: Appointment,
    at: datetime,
    upload: BinaryIO | None = None,
    note: str = "",
    kept: Sequence[str] = (),
) -> ItemScore:
    """Hang a new file, and some of the case's files by their uid, on the item with this number."""
    acceptance = scored(acceptance_id, by, None)
    row = acceptance.scores.select_related("item").get(item__order=number)
    there = Attachment.objects.visible_to(by).filter(case=acceptance.case_id, withdrawn_at=None, uid__in=kept)
    if upload is None and not there:
        raise Refused("请选择要上传的文件，或从已有附件中选")
    if upload is not None:
        name, words = upload.name or "附件", note or f"验收：{row.item}"
        row.attachments.add(
            evidence.store(
                case_id=acceptance.case_id, upload=upload, name=name, note=words[:200], by=by, at=at
            )
        )
    row.attachments.add(*there)
    audit.record("验收项目附证明材料", obj=acceptance.case, item=row.item.text)
    return row


@transaction.atomic
def detach(*, acceptance_id: int, number: int, uid: str, by: Appointment, at: datetime) -> ItemScore:
    """Take a file off the item; it stays in the case's file."""
    acceptance = scored(acceptance_id, by, None)
    row = acceptance.scores.select_related("item").get(item__order=number)
    found = row.attachments.filter(uid=uid)
    if not found:
        raise Refused("这份附件不在这个项目下")
    row.attachments.remove(*found)
    audit.record("验收项目取下证明材料", obj=acceptance.case, item=row.item.text)
    return row
