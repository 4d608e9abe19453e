"""What the application role may do: work with the rows, never with the tables; only add to history and audit."""

from typing import Any

from accounts.history import history_models

APP_ROLE = "zhengdun_app"


def grant(cursor: Any, app_role: str = APP_ROLE) -> None:
    """Give the application role its rights; run as the owner after each migration. Does nothing without the role."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [app_role])
    if cursor.fetchone() is None:
        return
    insert_only = [model._meta.db_table for model in history_models()] + [
        "accounts_auditevent",
        "accounts_auditseal",
    ]
    cursor.execute(f"GRANT USAGE ON SCHEMA public, asof TO {app_role}")
    cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app_role}")
    cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app_role}")
    cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA asof TO {app_role}")
    tables = ", ".join(f'"{table}"' for table in insert_only)
    cursor.execute(f"REVOKE UPDATE, DELETE ON {tables} FROM {app_role}")
    _close_partitions(cursor, app_role)


def _close_partitions(cursor: Any, app_role: str) -> None:
    """The trail's partitions are reached through their parent alone; only new ones may be asked for."""
    cursor.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'accounts_auditevent'::regclass"
    )
    if names := [name for (name,) in cursor.fetchall()]:
        cursor.execute(f"REVOKE ALL ON {', '.join(names)} FROM {app_role}")
    cursor.execute(f"GRANT EXECUTE ON FUNCTION accounts_audit_partitions(integer) TO {app_role}")
