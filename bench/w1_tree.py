"""1: load the tree from its file, validated, with all indexes and its history.

Floor: COPY of finished rows into the same indexed table without triggers, then one INSERT … SELECT into the history.
The peers would need minutes and hours for the country: there each loads a part, and its time counts in proportion.
"""

import gc
import time
from collections.abc import Callable

from django.db import connection, transaction

from bench import tree
from bench.measure import Workload

Rows = list[dict[str, str]]

finished: dict[str, bytes] = {}


def prepare() -> None:
    """Load once, and keep the finished rows as COPY text for the floor."""
    tree.schema()
    tree.empty()
    tree.load()
    with connection.cursor() as cursor, cursor.copy("COPY organizations_organization TO STDOUT") as copy:
        finished["rows"] = b"".join(bytes(piece) for piece in copy)


def floor() -> None:
    """COPY, then the history in one statement."""
    with transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy("COPY bench_tree FROM STDIN") as copy:
            text = finished["rows"]
            for start in range(0, len(text), 1 << 20):
                copy.write(text[start : start + (1 << 20)])
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
            " WHERE attrelid = 'bench_tree'::regclass AND attnum > 0 AND NOT attisdropped"
        )
        columns = cursor.fetchone()[0]
        cursor.execute(
            f"INSERT INTO bench_history ({columns}, pgh_created_at, pgh_label, pgh_obj_id)"
            f" SELECT {columns}, now(), 'insert', id FROM bench_tree"
        )


def ours() -> None:
    """As `manage.py import_divisions` does it."""
    gc.disable()
    try:
        tree.load()
    finally:
        gc.enable()


def _proportional(load: Callable[[Rows], None], part: str) -> float:
    """Seconds for the file, whose reading is not counted; on the country told from the units under one code."""
    rows = tree.rows()
    some = [
        row for row in rows if not tree.LARGE or row["code"].startswith(part) or part.startswith(row["code"])
    ]
    began = time.perf_counter()
    load(some)
    return (time.perf_counter() - began) * len(rows) / len(some)


def treebeard() -> float:
    """The library's own bulk load, in its fast mode; of the country 湖南."""
    return _proportional(_treebeard, "43")


def _treebeard(rows: Rows) -> None:
    from organizations.models import Organization
    from organizations.rules import Level, read_field

    made: dict[str, dict] = {}
    roots = []
    for row in rows:
        unit = Organization(name=row["name"])
        unit.derive()
        field = read_field(row["name"]).field if row["level"] == Level.GRASSROOTS else None
        data = {
            "code": row["code"],
            "name": unit.name,
            "short_name": unit.short_name,
            "search": unit.search,
            "level": row["level"],
            "field": field or "",
        }
        node = made[row["code"]] = {"data": data, "children": []}
        (made[row["parent_code"]]["children"] if row["parent_code"] else roots).append(node)
    Organization.objects.load_bulk(roots, bulk_create=True)


def import_export() -> float:
    """django-import-export with a resource that puts each row under its parent; of the country 岳阳."""
    return _proportional(_import_export, "4306")


def _import_export(rows: Rows) -> None:
    import tablib
    from import_export.resources import ModelResource

    from organizations.models import Organization

    class Divisions(ModelResource):
        class Meta:
            model = Organization
            fields = ("code", "name", "level")
            import_id_fields = ("code",)
            skip_diff = True
            skip_html_diff = True

        def after_import(self, dataset, result, **kwargs):
            """No resetting of sequences: the application role owns none."""

        def before_import_row(self, row, **kwargs):
            self.parent_code = row["parent_code"]

        def do_instance_save(self, instance, is_create):
            instance.derive()
            if self.parent_code:
                Organization.objects.add_child(
                    Organization.objects.get(code=self.parent_code), instance=instance
                )
            else:
                Organization.objects.add_root(instance=instance)

    data = tablib.Dataset(*[tuple(row.values()) for row in rows], headers=list(rows[0]))
    result = Divisions().import_data(data, raise_errors=True, use_transactions=True)
    if result.totals["new"] != len(rows):
        raise RuntimeError("django-import-export did not load every row")


def _with(name: str, peer, goal: float) -> Workload:
    return Workload(
        name,
        floor,
        ours,
        goal=1.2,
        peer=peer,
        peer_goal=goal,
        prepare=prepare,
        before=tree.empty,
        finish=tree.empty,
    )


WORKLOADS = [
    _with("1 tree-load/treebeard", treebeard, 0.2),
    _with("1 tree-load/import-export", import_export, 0.02),
]
