"""历程 of a case: the steps it took and every change of its rows, from the history the database keeps."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from accounts.tables import show
from rectification.cases.models import Case, CaseMember
from rectification.evidence.models import Attachment
from rectification.remediation.activities.models import Activity
from rectification.remediation.models import Measure, Plan, Problem
from rectification.survey.change_models import CaseChange

# What the system keeps beside the facts, and what has a line of its own in the 历程
QUIET = frozenset(
    {"id", "uid", "case", "version", "org_path", "progress", "problems_total", "problems_closed", "percent"}
    | {
        "next_due_on",
        "stage",
        "review",
        "duty",
        "order",
        "file",
        "content_type",
        "size",
        "sha256",
        "by",
        "at",
    }
    | {"closed_by", "problem", "carried_from", "organization", "scheme", "year", "county", "township"}
    | {"previous", "user", "others", "sent_key"}
)
LIMIT = 400


class Change(NamedTuple):
    """A field before and after."""

    label: str
    before: str
    after: str


@dataclass
class Line:
    """One line of the 历程."""

    at: datetime
    title: str
    who: str = ""
    post: str = ""
    reason: str = ""
    changes: list[Change] = field(default_factory=list)


def history_of(case: Case) -> list[Line]:
    """Everything that happened to a case, newest first."""
    lines = [_step(step) for step in case.steps.select_related("by__user", "by__organization")]
    for model, path in (
        (Case, "id"),
        (Plan, "case"),
        (Problem, "case"),
        (CaseMember, "case"),
        (Activity, "case"),
    ):
        lines += _changes(model, path, case.pk)
    lines += [_listed(change) for change in case.changes.select_related("by__user", "by__organization")]
    lines += _changes(Measure, "problem__case", case.pk) + _changes(Attachment, "case", case.pk)
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _step(step: Any) -> Line:
    moved = [Change("环节", step.get_before_display(), step.get_after_display())]
    changes = moved if step.before != step.after else []
    return Line(step.at, step.label, step.by.user.name, str(step.by), step.reason, changes)


def _listed(change: CaseChange) -> Line:
    """By which decision the case came on the list in mid-year, or left it; why stands in the step."""
    said = f"{change.body}，{show(change.decided_on)}，{change.document}"
    said += f"；上级同意：{change.consent}" if change.consent else ""
    return Line(change.at, change.get_kind_display(), change.by.user.name, str(change.by), said)


def _changes(model: type[models.Model], path: str, case_id: int) -> list[Line]:
    """Each saved state of the rows of one kind beside the state before it."""
    history = apps.get_model("rectification", f"{model.__name__}History")
    shown = [f for f in model._meta.concrete_fields if f.name not in QUIET]
    rows = history._default_manager.filter(**{path: case_id}).order_by("-pgh_id")
    related = [f.name for f in shown if f.is_relation]
    rows = list(rows.select_related(*related)[:LIMIT])
    before: dict[int, Any] = {}
    lines = []
    for row in reversed(rows):
        old = before.get(row.pgh_obj_id)
        before[row.pgh_obj_id] = row
        if row.pgh_label == "update" and old is None:  # its former state lies beyond the limit
            continue
        line = _line(model, shown, old, row)
        if line is not None:
            lines.append(line)
    return lines


def _line(model: Any, shown: list[Any], old: Any, row: Any) -> Line | None:
    name = str(model._meta.verbose_name)
    context = row.pgh_context or {}
    line = Line(row.pgh_created_at, "", context.get("name", ""), context.get("post", ""))
    if row.pgh_label == "insert":
        if model is Case:
            return None  # the first step says it
        line.title, line.reason = f"新增{name}", _words(row, shown)
        return line
    if row.pgh_label == "delete":
        line.title, line.reason = f"删除{name}", _words(row, shown)
        return line
    line.title = f"修改{name}"
    pairs = [(f.verbose_name, _value(old, f), _value(row, f)) for f in shown]
    line.changes = [Change(*pair) for pair in pairs if pair[1] != pair[2]]
    return line if line.changes else None


def _words(row: Any, shown: list[Any]) -> str:
    """What a row says, in one sentence."""
    values = [(column.verbose_name, _value(row, column)) for column in shown if column.name != "state"]
    return "；".join(f"{label}：{value}" for label, value in values if value)


def _value(row: Any, column: Any) -> str:
    value = getattr(row, column.name)
    if column.choices:
        value = dict(column.flatchoices).get(value, value)
    if isinstance(value, list):
        value = "、".join(map(str, value))
    if value is False:
        return ""
    return show(value if not isinstance(value, models.Model) else str(value))
