"""Ask for a file, ask again; the only writers of exports beside the worker that makes them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.errors import Refused
from accounts.work import WorkState
from organizations.models import Appointment, Organization
from rectification.filings.models import Filing
from reports.ledgers import OutOfScope, Selection, check_scope
from reports.models import Export
from reports.papers import declared

KEPT = timedelta(days=7)
FORMATS = ("xlsx", "pdf")
FROZEN = "filing"  # the "ledger" of an export that draws a filing's frozen copy


@transaction.atomic
def request_export(
    *,
    by: Appointment,
    ledger: str,
    unit: Organization,
    year: int,
    format: str,
    filters: Mapping[str, str],
    at: datetime,
    as_of: datetime | None = None,
) -> Export:
    """Put an export into the workers' hands; raises Refused for an unknown ledger or format or a unit out of scope."""
    paper = declared(ledger)
    if paper is None or format not in FORMATS:
        raise Refused("没有这种台账或格式")
    check_scope(by, unit)
    known = {name: value for name, value in filters.items() if value and name in (paper.filters or {})}
    export = Export.objects.create(
        by=by,
        ledger=ledger,
        title=paper.named(Selection(by, unit, year, known)),
        unit=unit,
        year=year,
        format=format,
        filters=known,
        as_of=as_of,
        created_at=at,
    )
    export.send()
    audit.record("申请导出", obj=export, format=format, unit=unit.code or str(unit), filters=known)
    return export


@transaction.atomic
def request_filing_export(*, by: Appointment, filing: Filing, format: str, at: datetime) -> Export:
    """Ask for the frozen copy of a filing as a file."""
    if format not in FORMATS:
        raise Refused("没有这种格式")
    check_scope(by, filing.organization)
    export = Export.objects.create(
        by=by,
        ledger=FROZEN,
        title=f"{filing.title}（第{filing.number}次报送）",
        unit=filing.organization,
        year=filing.scheme.year,
        format=format,
        filters={"filing": str(filing.uid)},
        created_at=at,
    )
    export.send()
    audit.record("申请导出", obj=export, format=format, filing=str(filing.uid))
    return export


def still_allowed(export: Export, post: Appointment) -> bool:
    """Whether the post may still have what is in the file: scope is asked again at start and at download."""
    if export.ledger == FROZEN:
        return Filing.objects.visible_to(post).filter(uid=export.filters["filing"]).exists()
    try:
        check_scope(post, export.unit)
    except OutOfScope:
        return False
    return True


@transaction.atomic
def retry(*, export_id: int, by: Appointment, at: datetime) -> Export:
    """Try a failed export again from the start."""
    export = Export.objects.visible_to(by).select_for_update(of=("self",)).get(pk=export_id)
    if export.state != WorkState.FAILED:
        raise Refused(f"该导出{export.get_state_display()}，无需重试")
    export.state, export.error, export.attempts, export.progress = WorkState.WAITING, "", 0, 0
    export.finished_at = None
    export.save(update_fields=["state", "error", "attempts", "progress", "finished_at"])
    export.send()
    audit.record("重新导出", obj=export)
    return export
