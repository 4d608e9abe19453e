"""Workbooks that come back, of every kind: handed in, read in the background, looked at, written all or nothing.

A kind says how its workbook is compared with what is known (`stage`, which writes nothing) and how the result is
written (`write`); everything between, the ImportBatch row, its page and its messages, is the same for all. Rooms
register their kinds when the site starts.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.errors import Refused
from accounts.roles import Role
from organizations.layout_rules import Wanted
from organizations.models import Appointment, ImportBatch, Organization
from organizations.workbook import SheetCells, check_outside

ERRORS_AT_MOST = 500
ROSTER = "roster"


@dataclass
class Staged:
    """What a workbook would do. rows: changes, one a line of the preview; errors: by cell; read: rows with content.

    table: of a workbook of any layout what was read, with the matching of its headings (None until a person made it).
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    read: int = 0
    table: dict[str, Any] | None = None

    def refuse(self, sheet: str, row: int, column: str, header: str, value: str, reason: str) -> None:
        """Note what is wrong with a cell (column: its letter), up to a number nobody mends at once."""
        if len(self.errors) < ERRORS_AT_MOST:
            found = {"sheet": sheet, "row": row, "column": column, "header": header}
            self.errors.append(found | {"value": value[:60], "reason": reason})


@dataclass(frozen=True)
class Kind:
    """A kind of workbook: what pages call it, who may hand it in, how it is read and written, where it is at home.

    page: the name of the address it is handed in at, with the unit's uid. counted: what a changed row is (个单位).
    after: what follows from having written it, for the message. wanted: our columns, where the workbook may have any
    layout; then `stage` takes rows read by the matched headings (organizations.layouts). own_sheet: reads the sheet
    the page gives out without matching anything, None where the workbook is another. home: the address it is handed in
    at, where that is not the unit's. heads: what the preview calls a row's code and name. sheets: the most it may have.
    blank: what an empty cell does, for the preview.

    `stage` gives a row of the preview `changes`, `code` and `name`; `new` where it adds something, `late` where
    somebody changed it since the file was made.
    """

    key: str
    title: str
    roles: frozenset[Role]
    stage: Callable[..., Staged]
    write: Callable[..., int]
    page: str
    counted: str
    after: str
    refusal: str
    wanted: tuple[Wanted, ...] = ()
    own_sheet: Callable[..., Staged | None] | None = None
    home: Callable[[ImportBatch], str] | None = None
    heads: tuple[str, str] = ("代码", "名称")
    sheets: int = 20
    blank: str = "空格不改动原有内容"


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; twice is once."""
    KINDS[kind.key] = kind


def kind_of(batch: ImportBatch) -> Kind:
    """The kind of a workbook that was handed in."""
    return KINDS[batch.kind]


@dataclass(frozen=True)
class Counts:
    """The rows of a workbook by what they would do."""

    new: int
    changed: int
    same: int
    wrong: int


def counts_of(batch: ImportBatch) -> Counts:
    """How many rows add something, change something, say what stands already, have something to mend."""
    new = sum(bool(row.get("new")) for row in batch.rows)
    wrong = len({(one["sheet"], one["row"]) for one in batch.errors if one["row"]})
    return Counts(new, len(batch.rows) - new, max(batch.read - len(batch.rows) - wrong, 0), wrong)


def late_rows(batch: ImportBatch) -> list[dict[str, Any]]:
    """The rows somebody changed since the file was made: they are written only when said so."""
    return [row for row in batch.rows if row.get("late")]


def home_of(batch: ImportBatch) -> str:
    """The address such a workbook is handed in at."""
    kind = kind_of(batch)
    return kind.home(batch) if kind.home else reverse(kind.page, args=[batch.unit.uid])


@transaction.atomic
def hand_in(
    *,
    unit_id: int,
    file_name: str,
    content: bytes,
    by: Appointment,
    at: datetime,
    kind: str = ROSTER,
    given: dict[str, Any] | None = None,
) -> ImportBatch:
    """Take a workbook for reading; what is visibly no workbook is refused at once (BadWorkbook).

    given: what its kind's `stage` is told beside the file, as JSON carries it.
    """
    if by.role not in KINDS[kind].roles:
        raise Refused(KINDS[kind].refusal)
    unit = Organization.objects.visible_to(by).get(pk=unit_id)
    check_outside(content, file_name)
    batch = ImportBatch.objects.create(
        by=by,
        unit=unit,
        kind=kind,
        file_name="".join(char for char in file_name if char.isprintable())[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        given=given or {},
        created_at=at,
    )
    batch.send()
    audit.record(f"上传{KINDS[kind].title}", obj=unit.name, file=batch.file_name, sha256=batch.sha256)
    return batch


def stage(batch: ImportBatch, sheets: list[SheetCells]) -> Staged:
    """Compare a workbook with what is known; writes nothing."""
    kind = kind_of(batch)
    if not kind.wanted:
        return kind.stage(sheets, unit=batch.unit, post=batch.by, **batch.given)
    known = kind.own_sheet(sheets, unit=batch.unit, post=batch.by) if kind.own_sheet else None
    if known is not None:
        return known
    from organizations.layouts import stage_any

    return stage_any(sheets, kind=kind, unit=batch.unit, post=batch.by)


@transaction.atomic
def apply_batch(*, batch_id: int, by: Appointment, at: datetime, over: bool = False) -> int:
    """Write a read workbook, all of it or nothing; returns the number of rows changed. Twice is once.

    over: the file counts also in the rows somebody changed since it was made.
    """
    rows = ImportBatch.objects.visible_to(by).select_related("unit")
    batch = rows.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.applied_at:
        return batch.changed
    if batch.state != "done":
        raise Refused("文件还没有读完，请稍候")
    if batch.errors:
        raise Refused("文件中还有错误，全部改正后重新上传才能写入")
    if batch.discarded_at:
        raise Refused("这个文件已经放弃，需要的请重新上传")
    if batch.unmatched:
        raise Refused("请先对应表头，再核对内容")
    if not over and (late := late_rows(batch)):
        raise Refused(f"有 {len(late)} 行在文件下载之后有人修改过；以文件为准的，请勾选后再确认写入")
    kind = kind_of(batch)
    if by.role not in kind.roles:
        raise Refused(kind.refusal)
    batch.table = None
    batch.applied_at, batch.changed = at, kind.write(batch, by=by, at=at)
    batch.save(update_fields=["applied_at", "changed", "table"])
    audit.record(
        f"导入{kind.title}",
        obj=batch.unit.name,
        file=batch.file_name,
        sha256=batch.sha256,
        changed=batch.changed,
    )
    return batch.changed


@transaction.atomic
def discard(*, batch_id: int, by: Appointment, at: datetime) -> None:
    """Give up a workbook that was not written; what it said stays readable for whoever handed it in. Twice is once."""
    rows = ImportBatch.objects.visible_to(by).select_related("unit")
    batch = rows.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.applied_at:
        raise Refused("这个文件的内容已经写入，不能放弃")
    if batch.state != "done":
        raise Refused("文件还没有读完，请稍候")
    if batch.discarded_at:
        return
    batch.discarded_at = at
    batch.save(update_fields=["discarded_at"])
    audit.record(
        f"放弃{kind_of(batch).title}", obj=batch.unit.name, file=batch.file_name, sha256=batch.sha256
    )


def changed_meanwhile(names: list[str], counted: str = "个单位") -> Refused:
    """The refusal when what the preview showed is no longer so; counted: what the names are of."""
    shown = "、".join(names[:5])
    return Refused(
        f"预览之后，{shown}等 {len(names)} {counted}已被他人修改或调整，没有写入任何内容；请重新上传以对照最新内容"
    )
