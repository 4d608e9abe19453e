"""考核验收汇总表 (domain §5.10): the last acceptance of each case, both sides' points, vetoes, rates, the result.

The sheet of one case, item by item, is the paper 考核验收评分表.
"""

from collections.abc import Sequence

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.tables import Column
from organizations.rules import FIELDS
from rectification.acceptance.models import AcceptanceState, TallyGroup
from rectification.cases.models import Outcome
from reports.ledgers import acceptance_words as words
from reports.ledgers.declaration import Ledger, Record, Selection, Total

RESULTS = [(value, label) for value, label in Outcome.choices if value]
TAKEN = {
    "county_name": "case__county__short_name",
    "township_name": "case__township__short_name",
    "organization_name": "case__organization__short_name",
    "field": "case__organization__field",
}


def source(selection: Selection) -> QuerySet:
    """The last acceptance of each case of the year under the unit."""
    rows = words.newest(words.of_year(selection))
    return rows.values("pk", "number", **{name: F(path) for name, path in TAKEN.items()})


def fill(selection: Selection, records: Sequence[Record]) -> None:
    """Add what was scored, counted and signed: three queries a chunk."""
    found = words.whole(selection, [record["pk"] for record in records])
    for record in records:
        one = found[record["pk"]]
        scheme = one.case.scheme
        record |= {
            "round": f"第{record['number']}次",
            "standard": words.standard(one),
            "township": words.given(one, "township_score"),
            "county": one.total if one.total is not None else words.given(one, "county_score"),
            "township_taken": "；".join(words.taken(one, "township_score", "township_reason")),
            "county_taken": "；".join(words.taken(one, "county_score", "reason")),
            "vetoes": "；".join(words.vetoes(one)),
            "members": words.rate(one, TallyGroup.MEMBERS, scheme),
            "masses": words.rate(one, TallyGroup.MASSES, scheme),
            "suggested": Outcome(one.suggested).label if one.suggested else "",
            "outcome": words.result(one),
            "different": one.different_reason,
            "grounds": "；".join(words.grounds(one)),
            "signer": one.signed_name,
            "signed_on": one.signed_on,
            "follow_on": one.follow_due_on,
        }


ACCEPTANCE = Ledger(
    key="acceptance",
    title="{year}年软弱涣散基层党组织整顿考核验收汇总表",
    columns=(
        Column("number", "序号", kind="number", width=5),
        Column("county", "县市区", "county_name", width=8, group="整顿对象"),
        Column("township", "乡镇（街道）", "township_name", width=13, group="整顿对象"),
        Column("organization", "村（社区）", "organization_name", width=11, group="整顿对象"),
        Column("field", "领域", lambda r: FIELDS.get(r["field"], ""), width=6, group="整顿对象"),
        Column("round", "验收次数", width=7),
        Column("standard", "标准分", kind="number", width=6, group="验收评分"),
        Column("township_total", "乡镇评分", "township", kind="number", width=6, group="验收评分"),
        Column("county_total", "县验收分", "county", kind="number", width=6, group="验收评分"),
        Column("township_taken", "乡镇扣分理由", width=18, group="验收评分"),
        Column("county_taken", "县验收扣分理由", width=28, group="验收评分"),
        Column("vetoes", "否决情形", width=14),
        Column("members", "党员", width=9, group="满意率"),
        Column("masses", "群众", width=9, group="满意率"),
        Column("suggested", "按规则", width=8, group="验收结果"),
        Column("outcome", "结果", width=10, group="验收结果"),
        Column("grounds", "依据", width=20, group="验收结果"),
        Column("different", "与规则不一致的理由", width=14, group="验收结果"),
        Column("signer", "签署人", width=8, group="验收结果"),
        Column("signed_on", "签署日期", kind="date", width=16, group="验收结果"),
        Column("follow_on", "巩固提升（限期补课）至", kind="date", width=16),
    ),
    source=source,
    fill=fill,
    parts=("pk",),
    totals=(
        Total("organization", "count", words="{}个"),
        Total("township_total", "mean", words="平均{}", asks=words.given_asked("township_score")),
        Total(
            "county_total",
            "mean",
            words="平均{}",
            asks=Coalesce("total", words.given_asked("county_score")),
        ),
        Total(
            "outcome",
            "where",
            equals=Outcome.PASS.label,
            words="合格{}个",
            asks=Q(outcome=Outcome.PASS) & ~Q(state=AcceptanceState.SIGNING_OFF),
        ),
    ),
    filters={
        "field": ("领域", list(FIELDS.items()), "case__organization__field"),
        "outcome": ("验收结果", RESULTS, "outcome"),
        "state": ("状态", AcceptanceState.choices, "state"),
    },
)
