"""Ask for a file, ask again; the only writers of exports beside the worker that makes them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.errors import Refused
from accounts.work import WorkState
from organizations.models import Appointment, Organization
from rectification.filings.models import Filing
from reports import files, reasons
from reports.bundles import BUNDLES
from reports.ledgers import OutOfScope, Selection, check_scope
from reports.models import Export
from reports.papers import Document, declared

KEPT = timedelta(days=7)
FORMATS = ("xlsx", "pdf")
WORD = "docx"  # of documents only
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
    reason: str,
    at: datetime,
    as_of: datetime | None = None,
) -> Export:
    """Put an export into the workers' hands; raises Refused for an unknown ledger or format, a unit out of scope, or
    personal data without a reason (reports.reasons)."""
    paper = declared(ledger)
    words = isinstance(paper, Document) and format == WORD
    if paper is None or not (format in FORMATS or words):
        raise Refused("没有这种台账或格式；Word 只用于公文")
    check_scope(by, unit)
    reasons.check(ledger, reason)
    known = {name: value for name, value in filters.items() if value and name in (paper.filters or {})}
    export = Export.objects.create(
        by=by,
        ledger=ledger,
        title=paper.named(Selection(by, unit, year, known)),
        unit=unit,
        year=year,
        format=format,
        filters=known,
        reason=reason,
        as_of=as_of,
        created_at=at,
    )
    export.send()
    told = {"format": format, "unit": unit.code or str(unit), "filters": known, "reason": reason}
    audit.record("申请导出", obj=export, **told)
    return export


@transaction.atomic
def request_filing_export(
    *, by: Appointment, filing: Filing, format: str, reason: str, at: datetime
) -> Export:
    """Ask for the frozen copy of a filing as a file."""
    if format not in FORMATS:
        raise Refused("没有这种格式")
    check_scope(by, filing.organization)
    reasons.check(filing.ledger, reason)
    export = Export.objects.create(
        by=by,
        ledger=FROZEN,
        title=f"{filing.title}（第{filing.number}次报送）",
        unit=filing.organization,
        year=filing.scheme.year,
        format=format,
        filters={"filing": str(filing.uid)},
        reason=reason,
        created_at=at,
    )
    export.send()
    audit.record("申请导出", obj=export, format=format, filing=str(filing.uid), reason=reason)
    return export


@transaction.atomic
def request_bundle(
    *,
    by: Appointment,
    key: str,
    unit: Organization,
    year: int,
    filters: Mapping[str, str],
    reason: str,
    at: datetime,
) -> Export:
    """Ask for a file made of many papers; the one already being made answers for the same asked twice."""
    bundle, asked = BUNDLES[key], Selection(by, unit, year, filters)
    if not bundle.allowed(asked):
        raise OutOfScope(unit)
    if refused := bundle.refusal(asked):
        raise Refused(refused)
    reasons.check(key, reason)
    same = {"by": by, "ledger": key, "unit": unit, "year": year, "filters": dict(filters)}
    Appointment.objects.select_for_update(no_key=True, of=("self",)).get(pk=by.pk)
    if running := Export.objects.filter(**same, state__in=(WorkState.WAITING, WorkState.RUNNING)).first():
        return running
    export = Export.objects.create(
        **same, title=bundle.named(asked)[:200], format=bundle.format, reason=reason, created_at=at
    )
    export.send()
    told = {"format": export.format, "unit": unit.code or str(unit), "filters": dict(filters)}
    audit.record("申请导出", obj=export, **told, reason=reason)
    return export


def bundled(export: Export, post: Appointment) -> Selection:
    """What a file of many papers was asked for, seen by a post."""
    return Selection(post, export.unit, export.year, export.filters)


@transaction.atomic
def drop(*, export_id: int, by: Appointment, at: datetime) -> Export:
    """Remove one's own finished file before its time; the row stays as the record of what was made."""
    rows = Export.objects.visible_to(by).select_for_update(of=("self",))
    export = rows.get(pk=export_id)
    if export.state != WorkState.DONE or not export.file:
        raise Refused("这个文件还没有生成，或已经清除")
    transaction.on_commit(lambda name=export.file: files.drop_expired([name], at))
    export.file, export.expires_at = "", min(at, export.expires_at or at)
    export.save(update_fields=["file", "expires_at"])
    audit.record("清除导出文件", obj=export, sha256=export.sha256)
    return export


def still_allowed(export: Export, post: Appointment) -> bool:
    """Whether the post may still have what is in the file: scope is asked again at start and at download."""
    if export.ledger in BUNDLES:
        return BUNDLES[export.ledger].allowed(bundled(export, post))
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
