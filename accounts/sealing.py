"""Seals upon the audit trail: windows of events hashed and chained, by a job of their own.

Events are plain inserts in the business transaction; a hash chained from row to row would make the whole site wait in
one queue. So a job closes windows afterwards, by the events' own numbers, and chains the windows. Numbers are handed
out before a transaction commits, so a low one may turn up late: a window is closed only when nobody who could still
write into it is left. Whoever inserts holds the table's writing lock from before its number is drawn until its end, so
those are exactly the holders of that lock at the moment the last number was read.

The seal is an HMAC with a key that the database does not know, so that even its superuser cannot make one. Each seal
is also written to a file outside the database and to the log: a chain that was cut off at its end, with its newest
seals, is told from a whole one by what was kept elsewhere.
"""

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction

from accounts.models import AuditSeal

LOCK = 20018
WINDOW = 5000
WINDOWS_AT_ONCE = 200
PATIENCE_SECONDS = 5.0
SEQUENCE = "accounts_auditevent_id_seq"
NOTHING_BEFORE = "0" * 64
LOWEST = -(2**63)
log = logging.getLogger("zhengdun.audit")

# What is hashed of a row, by the format a seal names: a later column begins a new format, old seals keep theirs
FORMATS = {
    1: (
        "id, (extract(epoch FROM at) * 1000000)::bigint, user_id, username, post, unit_path, address, request,"
        " action, object, fields, detail, result"
    )
}
FORMAT = 1


class Rows(NamedTuple):
    """What one window holds now."""

    count: int
    digest: str
    last_id: int
    first_at: datetime | None
    last_at: datetime | None


def read_rows(*, after: int, upto: int, format: int, limit: int | None = None) -> Rows:
    """Hash the events with after < id ≤ upto, in the order of their numbers."""
    whole, count, last_id, times = hashlib.sha256(), 0, after, []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, at, jsonb_build_array({FORMATS[format]})::text FROM accounts_auditevent"
            " WHERE id > %s AND id <= %s ORDER BY id, at LIMIT %s",
            [after, upto, limit],
        )
        for last_id, at, text in cursor:  # noqa: B007 — the last one is asked for below
            whole.update(text.encode() + b"\n")
            count += 1
            times = [min(times[0], at), max(times[1], at)] if times else [at, at]
    first, last = times or (None, None)
    return Rows(count, whole.hexdigest(), last_id, first, last)


def keys() -> dict[str, bytes]:
    """The site's keys by their marks, the one in use first."""
    found = {}
    for secret in settings.AUDIT_KEYS:
        key = hmac.digest(secret.encode(), b"accounts.audit.seal", "sha256")
        found[hashlib.sha256(key).hexdigest()[:8]] = key
    return found


def mac(seal: AuditSeal, key: bytes) -> str:
    """The seal's HMAC over everything it says and over the seal before it."""
    parts = [
        seal.number,
        seal.format,
        seal.from_id,
        seal.upto_id,
        seal.count,
        seal.digest,
        seal.previous,
        seal.key,
    ]
    times = [at.astimezone(UTC).isoformat() for at in (seal.first_at, seal.last_at, seal.sealed_at)]
    return hmac.new(key, json.dumps([*parts, *times]).encode(), "sha256").hexdigest()


def seal(*, at: datetime, window: int = WINDOW) -> int:
    """Close what can be closed; how many windows were. Two schedulers at once: the second finds nothing to do.

    Nor is anything sealed while rows are moved into a month of their own: a statement planned before the month was
    there would see them nowhere (migration no_seal_while_rows_move takes the same lock).
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return 0
        last = AuditSeal.objects.order_by("-number").first()
        upto = settled()
        if upto is None:
            return 0
        made = list(_windows(last, upto, at, window))
        transaction.on_commit(lambda: _tell(made))
    return len(made)


def settled() -> int | None:
    """The highest number handed out, once nobody can write one as low any more; None when that takes too long."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {SEQUENCE}")
        upto = cursor.fetchone()[0]
        return int(upto) if wait_for_writers(cursor, ["accounts_auditevent"]) else None


def wait_for_writers(cursor: Any, tables: Sequence[str]) -> bool:
    """Wait until all who write into one of these tables now have ended; False when that takes too long."""
    until, writers = time.monotonic() + PATIENCE_SECONDS, _writers(cursor, tables)
    while writers:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
        writers &= _writers(cursor, tables)
    return True


def _writers(cursor: Any, tables: Sequence[str]) -> set[str]:
    """The other transactions that hold one of these tables open for writing."""
    cursor.execute(
        "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'"
        " AND granted AND relation IN (SELECT to_regclass('public.' || name) FROM unnest(%s::text[]) name)"
        " AND pid IS DISTINCT FROM pg_backend_pid()"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        [list(tables)],
    )
    return {name for (name,) in cursor.fetchall()}


def _windows(last: AuditSeal | None, upto: int, at: datetime, window: int) -> Iterator[AuditSeal]:
    mark, key = next(iter(keys().items()))
    for _turn in range(WINDOWS_AT_ONCE):
        after = last.upto_id if last else LOWEST
        rows = read_rows(after=after, upto=upto, format=FORMAT, limit=window)
        if not rows.count:
            return
        made = AuditSeal(
            number=last.number + 1 if last else 1,
            format=FORMAT,
            from_id=after,
            upto_id=rows.last_id if rows.count == window else upto,
            count=rows.count,
            first_at=rows.first_at,
            last_at=rows.last_at,
            sealed_at=at,
            digest=rows.digest,
            previous=last.mac if last else NOTHING_BEFORE,
            key=mark,
        )
        made.mac = mac(made, key)
        made.save(force_insert=True)
        last = made
        yield made


def head_line(seal: AuditSeal) -> str:
    """What is kept of a seal outside the database: a line of JSON."""
    return json.dumps({"number": seal.number, "upto": seal.upto_id, "mac": seal.mac})


def _tell(made: list[AuditSeal]) -> None:
    """Into the file of heads and the log, after the commit. A full disk must not undo a seal that stands."""
    if not made:
        return
    log.info("sealed up to window %d, event %d, mac %s", made[-1].number, made[-1].upto_id, made[-1].mac)
    try:
        settings.AUDIT_HEADS.parent.mkdir(parents=True, exist_ok=True)
        with settings.AUDIT_HEADS.open("a", encoding="utf-8") as kept:
            kept.writelines(f"{head_line(seal)}\n" for seal in made)
    except OSError as broken:
        log.error("heads not kept: %s", type(broken).__name__)
