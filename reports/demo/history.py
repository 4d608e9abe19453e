"""The days of the story on what the database wrote by itself: row history and the audit trail.

Both are written by the clock of the database and may be changed by nobody but the owner of the tables; a demo is the
one place where that is done, so that a case's 历程 and the ledgers as of a past day read as in a year of work.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import environ
import psycopg
from django.db import connection

from accounts.history import history_models
from accounts.models import AuditEvent, AuditSeal


class Told(NamedTuple):
    """The audit events of one scene: after the first key, up to the last one, at that moment."""

    after: int
    last: int
    at: datetime


def date_it(scenes: Iterable[Told]) -> bool:
    """Move history rows to the `at` of their context, audit events to their scene; False without an owner's login."""
    try:
        with psycopg.connect(**_owner()) as owner, owner.cursor() as cursor:
            for model in history_models():
                cursor.execute(
                    f'UPDATE "{model._meta.db_table}" SET pgh_context = pgh_context - %s,'
                    " pgh_created_at = (pgh_context ->> %s)::timestamptz WHERE pgh_context -> %s IS NOT NULL",
                    ["at", "at", "at"],
                )
            _date_the_trail(cursor, scenes)
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def _date_the_trail(cursor: psycopg.Cursor, scenes: Iterable[Told]) -> None:
    """The events' moments, and then their order: the story is told county by county, a trail runs on.

    A trail that bears seals stays as it is.
    """
    if AuditSeal.objects.exists():
        return
    table = AuditEvent._meta.db_table
    rows = [(told.at, told.after, told.last) for told in scenes if told.last > told.after]
    cursor.executemany(f'UPDATE "{table}" SET at = %s WHERE id > %s AND id <= %s', rows)
    cursor.execute(
        f'UPDATE "{table}" AS event SET id = -ordered.place FROM'
        f' (SELECT id, row_number() OVER (ORDER BY at, id) AS place FROM "{table}") AS ordered'
        " WHERE ordered.id = event.id"
    )
    cursor.execute(f'UPDATE "{table}" SET id = -id')


def _owner() -> dict[str, object]:
    """Where the site's database is, signed in as the owner where there is one."""
    known = connection.get_connection_params()
    wanted = {key: known[key] for key in ("host", "port", "dbname", "user", "password") if known.get(key)}
    if url := os.environ.get("OWNER_DATABASE_URL"):
        owner = environ.Env.db_url_config(url)
        wanted |= {"user": owner.get("USER"), "password": owner.get("PASSWORD")}
    return {key: value for key, value in wanted.items() if value}
