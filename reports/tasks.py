"""The worker that makes exports: claims the row, acts in its originator's post, leaves a whole file or none."""

import errno
import logging
from datetime import datetime

from celery import shared_task
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit, logs
from accounts.actions import notify
from accounts.errors import Refused
from accounts.history import as_of
from accounts.work import LostClaim, WorkState
from organizations.acting import acting_as
from organizations.models import Appointment
from rectification.filings.models import Filing
from reports import files
from reports.actions import FROZEN, KEPT, bundled, still_allowed
from reports.bundles import BUNDLES
from reports.ledgers import OutOfScope, Selection
from reports.models import Export
from reports.papers import Drawn, Form, Letter, declared, drawn, length
from reports.sheet import Sheet, copy_mark, frozen

# A row of a wide ledger takes about 15 ms to lay out, and half an hour is the most a worker may take
PDF_ROWS = 30_000
XLSX_ROWS = 1_000_000
FULL = (errno.ENOSPC, errno.EDQUOT)
FAULT = "生成文件时出错，请稍后重试；仍不成功请联系系统管理员"

log = logging.getLogger("zhengdun.exports")


@shared_task(name="reports.tasks.export")
def export(pk: int) -> None:
    """Make one export. Safe to run twice and after a killed worker: the row says who may."""
    row = Export.objects.claim(pk, timezone.now())
    if row is None:
        return
    token = logs.job_id.set(str(row.uid))
    try:
        _make(row)
    except LostClaim:
        log.warning("claim lost", extra={"task": "reports.tasks.export"})
    except Refused as refused:
        _fail(row, str(refused))
    except OSError as broken:
        if broken.errno not in FULL:
            _fail(row, FAULT)
            raise
        log.error("no room for an export", exc_info=True)
        _fail(row, "存储空间不足，文件没有生成；请联系系统管理员清理后重新导出")
    except Exception:
        _fail(row, FAULT)
        raise
    finally:
        logs.job_id.reset(token)
    drop_expired(timezone.now())


def post_in_force(pk: int) -> Appointment:
    """The originator's post as it is now; raises Refused when it ended or its account was closed."""
    posts = Appointment.objects.current(timezone.localdate()).select_related("organization", "user")
    post = posts.filter(pk=pk).first()
    if post is None:
        raise Refused("发起人的岗位已变动或账号已停用，导出已停止")
    return post


def _make(row: Export) -> None:
    post = post_in_force(row.by_id)
    _check(row, post)
    with acting_as(post):
        target = files.place_of(row.uid, row.format)
        made_of, total = _drawn(row, post)

        def progress(rows: int) -> None:
            row.advance(5 + min(90, 90 * rows // max(total, 1)))

        row.advance(5)
        with files.aside(target) as path:
            made = files.make(made_of, row.format, path, progress=progress)
            # The claim is renewed just before the file takes its place: whoever lost it drops what it made
            row.advance(98)
            _check(row, post_in_force(post.pk))
            path.rename(target)
        now = timezone.now()
        with transaction.atomic():  # done, recorded and told are one: killed in between it is none of them
            row.finish(
                rows=made.rows, file=target.name, size=made.size, sha256=made.sha256, expires_at=now + KEPT
            )
            audit.record("完成导出", obj=row, rows=made.rows, sha256=made.sha256, absent=made.absent)
            _tell(row, post, made.absent, made.rows)


def _check(row: Export, post: Appointment) -> None:
    if not still_allowed(row, post):
        raise OutOfScope(row.unit)


def _drawn(row: Export, post: Appointment) -> tuple[files.Printed, int]:
    """What to draw and about how many rows, pages or parts it has."""
    if bundle := BUNDLES.get(row.ledger):
        asked, mark = bundled(row, post), copy_mark(post.user.name, timezone.now())
        return bundle.make(asked, today=timezone.localdate(), mark=mark), bundle.length(asked)
    if row.ledger == FROZEN:
        filing = Filing.objects.visible_to(post).get(uid=row.filters["filing"])
        return frozen(filing.content, mark=copy_mark(post.user.name, timezone.now())), filing.rows
    paper = declared(row.ledger)
    if paper is None:
        raise Refused("这种台账或表单已不再提供")
    selection = Selection(post, row.unit, row.year, row.filters)
    mark = copy_mark(post.user.name, timezone.now())
    today = timezone.localdate(row.as_of) if row.as_of else timezone.localdate()
    if row.as_of is None:
        total = length(paper, selection)
        _check_length(row.format, total)
        return drawn(paper, selection, today=today, mark=mark), total
    # Inside `as_of` nothing can be written, not even progress: the past is read first, then drawn
    with as_of(row.as_of):
        _check_length(row.format, length(paper, selection))
        made = drawn(paper, selection, today=today, mark=mark)
        return made, _read(made)


def _check_length(format: str, rows: int) -> None:
    """Refuse what no printer prints and no worksheet holds, and say what to do instead."""
    if format == "pdf" and rows > PDF_ROWS:
        words = "请导出 Excel，或按下级单位、筛选条件分开导出"
        raise Refused(f"共约 {rows} 行，PDF 一次最多 {PDF_ROWS} 行；{words}")
    if format == "xlsx" and rows > XLSX_ROWS:
        raise Refused(f"共约 {rows} 行，一个工作表最多 {XLSX_ROWS} 行；请按下级单位、筛选条件分开导出")


def _read(made: Drawn) -> int:
    """Read all of it into memory; how many rows or pages."""
    if isinstance(made, Letter):
        return _read(made.attachment) if made.attachment else 1
    if isinstance(made, Sheet):
        made.rows = list(made.rows)
        return len(made.rows)
    made.pages = list(made.pages)
    return len(made.pages)


def _tell(row: Export, post: Appointment, absent: list[str], rows: int) -> None:
    words = f"共 {rows} {_unit(row)}，7 天内可在“导出文件”中下载。"
    if absent:
        words += f"以下字在字体中没有字形，PDF 中显示为空框：{'、'.join(absent)}。"
    notify(user=post.user, title=f"导出完成：{row.title}", body=words, url=reverse("reports:exports"))


def _unit(row: Export) -> str:
    """What is counted in it."""
    if bundle := BUNDLES.get(row.ledger):
        return bundle.counted
    return "页" if isinstance(declared(row.ledger), Form) else "行"


@transaction.atomic
def _fail(row: Export, reason: str) -> None:
    row.fail(reason)
    with acting_as(row.by):
        audit.record("导出未完成", obj=row, result="失败", reason=reason)
        if row.by.user.is_active:
            notify(
                user=row.by.user,
                title=f"导出未完成：{row.title}",
                body=reason,
                url=reverse("reports:exports"),
            )


def drop_expired(now: datetime) -> None:
    """Remove the files of exports whose time is over; the rows stay as the record of what was handed out."""
    over = Export.objects.filter(state=WorkState.DONE, expires_at__lt=now).exclude(file="")
    rows = list(over.values_list("pk", "file")[:200])
    files.drop_expired([name for _pk, name in rows], now)
    Export.objects.filter(pk__in=[pk for pk, _name in rows]).update(file="")
