"""Whether the audit trail is what was sealed: every window hashed anew, every seal and the chain between them checked;
and with it the row history that the trail bears the digests of (history_seals.py).

Each problem names its window: which seal, which event numbers, from when to when.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts import history_seals, sealing
from accounts.models import AuditEvent, AuditSeal
from accounts.tables import show

OVERDUE = timedelta(hours=2)
Progress = Callable[[int], object]


@dataclass
class Outcome:
    """What a check found: problems in words, how many windows, sealed events and history rows were read, the newest
    seal."""

    problems: list[str] = field(default_factory=list)
    windows: int = 0
    events: int = 0
    rows: int = 0
    unsealed: int = 0
    head: AuditSeal | None = None


class HeadsUnreadable(Exception):
    """The file of kept heads is not what the sealer writes."""


def read_heads(path: Path) -> dict[int, str]:
    """Seal numbers and their macs as kept outside the database; nothing where no file is."""
    if not path.is_file():
        return {}
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return {int(line["number"]): str(line["mac"]) for line in lines}
    except (ValueError, KeyError, TypeError):
        raise HeadsUnreadable(f"封存凭据文件读不出来：{path.name}") from None


def verify(
    *,
    heads: Mapping[int, str] | None = None,
    progress: Progress = lambda percent: None,
    linked: bool = True,
    at: datetime | None = None,
) -> Outcome:
    """Check everything. heads: what was kept elsewhere, besides the site's own file. progress: 0–100.

    linked: False leaves out the link from seal to seal; only the test that shows what it is for does so.
    """
    found, before = Outcome(), None
    kept = read_heads(settings.AUDIT_HEADS) | dict(heads or {})
    total = AuditSeal.objects.count() or 1
    for seal in AuditSeal.objects.order_by("number").iterator(chunk_size=500):
        found.problems += [f"{_named(seal)}：{words}" for words in _wrong(seal, before, kept, linked=linked)]
        found.windows, found.events, before = found.windows + 1, found.events + seal.count, seal
        progress(min(99, 100 * found.windows // total))
    found.head = before
    problems, found.rows = history_seals.verify(at or timezone.now())
    found.problems += problems
    found.problems += _beyond(before, kept)
    found.unsealed = _unsealed(found, before, at or timezone.now())
    return found


def _named(seal: AuditSeal) -> str:
    since = "开始" if seal.from_id == sealing.LOWEST else seal.from_id + 1
    times = f"{show(seal.first_at)}至{show(seal.last_at)}"
    return f"第{seal.number}号封存（编号{since}至{seal.upto_id}，{times}）"


def _wrong(
    seal: AuditSeal, before: AuditSeal | None, kept: Mapping[int, str], *, linked: bool
) -> Iterable[str]:
    expected = before.number + 1 if before else 1
    if seal.number != expected:
        yield f"它之前缺第{expected}号至第{seal.number - 1}号封存"
    if seal.from_id != (before.upto_id if before else sealing.LOWEST):
        yield "与上一封存的编号不相接"
    if linked and seal.previous != (before.mac if before else sealing.NOTHING_BEFORE):
        yield "与上一封存不相连，上一封存或其记录已被替换"
    key = sealing.keys().get(seal.key)
    if key is None:
        yield "封存所用密钥不在现有密钥中，无法验证"
    elif seal.mac != sealing.mac(seal, key):
        yield "封存本身被改动"
    if seal.number in kept and kept[seal.number] != seal.mac:
        yield "与库外留存的封存凭据不符"
    if seal.format not in sealing.FORMATS:
        yield "行格式不认识"
        return
    rows = _rows_of(seal)
    if rows.count != seal.count:
        word = "被删除" if rows.count < seal.count else "被加入"
        yield f"有记录{word}：封存时{seal.count}条，现有{rows.count}条"
    elif rows.digest != seal.digest:
        yield "有记录被修改或替换"


def _rows_of(seal: AuditSeal) -> sealing.Rows:
    """What the window holds, read while no rows are moved into a month of their own."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [sealing.LOCK])
        return sealing.read_rows(after=seal.from_id, upto=seal.upto_id, format=seal.format)


def _beyond(head: AuditSeal | None, kept: Mapping[int, str]) -> Iterable[str]:
    """What was cut off at the end, seals and events together."""
    last = head.number if head else 0
    if lost := [number for number in kept if number > last]:
        yield f"第{last + 1}号至第{max(lost)}号封存及其记录被截去：库外凭据到第{max(lost)}号，现只到第{last}号"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT last_value FROM {sealing.SEQUENCE}")
        if head and cursor.fetchone()[0] < head.upto_id:
            yield "审计记录的编号被拨回到已封存的编号之前"


def _unsealed(found: Outcome, head: AuditSeal | None, now: datetime) -> int:
    """How many events wait for their seal; a sealer that stands still is a problem of its own."""
    rows = AuditEvent.objects.filter(pk__gt=head.upto_id) if head else AuditEvent.objects.all()
    oldest = rows.order_by("pk").values_list("at", flat=True).first()
    if oldest and oldest < now - OVERDUE and (head is None or head.sealed_at < now - OVERDUE):
        found.problems.append(f"自{show(oldest)}起的记录没有封存，封存任务可能已停止")
    return rows.count()
