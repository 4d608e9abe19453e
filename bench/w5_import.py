"""5: a roster of 25,000 villages in 16 columns (as many cells as 20,000 × 20) handed in: parsed, validated, staged.

Floor: python-calamine parses the same file and nothing else. Ours: looked at and read in the limited child, whose CPU
counts, then compared with what is known, row by row, and the result kept. Peer: django-import-export, a dry run of a
resource of the same columns. Its rows cost so much that the small profile compares a tenth of them.
"""

import io
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from bench import country, tree
from bench.measure import Workload

MANY = country.PARTS
FEW = MANY // 10


def path(rows: int) -> Path:
    """Where the workbook is for the processes that read it."""
    return Path(gettempdir(), f"bench-roster-{rows}.xlsx")


def prepare() -> None:
    """The country, and a workbook in which each tenth village has other figures than the database."""
    country.prepare()
    for rows in (FEW, MANY):
        path(rows).write_bytes(_workbook(rows))


def finish() -> None:
    """Leave no file behind."""
    for rows in (FEW, MANY):
        path(rows).unlink(missing_ok=True)
    country.finish()


def _workbook(rows: int) -> bytes:
    from openpyxl import Workbook

    from organizations.roster_book import HEADERS, SHEET

    book = Workbook(write_only=True)
    page = book.create_sheet(SHEET)
    page.append(list(HEADERS))
    for n in range(1, rows + 1):
        facts = [f"样本{n}村党支部", "党支部", 300 + n % 90, 1200 + n % 700, 40 + n % 30, 4, 12.5 + n % 9]
        rest = ["村部", "否", "否"]
        if n % 10:
            facts, rest = [None] * 7, [None, "否", "否"]
        page.append([n, "样本镇", str(990101200000 + n), f"样本{n}村", f"样本{n}村", "行政村", *facts, *rest])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _floor(rows: int) -> None:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(path(rows).read_bytes()))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def floor() -> None:
    """Parse."""
    _floor(MANY)


def floor_few() -> None:
    """Parse a tenth."""
    _floor(FEW)


def _ours(rows: int) -> None:
    from organizations.models import ImportBatch, Organization
    from organizations.roster_actions import stage
    from organizations.workbook import read_workbook

    content = path(rows).read_bytes()
    unit = Organization.objects.get(code="9901")
    by = country.post("nation")
    batch = ImportBatch(by=by, unit=unit, file_name="名册.xlsx", sha256="", content=b"")
    staged = stage(read_workbook(content, file_name="名册.xlsx"), unit=unit, post=by)
    if staged.errors or staged.read != rows or len(staged.rows) != rows // 10:
        raise RuntimeError(f"{staged.read} rows, {len(staged.rows)} changes, {staged.errors[:3]}")
    batch.rows, batch.errors, batch.read, batch.state = staged.rows, staged.errors, staged.read, "done"
    batch.save()
    batch.delete()


def ours() -> None:
    """As the worker does it."""
    country.in_post("nation", lambda: _ours(MANY))


def ours_few() -> None:
    """A tenth."""
    country.in_post("nation", lambda: _ours(FEW))


@cache
def resource() -> Any:
    """The same columns as a resource; a row without figures is skipped."""
    from import_export import fields, resources

    from organizations.models import Organization
    from organizations.roster_rules import COLUMNS

    class Roster(resources.ModelResource):
        class Meta:
            model = Organization
            fields = tuple(COLUMNS.values())
            import_id_fields = ("code",)
            skip_unchanged = True

        def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
            """No resetting of sequences: the application role owns none."""

        def skip_row(
            self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None
        ) -> bool:
            return not row["党员数"] or super().skip_row(instance, original, row, import_validation_errors)

    kinds = _widgets()
    for header, key in COLUMNS.items():
        Roster.fields[key] = fields.Field(column_name=header, attribute=key, widget=kinds.get(key))
    return Roster()


def _widgets() -> dict[str, Any]:
    """How each column's texts become our values."""
    from import_export import widgets

    from organizations.roster_rules import PartyType
    from organizations.rules import Field

    class Words(widgets.Widget):
        def __init__(self, words: dict[str, Any]) -> None:
            super().__init__()
            self.words = words

        def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> Any:
            return self.words[value] if value else ""

    return {
        "field": Words({kind.label: kind.value for kind in Field} | {"行政村": "village"}),
        "party_type": Words({kind.label: kind.value for kind in PartyType}),
        "poor_village": Words({"是": True, "否": False}),
        "construction_village": Words({"是": True, "否": False}),
        "income": widgets.DecimalWidget(),
        **dict.fromkeys(("households", "population", "members", "groups"), widgets.IntegerWidget()),
    }


def peer() -> None:
    """A dry run of it all; in the small profile of a tenth."""
    from import_export.formats.base_formats import XLSX

    data = XLSX().create_dataset(path(MANY if tree.LARGE else FEW).read_bytes())
    result = resource().import_data(data, dry_run=True)
    if result.has_errors():
        raise RuntimeError(str(result.row_errors()[0][1][0].error))


def warm() -> None:
    """What a worker has imported long before."""
    import python_calamine  # noqa: F401

    import organizations.roster_actions  # noqa: F401


_COMMON: dict[str, Any] = {"fresh_process": True, "warm": warm, "prepare": prepare, "finish": finish}
if tree.LARGE:
    WORKLOADS = [Workload("5 import", floor, ours, goal=3, peer=peer, peer_goal=0.2, **_COMMON)]
else:
    WORKLOADS = [
        Workload("5 import", floor, ours, goal=3, **_COMMON),
        Workload("5 import, a tenth", floor_few, ours_few, goal=None, peer=peer, peer_goal=0.2, **_COMMON),
    ]
