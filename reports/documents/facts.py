"""What a document is drafted from: the numbers reports and circulars count, by their own rules, and what is new here.

Nothing is counted a second time: progress comes from the progress report's facts, supervision from the circular's,
support from the lights of ledger 4. Only signed acceptances are counted here.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.tables import show
from organizations.models import Organization
from organizations.rules import Level
from rectification.acceptance.models import Acceptance, AcceptanceState
from rectification.cases.models import Case, Outcome
from rectification.duties.models import DutyState
from rectification.remediation.models import Measure
from rectification.remediation.reporting.facts import counted_in
from rectification.remediation.reporting.logged import Window
from rectification.remediation.reporting.periods import period_at
from rectification.remediation.reporting.rules import DEED, RULES, short
from rectification.remediation.reporting.tables import rows_of
from rectification.remediation.support.in_place import given_to
from rectification.remediation.support.in_place_rules import NAMES, in_place
from rectification.schemes.models import ItemKind, Scheme, SchemeItem
from rectification.schemes.terms import Rhythm
from rectification.supervision.circulars import facts as circulars
from reports.documents import parts, reading
from reports.documents.models import DocumentKind
from reports.papers.letter import department_of
from reports.sheet import Row, Sheet


def collect(
    *, kind: str, scheme: Scheme, unit: Organization, first: date, last: date, today: date
) -> dict[str, Any]:
    """Everything a document of `unit` says of first…last, as its parts quote it; plain JSON values.

    {"period", "as_of", "note", "parts": [{"key", "heading", "fixed": [sentence], "drafted": words}], "table": the
    attached table's content, or None}.
    """
    until = max(first, min(last, today))
    window = Window(first, until, period_at(Rhythm.MONTHLY, last + timedelta(days=1)).last)
    numbers = counted_in(unit, scheme.year, window) | {"units": [], "said": []}
    cases = _cases(numbers)
    found = parts.Facts(
        report=numbers,
        circular=circulars.collect(
            scheme=scheme, unit=unit, first=first, last=until, ranked=False, today=today
        ),
        support=_support(cases, until),
        accepted=_accepted(cases, window),
        typical=_typical(unit, cases, window),
    )
    period = reading.period_of(first, last)
    return {
        "period": period,
        "as_of": show(until),
        "note": parts.note_of(unit.short_name, scheme.title) if kind == DocumentKind.BULLETIN else "",
        "parts": [one._asdict() for one in parts.drawn(kind, found)],
        "table": _table(unit, numbers, period) if kind == DocumentKind.SUMMARY else None,
    }


def _cases(numbers: dict[str, Any]) -> list[Case]:
    """The cases the numbers are of, whoever asks: they were read within the unit's subtree."""
    rows = Case.objects.filter(uid__in=[line["uid"] for line in numbers["lines"]])
    return list(
        rows.select_related("organization", "township", "county", "scheme").order_by("org_path", "pk")
    )


def _support(cases: Sequence[Case], until: date) -> dict[str, Any]:
    """How many cases have everything their scheme asks for, and what is not there yet, by its name."""
    texts: dict[int, list[str]] = defaultdict(list)
    wanted = {case.scheme_id for case in cases}
    items = SchemeItem.objects.filter(scheme__in=wanted, kind=ItemKind.SUPPORT).order_by("order")
    for scheme, text in items.values_list("scheme", "text"):
        texts[scheme].append(text)
    given, lacking, complete = given_to(cases, until), Counter[str](), 0
    for case in cases:
        lights = in_place(texts[case.scheme_id], given[case.pk])
        lacks = {item.kind for item in lights if item.there is False}
        complete += bool(lights) and not lacks
        lacking.update(NAMES[kind] for kind in lacks)
    name = cases[0].scheme.support_name if cases else ""
    asked = any(texts.values())
    return {"asked": asked, "name": name, "complete": complete, "lacking": dict(sorted(lacking.items()))}


def _accepted(cases: Sequence[Case], window: Window) -> dict[str, int]:
    """Results signed in the period, by their name."""
    rows = Acceptance.objects.filter(
        case__in=cases,
        state=AcceptanceState.SIGNED,
        signed_on__gte=window.since,
        signed_on__lte=window.until,
    )
    found = Counter(rows.order_by().values_list("outcome", flat=True))
    return {
        outcome.label: found[outcome.value] for outcome in Outcome if outcome.value and found[outcome.value]
    }


def _typical(unit: Organization, cases: Sequence[Case], window: Window) -> dict[str, list[dict[str, str]]]:
    """办实事 and 建章立制 finished in the period, by the unit below: what a reader elsewhere may learn from."""
    rows = Measure.objects.standing().filter(
        problem__case__in=cases, kind__in=(DEED, RULES), duty__state=DutyState.DONE
    )
    by_case = {case.pk: case for case in cases}
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    related = rows.select_related("duty", "problem").order_by("problem__case__org_path", "order", "pk")
    for row in related:
        ended = row.duty.ended_at
        if ended is None or not window.since <= timezone.localdate(ended) <= window.until:
            continue
        case = by_case[row.problem.case_id]
        found[_place(unit, case)].append(
            {"name": case.organization.short_name, "kind": row.kind}
            | {"text": short(row.text), "result": short(row.result)}
        )
    return dict(found)


def _place(unit: Organization, case: Case) -> str:
    if unit.level == Level.CITY:
        return case.county.short_name
    if unit.level == Level.COUNTY and case.township:
        return case.township.short_name
    return case.organization.short_name


def _table(unit: Organization, numbers: dict[str, Any], period: str) -> dict[str, Any] | None:
    """The progress report's table of the same cases, as a summary attaches it."""
    columns, lines, total = rows_of(numbers)
    if not lines:
        return None
    rows = [Row(tuple(column.of(line) for column in columns), (str(n),)) for n, line in enumerate(lines)]
    if total:
        rows.append(Row(tuple(column.of(total) for column in columns), ("total",)))
    sheet = Sheet(
        key="summary",
        title=f"{unit.short_name}{period}整顿工作进展情况表",
        columns=tuple(columns),
        rows=rows,
        foot=lambda: None,
        particulars=[("填报单位（盖章）", department_of(unit))],
        paper="A4",
    )
    return sheet.content()
