"""Which columns a ledger has under a scheme: its own, else those of the scheme it rests on, else last year's."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q

from rectification.schemes.models import Scheme, SchemeState
from reports.column_models import LedgerCell, LedgerColumn
from reports.column_rules import Setting, part_words, shaped

FURTHEST = 6


def lineage(scheme: Scheme) -> list[int]:
    """The scheme, then those whose columns it takes over while it has none: what it rests on, its issuer's last one."""
    found, todo = [], [scheme]
    while todo and len(found) < FURTHEST:
        one = todo.pop(0)
        if one.pk in found:
            continue
        found.append(one.pk)
        if one.based_on_id:
            todo.append(one.based_on)
        earlier = Scheme.objects.filter(issuer=one.issuer_id, year__lt=one.year)
        todo += earlier.exclude(state=SchemeState.DRAFT).order_by("-year", "-pk")[:1]
    return found


def settings_of(scheme: Scheme, ledger: str) -> tuple[list[LedgerColumn], bool]:
    """The rows in force for a ledger under a scheme, and whether they are the scheme's own."""
    if not LedgerColumn.objects.filter(ledger=ledger).exists():
        return [], False
    for pk in lineage(scheme):
        rows = list(LedgerColumn.objects.filter(scheme=pk, ledger=ledger).order_by("place", "pk"))
        if rows:
            return rows, pk == scheme.pk
    return [], False


def settings_by_ledger(scheme: Scheme) -> dict[str, tuple[list[LedgerColumn], bool]]:
    """The same for every ledger at once, by its key; a ledger that nobody set is not in it."""
    if not LedgerColumn.objects.exists():
        return {}
    schemes = lineage(scheme)
    kept: dict[tuple[str, int], list[LedgerColumn]] = {}
    for row in LedgerColumn.objects.filter(scheme__in=schemes).order_by("place", "pk"):
        kept.setdefault((row.ledger, row.scheme_id), []).append(row)
    found: dict[str, tuple[list[LedgerColumn], bool]] = {}
    for pk in schemes:
        for ledger in {key for key, of in kept if of == pk} - found.keys():
            found[ledger] = kept[ledger, pk], pk == scheme.pk
    return found


def setting(row: LedgerColumn) -> Setting:
    """A kept row as the rules know it."""
    return Setting(row.key, row.title, row.group, row.hidden, row.added, row.level, row.place)


def applied(ledger: Any, selection: Any) -> Any:
    """The ledger with the columns its unit wants, totals of hidden ones left out; the same one where nothing is set."""
    scheme = selection.scheme
    rows, _own = settings_of(scheme, ledger.key) if scheme and ledger.key in scheme.set else ([], False)
    if not rows:
        return ledger
    columns = shaped(ledger.columns, [setting(row) for row in rows])
    if not columns:
        return ledger
    keys = {column.key for column in columns}
    typed = {row.key: row.level for row in rows if row.added and row.key in keys}
    schemes = lineage(scheme) if typed else []

    def cells(records: Sequence[dict[str, Any]]) -> None:
        _put_in(records, ledger, typed, schemes)

    return replace(
        ledger,
        columns=columns,
        totals=tuple(total for total in ledger.totals if total.column in keys),
        cells=cells if typed else None,
    )


def _put_in(
    records: Sequence[dict[str, Any]], ledger: Any, typed: dict[str, int], schemes: list[int]
) -> None:
    """What was typed into the added columns of these rows: one query."""
    wanted = {
        (key, part_words(record, ledger.parts, level)) for record in records for key, level in typed.items()
    }
    known = cells_of(ledger.key, schemes, {part for _key, part in wanted})
    for record in records:
        for key, level in typed.items():
            cell = known.get((key, part_words(record, ledger.parts, level)))
            record[key] = cell.words if cell else ""


def cells_of(ledger: str, schemes: Sequence[int], parts: set[str]) -> dict[tuple[str, str], LedgerCell]:
    """Typed cells by column and row; where two years typed the same row, the nearer scheme's."""
    rows = LedgerCell.objects.filter(
        Q(column__scheme__in=schemes, column__ledger=ledger, column__added=True), part__in=parts
    ).select_related("column")
    nearest = sorted(rows, key=lambda row: -schemes.index(row.column.scheme_id))
    return {(row.column.key, row.part): row for row in nearest}
