"""Reading workbooks in the background; the ImportBatch row is the truth, the task only a hint."""

from celery import shared_task
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actions import notify
from organizations.acting import acting_as
from organizations.imports import kind_of, stage
from organizations.models import ImportBatch
from organizations.workbook import BadWorkbook, read_workbook


@shared_task(name="organizations.tasks.read_roster")
def read_roster(pk: int) -> None:
    """Read one workbook into changes and errors; safe to run twice, since only one worker gets the claim."""
    batch = ImportBatch.objects.claim(pk, timezone.now())
    if batch is None:
        return
    with acting_as(batch.by, user=batch.by.user):
        _read(batch)


def _read(batch: ImportBatch) -> None:
    post, kind = batch.by, kind_of(batch)
    if not post.is_current(timezone.localdate()) or not post.user.is_active or post.role not in kind.roles:
        batch.fail("上传人的岗位已变动，请由现任经办人重新上传")
        return
    batch.advance(10)
    try:
        sheets = read_workbook(bytes(batch.content), file_name=batch.file_name, sheets=kind.sheets)
    except BadWorkbook as refused:
        with transaction.atomic():
            batch.fail(str(refused))
            _tell(batch, f"{kind.title}“{batch.file_name}”没有读成", str(refused))
        return
    batch.advance(60)
    staged = stage(batch, sheets)
    if staged.table and staged.table["mapping"] is None:
        result = "请打开核对表头各对应哪一栏"
    elif staged.errors:
        result = f"有 {len(staged.errors)} 处错误，请改正后重新上传"
    elif staged.rows:
        result = f"有 {len(staged.rows)} {kind.counted}的内容将改动，请核对后确认写入"
    else:
        result = "与系统中的内容一致，无需写入"
    with transaction.atomic():  # done and told are one: killed in between it is neither
        # The file itself has served; what it says is in the rows, and its hash stays
        batch.finish(
            rows=staged.rows, errors=staged.errors, read=staged.read, table=staged.table, content=b""
        )
        _tell(batch, f"{kind.title}“{batch.file_name}”已读完：{result}", "")


def _tell(batch: ImportBatch, title: str, body: str) -> None:
    notify(
        user=batch.by.user,
        title=title,
        body=body,
        url=reverse("organizations:batch", args=[batch.uid]),
        at=timezone.now(),
    )
