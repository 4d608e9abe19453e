"""市检查情况: what the unit above concluded of each accepted case it looked at again."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

from accounts.tables import Column
from organizations.models import Organization
from organizations.scope import subtree
from rectification.acceptance.checks.models import CheckResult, CheckVerdict
from rectification.workflow import Stage
from reports.ledgers.declaration import Ledger, Record, Selection, Total

VERDICTS = [(one.value, one.label) for one in CheckVerdict if one.value]
WORDS = dict(VERDICTS)


def source(selection: Selection) -> QuerySet:
    """Conclusions of the year at cases under the unit, in the order of the tree."""
    rows = CheckResult.objects.visible_to(selection.post).filter(
        subtree(selection.unit.path).q("case__org_path"), check_of__scheme__year=selection.year
    )
    return (
        rows.exclude(verdict="")
        .order_by("case__org_path", "on", "pk")
        .values(
            "pk",
            "on",
            "words",
            "verdict",
            "due_on",
            office=F("check_of__organization"),
            title=F("check_of__title"),
            team=F("check_of__team"),
            draw=F("check_of__draw"),
            stage=F("case__stage"),
            county_name=F("case__county__short_name"),
            township_name=F("case__township__short_name"),
            organization_name=F("case__organization__short_name"),
        )
    )


def fill(_selection: Selection, records: Sequence[Record]) -> None:
    """Add who checked: one query a chunk."""
    units = Organization.objects.in_bulk({record["office"] for record in records})
    for record in records:
        record["office_name"] = units[record["office"]].office


def _how(record: Record) -> str:
    return "随机抽取" if record["draw"] else "范围内全部"


def _stage(record: Record) -> str:
    return Stage(record["stage"]).label


FILTERS: Any = {"verdict": ("检查结论", VERDICTS, "verdict")}
CHECKS = Ledger(
    key="checks",
    title="{year}年软弱涣散基层党组织整顿验收检查情况表",
    columns=(
        Column("number", "序号", kind="number", width=6),
        Column("county", "县市区", "county_name", width=10),
        Column("township", "乡镇（街道）", "township_name", width=14),
        Column("organization", "村（社区）", "organization_name", width=12),
        Column("title", "检查", width=20),
        Column("office", "检查单位", "office_name", width=16),
        Column("team", "检查人员", width=18),
        Column("how", "对象确定方式", _how, width=12),
        Column("on", "检查日期", kind="date", width=15),
        Column("words", "检查情况", width=40),
        Column("verdict", "检查结论", lambda r: WORDS[r["verdict"]], width=18),
        Column("due_on", "重新提请验收期限", kind="date", width=15),
        Column("stage", "当前环节", _stage, width=14),
    ),
    source=source,
    fill=fill,
    parts=("pk",),
    totals=(
        Total("organization", "count", words="{}个"),
        Total(
            "verdict",
            "where",
            equals=WORDS[CheckVerdict.REFUSED],
            words="不认可{}个",
            asks=Q(verdict=CheckVerdict.REFUSED),
        ),
    ),
    filters=FILTERS,
)
