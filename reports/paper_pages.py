"""Pages of the forms and documents: as they will print, for a unit and year, with their files."""

from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.errors import Refused
from accounts.policy import policy
from accounts.roles import SUBTREE
from accounts.tables import show
from reports.ledger_pages import asked
from reports.ledgers import Selection
from reports.papers import PAPERS, Document, drawn, length
from reports.papers.letter import spans

SHOWN = 20


@policy(SUBTREE, scope="none")
@require_GET
def page(request: HttpRequest, paper: str) -> HttpResponse:
    """One form or document of a unit and year."""
    wanted = asked(request, PAPERS.get(paper), request.GET)
    selection = Selection(request.post, wanted.unit, wanted.year, wanted.filters)
    context = {"wanted": wanted, "title": wanted.ledger.named(selection), "shown": SHOWN}
    try:
        made = drawn(wanted.ledger, selection, today=timezone.localdate())
    except Refused as refused:
        return render(request, "reports/paper.html", context | {"refusal": str(refused)})
    if isinstance(wanted.ledger, Document):
        table = made.attachment
        rows = (
            [[(show(value, kind), down) for value, down, kind in row] for row in spans(table)]
            if table
            else []
        )
        return render(
            request, "reports/letter.html", context | {"letter": made, "table": table, "rows": rows}
        )
    pages = list(islice(made.pages, SHOWN))
    context |= {"pages": pages, "count": length(wanted.ledger, selection)}
    return render(request, "reports/paper.html", context)
