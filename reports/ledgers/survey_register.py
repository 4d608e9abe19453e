"""摸排登记表 (domain §5.1): every organization assessed in a year, lowest score first within its field."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import F, QuerySet

from accounts.tables import Column
from organizations.rules import Field
from organizations.scope import subtree
from rectification.survey.models import Assessment, Finding
from reports.ledgers.declaration import Ledger, Record, Selection, Total

FIELDS = {field.value: field.label for field in Field}


def source(selection: Selection) -> QuerySet:
    """Assessments of the year under the unit."""
    return (
        Assessment.objects.visible_to(selection.post)
        .filter(subtree(selection.unit.path).q("org_path"), survey__year=selection.year, excluded="")
        .order_by("survey", "field", "score", "org_path", "pk")
        .values(
            "pk",
            "field",
            "deducted",
            "score",
            "rank",
            "carried",
            "township_proposes",
            "township_reason",
            township_name=F("scorer__short_name"),
            organization_name=F("organization__short_name"),
            members=F("organization__members"),
        )
    )


def fill(records: Sequence[Record]) -> None:
    """Add the criteria hit and their words: one query a chunk."""
    found = defaultdict(list)
    rows = Finding.objects.filter(assessment__in=[record["pk"] for record in records]).order_by(
        "criterion__order"
    )
    for assessment, order, words in rows.values_list("assessment", "criterion__order", "words"):
        number = chr(0x2460 + order - 1) if 1 <= order <= 20 else f"({order})"
        found[assessment].append((number, words))
    for record in records:
        hits = found[record["pk"]]
        record["criteria"] = "".join(number for number, _words in hits)
        record["findings"] = "；".join(f"{number}{words}" for number, words in hits if words)


def township_opinion(record: Record) -> str:
    """What the township said: proposed, or why not."""
    return "同意列为拟整顿对象" if record["township_proposes"] else record["township_reason"]


def remark(record: Record) -> str:
    """Why a place stands in the list beside its score."""
    return "上年整顿未转化，续整" if record["carried"] else ""


SURVEY_REGISTER = Ledger(
    key="survey_register",
    title="{year}年软弱涣散基层党组织摸排登记表",
    columns=(
        Column("number", "序号", kind="number", width=5),
        Column("township", "乡镇（街道）", "township_name", width=12),
        Column("organization", "村（社区）", "organization_name", width=12),
        Column("field", "领域", lambda r: FIELDS.get(r["field"], ""), width=7),
        Column("members", "党员数", kind="number", width=7),
        # The committee is not kept in the system yet: the two columns stay open for the pen
        Column("secretary", "书记姓名", lambda r: "", width=9, group="党组织书记"),
        Column("since", "任职时间", lambda r: "", width=11, group="党组织书记"),
        Column("criteria", "对应情形", width=12, group="摸排情况"),
        Column("findings", "具体表现", width=34, group="摸排情况"),
        Column("deducted", "扣分", kind="number", width=6, group="摸排情况"),
        Column("score", "得分", kind="number", width=6, group="摸排情况"),
        Column("rank", "倒排名次", kind="number", width=7, group="摸排情况"),
        Column("self_opinion", "村自查意见", lambda r: "", width=14, group="意见"),
        Column("township_opinion", "乡镇意见", township_opinion, width=20, group="意见"),
        Column("joint_opinion", "部门联审意见", lambda r: "", width=16, group="意见"),
        Column("remark", "备注", remark, width=12),
    ),
    source=source,
    fill=fill,
    parts=("pk",),
    totals=(
        Total("organization", "count", words="{}个"),
        Total("members", "sum"),
        Total("deducted", "mean", words="平均{}"),
        Total("score", "mean", words="平均{}"),
    ),
    filters={"field": ("领域", list(FIELDS.items()), "field")},
)
