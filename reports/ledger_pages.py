"""Pages of the ledgers: the list, one ledger as it will print, and sending it up."""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import Refused
from accounts.history import as_of
from accounts.policy import opens, policy
from accounts.roles import OFFICERS, SUBTREE
from accounts.year import working_year
from organizations.acting import needs_second_factor
from organizations.models import Organization
from rectification.duties.debtors import owes
from rectification.duties.models import Duty
from rectification.duties.rules import light_of
from rectification.filings import actions as filings
from rectification.filings import marking, remarks, rules
from rectification.filings.models import Filing
from rectification.filings.tables import draw
from rectification.filings.unlocking import copies_of, last_copies
from reports import actions, reasons, screen
from reports.column_actions import setting_refusal
from reports.column_rules import ADDED
from reports.drill_table import linked
from reports.forms import LedgerForm, units_near
from reports.ledgers import LEDGERS, Selection
from reports.papers import PAPERS, Printable, declared
from reports.reasons import with_reason


@dataclass(frozen=True)
class Asked:
    """What the address asks for, within the post's scope."""

    ledger: Printable
    form: LedgerForm
    unit: Organization
    year: int
    filters: dict[str, str]
    day: date | None

    @property
    def moment(self) -> datetime | None:
        """As of when; None for now."""
        return LedgerForm.moment(self.day)

    @property
    def whole(self) -> bool:
        """The ledger of the unit as it stands, which is what can be filed."""
        return not self.filters and self.day is None

    def selection(self, request: HttpRequest) -> Selection:
        """The same for the post that asks."""
        return Selection(request.post, self.unit, self.year, self.filters)


@policy(SUBTREE, scope="none")
@require_GET
def ledgers(request: HttpRequest) -> HttpResponse:
    """Every ledger, what this post owes of it and what became of the last one filed."""
    post, year = request.post, working_year(request)
    owed = duties_of(post, year)
    last = _last_filings(post, year)
    today = timezone.localdate()
    rows = [
        {
            "ledger": ledger,
            "title": ledger.title.format(year=year),
            "duty": owed.get(ledger.key),
            "light": _light(owed.get(ledger.key), today),
            "last": last.get(ledger.key),
        }
        for ledger in LEDGERS.values()
    ]
    papers = [(paper.key, paper.title.format(year=year)) for paper in PAPERS.values()]
    context = {"rows": rows, "papers": papers, "year": year}
    context["matrix"] = reverse("filings:matrix") if opens(post, "filings:matrix") else ""
    return render(request, "reports/ledgers.html", context)


def duties_of(post: Any, year: int, keys: Iterable[str] = LEDGERS) -> dict[str, Duty]:
    """The post's own duties to file these ledgers, by ledger; an open one goes before a done one."""
    told = ("state", "effective_due_on", "late_after_on", "ended_at", "rule__ledger", "scheme__yellow_days")
    told += ("uid", "organization_id", "owner_role", "case_id", "debtor", "department")
    rows = Duty.objects.filter(organization=post.organization, scheme__year=year, rule__ledger__in=list(keys))
    rows = rows.exclude(state="cancelled").select_related("rule", "scheme").only(*told)
    owed = [duty for duty in rows if owes(duty, post)]
    return {duty.rule.ledger: duty for duty in sorted(owed, key=lambda duty: duty.state == "open")}


def _last_filings(post: Any, year: int) -> dict[str, Filing]:
    rows = Filing.objects.visible_to(post).filter(organization=post.organization, scheme__year=year)
    told = ("uid", "ledger", "number", "at", "to__short_name", "review__state")
    rows = rows.select_related("review", "to").only(*told).order_by("at", "pk")
    return {filing.ledger: filing for filing in rows}


def _light(duty: Duty | None, today: date) -> Any:
    if duty is None:
        return None
    done = timezone.localdate(duty.ended_at) if duty.ended_at else None
    return light_of(
        duty.effective_due_on,
        today=today,
        yellow_days=duty.scheme.yellow_days,
        done_on=done,
        late_after_on=duty.late_after_on,
    )


def asked(request: HttpRequest, ledger: Printable | None, data: Any) -> Asked:
    """Read the address or the form; 404 for an unknown ledger (None) or a unit out of scope."""
    if ledger is None:
        raise Http404
    unit = request.post.organization
    if data.get("unit"):
        unit = get_object_or_404(Organization.objects.visible_to(request.post), uid=_uid(data["unit"]))
    year = working_year(request)
    years = sorted({year, timezone.localdate().year, timezone.localdate().year - 1}, reverse=True)
    given = {"unit": str(unit.uid), "year": year} | {name: data[name] for name in data if data[name]}
    chosen = int(given["year"]) if str(given["year"]).isdecimal() else year
    near = units_near(request.post, unit)
    form = LedgerForm(given, ledger=ledger, units=near, years=years, of=(request.post, unit, chosen))
    clean = form.cleaned_data if form.is_valid() else {}
    filters = {name: clean[name] for name in ledger.filters or {} if clean.get(name)}
    return Asked(ledger, form, unit, clean.get("year") or year, filters, clean.get("as_of"))


def _uid(text: str) -> str:
    from uuid import UUID

    try:
        return str(UUID(text))
    except ValueError as wrong:
        raise Http404 from wrong


def screen_of(wanted: Asked, selection: Selection, *, number: Any = None, whole: bool) -> screen.Screen:
    """The ledger's plain content, now or as of the day asked for: a page of it, or the whole as well."""
    with as_of(wanted.moment) if wanted.moment else nullcontext():
        today = wanted.day or timezone.localdate()
        return screen.of(wanted.ledger, selection, today=today, number=number, whole=whole)


@policy(SUBTREE, scope="none")
@require_GET
def ledger(request: HttpRequest, key: str) -> HttpResponse:
    """One ledger as it will print, a page at a time, with its files, its way up and what changed since it last went
    up."""
    wanted = asked(request, LEDGERS.get(key), request.GET)
    own = wanted.unit.pk == request.post.organization_id and wanted.whole
    # What it files itself is asked once, for the list and for whether it may file again
    files = own and request.post.role in OFFICERS
    copies = copies_of(wanted.unit, key, wanted.year) if files else None
    earlier = last_copies(request.post, wanted.unit, key, wanted.year, copies)
    returned = wanted.whole and remarks.returned(earlier[:1])
    # Remarks stand beside what was changed anywhere in the table; else all of it is read when somebody asks
    whole = bool(returned or request.GET.get("all"))
    selection = wanted.selection(request)
    shown = screen_of(wanted, selection, number=request.GET.get("page"), whole=whole)
    now = wanted.selection(request) if wanted.day else selection
    said = remarks.standing(earlier[0], request.post, shown.whole) if returned and shown.whole else []
    duty = duties_of(request.post, wanted.year, [key]).get(key) if own else None
    context = {
        "wanted": wanted,
        "content": shown.content,
        "page": shown.page,
        "count": shown.page.paginator.count,
        "lacking": shown.lacking,
        **_table(wanted, shown.content, said, selection),
        "said": said,
        **_columns(request, wanted, shown.content, now),
        "own": files,
        "refusal": own and _refusal(request, wanted, shown.content, now, copies),
        "duty": duty,
        "light": _light(duty, timezone.localdate()),
        "earlier": earlier,
        "unread": bool(earlier and wanted.whole and shown.whole is None),
        "differences": rules.differences(earlier[0].content, shown.whole)
        if earlier and wanted.whole and shown.whole
        else None,
    }
    return render(request, "reports/ledger.html", context)


def _refusal(
    request: HttpRequest,
    wanted: Asked,
    content: dict[str, Any],
    selection: Selection,
    copies: list[Filing] | None,
) -> str | None:
    """Why the post cannot file it, or None."""
    scheme = selection.governing
    return rules.refusal(content) or filings.refusal_under(
        scheme,
        by=request.post,
        organization=wanted.unit,
        ledger=wanted.ledger.key,
        year=wanted.year,
        today=timezone.localdate(),
        levels=scheme.filed_to if scheme else None,
        copies=copies,
    )


def _columns(
    request: HttpRequest, wanted: Asked, content: dict[str, Any], selection: Selection
) -> dict[str, Any]:
    """Where the columns are set, for who may; whether there are added ones to type into."""
    scheme = selection.scheme
    sets = scheme is not None and setting_refusal(scheme, request.post) is None
    added = any(column["key"].startswith(ADDED) for column in content["columns"])
    types = added and wanted.day is None and request.post.role in OFFICERS
    return {"columns_of": scheme if sets else None, "types": types}


def _table(
    wanted: Asked, content: dict[str, Any], said: list[remarks.Said], selection: Selection
) -> dict[str, Any]:
    """The table as it will print; of a ledger of numbers, every number leading to its list, and what is left out."""
    counted = wanted.ledger.counted
    if counted is None:
        beside = marking.beside(content, remarks.by_place(said, content))
        return {"table": draw(content, remarks=beside)}
    address = {"unit": str(wanted.unit.uid), "year": str(wanted.year)}
    address |= {"key": wanted.ledger.key, "as_of": wanted.day.isoformat() if wanted.day else ""}
    with as_of(wanted.moment) if wanted.moment else nullcontext():
        return {
            "table": linked(content, counted, selection, address),
            "uncounted": counted.uncounted(selection),
            "chooses": opens(selection.post, "cases:national_type"),
        }


@policy(SUBTREE, scope="none", proof=needs_second_factor)
@require_POST
@with_reason
def export(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for exactly what is filtered as a file."""
    wanted = asked(request, declared(key), request.POST)
    try:
        made = actions.request_export(
            by=request.post,
            ledger=key,
            unit=wanted.unit,
            year=wanted.year,
            format=request.POST.get("format", ""),
            filters=wanted.filters,
            reason=reasons.of(request),
            as_of=wanted.moment,
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("reports:ledger" if key in LEDGERS else "reports:paper", key)
    messages.success(request, f"已开始导出“{made.title}”，可以离开本页，完成后会收到消息。")
    return redirect("reports:exports")


@policy(OFFICERS, scope="none")
@require_POST
def file(request: HttpRequest, key: str) -> HttpResponse:
    """报送: freeze the post's own ledger as it stands and send it up."""
    wanted = asked(request, LEDGERS.get(key), {"year": request.POST.get("year", "")})
    content = screen_of(wanted, wanted.selection(request), whole=True).whole
    try:
        filing = filings.submit(
            ledger=key,
            title=content["title"],
            organization=wanted.unit,
            year=wanted.year,
            content=content,
            by=request.post,
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, f"没有报送：{refused}")
        return redirect(f"{reverse('reports:ledger', args=[key])}?year={wanted.year}")
    messages.success(request, f"已报送“{filing.title}”，下一步由{filing.to}办理；对方审阅前可以撤回。")
    return redirect(filing)
