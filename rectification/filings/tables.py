"""A ledger's plain content on screen: the same drawing for what stands now and for a frozen copy."""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from django.utils.safestring import SafeString

from accounts.tables import Changed, Column, Look, render
from rectification.filings.rules import Line, typed, words

REMARKS = "_remarks"
LOOKS = {"新增": "new", "删去": "gone", "修改": "changed"}
NOTHING: Mapping[int, SafeString] = {}


def draw(
    content: Mapping[str, Any],
    *,
    limit: int | None = None,
    lines: Iterable[Line] | None = None,
    remarks: Mapping[int, SafeString] = NOTHING,
    gone: SafeString | str = "",
) -> SafeString:
    """The table of a content (see `Filing.content`) from its own columns; `limit` shows the first rows only.

    lines: the rows beside the copy before (`rules.compared`), with what changed marked in its cell. remarks: what
    stands beside a row, by its place; with any there is one more column for it. gone: what stands beside one that went.
    """
    columns = [Column(**column, value=itemgetter(column["key"])) for column in content["columns"]]
    kinds = {column.key: column.kind for column in columns}
    if lines is None:
        lines = _unmarked(content, limit)
    rows = [_row(line, kinds, remarks, gone) for line in lines]
    foot = dict(zip([c.key for c in columns], content["foot"], strict=True)) if content["foot"] else None
    if remarks:
        columns.append(Column(REMARKS, "退回意见", kind="drawn", width=30))
        foot = foot and {**foot, REMARKS: ""}
    return render(
        columns,
        rows,
        caption=content["title"],
        foot=foot,
        belongs=lambda row: row["_parts"],
        looks=lambda row: row["_look"],
    )


def _unmarked(content: Mapping[str, Any], limit: int | None) -> list[Line]:
    keys = [column["key"] for column in content["columns"]]
    pairs = zip(content["rows"][:limit], content["parts"][:limit], strict=True)
    return [
        Line("", tuple(parts), dict(zip(keys, values, strict=True)), {}, place)
        for place, (values, parts) in enumerate(pairs)
    ]


def _row(
    line: Line, kinds: Mapping[str, str], remarks: Mapping[int, SafeString], gone: SafeString | str
) -> dict[str, Any]:
    """The cells of one row as they are read."""
    went = line.place is None
    row: dict[str, Any] = {}
    for key, kind in kinds.items():
        value = line.values.get(key)
        shown = typed(value, kind)
        if key in line.before:
            shown = Changed(line.before[key], None if went else words(value, kind))
        elif went:
            shown = ""
        row[key] = shown
    place = -1 if line.place is None else line.place
    row["_parts"] = line.parts
    row["_look"] = Look("" if went else f"row-{place + 1}", LOOKS.get(line.kind, ""))
    row[REMARKS] = gone if went else remarks.get(place, "")
    return row
