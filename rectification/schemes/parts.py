"""The parts of a scheme that are edited as rows: which columns each has, how a value reads, what a change was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models

from accounts.together import together
from rectification.schemes.duty_models import DutyRule
from rectification.schemes.models import (
    ChainStep,
    Criterion,
    ItemKind,
    Part,
    Phase,
    Quota,
    Scheme,
    SchemeItem,
)
from rectification.schemes.practice_models import Aspect, InspectionRule, SurveyForm, Target
from rectification.schemes.practice_terms import KEYS
from rectification.schemes.terms import field_names, plain, words


@dataclass(frozen=True)
class PartKind:
    """A part of a scheme: its rows, the columns a person fills in, and those whose change ends a starter mark.

    keyed: its rows have a key a program looks for, which no person types. wanted: columns a row may lack in the paper
    and a person must still fill in (SchemeGap).
    """

    key: str
    title: str
    noun: str
    model: type[Part]
    columns: tuple[str, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    marked: tuple[str, ...] = ()
    order_within: str = ""
    keyed: bool = False
    wanted: tuple[str, ...] = ()

    @property
    def carried(self) -> tuple[str, ...]:
        """The columns a row takes along into another scheme."""
        return (*self.columns, "source", "starter", *(["key"] if self.keyed else []))

    def complete(self, rows: Sequence[Any]) -> bool:
        """Whether the part has what a source may leave out: rows, each with what is wanted of it."""
        return bool(rows) and all(getattr(row, name) for row in rows for name in self.wanted)

    def rows(self, scheme: Scheme) -> list[Any]:
        """The part's rows in the scheme's order; those of several processes in the order of the year."""
        return self.ordered(list(self.model._default_manager.filter(scheme=scheme, **self.fixed)))

    def holds(self, row: Any) -> bool:
        """Whether a row of its table is of this part."""
        return all(getattr(row, name) == value for name, value in self.fixed.items())

    def ordered(self, rows: list[Any]) -> list[Any]:
        """These rows of the part in that order."""
        if not self.order_within:
            return rows
        groups = [value for value, _ in self.model._meta.get_field(self.order_within).flatchoices]
        return sorted(rows, key=lambda row: groups.index(getattr(row, self.order_within)))


def _items(kind: ItemKind, title: str, *columns: str, wanted: tuple[str, ...] = ()) -> PartKind:
    marked = ("points",) if "points" in columns else ()
    named = [name for name in columns if name == "key"]
    others = [name for name in columns if name != "key"]
    every = (*named, "text", *others)
    return PartKind(kind.value, title, "条目", SchemeItem, every, {"kind": kind.value}, marked, wanted=wanted)


DUTY_COLUMNS = (
    "title",
    "subject",
    "owner_level",
    "owner_role",
    "debtor",
    "rhythm",
    "times",
    "every",
    "day",
    "month",
    "event",
    "within_days",
    "in_working_days",
    "starts_on",
    "due_on",
    "stage",
    "shift",
    "grace_days",
    "ledger",
)
"""The columns of a duty rule in the order the editor asks for them: who, how often, when, and what is left."""

PARTS: dict[str, PartKind] = {
    part.key: part
    for part in (
        PartKind("phases", "阶段", "阶段", Phase, ("name", "stage", "starts_on", "ends_on")),
        PartKind(
            "criteria",
            "情形与分值",
            "情形",
            Criterion,
            ("text", "short", "points", "threshold", "hard", "fields", "rubric", "national_types"),
            marked=("points",),
        ),
        PartKind("quotas", "倒排比例", "比例", Quota, ("fields", "percent"), marked=("percent",)),
        PartKind(
            "duty_rules",
            "时限任务",
            "时限任务",
            DutyRule,
            DUTY_COLUMNS,
            fixed={"withdrawn": False},
            marked=("due_on", "day", "month"),
            keyed=True,
        ),
        PartKind(
            "chain",
            "由谁办理",
            "环节",
            ChainStep,
            ("process", "name", "level", "role", "mode", "decides"),
            order_within="process",
        ),
        _items(ItemKind.LOOKBACK, "回头看要点"),
        _items(ItemKind.SUPPORT, "帮扶力量"),
        _items(ItemKind.HELP, "帮建内容"),
        _items(ItemKind.CONTACT, "挂点联系", "fields"),
        _items(ItemKind.CAMPAIGN, "专项整治"),
        _items(ItemKind.ACCEPTANCE, "考核验收项目", "points", "veto"),
        _items(ItemKind.LEADERSHIP, "领导责任", "key"),
        _items(ItemKind.INPUT, "摸排时一并看的情况", "key"),
        _items(ItemKind.DEPARTMENT, "联审部门"),
        _items(ItemKind.PROVISION, "其他规定", "key"),
        _items(ItemKind.TREATMENT, "分类处置", "criterion", "due_on", wanted=("due_on",)),
        _items(ItemKind.STARTER, "措施参考", "criterion"),
        PartKind("aspects", "方面和类型", "方面", Aspect, ("name", "types"), wanted=("name", "types")),
        PartKind(
            "survey_forms",
            "摸排表",
            "摸排表",
            SurveyForm,
            ("title", "kind", "questions"),
            keyed=True,
            wanted=("questions",),
        ),
        PartKind("targets", "量化目标", "目标", Target, ("title", "unit", "least", "most"), keyed=True),
        PartKind(
            "inspection_rules",
            "督导安排",
            "督导安排",
            InspectionRule,
            ("title", "rhythm", "times", "level", "announced", "ranking"),
            keyed=True,
        ),
    )
}


def read_all(scheme: Scheme) -> dict[str, list[Any]]:
    """The rows of every part by its key, as `rows` gives them, in one query."""
    models_ = list(dict.fromkeys(part.model for part in PARTS.values()))
    found = together(*(model._default_manager.filter(scheme=scheme) for model in models_))
    tables = dict(zip(models_, found, strict=True))
    return {key: part.ordered(list(filter(part.holds, tables[part.model]))) for key, part in PARTS.items()}


HEAD_FIELDS = (
    "title",
    "document_number",
    "mode",
    "full_marks",
    "survey_base_on",
    "support_name",
    "contact_name",
    "pass_line",
    "basic_line",
    "satisfaction_line",
    "dissatisfied_veto",
    "satisfied_options",
    "other_options",
    "dissatisfied_options",
    "satisfaction_items",
    "publicity_least_days",
    "reminder_days",
    "escalation_days",
    "yellow_days",
    "extension_cap_days",
    "tracking_months",
    "poll_least",
    "check_percent",
    "evaluation_grades",
    "evaluation_uses",
)


class Change(NamedTuple):
    """One changed row or value: what it is, and how it read before and after ("" when new or removed)."""

    what: str
    before: str
    after: str


def shown(model: type[models.Model], name: str, value: Any) -> str:
    """A value as the screens write it: labels for choices, 2015年3月26日 for a day, 是/否, lists with 、."""
    column = model._meta.get_field(name)
    if value is None or value == "" or value == []:
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return words(value)
    if name == "fields":
        return field_names(value)
    if name == "key":
        return KEYS.get(value, str(value))
    if isinstance(value, list | tuple):
        return "、".join(str(item) for item in value)
    if isinstance(value, Decimal):
        return plain(value)
    choices = dict(getattr(column, "flatchoices", None) or [])
    return str(choices.get(value, value))


def row_name(part: PartKind, row: Any) -> str:
    """A row as messages name it: 阶段“集中整顿阶段”."""
    text = getattr(row, "name", "") or getattr(row, "title", "") or getattr(row, "text", "")
    return f"{part.noun}“{text or field_names(getattr(row, 'fields', []))}”"


def described(model: type[models.Model], names: Sequence[str], values: Mapping[str, Any]) -> str:
    """Some values of a row with their labels: 截止日期：2015年4月30日；次数：1."""
    label = model._meta.get_field
    return "；".join(f"{label(n).verbose_name}：{shown(model, n, values[n])}" for n in names if n in values)


def changed_fields(row: Any, names: Sequence[str], values: Mapping[str, Any]) -> list[str]:
    """The columns in which new values differ from a row."""
    return [name for name in names if name in values and getattr(row, name) != values[name]]


def words_of(part: PartKind, rows: Sequence[Any]) -> list[str]:
    """Each row as one line of words."""
    return [
        described(part.model, part.columns, {name: getattr(row, name) for name in part.columns})
        for row in rows
    ]
