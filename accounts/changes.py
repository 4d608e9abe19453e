"""What happened to a record, read from its history: who, in which post, when, what was before and after."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from accounts.tables import show

# What a person never typed: keys, versions, places in the tree, copies for searching
SILENT = frozenset({"id", "uid", "version", "depth", "numchild", "search", "org_path", "created_at"})
TITLES = {"insert": "建立", "update": "修改", "delete": "删除"}
Namer = Callable[[Collection[Any]], Mapping[Any, str]]


@dataclass(frozen=True)
class Change:
    """One field of one change, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One line of a record's history, newest first in a list; `templates/components/history.html` draws it."""

    at: datetime
    who: str
    post: str
    title: str
    reason: str = ""
    changes: list[Change] = field(default_factory=list)


def changes_of(
    record: Any,
    *,
    skip: Collection[str] = (),
    labels: Mapping[str, str] | None = None,
    names: Mapping[str, Namer] | None = None,
    limit: int = 50,
) -> list[Entry]:
    """The last `limit` changes of a tracked record, newest first; a change of nothing visible makes no line.

    skip: fields that are not shown. labels: words for a field instead of its own. names: for a field, a function
    from the set of its values to their words (asked once); foreign keys are named by their records anyway.
    """
    rows = list(record.history.order_by("-pgh_id")[: limit + 1])
    fields = [
        item
        for item in record._meta.local_concrete_fields
        if item.name not in SILENT and item.name not in skip and not isinstance(item, models.BinaryField)
    ]
    words = _Words(rows, fields, names or {})
    entries = []
    for row, before in zip(rows, [*rows[1:], None], strict=True):
        found = [
            Change((labels or {}).get(item.name) or str(item.verbose_name), old, new)
            for item in fields
            if (old := words.of(before, item)) != (new := words.of(row, item)) and row.pgh_label == "update"
        ]
        if (row.pgh_label != "update" or found) and (
            before or row.pgh_label == "insert" or len(rows) <= limit
        ):
            context = row.pgh_context or {}
            who, post = context.get("name") or "系统", context.get("post") or ""
            entries.append(Entry(row.pgh_created_at, who, post, TITLES[row.pgh_label], changes=found))
    return entries[:limit]


class _Words:
    """Values of history rows as a person reads them."""

    def __init__(self, rows: Sequence[Any], fields: Sequence[Any], names: Mapping[str, Namer]) -> None:
        self.known: dict[str, Mapping[Any, str]] = {}
        for item in fields:
            if item.name in names:
                self.known[item.name] = names[item.name](self._values(rows, item))
            elif item.is_relation:
                found = item.related_model._base_manager.in_bulk(self._values(rows, item))
                self.known[item.name] = {key: str(other) for key, other in found.items()}
            elif item.choices:
                self.known[item.name] = dict(item.flatchoices)

    @staticmethod
    def _values(rows: Sequence[Any], item: Any) -> set[Any]:
        return {getattr(row, item.attname) for row in rows} - {None}

    def of(self, row: Any, item: Any) -> str:
        """The words for one field of one row; nothing without a row."""
        if row is None:
            return ""
        value = getattr(row, item.attname)
        if isinstance(value, list):
            return "、".join(map(show, value))
        return self.known.get(item.name, {}).get(value) or show(value)
