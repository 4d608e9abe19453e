"""A ledger's plain content on screen: the same drawing for what stands now and for a frozen copy."""

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString

from accounts.tables import Column, render
from rectification.filings.rules import words


def draw(content: Mapping[str, Any], *, limit: int | None = None) -> SafeString:
    """The table of a content (see `Filing.content`) from its own columns; `limit` shows the first rows only."""
    columns = [Column(**column) for column in content["columns"]]
    rows = [
        {**_shown(columns, values), "_parts": parts}
        for values, parts in zip(content["rows"][:limit], content["parts"][:limit], strict=True)
    ]
    foot = dict(zip([c.key for c in columns], content["foot"], strict=True)) if content["foot"] else None
    return render(columns, rows, caption=content["title"], foot=foot, belongs=lambda row: row["_parts"])


def _shown(columns: list[Column], values: list[Any]) -> dict[str, Any]:
    return {
        column.key: words(value, "date") if column.kind == "date" and value else value
        for column, value in zip(columns, values, strict=True)
    }
