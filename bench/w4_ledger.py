"""4: a styled ledger of 20 columns to Excel, from the database.

Floor: one plain SQL cursor and hand-written sheet XML with the same cell references, styles and merged cells, in a
zip of the same compression. Ours: a ledger declaration through the ORM, `reports.sheet` and `reports.xlsx`. Peer:
django-import-export. Rows are synthetic: three measures to a case, five columns merged. BENCH_SIZE=large takes
200,000 rows for the memory line instead of 20,000.
"""

import os
import tempfile
import zipfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from bench.measure import Workload
from bench.tree import owner

ROWS, FEW = 20_000, 2_000
MANY = 200_000 if os.environ.get("BENCH_SIZE", "small") == "large" else ROWS
TEXTS, DATES, NUMBERS = 14, 3, 3
MERGED = 5
COLUMNS = (
    [f"t{n}" for n in range(TEXTS)] + [f"d{n}" for n in range(DATES)] + [f"n{n}" for n in range(NUMBERS)]
)
WORDS = "由镇党委组织委员牵头，每月召开一次支部党员大会"


def prepare() -> None:
    """The table with rows, readable by the application role."""
    kinds = {"t": "text", "d": "date", "n": "integer"}
    declared = ", ".join(f"{name} {kinds[name[0]]} NOT NULL" for name in COLUMNS)
    texts = [f"left('{WORDS}', {6 + n}) || {'i / 3' if n < MERGED else 'i'}" for n in range(TEXTS)]
    days = [f"date '2025-03-01' + i % {200 + n}" for n in range(DATES)]
    numbers = [f"i % {100 + n}" for n in range(NUMBERS)]
    with owner() as connection:
        connection.execute("DROP TABLE IF EXISTS bench_ledger")
        connection.execute(
            f"CREATE TABLE bench_ledger (id integer PRIMARY KEY, part integer NOT NULL, {declared})"
        )
        connection.execute(
            f"INSERT INTO bench_ledger SELECT i, i / 3, {', '.join(texts + days + numbers)}"
            f" FROM generate_series(0, {max(ROWS, MANY) - 1}) i"
        )
        connection.execute("GRANT SELECT ON bench_ledger TO PUBLIC")
        connection.execute("ANALYZE bench_ledger")


def finish() -> None:
    """Leave nothing behind."""
    with owner() as connection:
        connection.execute("DROP TABLE IF EXISTS bench_ledger")


@cache
def model() -> Any:
    """The table as a model, known to this process only."""
    from django.db import models

    fields: dict[str, Any] = {
        "id": models.IntegerField(primary_key=True),
        "part": models.IntegerField(),
        "__module__": __name__,
        "Meta": type("Meta", (), {"app_label": "reports", "managed": False, "db_table": "bench_ledger"}),
    }
    kinds = {"t": models.TextField, "d": models.DateField, "n": models.IntegerField}
    return type("BenchLedger", (models.Model,), fields | {name: kinds[name[0]]() for name in COLUMNS})


def target() -> Path:
    """A file that is gone with the process."""
    return Path(tempfile.mkdtemp(prefix="bench"), "ledger.xlsx")


def _ours(rows: int) -> None:
    from accounts.roles import Role
    from accounts.tables import Column
    from organizations.models import Appointment, Organization
    from reports import xlsx
    from reports.ledgers import Ledger, Selection
    from reports.sheet import live

    kinds = {"t": "text", "d": "date", "n": "number"}
    columns = [
        Column(name, f"第{n}栏", None, kinds[name[0]], 16, "分组" if n % 4 else "", int(n < MERGED))
        for n, name in enumerate(COLUMNS)
    ]
    ledger = Ledger(
        key="bench",
        title="{year}年台账",
        columns=tuple(columns),
        source=lambda asked: model().objects.filter(pk__lt=rows).order_by("pk").values(),
        parts=("part", "id"),
    )
    unit = Organization(name="市", path="0001", level="city")
    post = Appointment(role=Role.CITY_REVIEWER, organization=unit)
    post.user = type(post)._meta.get_field("user").related_model(name="某同志")
    sheet = live(ledger, Selection(post, unit, 2025, {}), today=date(2025, 3, 26))
    if xlsx.write(sheet, target()) != rows:
        raise RuntimeError("a row is missing")


def ours() -> None:
    """The ledger as the site makes it."""
    _ours(ROWS)


def few() -> None:
    """The same with a tenth of the rows or less."""
    _ours(FEW)


def many() -> None:
    """The same with all rows."""
    _ours(MANY)


def floor() -> None:
    """A cursor, string concatenation, a zip."""
    with (
        zipfile.ZipFile(target(), "w", zipfile.ZIP_DEFLATED, compresslevel=3) as out,
        out.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as xml,
    ):
        _by_hand(xml)


def _by_hand(xml: Any) -> None:
    from django.db import connection

    letters = [chr(65 + n) for n in range(len(COLUMNS))]
    epoch = date(1899, 12, 30)
    xml.write(b"<worksheet><sheetData>")
    number, merges = 0, []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM bench_ledger WHERE id < {ROWS} ORDER BY id")
        while rows := cursor.fetchmany(500):
            lines = []
            for row in rows:
                number += 1
                cells = [f'<row r="{number}" ht="19" customHeight="1">']
                for letter, value in zip(letters, row, strict=True):
                    if value.__class__ is str:
                        value = value.replace("&", "&amp;").replace("<", "&lt;")
                        cells.append(
                            f'<c r="{letter}{number}" s="1" t="inlineStr"><is><t>{value}</t></is></c>'
                        )
                    elif value.__class__ is date:
                        cells.append(f'<c r="{letter}{number}" s="2"><v>{(value - epoch).days}</v></c>')
                    else:
                        cells.append(f'<c r="{letter}{number}" s="3"><v>{value}</v></c>')
                lines.append("".join(cells) + "</row>")
                if number % 3 == 0:
                    merges += [f'<mergeCell ref="{x}{number - 2}:{x}{number}"/>' for x in letters[:MERGED]]
            xml.write("".join(lines).encode())
    xml.write(f"</sheetData><mergeCells>{''.join(merges)}</mergeCells></worksheet>".encode())


def warm() -> None:
    """What a worker has imported long before it is asked for a ledger."""
    import import_export.formats.base_formats
    import import_export.resources  # noqa: F401

    import reports.xlsx  # noqa: F401


def peer() -> None:
    """A resource of all columns, exported as it comes."""
    from import_export.formats.base_formats import XLSX
    from import_export.resources import modelresource_factory

    resource = modelresource_factory(model())()
    dataset = resource.export(queryset=model().objects.filter(pk__lt=ROWS).order_by("pk"))
    target().write_bytes(XLSX().export_data(dataset))


WORKLOADS = [
    Workload(
        "4 ledger-xlsx",
        floor,
        ours,
        goal=3,
        peer=peer,
        peer_goal=0.15,
        fresh_process=True,
        warm=warm,
        prepare=prepare,
        finish=finish,
    ),
    Workload(
        "4 ledger-xlsx-memory",
        few,
        many,
        goal=1.2,
        fresh_process=True,
        warm=warm,
        memory=True,
        prepare=prepare,
        finish=finish,
    ),
]
