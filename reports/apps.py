"""Reports: ledgers, exports, the workbench; reads everything, writes only exports and filings."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "台账报表"

    def ready(self) -> None:
        # The last app: by now every table exists, so views over history and the rights of the application role
        # can be laid anew. Schema housekeeping, not business logic.
        post_migrate.connect(finish_schema, sender=self)
        # A column cannot change its type while a view reads it
        pre_migrate.connect(drop_views, sender=self)


def _owns(cursor: Any) -> bool:
    cursor.execute(
        "SELECT pg_get_userbyid(relowner) = current_user FROM pg_class WHERE relname = 'accounts_user'"
    )
    owned = cursor.fetchone()
    return bool(owned and owned[0])


def drop_views(using: str, **_kwargs: Any) -> None:
    """Before each migration: no as-of views, as the owner; they are laid anew afterwards."""
    from django.db import connections

    with connections[using].cursor() as cursor:
        if _owns(cursor):
            cursor.execute("DROP SCHEMA IF EXISTS asof CASCADE")


def finish_schema(using: str, **_kwargs: Any) -> None:
    """After each migration: as-of views, indexes on the time of history, and grants, as the owner."""
    from django.db import connections

    from accounts import grants, history
    from organizations import wall

    with connections[using].cursor() as cursor:
        if _owns(cursor):
            history.create_views(cursor, wall.past_condition)
            history.index_times(cursor)
            wall.build(cursor)
            grants.grant(cursor)
