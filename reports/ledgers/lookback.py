"""回头看情况表 (domain §5.11): last year's cases point by point, what three parties say, and where each case goes."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

from accounts.tables import Column
from organizations.rules import FIELDS
from rectification.cases.models import Outcome as Result
from rectification.lookback.models import OUTCOMES, STATES, Checkpoint, Lookback, LookbackView
from rectification.lookback.rules import Outcome, Party
from reports.ledgers.declaration import Ledger, Record, Selection, Total

SAID = dict(STATES)
CASE = 1
CONCLUSIONS = {Outcome.CLOSED.value: "转化提高", Outcome.CARRIED.value: "没有转化到位"}
WHERE = {Outcome.CLOSED.value: "销号并跟踪", Outcome.CARRIED.value: "纳入本年整顿"}
TAKEN = {
    "county_name": "lookback__case__county__short_name",
    "township_name": "lookback__case__township__short_name",
    "organization_name": "lookback__organization__short_name",
    "field": "lookback__organization__field",
    "result": "lookback__case__outcome",
    "closed_on": "lookback__case__closed_on",
    "outcome": "lookback__outcome",
    "reasons": "lookback__reasons",
    "decided_on": "lookback__decided_on",
    "tracked_until_on": "lookback__tracked_until_on",
}


def source(selection: Selection) -> QuerySet:
    """Checkpoints of the year's lookbacks under the unit."""
    held = Lookback.objects.visible_to(selection.post).of_year(selection.year).under(selection.unit)
    return (
        Checkpoint.objects.visible_to(selection.post)
        .filter(lookback__in=held)
        .order_by("lookback__org_path", "lookback", "order")
        .values("pk", "lookback", "text", "problem", **{name: F(path) for name, path in TAKEN.items()})
    )


def fill(_selection: Selection, records: Sequence[Record]) -> None:
    """Add what each party says: one query a chunk."""
    said: dict[int, dict[str, tuple[str, str]]] = defaultdict(dict)
    rows = LookbackView.objects.filter(checkpoint__in=[record["pk"] for record in records])
    for checkpoint, party, state, finding in rows.values_list("checkpoint", "party", "state", "finding"):
        said[checkpoint][party] = (SAID[state], finding)
    for record in records:
        for party in Party:
            state, finding = said[record["pk"]].get(party.value, ("", ""))
            record[party.value], record[f"{party.value}_finding"] = state, finding


def _words(table: dict[str, str], name: str) -> Callable[[Record], Any]:
    return lambda record: table.get(record[name], "")


def _columns(party: Party, title: str) -> tuple[Column, Column]:
    return (
        Column(party.value, "情况", width=6, group=title),
        Column(f"{party.value}_finding", "具体情况", width=16, group=title),
    )


LOOKBACK = Ledger(
    key="lookback",
    title="{year}年软弱涣散基层党组织整顿“回头看”情况表",
    columns=(
        Column("number", "序号", kind="number", width=5, merge=CASE),
        Column("county", "县市区", "county_name", width=8, group="上年整顿对象", merge=CASE),
        Column("township", "乡镇（街道）", "township_name", width=13, group="上年整顿对象", merge=CASE),
        Column("organization", "村（社区）", "organization_name", width=11, group="上年整顿对象", merge=CASE),
        Column("field", "领域", _words(FIELDS, "field"), width=6, group="上年整顿对象", merge=CASE),
        Column(
            "result",
            "验收结果",
            _words(dict(Result.choices), "result"),
            width=8,
            group="上年整顿对象",
            merge=CASE,
        ),
        Column("checkpoint", "回头看要点（上年问题）", "text", width=22),
        *_columns(Party.SELF, "整顿对象自查"),
        *_columns(Party.SUPERIOR, "上级党组织检查"),
        *_columns(Party.DEPARTMENT, "组织（人事）部门考核验收"),
        Column("outcome", "结论", _words(CONCLUSIONS, "outcome"), width=9, group="回头看结论", merge=CASE),
        Column("reasons", "理由", width=40, group="回头看结论", merge=CASE),
        Column("decided_on", "日期", kind="date", width=14, group="回头看结论", merge=CASE),
        Column("where", "去向", _words(WHERE, "outcome"), width=10, group="回头看结论", merge=CASE),
        Column("tracked_until_on", "跟踪至", kind="date", width=14, group="回头看结论", merge=CASE),
    ),
    source=source,
    fill=fill,
    parts=("lookback", "pk"),
    totals=(
        Total("organization", "count", CASE, words="{}个"),
        Total(
            "outcome",
            "where",
            CASE,
            equals=CONCLUSIONS["closed"],
            words="转化{}个",
            asks=Q(outcome=Outcome.CLOSED),
        ),
        Total(
            "where", "where", CASE, equals=WHERE["carried"], words="续整{}个", asks=Q(outcome=Outcome.CARRIED)
        ),
    ),
    filters={
        "field": ("领域", list(FIELDS.items()), "lookback__organization__field"),
        "outcome": ("结论", [choice for choice in OUTCOMES if choice[0]], "lookback__outcome"),
    },
)
