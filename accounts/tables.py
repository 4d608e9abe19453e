"""A table is one declaration of columns; screens, Excel and PDF are drawn from it.

`render` is the one Python row renderer of the site and the one reviewed `mark_safe`: every value and every attribute
goes through `html.escape`, and nothing reaches the page beside that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

Value = Callable[[Any], Any]
KINDS = frozenset({"text", "number", "date", "percent", "link", "light", "drawn"})
TONES = frozenset({"green", "yellow", "red", "grey", "blue"})
LOOKS = frozenset({"new", "gone", "changed", "remarked"})
EMPTY_QUERY: Mapping[str, Any] = {}


class Changed(NamedTuple):
    """A cell that says something else than before: both are shown, before → after; no after for what went."""

    before: str
    after: str | None = None


class Look(NamedTuple):
    """What a row shows beside its cells: its name in the page's address, and one of LOOKS or nothing."""

    name: str = ""
    look: str = ""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    key: its name in filters, sorting and remembered choices. value: a function of the row, or the name of an
    attribute or method (dots follow relations; a mapping's key works too); None means the key itself. kind: text,
    number, date, percent (0–100), link (text leading to the row's own page), light (tone and word) or drawn (a piece
    that a template drew, for the screen only). width: in characters, for paper and Excel. group: a header over
    neighbouring columns. merge: one cell for neighbouring rows that belong together; 1 (or True) is the outermost
    level, 2 the parts within it, and so on. sort: whether the screen offers sorting by it. link: where a link leads,
    when not `get_absolute_url`. tone: the colour of a light, from the row.
    """

    key: str
    title: str
    value: Value | str | None = None
    kind: str = "text"
    width: int = 12
    group: str = ""
    merge: int = 0
    sort: bool = False
    link: Value | None = None
    tone: Value | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"列 {self.key} 的类型 {self.kind!r} 不认识")

    def reader(self) -> Value:
        """The function that takes this column's plain value out of a row."""
        if callable(self.value):
            return self.value
        name = self.value or self.key
        get = attrgetter(name)

        def read(row: Any) -> Any:
            value = row.get(name) if isinstance(row, Mapping) else get(row)
            return value() if callable(value) else value

        return read

    def of(self, row: Any) -> Any:
        """This column's plain value of one row."""
        return self.reader()(row)


def show(value: Any, kind: str = "text") -> str:
    """A value as words: dates as 2025年3月26日, decimals without idle zeros, nothing for None."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, (Decimal, float)):
        value = f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return f"{value}%" if kind == "percent" else str(value)


def render(
    columns: Sequence[Column],
    rows: Iterable[Any],
    *,
    sort: str = "",
    select: str = "",
    caption: str = "",
    query: Mapping[str, Any] = EMPTY_QUERY,
    foot: Any = None,
    belongs: Value | None = None,
    looks: Callable[[Any], Look] | None = None,
) -> SafeString:
    """Draw a table.

    sort: the sorting in force, `key` or `-key`. select: the name of a checkbox before each row that carries the row's
    uid (the caller stands a form around it), ticked where the row says so (`ticked`). caption: what the table is, for
    those who do not see it. query: `request.GET`, so that a sortable header keeps the filters. foot: one more row under
    a line, such as the totals. belongs: what each level of merged cells belongs to, outermost first; without it
    neighbouring rows belong together when they agree in the merged columns. looks: how a row looks beside its cells.
    """
    rows = list(rows)
    label = escape(caption or "表格")
    parts = [
        f'<div class="table-scroll" tabindex="0" role="region" aria-label="{label}">',
        f'<table class="table data-table{" stacks" if _stacks(columns) else ""}">',
        f'<caption class="visually-hidden">{label}</caption>',
        _head(columns, sort=sort, select=select, query=query),
        "<tbody>",
        *_body(columns, rows, select, belongs=belongs, looks=looks),
        "</tbody>",
    ]
    if foot is not None:
        parts += [
            "<tfoot>",
            *_body([_plain(column) for column in columns], [foot], "", bool(select)),
            "</tfoot>",
        ]
    parts.append("</table></div>")
    return mark_safe("".join(parts))  # noqa: S308 — reviewed: every piece above is escaped


def _stacks(columns: Sequence[Column]) -> bool:
    """Whether a phone may show each row as a card: a ledger with groups and merged cells stays a sheet."""
    return not any(column.group or column.merge for column in columns)


def _plain(column: Column) -> Column:
    kind = "text" if column.kind in {"link", "light"} else column.kind
    return Column(column.key, column.title, column.value, kind, column.width)


def _head(columns: Sequence[Column], *, sort: str, select: str, query: Mapping[str, Any]) -> str:
    grouped = any(column.group for column in columns)
    deep = ' rowspan="2"' if grouped else ""
    first: list[str] = []
    second: list[str] = []
    if select:
        box = '<input type="checkbox" class="form-check-input" data-select-all aria-label="全选本页">'
        first.append(f'<th scope="col" class="cell-select"{deep}>{box}</th>')
    for group, members in groupby(columns, key=lambda column: column.group):
        cells = list(members)
        if group:
            first.append(
                f'<th scope="colgroup" colspan="{len(cells)}" class="cell-group">{escape(group)}</th>'
            )
        for column in cells:
            (second if group else first).append(_title(column, sort, query, "" if group else deep))
    below = f"<tr>{''.join(second)}</tr>" if grouped else ""
    return f"<thead><tr>{''.join(first)}</tr>{below}</thead>"


def _title(column: Column, sort: str, query: Mapping[str, Any], deep: str) -> str:
    title, order, kind = escape(column.title), "", escape(column.kind)
    if column.sort:
        down, up = sort == f"-{column.key}", sort == column.key
        order = ' aria-sort="descending"' if down else ' aria-sort="ascending"' if up else ""
        arrow = "↓" if down else "↑" if up else "↕"
        address = escape("?" + _query(query, sort=f"-{column.key}" if up else column.key))
        title = f'<a href="{address}">{title}<span class="sort-arrow" aria-hidden="true">{arrow}</span></a>'
    return f'<th scope="col" class="cell-{kind}"{order}{deep}>{title}</th>'


def _query(query: Mapping[str, Any], **changed: str) -> str:
    lists = getattr(query, "lists", None)
    pairs = list(lists()) if lists else [(key, [value]) for key, value in query.items()]
    kept = [
        (key, value)
        for key, values in pairs
        if key not in {"page", "after", "before", *changed}
        for value in values
    ]
    return urlencode([*kept, *changed.items()])


def _body(
    columns: Sequence[Column],
    rows: Sequence[Any],
    select: str,
    gap: bool = False,
    belongs: Value | None = None,
    looks: Callable[[Any], Look] | None = None,
) -> list[str]:
    stacks = _stacks(columns)
    cells = [_cell(column, stacks, first=not number) for number, column in enumerate(columns)]
    levels = [int(column.merge) for column in columns]
    spans = {level: _spans(columns, rows, level, belongs) for level in set(levels)}
    outermost = min((level for level in spans if level), default=0)
    lines = []
    for number, row in enumerate(rows):
        lines.append(_row(looks(row) if looks else Look(), follows=not spans[outermost][number]))
        if select:
            lines.append(_checkbox(select, row))
        elif gap:
            lines.append("<td></td>")
        for draw, level in zip(cells, levels, strict=True):
            span = spans[level][number]
            if span:
                lines.append(draw(row, f' rowspan="{span}"' if span > 1 else ""))
        lines.append("</tr>")
    return lines


def _row(look: Look, *, follows: bool) -> str:
    classes = (["row-follows"] if follows else []) + ([f"row-{look.look}"] if look.look in LOOKS else [])
    name = f' id="{escape(look.name)}"' if look.name else ""
    return f'<tr{name} class="{" ".join(classes)}">' if classes else f"<tr{name}>"


def _spans(columns: Sequence[Column], rows: Sequence[Any], level: int, belongs: Value | None) -> list[int]:
    """For each row how many rows a cell of this level covers; 0 where a row above covers it."""
    if not level:
        return [1] * len(rows)
    readers = [column.reader() for column in columns if 0 < column.merge <= level]
    spans: list[int] = []
    for _key, block in groupby(
        rows,
        key=lambda row: tuple(belongs(row))[:level] if belongs else tuple(read(row) for read in readers),
    ):
        size = sum(1 for _ in block)
        spans += [size] + [0] * (size - 1)
    return spans


def _checkbox(name: str, row: Any) -> str:
    uid = row.get("uid") if isinstance(row, Mapping) else row.uid
    label = escape(f"选择 {row}" if not isinstance(row, Mapping) else "选择本行")
    box = f'<input type="checkbox" class="form-check-input" name="{escape(name)}" value="{escape(str(uid))}"'
    ticked = " checked" if getattr(row, "ticked", False) else ""
    return f'<td class="cell-select">{box} aria-label="{label}"{ticked}></td>'


def _cell(column: Column, stacks: bool, *, first: bool) -> Callable[[Any, str], str]:
    """A function that draws this column's cell; what does not depend on the row is worked out once."""
    read, kind = column.reader(), column.kind
    opening = f'<td class="cell-{escape(kind)}"'
    if stacks:
        opening += " data-first" if first else f' data-title="{escape(column.title)}"'
    if kind == "link":
        where = column.link or (lambda row: row.get_absolute_url())

        def inner(row: Any) -> str:
            words, address = escape(show(read(row))), _address(where(row))
            return f'<a href="{escape(address)}">{words or "（未命名）"}</a>' if address else words
    elif kind == "light":
        tone_of = column.tone or (lambda row: "grey")

        def inner(row: Any) -> str:
            words, tone = escape(show(read(row))), tone_of(row)
            tone = tone if tone in TONES else "grey"
            return f'<span class="light light-{tone}">{words}</span>' if words else ""
    elif kind == "drawn":

        def inner(row: Any) -> str:
            value = read(row)
            return value if isinstance(value, SafeString) else escape(show(value))
    else:

        def inner(row: Any) -> str:
            value = read(row)
            if value.__class__ is Changed:
                return _changed(value)
            words = show(value, kind)
            return escape(words) if words else ""

    return lambda row, span: f"{opening}{span}>{inner(row)}</td>"


def _changed(value: Changed) -> str:
    before = f"<del>{escape(value.before)}</del>"
    return before if value.after is None else f"{before} → <ins>{escape(value.after)}</ins>"


def _address(url: Any) -> str:
    """Only addresses of this site: a stored text must not become a script or a way out; "" for anything else."""
    text = str(url or "")
    return text if text.startswith("/") and not text.startswith(("//", "/\\")) else ""
