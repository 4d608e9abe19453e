"""A ledger on screen: one page of its rows, with the totals of them all.

Only the rows of the page are read and completed; the totals are the database's. What only a reading of all rows adds
up is added up when it is asked for, and so is what is compared with an earlier copy. Files draw everything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Sum

from reports.ledgers import Ledger, Selection, Total
from reports.sheet import Tally, live, rows_of, sheet_of

PAGE = 50


@dataclass(frozen=True)
class Screen:
    """What is drawn of a ledger: a content with the rows of one page; the whole content, where it was read.

    lacking: titles of the columns whose totals were not added up.
    """

    content: dict[str, Any]
    page: Page
    whole: dict[str, Any] | None
    lacking: list[str]


def of(ledger: Ledger, selection: Selection, *, today: date, number: Any, whole: bool) -> Screen:
    """A page of the ledger (its number as the address says it); `whole`: read all rows, however many."""
    if whole or (ledger.compute and not ledger.each):
        return _of_whole(ledger, selection, today, number)
    ledger = ledger.shaped(selection)
    rows, tally = ledger.asked(selection), Tally(ledger)
    first = number in (None, "", "1")
    found = list(rows[: PAGE + 1]) if first else []
    if first and len(found) <= PAGE:
        page = Paginator(range(len(found)), PAGE).page(1)
        content = _content(ledger, selection, found, tally, today)
        return Screen(content, page, content, [])
    page = Paginator(range(_add_up(ledger, rows, tally)), PAGE).get_page(number)
    start = page.start_index() - 1 if page.paginator.count else 0
    found = found[:PAGE] or list(rows[start : start + PAGE])
    content = _content(ledger, selection, found, Tally(ledger), today, _numbered(ledger, rows, start))
    content["foot"] = list(tally.cells() or [])
    titles = {column.key: column.title for column in ledger.columns}
    return Screen(content, page, None, [titles[ledger.totals[n].column] for n in sorted(tally.unknown)])


def _of_whole(ledger: Ledger, selection: Selection, today: date, number: Any) -> Screen:
    content = live(ledger, selection, today=today).content()
    records = list(range(len(content["rows"])))
    if ledger.compute and ledger.each:  # a record's rows stand together
        places = groupby(records, key=lambda place: content["parts"][place][0])
        records = [next(members) for _part, members in places]
    page = Paginator(records, PAGE).get_page(number)
    first, last = 0, None
    if page.paginator.count:
        first = records[page.start_index() - 1]
        last = records[page.end_index()] if page.end_index() < len(records) else None
    shown = {name: content[name][first:last] for name in ("rows", "parts")}
    return Screen(content | shown, page, content, [])


def _content(
    ledger: Ledger, selection: Selection, found: list[Any], tally: Tally, today: date, numbered: int = 0
) -> dict[str, Any]:
    rows = rows_of(ledger, ledger.completed(selection, found), tally, numbered)
    return sheet_of(ledger, selection, rows, tally, today=today).content()


def _numbered(ledger: Ledger, rows: QuerySet, start: int) -> int:
    """How many of the outermost parts come before the one that the row at `start` belongs to."""
    if not start or ledger.compute:
        return start
    part = ledger.parts[0]
    return rows[: start + 1].aggregate(parts=Count(part, distinct=True))["parts"] - 1


# --- totals, by the database ------------------------------------------------------------------------------------


def _add_up(ledger: Ledger, rows: QuerySet, tally: Tally) -> int:
    """Put the totals of all these records into the tally; how many records there are."""
    asked: dict[bool, dict[str, Any]] = {False: {"records": Count("*")}, True: {}}
    for n, total in enumerate(ledger.totals):
        if total.kind != "count" and total.asks is None:
            tally.unknown.add(n)
            continue
        own, aggregates = _aggregates(ledger, total)
        asked[own] |= {f"total_{n}_{name}": one for name, one in aggregates.items()}
    rows = rows.order_by()
    answer = rows.aggregate(**asked[False])
    if asked[True]:
        answer |= rows.model.objects.filter(pk__in=rows.values("pk")).aggregate(**asked[True])
    for n in range(len(ledger.totals)):
        tally.counts[n] = answer.get(f"total_{n}_count") or 0
        tally.sums[n] = answer.get(f"total_{n}_sum") or 0
    return answer["records"]


def _aggregates(ledger: Ledger, total: Total) -> tuple[bool, Mapping[str, Any]]:
    """What to ask for a total, and whether of the records' own objects: joined to their parts, each is there many
    times."""
    deepest = total.level in (0, len(ledger.parts))
    part = "pk" if ledger.compute else ledger.parts[total.level - 1]
    if total.kind in ("count", "where"):
        return False, {"count": Count(part, distinct=not deepest, filter=total.asks)}
    sums = {"sum": Sum(total.asks)} | ({"count": Count(total.asks)} if total.kind == "mean" else {})
    return not deepest and not ledger.compute, sums
