"""What stands behind one number of a ledger: the cases, persons or problems that make it."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.history import as_of
from accounts.policy import policy
from accounts.roles import SUBTREE
from accounts.tables import Column
from accounts.tables import render as table
from organizations.rules import FIELDS
from rectification.cases import listing
from rectification.cases.models import Case
from reports.ledger_pages import asked
from reports.ledgers import LEDGERS, Selection
from reports.ledgers.figures import Behind

PAGE = 50
Row = Mapping[str, Any]


@policy(SUBTREE, scope="none")
@require_GET
def drill(request: HttpRequest, counted: str) -> HttpResponse:
    """The list behind one number of a ledger: `row` and `cell` in the address name it, the rest is as on its page.

    An address that names none shows the table's first number.
    """
    ledger = LEDGERS.get(counted)
    wanted = asked(request, ledger if ledger and ledger.counted else None, request.GET)
    selection = Selection(request.post, wanted.unit, wanted.year, {})
    with as_of(wanted.moment) if wanted.moment else nullcontext():
        behind = ledger.counted.behind(selection, request.GET.get("row"), request.GET.get("cell"))
        if behind is None:
            raise Http404
        page = Paginator(behind.records, PAGE).get_page(request.GET.get("page"))
        drawn = _drawn(behind, page.object_list, request)
    figure = behind.figure
    query = request.GET.copy()
    for name in ("row", "cell", "page"):
        query.pop(name, None)
    context = {
        "wanted": wanted,
        "title": ledger.named(selection),
        "behind": behind,
        "name": f"{figure.group}·{figure.title}" if figure.group else figure.title,
        "persons": _once(behind),
        "page": page,
        "table": drawn,
        "back": f"{reverse('reports:ledger', args=[counted])}?{query.urlencode()}",
    }
    return render(request, "reports/drill.html", context)


def _once(behind: Behind) -> int:
    """How many different ones there are, where one may be counted at several cases; 0 where that says nothing."""
    if behind.figure.source.key not in ("members", "units", "campaigns"):
        return 0
    different = len({record["words"] for record in behind.records})
    return different if different != behind.number else 0


def _drawn(behind: Behind, records: Sequence[Row], request: HttpRequest) -> Any:
    """Cases as the list of cases shows them; everything else with the case it belongs to."""
    if behind.figure.source.key == "cases":
        rows = Case.objects.visible_to(request.post).filter(pk__in=[record["case"] for record in records])
        columns = [_unsorted(column) for column in listing.columns(timezone.localdate())]
        return table(columns, listing.facts(listing.in_order(rows, "")), caption=behind.figure.title)
    if behind.figure.source.key == "organizations":
        columns = (
            Column("name", "党组织", "organization_name", kind="link", link=_organization, width=16),
            Column("field", "领域", _field, width=8),
        )
        return table(columns, records, caption=behind.figure.title)
    columns = (
        Column("words", behind.figure.source.noun, width=30),
        Column("case", "整顿对象", "organization_name", kind="link", link=_case, width=14),
        Column("county", "县市区", "county_name", width=10),
        Column("township", "乡镇（街道）", "township_name", width=12),
        Column("field", "领域", _field, width=8),
        Column("weight", "计数", kind="number", width=6),
    )
    return table(columns, records, caption=behind.figure.title)


def _unsorted(column: Column) -> Column:
    return Column(
        column.key,
        column.title,
        column.value,
        column.kind,
        column.width,
        link=column.link,
        tone=column.tone,
    )


def _field(record: Row) -> str:
    return FIELDS.get(record["field"], "")


def _case(record: Row) -> str:
    return reverse("remediation:case", args=[record["case_uid"]])


def _organization(record: Row) -> str:
    return reverse("organizations:detail", args=[record["uid"]])
