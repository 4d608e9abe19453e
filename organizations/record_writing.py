"""Writing the workbook of yearly records and committees once its owner has confirmed: all of it or nothing."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from organizations.imports import changed_meanwhile
from organizations.models import Appointment, ImportBatch, Organization
from organizations.record_models import LeaderPost, YearRecord

RECORD, POST = "record", "post"


def write(batch: ImportBatch, *, by: Appointment, at: datetime) -> int:
    """Write what was read; returns the number of rows written. Refused when somebody changed one meanwhile."""
    keys = [row["id"] for row in batch.rows]
    units = Organization.objects.visible_to(by).under(batch.unit).active().filter(pk__in=keys)
    found = {one.pk: one for one in units.select_for_update(of=("self",), no_key=True)}
    tables = {RECORD: YearRecord, POST: LeaderPost}
    kept: dict[tuple[str, int], Any] = {}
    for what, model in tables.items():
        pks = [row["pk"] for row in batch.rows if row["what"] == what and row["pk"]]
        for one in model.objects.filter(pk__in=pks).select_for_update(of=("self",)):
            kept[what, one.pk] = one
    years = set(YearRecord.objects.filter(organization__in=keys).values_list("organization_id", "year"))
    late = [row["name"] for row in batch.rows if _late(row, found, kept, years)]
    if late:
        raise changed_meanwhile(late)
    for row in batch.rows:
        _write_row(row, found[row["id"]], kept.get((row["what"], row["pk"])))
    return len(batch.rows)


def _late(row: dict[str, Any], found: dict, kept: dict, years: set) -> bool:
    """Whether the preview of a row no longer holds: the unit left, the record was changed, or made by another."""
    if row["id"] not in found:
        return True
    if row["pk"]:
        one = kept.get((row["what"], row["pk"]))
        return one is None or one.version != row["version"]
    return row["what"] == RECORD and (row["id"], row["year"]) in years


def _write_row(row: dict[str, Any], unit: Organization, one: Any) -> None:
    values = {change["key"]: _value(change) for change in row["changes"]}
    if one is None and row["what"] == RECORD:
        YearRecord.objects.create(organization=unit, year=row["year"], **values)
    elif one is None:
        LeaderPost.objects.create(organization=unit, title=row["title"], secretary=row["secretary"], **values)
    else:
        for key, value in values.items():
            setattr(one, key, value)
        one.save_version(*values)


def _value(change: dict[str, Any]) -> Any:
    if change["key"] == "income":
        return Decimal(change["value"])
    return date.fromisoformat(change["value"]) if change["key"] == "since_on" else change["value"]
