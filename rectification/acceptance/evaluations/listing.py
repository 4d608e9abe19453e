"""The list of the year's evaluations: in the order of the tree and the kinds; no grades side by side, no sorting."""

from accounts.tables import Column
from rectification.acceptance.evaluations.models import (
    EvaluationKind,
    EvaluationQuerySet,
    EvaluationState,
    PersonEvaluation,
)

TONES = {EvaluationState.DRAFT: "yellow", EvaluationState.DONE: "green"}


def kind_words(row: PersonEvaluation) -> str:
    """The kind on screen; a leader by the scheme's own word."""
    if row.kind == EvaluationKind.CONTACT_LEADER:
        return f"{row.scheme.contact_name}领导"
    return row.get_kind_display()


def served_at(row: PersonEvaluation) -> str:
    """Where: a leader may hold several cases, told on the row's own page."""
    return row.case.organization.short_name if row.case else ""


COLUMNS = (
    Column("name", "姓名", kind="link", width=10),
    Column("kind", "考核对象", kind_words, width=14),
    Column("post", "单位及职务", "post_words", width=24),
    Column("case", "整顿对象", served_at, width=14),
    Column("unit", "考核单位", "organization.short_name", width=14),
    Column(
        "state", "状态", lambda one: one.get_state_display(), kind="light", tone=lambda one: TONES[one.state]
    ),
)


def in_order(rows: EvaluationQuerySet) -> EvaluationQuerySet:
    """By assessing unit, kind, place: the order of the paper, never that of a grade."""
    return rows.order_by("org_path", "kind", "case__org_path", "pk")


def near(rows: EvaluationQuerySet) -> EvaluationQuerySet:
    """With what a line shows."""
    return rows.select_related("organization", "scheme", "case__organization")
