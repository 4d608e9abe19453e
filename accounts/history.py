"""Row history by database triggers, and the same tables as they stood at a past moment.

`tracked` gives a model its `<Model>History`. `create_views` writes, in the schema `asof`, one view per tracked table
that shows the latest history row up to the moment in the setting `zhengdun.as_of`; `as_of` puts that schema first in
the search path of a transaction, so the very same ORM queries answer for the past.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.apps import apps
from django.db import connection, models, transaction

Model = TypeVar("Model", bound=type[models.Model])


def tracked(model: Model, *, secret: tuple[str, ...] = ()) -> Model:
    """Keep every insert, update and delete of this model, row by row; secret: text fields that are not kept."""
    name = f"{model.__name__}History"
    return pghistory.track(*_trackers(), model_name=name, exclude=list(secret) or None)(model)


def tracked_in_bulk(model: Model) -> Model:
    """The same with one trigger call per statement, for tables that are loaded by the hundred thousand."""
    name = f"{model.__name__}History"
    return pghistory.track(*_trackers(), model_name=name, level=pgtrigger.Statement)(model)


def _trackers() -> tuple[Any, ...]:
    # Made anew for each model: the library's default set is deep-copied, which breaks statement triggers
    return pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()


def history_models() -> list[Any]:
    """Every history model of the project."""
    return [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]


def create_views(cursor: Any, shown: Callable[[type[models.Model]], str]) -> None:
    """(Re)create the as-of views; run as the owner of the tables after each migration.

    shown: for a model, the condition on its past row `h` under which the session sees it; "" for always.
    """
    cursor.execute("DROP SCHEMA IF EXISTS asof CASCADE")
    cursor.execute("CREATE SCHEMA asof")
    for history in history_models():
        source, target = history._meta.db_table, history.pgh_tracked_model._meta.db_table
        kept = {field.column for field in history._meta.local_fields}
        columns = ", ".join(
            f'h."{field.column}"' if field.column in kept else f"''::text AS \"{field.column}\""
            for field in history.pgh_tracked_model._meta.local_fields
        )
        seen = f" AND ({rule})" if (rule := shown(history.pgh_tracked_model)) else ""
        cursor.execute(
            f'CREATE VIEW asof."{target}" AS SELECT {columns} FROM ('
            f'SELECT DISTINCT ON (pgh_obj_id) * FROM public."{source}"'
            " WHERE pgh_created_at <= current_setting('zhengdun.as_of')::timestamptz"
            " ORDER BY pgh_obj_id, pgh_created_at DESC, pgh_id DESC) h WHERE h.pgh_label <> 'delete'" + seen
        )


def index_times(cursor: Any) -> None:
    """A BRIN index on the moment of every history table that has none: they only grow, in the order of time."""
    cursor.execute("SELECT tablename FROM pg_indexes WHERE indexdef LIKE '%USING brin (pgh_created_at%'")
    indexed = {name for (name,) in cursor.fetchall()}
    for table in sorted({model._meta.db_table for model in history_models()} - indexed):
        cursor.execute(f'CREATE INDEX ON "{table}" USING brin (pgh_created_at) WITH (autosummarize = on)')


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Within this block every tracked table shows what it held at `moment`; nothing can be written."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('zhengdun.as_of', %s, true)", [moment.isoformat()])
            cursor.execute("SELECT current_setting('search_path')")
            before = cursor.fetchone()[0]
            cursor.execute("SET LOCAL search_path = asof, public")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('search_path', %s, true)", [before])
