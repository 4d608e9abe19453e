"""The list of lookbacks: how far each party has come, and the conclusion."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.tables import Column
from rectification.lookback.models import Lookback
from rectification.lookback.rules import Outcome, Party

GROUPS = {"": "回头看中", Outcome.CLOSED.value: "转化销号", Outcome.CARRIED.value: "纳入本年整顿"}
TONES = {Outcome.CLOSED.value: "green", Outcome.CARRIED.value: "red"}


def with_counts(rows: QuerySet[Lookback]) -> QuerySet[Lookback]:
    """Each with how many checkpoints it has and how many each party has answered, in one query."""
    said = {
        f"said_{party.value}": Count("checkpoints__views", filter=Q(checkpoints__views__party=party.value))
        for party in Party
    }
    rows = rows.annotate(asked=Count("checkpoints", distinct=True), **said)
    rows = rows.select_related("organization", "case__county", "case__township")
    return rows.order_by("org_path", "pk")


def _so_far(party: Party) -> Column:
    name = f"said_{party.value}"
    title = {"self": "自查", "superior": "上级检查", "department": "考核验收"}[party.value]
    return Column(name, title, lambda row: f"{getattr(row, name)}／{row.asked}")


def conclusion(row: Lookback) -> str:
    """The conclusion in a few words."""
    return {"closed": "转化提高", "carried": "没有转化到位"}.get(row.outcome, "")


def _last_year(row: Any) -> str:
    case = row.case
    result = f"验收{case.get_outcome_display()}，" if case.outcome else ""
    return f"{result}{case.get_stage_display()}"


COLUMNS = [
    Column("organization", "村（社区）", kind="link"),
    Column("county", "县市区", "case.county"),
    Column("township", "乡镇（街道）", lambda row: str(row.case.township or "县直属")),
    Column("last_year", "上年整顿", _last_year),
    *(_so_far(party) for party in Party),
    Column("outcome", "结论", conclusion, "light", tone=lambda row: TONES.get(row.outcome, "grey")),
    Column("tracked_until_on", "跟踪至", kind="date"),
]
