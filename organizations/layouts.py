"""Workbooks of any layout: their headings matched once by a person, remembered, and read again by themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.errors import Invalid, Refused
from organizations import layout_rules as rules
from organizations.imports import Kind, Staged, kind_of
from organizations.layout_models import TableLayout
from organizations.layout_rules import Table
from organizations.models import Appointment, ImportBatch, Organization
from organizations.roster_rules import raw_text
from organizations.workbook import SheetCells


def stage_any(sheets: Sequence[SheetCells], *, kind: Kind, unit: Organization, post: Appointment) -> Staged:
    """Find the table; read it at once where the same headings were matched before, else ask for the matching."""
    table = rules.find_table([(one.name, one.rows) for one in sheets], kind.wanted)
    staged = Staged()
    if table is None:
        names = "、".join(f"“{one.name}”" for one in sheets) or "无"
        needed = "、".join(one.title for one in kind.wanted if one.required)
        words = f"工作表 {names} 里没有找到表头；表头应在前 {rules.WITHIN} 行，并有{needed}等栏"
        staged.refuse("", 0, "", "", "", words)
        return staged
    if len(table.rows) > rules.ROWS_AT_MOST:
        staged.refuse(table.sheet, 0, "", "", "", f"超过 {rules.ROWS_AT_MOST} 行，请分成几个文件导入")
        return staged
    kept = {"sheet": table.sheet, "headings": table.headings, "first": table.first, "rows": table.rows}
    known = TableLayout.objects.filter(
        organization=post.organization, purpose=kind.key, headings=table.headings
    ).first()
    mapping = known.mapping if known else None
    if mapping is not None and rules.missing(mapping, kind.wanted):
        mapping = None
    staged = _staged(table, mapping, kind, unit, post) if mapping is not None else Staged()
    staged.table = kept | {"mapping": mapping}
    return staged


def _staged(
    table: Table, mapping: Mapping[str, str], kind: Kind, unit: Organization, post: Appointment
) -> Staged:
    return kind.stage(rules.read(table, mapping, kind.wanted), unit=unit, post=post)


def table_of(batch: ImportBatch) -> Table:
    """The table kept of a workbook that was read. Refused where none is kept (any more)."""
    kept = batch.table
    if not kept or batch.applied_at or batch.discarded_at:
        raise Refused("这个文件的内容已写入、已放弃或没有读成，请重新上传")
    return Table(kept["sheet"], kept["headings"], kept["first"], kept["rows"])


@transaction.atomic
def match(*, batch_id: int, mapping: Mapping[str, str], by: Appointment, at: datetime) -> ImportBatch:
    """Read a workbook with the headings a person matched, and remember them. mapping: {heading: our column's key}."""
    batch = ImportBatch.objects.visible_to(by).select_for_update(of=("self",)).get(pk=batch_id)
    kind, table = kind_of(batch), table_of(batch)
    if by.role not in kind.roles:
        raise Refused(kind.refusal)
    keys = {one.key for one in kind.wanted}
    chosen = {heading: key for heading, key in mapping.items() if heading in table.headings and key in keys}
    if len(set(chosen.values())) < len(chosen):
        raise Invalid({"": ["有一栏对应了两个表头，请只保留一个"]})
    if lacking := rules.missing(chosen, kind.wanted):
        raise Invalid({"": [f"还没有指定“{'”“'.join(lacking)}”在文件中的哪一栏"]})
    TableLayout.objects.update_or_create(
        organization=by.organization,
        purpose=kind.key,
        headings=table.headings,
        defaults={"mapping": chosen, "by": by, "at": at},
    )
    staged = _staged(table, chosen, kind, batch.unit, by)
    batch.rows, batch.errors, batch.read = staged.rows, staged.errors, staged.read
    batch.table = batch.table | {"mapping": chosen}
    batch.save(update_fields=["rows", "errors", "read", "table"])
    audit.record("对应表头", obj=batch.unit.name, kind=kind.key, headings=len(chosen))
    return batch


def remembered(post: Appointment, purpose: str) -> int:
    """How many layouts of this kind of table the post's unit has matched before."""
    return TableLayout.objects.filter(organization=post.organization, purpose=purpose).count()


def samples(table: Table, place: int) -> list[str]:
    """What stands first in a column, for whoever matches it."""
    found = (raw_text(row[place]) for row in table.rows if place < len(row) and row[place] not in (None, ""))
    shown: list[str] = []
    for words in found:
        if words not in shown:
            shown.append(words if len(words) <= 24 else f"{words[:24]}…")
        if len(shown) == 3:
            break
    return shown


def lines_of(table: Table, mapping: Mapping[str, str]) -> list[dict[str, Any]]:
    """The matching form: each heading of the file with what stands below it and our column it means."""
    return [
        {
            "heading": heading,
            "place": place,
            "key": mapping.get(heading, ""),
            "samples": samples(table, place),
        }
        for place, heading in enumerate(table.headings)
        if heading
    ]
