"""Reports: ledgers, exports, the workbench; reads everything, writes only exports and filings."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "台账报表"

    def ready(self) -> None:
        # The last app: by now every table exists, so views over history and the rights of the application role
        # can be laid anew. Schema housekeeping, not business logic.
        post_migrate.connect(finish_schema, sender=self)


def finish_schema(using: str, **_kwargs: Any) -> None:
    """After each migration: as-of views and grants, as the owner."""
    from django.db import connections

    from accounts import grants, history

    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_userbyid(relowner) = current_user FROM pg_class WHERE relname = 'accounts_user'"
        )
        owned = cursor.fetchone()
        if owned and owned[0]:
            history.create_views(cursor)
            grants.grant(cursor)
