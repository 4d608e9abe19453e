"""标注: the receiver's reasons row by row, as typed on the page, and what stands beside each row of the table."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from rectification.filings.remarks import Said
from rectification.filings.rules import MARKS_LIMIT, Content, Mark

BESIDE = "rectification/filings/_beside.html"


def typed(data: QueryDict) -> list[Mark]:
    """The marks of a form that was sent: `row` names each, `column-N` and `words-N` say what of it."""
    places = dict.fromkeys(int(text) for text in data.getlist("row") if _is_place(text))
    return [
        Mark(place, data.get(f"column-{place}", ""), data.get(f"words-{place}", ""))
        for place in list(places)[: MARKS_LIMIT + 1]
    ]


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 7


def pressed(data: QueryDict, marks: Iterable[Mark]) -> list[Mark] | None:
    """The marks after 标注 or 取消标注 of a row was pressed; None when neither was."""
    for name in ("mark", "unmark"):
        text = data.get(name, "")
        if _is_place(text):
            kept = [mark for mark in marks if mark.place != int(text)]
            return [*kept, Mark(int(text), "", "")] if name == "mark" else kept
    return None


def beside(
    content: Content,
    said: Mapping[int, list[Said]],
    *,
    marks: Iterable[Mark] = (),
    deciding: str = "",
) -> dict[int, SafeString]:
    """What stands beside each row, by its place: remarks already given; for whoever decides (the address of the
    form) a button that marks the row, or the fields of a mark."""
    cells = {place: render_to_string(BESIDE, {"said": rows}) for place, rows in said.items()}
    if not deciding:
        return cells
    columns = [(column["key"], column["title"]) for column in content["columns"] if column["key"] != "number"]
    lines = {mark.place: mark for mark in marks}
    for place in range(len(content["rows"])):
        if place in lines:
            drawn = mark_line(lines[place], columns, deciding)
        else:
            drawn = button(place, deciding)
        cells[place] = format_html("{}{}", cells.get(place, ""), drawn)
    return cells


def button(place: Any, deciding: str) -> SafeString:
    """The button that opens a mark on a row; without scripts it is sent and the page comes back with the fields."""
    return format_html(
        '<button class="btn btn-sm mark-open" form="decide-form" name="mark" value="{}" formnovalidate'
        ' formaction="{}#row-{}" aria-label="标注第{}行">标注</button>',
        place,
        deciding,
        place + 1 if isinstance(place, int) else place,
        place + 1 if isinstance(place, int) else place,
    )


def mark_line(mark: Mark | None, columns: list[tuple[str, str]], deciding: str) -> SafeString:
    """The fields of one mark; None draws the pattern a script copies."""
    place: Any = "__ROW__" if mark is None else mark.place
    context = {"mark": mark, "place": place, "columns": columns, "deciding": deciding}
    context["number"] = "__NUMBER__" if mark is None else mark.place + 1
    return render_to_string("rectification/filings/_mark.html", context)
