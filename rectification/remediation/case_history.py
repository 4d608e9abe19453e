"""历程 of a case: the steps it took and every change of its rows, from the history the database keeps."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from accounts.tables import show
from organizations.models import Appointment
from rectification.cases.models import Case, CaseMember
from rectification.evidence.models import Attachment
from rectification.remediation.activities.models import Activity
from rectification.remediation.models import Measure, Plan, Problem
from rectification.remediation.reporting.case_part import reports_of
from rectification.remediation.reporting.models import FinanceCheck
from rectification.remediation.support.models import (
    CommitteeNeed,
    Help,
    HelpingUnit,
    Pairing,
    Project,
    Training,
)
from rectification.remediation.targets.models import Campaign, CampaignEntry, TargetEntry
from rectification.survey.change_models import CaseChange

# Whose changes are told, with the way to the case and the field that says which row it is
TOLD: tuple[tuple[type[models.Model], str, str], ...] = (
    (Case, "id", ""),
    (Plan, "case", ""),
    (Problem, "case", "text"),
    (Measure, "problem__case", "text"),
    (CaseMember, "case", "name"),
    (HelpingUnit, "case", "name"),
    (Pairing, "case", "partner_name"),
    (Project, "case", "name"),
    (Help, "case", "item"),
    (CommitteeNeed, "case", "title"),
    (Training, "case", "person"),
    (Activity, "case", "what"),
    (TargetEntry, "case", "target"),
    (Campaign, "pgh_obj__cases", "title"),
    (CampaignEntry, "case", "campaign"),
    (FinanceCheck, "case", "period_from_on"),
    (Attachment, "case", "name"),
)
# What the system keeps beside the facts, and what has a line of its own in the 历程
QUIET = frozenset(
    {"id", "uid", "case", "version", "org_path", "problems_total", "problems_closed", "percent"}
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
    | {"previous", "user", "others", "sent_key", "post", "partner", "pgh_obj"}
)
# Of a case its share of done measures is counted; of a project the same name is what somebody wrote
COUNTED = {(Case, "progress")}
NAMES = {"item": "内容", "helper": "帮扶单位", "campaign": "专项整治"}
# A field that is filled for the first time, and what then happened to the row; "" where the field's name says it
TURNS = {
    "withdrawn_reason": "",
    "vacant_on": "离开，岗位空缺",
    "to_on": "帮扶结束",
    "settled_on": "到位",
    "cancelled_reason": "取消",
    "done_on": "完成",
    "published_on": "公开",
}
LIMIT = 400
WHICH = 20
LISTED = 5


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


def history_of(case: Case, post: Appointment) -> list[Line]:
    """Everything that happened to a case, newest first; of reports what this post reads."""
    lines = [_step(step) for step in case.steps.select_related("by__user", "by__organization")]
    lines += [_listed(change) for change in case.changes.select_related("by__user", "by__organization")]
    for model, path, named in TOLD:
        lines += _changes(model, path, case.pk, named)
    lines += [_reported(said) for said in reports_of(case, post)]
    return sorted((line for line in lines if line), key=lambda line: line.at, reverse=True)


def _step(step: Any) -> Line:
    moved = [Change("环节", step.get_before_display(), step.get_after_display())]
    changes = moved if step.before != step.after else []
    return Line(step.at, step.label, step.by.user.name, str(step.by), step.reason, changes)


def _listed(change: CaseChange) -> Line:
    """By which decision the case came on the list in mid-year, or left it; why stands in the step."""
    said = f"{change.body}，{show(change.decided_on)}，{change.document}"
    said += f"；上级同意：{change.consent}" if change.consent else ""
    return Line(change.at, change.get_kind_display(), change.by.user.name, str(change.by), said)


def _reported(said: dict[str, Any]) -> Line | None:
    """A progress report that speaks of the case, when it went up."""
    report, line = said["report"], said["line"]
    if report.submitted_at is None or line is None:
        return None
    words = (
        f"{report}：问题 {line['problems']} 个，已销号 {line['closed_all']} 个，完成率 {line['percent']}%；"
    )
    words += f"现为{report.get_state_display()}"
    return Line(report.submitted_at, "进展报告报送", report.by.user.name, str(report.by), words)


def _changes(model: type[models.Model], path: str, case_id: int, named: str) -> list[Line]:
    """Each saved state of the rows of one kind beside the state before it; one query."""
    history = apps.get_model("rectification", f"{model.__name__}History")
    shown = [f for f in model._meta.concrete_fields if _label(f) and (model, f.name) not in COUNTED]
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
        line = _line(model, shown, old, row, named)
        if line is not None:
            lines.append(line)
    return lines


def _label(column: Any) -> str:
    """A field by its name on screen; "" for what the 历程 does not tell."""
    if column.name in QUIET:
        return ""
    name = str(column.verbose_name)
    return NAMES.get(column.name, "") if name.isascii() else name


def _line(model: Any, shown: list[Any], old: Any, row: Any, named: str) -> Line | None:
    kind = str(model._meta.verbose_name)
    context = row.pgh_context or {}
    line = Line(row.pgh_created_at, "", context.get("name", ""), context.get("post", ""))
    if row.pgh_label == "insert":
        if model is Case:
            return None  # the first step says it
        line.title, line.reason = f"新增{kind}", _words(row, shown)
        return line
    if row.pgh_label == "delete":
        line.title, line.reason = f"删除{kind}", _words(row, shown)
        return line
    line.title = _title(model, kind, shown, old, row, named)
    pairs = [(_label(f), _value(old, f), _value(row, f)) for f in shown]
    line.changes = [Change(*pair) for pair in pairs if pair[1] != pair[2]]
    return line if line.changes else None


def _title(model: Any, kind: str, shown: list[Any], old: Any, row: Any, named: str) -> str:
    """What happened to which row: 帮扶人员“张三”离开，岗位空缺."""
    which = ""
    if named:
        said = _value(row, model._meta.get_field(named))
        which = f"“{said[:WHICH]}…”" if len(said) > WHICH else f"“{said}”"
    columns = {column.name for column in shown}
    turned = [name for name in TURNS if name in columns and getattr(row, name) and not getattr(old, name)]
    if not turned:
        return f"修改{kind}{which}"
    said = TURNS[turned[0]] or _label(model._meta.get_field(turned[0])).removesuffix("原因")
    return f"{kind}{which}{said}"


def _words(row: Any, shown: list[Any]) -> str:
    """What a row says, in one sentence."""
    values = [(_label(column), _shortened(row, column)) for column in shown if column.name != "state"]
    return "；".join(f"{label}：{value}" for label, value in values if value)


def _shortened(row: Any, column: Any) -> str:
    """A long list, such as of households, by its first ones and their number."""
    value = getattr(row, column.name)
    if isinstance(value, list) and len(value) > LISTED:
        return f"{'、'.join(map(str, value[:LISTED]))}等{len(value)}个"
    return _value(row, column)


def _value(row: Any, column: Any) -> str:
    value = getattr(row, column.name)
    if column.choices:
        value = dict(column.flatchoices).get(value, value)
    if isinstance(value, list):
        value = "、".join(map(str, value))
    if value is False:
        return ""
    return show(value if not isinstance(value, models.Model) else str(value))
