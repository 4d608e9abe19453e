"""Ask for a file, ask again; the only writers of exports beside the worker that makes them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.errors import Refused
from accounts.work import WorkState
from organizations.models import Appointment, Organization
from reports.ledgers import LEDGERS, Selection, check_scope
from reports.models import Export

KEPT = timedelta(days=7)
FORMATS = ("xlsx", "pdf")


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
    declared = LEDGERS.get(ledger)
    if declared is None or format not in FORMATS:
        raise Refused("没有这种台账或格式")
    check_scope(by, unit)
    known = {name: value for name, value in filters.items() if value and name in (declared.filters or {})}
    export = Export.objects.create(
        by=by,
        ledger=ledger,
        title=declared.named(Selection(by, unit, year, known)),
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
