"""Row history under the seals of the trail: each night every history table is digested, the digests are an event.

The application can only add to history tables; a superuser of the database can do anything. So what was added since
the night before is hashed table by table, and the digests stand in one event, which the trail's own seals chain. The
event bears an HMAC of its own and of the one before: a superuser can add an event, but not this one.

A later column leaves earlier digests as they are, since each names its columns. Where an upgrade took a column or a
table away or changed a type, that table is digested anew from its first row, and the event says so.
"""

import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Max
from psycopg import sql

from accounts import audit, sealing
from accounts.history import history_models
from accounts.models import AuditEvent
from accounts.tables import show

ACTION = "封存修改历史"
LOCK = 20019
ROWS_AT_ONCE = 200_000
OVERDUE = timedelta(hours=50)


class Busy(Exception):
    """Somebody writes history for longer than is waited; the job is tried again."""


class Window(NamedTuple):
    """Digested rows of one table: after < pgh_id ≤ upto; days: of the first and the last."""

    after: int
    upto: int
    count: int
    digest: str
    days: str


class Standing(NamedTuple):
    """What the trail says of a table: its columns in the latest digest, and all its windows with their columns."""

    columns: list[str]
    windows: list[tuple[Window, list[str]]]


def seal() -> int:
    """Digest what was added to every history table; how many rows. Twice at once: the second finds nothing to do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        _plainly(cursor)
        now, ends = _columns(cursor), _settled(cursor)
        standing, last, _problems = read_trail()
        told = {table: _since(cursor, table, now[table], ends[table], standing.get(table)) for table in now}
        told |= {table: {"gone": True} for table in standing if table not in now}
        told = {table: said for table, said in told.items() if said}
        mark, key = next(iter(sealing.keys().items()))
        detail = {"tables": told, "previous": last, "key": mark}
        anew = [table for table, said in told.items() if said.get("anew")]
        words = f"{len(told)}张表" + (f"，其中因表结构变动重新封存：{'、'.join(anew)}" if anew else "")
        audit.record(ACTION, obj=words, **detail, mac=_mac(detail, key))
    return sum(window[2] for said in told.values() for window in said.get("windows", ()))


def _since(cursor: Any, table: str, columns: list[str], end: int, known: Standing | None) -> dict[str, Any]:
    """What is new in a table, as the event says it: windows, columns where they are others, `anew` from the start."""
    anew = known is not None and not set(known.columns) <= set(columns)
    after = known.windows[-1][0].upto if known and known.windows and not anew else sealing.LOWEST
    windows = []
    for upto in [*range(max(after, 0) + ROWS_AT_ONCE, end, ROWS_AT_ONCE), end]:
        if (window := _read(cursor, table, columns, after, upto)).count:
            windows.append(window)
            after = upto
    if not windows and not anew:
        return {}
    said: dict[str, Any] = {"windows": [list(window) for window in windows]}
    if anew:
        said["anew"] = True
    if known is None or known.columns != columns:
        said["columns"] = columns
    return said


def _read(cursor: Any, table: str, columns: Sequence[str], after: int, upto: int) -> Window:
    """The digest of a table's rows as they are now: SHA-256 over the rows' own, in the order of their numbers."""
    query = sql.SQL(
        "SELECT count(*), encode(sha256(coalesce(string_agg(sha256(convert_to(ROW({})::text, 'UTF8')), ''::bytea"
        " ORDER BY pgh_id), ''::bytea)), 'hex'), min(pgh_created_at AT TIME ZONE 'Asia/Shanghai')::date,"
        " max(pgh_created_at AT TIME ZONE 'Asia/Shanghai')::date FROM public.{} WHERE pgh_id > %s AND pgh_id <= %s"
    ).format(
        sql.SQL(", ").join(sql.Identifier(one.split(" ", 1)[0]) for one in columns), sql.Identifier(table)
    )
    cursor.execute(query, [after, upto])
    count, digest, first, last = cursor.fetchone()
    return Window(after, upto, count, digest, f"{first}至{last}")


def _plainly(cursor: Any) -> None:
    """A row's text is to be the same in every session."""
    cursor.execute(
        "SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),"
        " set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true)"
    )


def _columns(cursor: Any) -> dict[str, list[str]]:
    """The columns of the history tables with their types, as the database has them."""
    cursor.execute(
        "SELECT attrelid::regclass::text, array_agg(attname || ' ' || format_type(atttypid,"
        " CASE WHEN atttypid = 'numeric'::regtype THEN atttypmod END) ORDER BY attname) FROM pg_attribute"
        " WHERE attrelid IN (SELECT to_regclass('public.' || name) FROM unnest(%s::text[]) name)"
        " AND attnum > 0 AND NOT attisdropped GROUP BY attrelid",
        [[model._meta.db_table for model in history_models()]],
    )
    return dict(cursor.fetchall())


def _settled(cursor: Any) -> dict[str, int]:
    """Each table's highest number, once nobody can write one as low any more (sealing.settled says why)."""
    tables = [model._meta.db_table for model in history_models()]
    cursor.execute(
        "SELECT name, coalesce(pg_sequence_last_value(pg_get_serial_sequence('public.' || name, 'pgh_id')), 0)"
        " FROM unnest(%s::text[]) name",
        [tables],
    )
    ends = dict(cursor.fetchall())
    if not sealing.wait_for_writers(cursor, tables):
        raise Busy
    return ends


def _mac(detail: Mapping[str, Any], key: bytes) -> str:
    said = json.dumps({name: detail[name] for name in ("tables", "previous", "key")}, sort_keys=True)
    return hmac.new(key, b"history" + said.encode(), "sha256").hexdigest()


def read_trail() -> tuple[dict[str, Standing], str, list[str]]:
    """What the trail's events say of each table, the latest HMAC, and which of the events are not the site's own."""
    standing: dict[str, Standing] = {}
    last, problems = sealing.NOTHING_BEFORE, []
    for event in AuditEvent.objects.filter(action=ACTION).order_by("pk"):
        detail = event.detail
        key = sealing.keys().get(str(detail.get("key")))
        if key is None or detail.get("previous") != last or detail.get("mac") != _mac(detail, key):
            problems.append(f"第{event.pk}号审计记录“{ACTION}”不是系统所写、已被改动，或缺少它之前的一条")
            continue
        last = detail["mac"]
        for table, said in detail["tables"].items():
            if said.get("gone"):
                standing.pop(table, None)
                continue
            known = standing.get(table)
            columns = said.get("columns") or (known.columns if known else [])
            before = known.windows if known and not said.get("anew") else []
            now = [(Window(*window), columns) for window in said["windows"]]
            standing[table] = Standing(columns, [*before, *now])
    return standing, last, problems


def verify(now: datetime) -> tuple[list[str], int]:
    """Read every digested row again: problems in words, each naming table and days; how many rows were read."""
    standing, _last, problems = read_trail()
    newest = AuditEvent.objects.filter(action=ACTION).aggregate(newest=Max("at"))["newest"]
    if newest and newest < now - OVERDUE:
        problems.append(f"修改历史自{show(newest)}起没有封存，夜间任务可能已停止")
    rows = 0
    with transaction.atomic(), connection.cursor() as cursor:
        _plainly(cursor)
        there = _columns(cursor)
        for table, known in sorted(standing.items()):
            lost = sorted(
                {name for _, columns in known.windows for name in columns} - set(there.get(table, ()))
            )
            if lost:
                words = f"缺少{'、'.join(lost)}" if table in there else "已不存在"
                problems.append(f"修改历史表{table}{words}；因升级变动的，下一次夜间封存后再验证")
                continue
            problems += [f"修改历史表{table}{words}" for words in _wrong(cursor, table, known.windows)]
            rows += sum(window.count for window, _ in known.windows)
    return problems, rows


def _wrong(cursor: Any, table: str, windows: Iterable[tuple[Window, list[str]]]) -> Iterable[str]:
    for window, columns in windows:
        found = _read(cursor, table, columns, window.after, window.upto)
        where = f"（{window.days}，编号{max(window.after, 0) + 1}至{window.upto}）"
        if found.count != window.count:
            word = "被删除" if found.count < window.count else "被加入"
            yield f"{where}有行{word}：封存时{window.count}行，现有{found.count}行"
        elif found.digest != window.digest:
            yield f"{where}有行被修改或替换"
