"""The register itself: every field of every model, found in one of the declarations or else reported."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from reports.personal.declaration import DRAFTS, FILES, TECHNICAL, TRAIL, Class, Entry
from reports.personal.entries import PERSONAL
from reports.personal.free_text import FREE_TEXT
from reports.personal.plain import PLAIN

ROOMS = frozenset({"accounts", "organizations", "rectification", "reports"})
# What a field is called that no page shows and so has no words of its own
NAMES = {
    "username": "用户名",
    "data": "填写内容",
    "location": "提交后的去处",
    "content": "原件",
    "rows": "读出的行",
    "search": "姓名拼音",
    "part": "所在部分",
    "file": "文件",
    "session_key": "会话编号",
    "session_data": "会话内容",
}
_TEXT_KEPT = {"AuditEvent": TRAIL, "Draft": DRAFTS}


class Line(NamedTuple):
    """One line of the register as people read it."""

    table: str
    fields: str
    what: str
    purpose: str
    kept: str


def _models() -> Iterator[type[models.Model]]:
    """Our tables; history copies their fields and is kept as they are, link tables hold nothing of their own."""
    for model in apps.get_models():
        copied = hasattr(model, "pgh_tracked_model") or model._meta.auto_created
        if model._meta.app_label in ROOMS and not copied:
            yield model


def _declared(model: type[models.Model], field: Any) -> bool:
    name = model.__name__
    return (
        # Whom a relation leads to is told where it leads
        field.is_relation
        or field.name in TECHNICAL
        or f"{name}.{field.name}" in PERSONAL
        or field.name in FREE_TEXT.get(name, "").split()
        or field.name in PLAIN.get(name, "").split()
    )


def missing() -> list[str]:
    """Fields nobody has declared."""
    return [
        f"{model.__name__}.{field.name}"
        for model in _models()
        for field in model._meta.local_fields
        if not _declared(model, field)
    ]


def stale() -> list[str]:
    """Declarations of fields that are no more."""
    there = {f"{model.__name__}.{field.name}" for model in _models() for field in model._meta.local_fields}
    lists = (FREE_TEXT, PLAIN)
    told = {f"{model}.{name}" for one in lists for model, names in one.items() for name in names.split()}
    return sorted((told | PERSONAL.keys()) - there)


def register() -> list[Line]:
    """Every personal field with purpose, class and retention, in the order of the rooms."""
    return [line for model in _models() for line in _lines(model)]


def _lines(model: type[models.Model]) -> Iterator[Line]:
    table, text = str(model._meta.verbose_name), []
    for field in model._meta.local_fields:
        words = (
            NAMES.get(field.name, field.name)
            if str(field.verbose_name).isascii()
            else str(field.verbose_name)
        )
        if entry := PERSONAL.get(f"{model.__name__}.{field.name}"):
            yield _line(table, words, entry)
        elif field.name in FREE_TEXT.get(model.__name__, "").split():
            text.append(words)
    if text:
        kept = _TEXT_KEPT.get(model.__name__, FILES)
        yield _line(table, "、".join(text), Entry(Class.TEXT, "记录工作情况和理由", kept))


def _line(table: str, fields: str, entry: Entry) -> Line:
    return Line(table, fields, entry.what.value, entry.purpose, entry.kept.words)
