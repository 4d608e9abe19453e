"""Writing a scheme's parts and values, and what that changed; for this room's actions only.

A row whose starter value (示例分值) a person replaces is no longer marked as a starter.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import ProtectedError

from accounts.errors import Refused
from rectification.schemes.models import Scheme
from rectification.schemes.parts import (
    HEAD_FIELDS,
    Change,
    PartKind,
    changed_fields,
    described,
    row_name,
    shown,
)

Values = Mapping[str, Any]


def write_head(scheme: Scheme, values: Values) -> list[Change]:
    """Set a scheme's own values; returns what changed. Saves nothing else than the row itself."""
    names = changed_fields(scheme, HEAD_FIELDS, values)
    changes = []
    for name in names:
        label = str(Scheme._meta.get_field(name).verbose_name)
        changes.append(
            Change(label, shown(Scheme, name, getattr(scheme, name)), shown(Scheme, name, values[name]))
        )
        setattr(scheme, name, values[name])
    scheme.starter_values = [name for name in scheme.starter_values if name not in names]
    scheme.save_version("starter_values", *names)
    return changes


def write_rows(scheme: Scheme, part: PartKind, rows: Sequence[Values]) -> list[Change]:
    """Make a part consist of these rows, in this order; returns what changed.

    rows: each the part's columns, with `uid` for a row that exists; a row left out is removed. Raises Refused where
    something already hangs on a removed row.
    """
    there = {str(row.uid): row for row in part.rows(scheme)}
    fresh: list[Any] = []
    changes: list[Change] = []
    orders: dict[str, int] = {}
    for values in rows:
        group = str(values.get(part.order_within, ""))
        orders[group] = orders.get(group, 0) + 1
        row = there.pop(str(values.get("uid") or ""), None)
        if row is None:
            row, change = _new(scheme, part, values, orders[group])
            fresh.append(row)
        else:
            change = _change(part, row, values, orders[group])
        changes += change
    part.model._default_manager.bulk_create(fresh)
    changes += _remove(part, there.values())
    scheme.save_version()
    return changes


def _new(scheme: Scheme, part: PartKind, values: Values, order: int) -> tuple[Any, list[Change]]:
    given = {name: values[name] for name in (*part.columns, "source", "starter") if name in values}
    row = part.model(scheme=scheme, order=order, **part.fixed, **given)
    if part.keyed:
        # A row of the unit's own: no program looks for it, a person does
        row.key = values.get("key") or f"own-{row.uid.hex[:10]}"
    return row, [Change(f"增加{row_name(part, row)}", "", described(part.model, part.columns, values))]


def _change(part: PartKind, row: Any, values: Values, order: int) -> list[Change]:
    names = changed_fields(row, part.columns, values)
    before = described(part.model, names, {name: getattr(row, name) for name in names})
    what = row_name(part, row)
    for name in (*names, "source"):
        if name in values:
            setattr(row, name, values[name])
    row.starter = bool(values.get("starter", row.starter)) and not set(names) & set(
        part.marked or part.columns
    )
    row.order = order
    row.save()
    return [Change(f"修改{what}", before, described(part.model, names, values))] if names else []


def _remove(part: PartKind, rows: Iterable[Any]) -> list[Change]:
    changes = []
    for row in rows:
        what = row_name(part, row)
        values = {name: getattr(row, name) for name in part.columns}
        try:
            row.delete()
        except ProtectedError:
            if hasattr(row, "withdrawn"):
                # Duties it made name it: it is taken out of the scheme, not of the world
                row.withdrawn = True
                row.save(update_fields=["withdrawn"])
                changes.append(Change(f"删除{what}", described(part.model, part.columns, values), ""))
                continue
            raise Refused(f"{what}已有工作记录与之关联，不能删除") from None
        changes.append(Change(f"删除{what}", described(part.model, part.columns, values), ""))
    return changes
