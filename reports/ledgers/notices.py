"""督导文书台账 (domain §5.8): number, date, found, asked, deadline, reply, verified; one row a paper."""

from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.tables import Column
from rectification.supervision.notices.models import (
    UNSENT,
    Notice,
    NoticeKind,
    NoticeLight,
    NoticeState,
)
from rectification.supervision.notices.rules import state_words
from reports.ledgers.declaration import Ledger, Record, Selection, Total

KINDS = dict(NoticeKind.choices)
LIGHTS = dict(NoticeLight.choices)
STATES = [(value, word) for value, word in NoticeState.choices if value not in UNSENT]
WORDS = dict(STATES)


def source(selection: Selection) -> QuerySet:
    """The year's papers to units under this one, in the order they were issued."""
    rows = Notice.objects.visible_to(selection.post).of_year(selection.year).under(selection.unit)
    rows = rows.exclude(state__in=UNSENT).order_by("issued_at", "pk")
    return rows.values(
        "pk",
        "kind",
        "light",
        "year",
        "title",
        "found",
        "asked",
        "state",
        "reply",
        "verdict",
        "issued_at",
        "replied_at",
        "verified_at",
        paper=F("number"),  # `number` is the row's own in a ledger
        issuer_name=F("issuer__short_name"),
        unit_name=F("organization__short_name"),
        case_name=F("case__organization__short_name"),
        until_on=F("duty__effective_due_on"),
    )


def _day(name: str) -> Any:
    return lambda record: timezone.localdate(record[name]) if record[name] else None


def state(record: Record) -> str:
    """Where it stands, as on the screen."""
    return state_words(record["kind"], record["state"], WORDS[record["state"]])


NOTICES = Ledger(
    key="notices",
    title="{year}年软弱涣散基层党组织整顿督导文书台账",
    columns=(
        Column("number", "序号", kind="number", width=5),
        Column("kind", "文种", lambda r: KINDS[r["kind"]], width=10),
        Column("light", "亮灯", lambda r: LIGHTS.get(r["light"], ""), width=6),
        Column("paper_number", "编号", lambda r: f"〔{r['year']}〕{r['paper']}号", width=13),
        Column("issued", "签发日期", _day("issued_at"), kind="date", width=14),
        Column("issuer", "签发单位", "issuer_name", width=10),
        Column("unit", "收件单位", "unit_name", width=11),
        Column("case", "整顿对象", "case_name", width=10),
        Column("title", "事由", width=20),
        Column("found", "存在的问题", width=30),
        Column("asked", "要求", width=24),
        Column("due", "回复期限", "until_on", kind="date", width=14),
        Column("reply", "回复（送达）情况", width=26),
        Column("replied", "回复日期", _day("replied_at"), kind="date", width=14),
        Column("verdict", "核实意见", width=16),
        Column("state", "状态", state, width=9),
    ),
    source=source,
    parts=("pk",),
    totals=(Total("title", "count", words="{}件"),),
    filters={
        "kind": ("文种", NoticeKind.choices, "kind"),
        "state": ("状态", STATES, "state"),
    },
)
