"""The only writers of a ledger's columns under a scheme and of what is typed into added ones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.errors import Invalid, Refused
from accounts.roles import OFFICERS
from accounts.tables import Column
from organizations.models import Appointment
from rectification.schemes.models import Scheme
from rectification.schemes.rights import issuing_refusal
from reports import column_rules as rules
from reports.column_models import LedgerCell, LedgerColumn
from reports.column_reading import cells_of, lineage, setting, settings_of
from reports.column_rules import Setting

MEANWHILE = "栏目设置在您打开之后已被他人修改，没有保存；请对照下面的现有设置重新修改"


def setting_refusal(scheme: Scheme, post: Appointment | None) -> str | None:
    """Why this post may not set the columns, or None: who issued the scheme does."""
    if issuing_refusal(scheme.issuer, post):
        return f"台账栏目由方案的制发单位{scheme.issuer.organ}设置"
    return "方案已经结束，栏目不再调整" if scheme.state == "closed" else None


@transaction.atomic
def save_columns(
    *,
    scheme: Scheme,
    ledger: str,
    declared: Sequence[Column],
    wanted: Sequence[Setting],
    drop: Collection[str] = (),
    seen: str | None = None,
    by: Appointment,
    at: datetime,
) -> int:
    """Keep the columns in the order given; returns how many differ from before.

    wanted: every column there is. drop: keys of added columns, or of columns the declaration no longer has, to be
    taken away; an added one with typed cells is hidden instead. seen: `fingerprint` of what the form was opened with.
    """
    scheme = Scheme.objects.select_for_update(no_key=True, of=("self",)).get(pk=scheme.pk)
    if refused := setting_refusal(scheme, by):
        raise Refused(refused)
    before, _own = settings_of(scheme, ledger)
    if seen is not None and seen != fingerprint([setting(row) for row in before]):
        raise Refused(MEANWHILE)
    kept = [one for one in wanted if one.key not in drop]
    titles = {column.key: column.title for column in declared}
    if refused := rules.refusal(
        [(one.title or titles.get(one.key, ""), one.group, one.hidden) for one in kept]
    ):
        raise Invalid({"": [refused]})
    kept += _lost(before, wanted, drop)
    changed = _write(scheme, ledger, kept, [row for row in before if row.added and row.key in drop], by, at)
    audit.record("设置台账栏目", obj=scheme, ledger=ledger, changed=changed)
    return changed


def _lost(before: Sequence[LedgerColumn], wanted: Sequence[Setting], drop: Collection[str]) -> list[Setting]:
    """Settings nobody was shown, such as of columns that are gone: kept until somebody takes them away."""
    shown = {one.key for one in wanted}
    return [setting(row) for row in before if row.key not in shown and row.key not in drop]


def _write(
    scheme: Scheme,
    ledger: str,
    kept: list[Setting],
    dropped: list[LedgerColumn],
    by: Appointment,
    at: datetime,
) -> int:
    own = {row.key: row for row in LedgerColumn.objects.filter(scheme=scheme, ledger=ledger)}
    typed = LedgerCell.objects.filter(column__ledger=ledger, column__scheme__in=lineage(scheme))
    filled = set(
        typed.filter(column__key__in=[row.key for row in dropped]).values_list("column__key", flat=True)
    )
    kept = kept + [replace(setting(row), hidden=True) for row in dropped if row.key in filled]
    changed = 0
    for place, one in enumerate(kept, 1):
        values = {
            "title": one.title,
            "group": one.group,
            "hidden": one.hidden,
            "added": one.added,
            "level": one.level,
            "place": place,
        }
        row = own.pop(one.key, None)
        if row is None:
            LedgerColumn.objects.create(scheme=scheme, ledger=ledger, key=one.key, by=by, at=at, **values)
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            row.by, row.at = by, at
            row.save()
        else:
            continue
        changed += 1
    for row in own.values():
        row.delete()
    return changed + len(own)


def fingerprint(settings: Sequence[Setting]) -> str:
    """What a form was opened with, to notice that somebody saved in between."""
    return rules.sha256(repr(list(settings)).encode()).hexdigest()[:16]


@transaction.atomic
def reset(*, scheme: Scheme, ledger: str, declared: Sequence[Column], by: Appointment, at: datetime) -> None:
    """Back to the columns as declared; added ones with typed cells stay, hidden."""
    plain = [Setting(column.key, group=column.group) for column in declared]
    before, _own = settings_of(scheme, ledger)
    added = [row.key for row in before if row.added]
    stale = [one.key for one in rules.gone(declared, [setting(row) for row in before])]
    save_columns(
        scheme=scheme, ledger=ledger, declared=declared, wanted=plain, drop=[*added, *stale], by=by, at=at
    )
    audit.record("恢复台账原有栏目", obj=scheme, ledger=ledger)


@transaction.atomic
def save_cells(
    *,
    scheme: Scheme,
    ledger: str,
    cells: Mapping[tuple[str, str], tuple[str, str]],
    rows: Collection[tuple[str, str]],
    by: Appointment,
    at: datetime,
) -> int:
    """Keep what was typed: {(column, row): (words when the form was opened, words now)}; returns how many changed.

    rows: the cells that stand in the ledger within the scope of whoever types; others are refused. Invalid names the
    cells somebody else changed in between, by "column:row".
    """
    if by.role not in OFFICERS:
        raise Refused("新增栏目由填报单位的经办人填写")
    if foreign := [key for key in cells if key not in rows]:
        raise Refused(f"有 {len(foreign)} 格已不在这张台账里，没有保存；请刷新页面后再填")
    columns, _own = settings_of(scheme, ledger)
    list(LedgerColumn.objects.filter(pk__in=[row.pk for row in columns]).select_for_update())
    named = {row.key: row for row in columns if row.added}
    known = cells_of(ledger, lineage(scheme), {part for _key, part in cells})
    if errors := _wrong(cells, known):
        raise Invalid(errors)
    changed = 0
    for (key, part), (was, now) in cells.items():
        cell = known.get((key, part))
        if now not in (cell.words if cell else "", was):
            _keep(cell, named[key], part, now, by, at)
            changed += 1
    if changed:
        audit.record("填写台账新增栏目", obj=scheme, ledger=ledger, cells=changed)
    return changed


def _wrong(
    cells: Mapping[tuple[str, str], tuple[str, str]], known: Mapping[tuple[str, str], LedgerCell]
) -> dict[str, list[str]]:
    """Cells too long, and those somebody else changed since the form was opened, by "column:row"."""
    errors = {}
    for (key, part), (was, now) in cells.items():
        cell = known.get((key, part))
        there = cell.words if cell else ""
        if now in (there, was):
            continue
        if len(now) > LedgerCell._meta.get_field("words").max_length:
            errors[f"{key}:{part}"] = ["不超过 300 个字"]
        elif there != was:
            errors[f"{key}:{part}"] = [
                f"{cell.by.user.name if cell else '他人'}已改为“{there}”，请核对后再保存"
            ]
    return errors


def _keep(
    cell: LedgerCell | None, column: LedgerColumn, part: str, words: str, by: Appointment, at: datetime
) -> None:
    if cell is None:
        LedgerCell.objects.create(column=column, part=part, words=words, by=by, at=at)
    elif not words:
        cell.delete()
    else:
        cell.words, cell.by, cell.at = words, by, at
        cell.save(update_fields=["words", "by", "at"])
