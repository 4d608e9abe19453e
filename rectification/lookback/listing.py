"""The list of lookbacks: how far each party has come, who is next, and the conclusion."""

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.tables import Column
from organizations.models import Appointment, Organization
from rectification.lookback import waiting
from rectification.lookback.models import Lookback
from rectification.lookback.rules import Outcome, Party

GROUPS = {"": "回头看中", Outcome.CLOSED.value: "转化销号", Outcome.CARRIED.value: "纳入本年整顿"}
TONES = {Outcome.CLOSED.value: "green", Outcome.CARRIED.value: "red"}


class Listing:
    """What a list page asked for: ?group= by conclusion, ?unit= below which unit, ?next= who is next, ?mine=on."""

    def __init__(self, post: Appointment, year: int, query: QueryDict) -> None:
        self.post = post
        whole = Lookback.objects.visible_to(post).of_year(year)
        self.parties = waiting.schemes_of(whole)
        self.whole = waiting.with_next(whole, self.parties)
        group = query.get("group", "")
        self.group = group if group in GROUPS else ""
        self.next = query.get("next", "") if query.get("next", "") in waiting.NEXT else ""
        self.unit, self.mine = query.get("unit", ""), query.get("mine") == "on"
        self.units = _units(whole, post)

    def tabs(self) -> list[dict[str, Any]]:
        """The conclusions with how many of each there are in the chosen unit."""
        counts = dict.fromkeys(GROUPS, 0)
        for outcome in self._of_unit(self.whole).order_by().values_list("outcome", flat=True):
            counts[outcome] += 1
        return [{"key": key, "name": name, "count": counts[key]} for key, name in GROUPS.items()]

    def rows(self) -> QuerySet[Lookback]:
        """What was asked for, in the tree's order."""
        rows = self._of_unit(self.whole).filter(outcome=self.group)
        if self.next:
            rows = rows.filter(next=self.next)
        if self.mine:
            rows = waiting.waiting_for(rows, self.post, self.parties)
        rows = rows.select_related("organization", "case__county", "case__township")
        return rows.order_by("org_path", "pk")

    def _of_unit(self, rows: QuerySet[Lookback]) -> QuerySet[Lookback]:
        chosen = next((unit for unit in self.units if str(unit.uid) == self.unit), None)
        return rows.under(chosen) if chosen else rows


def _units(rows: QuerySet[Lookback], post: Appointment) -> list[Organization]:
    """The townships, for a city the counties, that have any."""
    field = "case__county" if post.role == "city_reviewer" else "case__township"
    return list(Organization.objects.filter(pk__in=rows.order_by().values(field)))


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


def columns(parties: set[Party], group: str) -> list[Column]:
    """The columns: a party that no scheme of the list knows has none; who is next while it is under way."""
    shown = [
        Column("organization", "村（社区）", kind="link"),
        Column("county", "县市区", "case.county"),
        Column("township", "乡镇（街道）", lambda row: str(row.case.township or "县直属")),
        Column("last_year", "上年整顿", _last_year),
        *(_so_far(party) for party in Party if party in parties),
    ]
    if not group:
        return [*shown, Column("next", "下一步", lambda row: waiting.NEXT.get(row.next, ""))]
    light = Column("outcome", "结论", conclusion, "light", tone=lambda row: TONES.get(row.outcome, "grey"))
    return [*shown, light, Column("tracked_until_on", "跟踪至", kind="date")]
