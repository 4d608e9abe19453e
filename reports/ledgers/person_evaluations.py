"""年底考核汇总表: who was assessed with what words, in the order of the tree; nobody is ranked, nothing added up."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.tables import Column
from organizations.scope import subtree
from rectification.acceptance.evaluations import facts, rules
from rectification.acceptance.evaluations.listing import in_order, kind_words
from rectification.acceptance.evaluations.models import (
    EvaluationKind,
    EvaluationState,
    PersonEvaluation,
)
from reports.ledgers.declaration import Ledger, Record, Selection

NEAR = ("organization", "scheme", "member", "contact", "case__organization")
STATES = dict(EvaluationState.choices)


def source(selection: Selection) -> QuerySet:
    """The year's evaluations by units under this one."""
    rows = PersonEvaluation.objects.visible_to(selection.post).filter(
        subtree(selection.unit.path).q("org_path"), scheme__year=selection.year
    )
    return in_order(rows).values("pk", "name", "post_words", "grade", "words", "on", "state")


def fill(selection: Selection, records: Sequence[Record]) -> None:
    """Add what the file says of each, frozen or as it stands."""
    rows = PersonEvaluation.objects.visible_to(selection.post).select_related(*NEAR)
    found = rows.in_bulk([record["pk"] for record in records])
    said = facts.facts_of(list(found.values()), timezone.localdate())
    for record in records:
        row = found[record["pk"]]
        record["unit_name"] = row.organization.short_name
        record["kind_name"] = kind_words(row)
        record["case_name"] = row.case.organization.short_name if row.case else ""
        record["did"] = rules.summary(said[row.pk])
        record["used"] = "；".join(part for part in ("、".join(row.uses), row.uses_words) if part)


FILTERS: Any = {
    "kind": ("考核对象", EvaluationKind.choices, "kind"),
    "state": ("状态", EvaluationState.choices, "state"),
}
PERSON_EVALUATIONS = Ledger(
    key="person_evaluations",
    title="{year}年软弱涣散基层党组织整顿工作年底考核汇总表",
    columns=(
        Column("number", "序号", kind="number", width=6),
        Column("unit", "考核单位", "unit_name", width=12),
        Column("kind", "考核对象", "kind_name", width=14),
        Column("name", "姓名", width=10),
        Column("post", "单位及职务", "post_words", width=20),
        Column("case", "整顿对象", "case_name", width=12),
        Column("did", "履职情况", width=52),
        Column("words", "考核意见", width=36),
        Column("grade", "考核等次", width=10),
        Column("used", "结果运用", width=22),
        Column("on", "考核日期", kind="date", width=15),
        Column("state", "状态", lambda r: STATES[r["state"]], width=9),
    ),
    source=source,
    fill=fill,
    parts=("pk",),
    filters=FILTERS,
)
