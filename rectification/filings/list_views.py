"""报送记录: what was filed in the post's subtree, newest first, narrowed by what stands in the address."""

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import policy
from accounts.roles import SUBTREE
from accounts.tables import Column
from accounts.tables import render as table
from organizations.models import Organization
from rectification.filings.copy_page import state_of, tone_of
from rectification.filings.forms import FilingFilterForm
from rectification.filings.matrix_views import WIDE
from rectification.filings.models import Filing
from rectification.reviews.models import ReviewState


def _named(filing: Filing) -> str:
    """What was filed, without the unit, which has its own column."""
    return without_unit(filing.title, filing.organization.name, filing.organization.short_name)


def without_unit(title: str, *names: str) -> str:
    """A title without the unit's name before it."""
    for name in names:
        title = title.removeprefix(name)
    return title


def _received(filing: Filing) -> str:
    """When it was taken, for the newest copy."""
    done = filing.review.state == ReviewState.PASSED and filing.number == filing.newest
    if not done or filing.review.ended_at is None:
        return ""
    day = timezone.localtime(filing.review.ended_at)
    return f"{day.month}月{day.day}日 {day:%H:%M}"


def _sealed(filing: Filing) -> str:
    there = filing.scan is not None and filing.scan.withdrawn_at is None
    return "有" if there else ""


COLUMNS = (
    Column("title", "报送内容", _named, kind="link", width=36),
    Column("unit", "报送单位", "organization.short_name", width=12),
    Column("to", "报往", "to.short_name", width=10),
    Column("number", "次数", lambda f: f"第{f.number}次", width=8),
    Column("rows", "行数", kind="number", width=6),
    Column("at", "报送时间", width=18),
    Column("by", "报送人", "by.user.name", width=10),
    Column("state", "状态", state_of, kind="light", width=12, tone=tone_of),
    Column("received", "接收时间", _received, width=18),
    Column("sealed", "盖章原件", _sealed, width=8),
)


@policy(SUBTREE, scope="none")
@require_GET
def filing_list(request: HttpRequest) -> HttpResponse:
    """?year=, ?ledger=, ?state=, ?unit= with those below it, ?newest=on."""
    seen = Filing.objects.visible_to(request.post)
    units = Organization.objects.visible_to(request.post).filter(
        pk__in=seen.order_by().values("organization")
    )
    years = sorted(set(seen.order_by().values_list("scheme__year", flat=True).distinct()), reverse=True)
    form = FilingFilterForm(request.GET, years=years, ledgers=_ledgers(seen), units=units)
    rows = _narrowed(seen.with_newest().defer("content"), form)
    rows = rows.select_related("organization", "to", "by__user", "review", "scan")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "count": page.paginator.count,
        "table": table(COLUMNS, page.object_list, caption="报送记录"),
        "wide": request.post.role in WIDE,
    }
    return render(request, "rectification/filings/list.html", context)


def _ledgers(seen: QuerySet) -> list[tuple[str, str]]:
    """The ledgers there are, by the title of the newest copy without its unit."""
    rows = seen.order_by("ledger", "-at").distinct("ledger")
    named = rows.values_list("ledger", "title", "organization__name", "organization__short_name")
    return [(key, without_unit(title, *names)) for key, title, *names in named]


def _narrowed(rows: QuerySet, form: FilingFilterForm) -> QuerySet:
    """The rows asked for; a filter that makes no sense is left out. A state is that of the newest copy."""
    form.is_valid()
    asked = form.cleaned_data
    if asked.get("year"):
        rows = rows.filter(scheme__year=asked["year"])
    if asked.get("ledger"):
        rows = rows.filter(ledger=asked["ledger"])
    if asked.get("unit"):
        rows = rows.under(asked["unit"])
    if asked.get("state"):
        rows = rows.filter(review__state=asked["state"], number=F("newest"))
    if asked.get("newest"):
        rows = rows.filter(number=F("newest"))
    return rows
