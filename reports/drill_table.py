"""The table of a ledger of numbers on screen: every number that counts something leads to its list."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import itemgetter
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.tables import Column, render
from reports.ledgers import Selection
from reports.ledgers.figures import Counted

Row = Mapping[str, Any]


def linked(
    content: Mapping[str, Any], counted: Counted, selection: Selection, asked: Mapping[str, str]
) -> SafeString:
    """The table of a content, its numbers leading to the pages behind them. asked: key, and the address's own words
    (unit, year, as_of)."""
    known = {figure.key for figure in counted.figures(selection)}
    columns = []
    for head in content["columns"]:
        column = Column(**head, value=itemgetter(head["key"]))
        if column.key in known:
            column = replace(column, kind="link", link=_behind(column.key, asked))
        columns.append(column)
    keys = [column.key for column in columns]
    rows = [
        {**dict(zip(keys, values, strict=True)), "_row": quote_plus(parts[0])}
        for values, parts in zip(content["rows"], content["parts"], strict=True)
    ]
    return render(columns, rows, caption=content["title"])


def _behind(key: str, asked: Mapping[str, str]) -> Callable[[Row], str]:
    query = urlencode({name: value for name, value in asked.items() if name != "key" and value})
    before, after = f"{reverse('reports:drill', args=[asked['key']])}?{query}", urlencode({"cell": key})

    def address(row: Row) -> str:
        """Nothing stands behind a nought."""
        return f"{before}&row={row['_row']}&{after}" if row[key] else ""

    return address
