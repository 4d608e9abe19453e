"""修改记录 of a document: its fields as everywhere, and its words part by part."""

from itertools import pairwise
from typing import Any

from accounts.changes import Change, Entry, changes_of
from reports.documents import reading
from reports.documents.models import OfficeDocument

SILENT = {"facts", "words", "organization", "scheme", "by"}
LABELS = {reading.NOTE: "编者按", reading.MASTHEAD: "简报名称", reading.COPIES: "印数"}
LIMIT = 50


def history_of(document: OfficeDocument) -> list[Entry]:
    """What was changed, newest first; the words an officer typed before are found here."""
    entries = {entry.at: entry for entry in changes_of(document, skip=SILENT, limit=LIMIT)}
    headings = LABELS | {part.key: part.heading for part in reading.parts_of(document)}
    rows = list(document.history.defer("facts").order_by("-pgh_id")[: LIMIT + 1])
    for row, before in pairwise(rows):
        changes = _of_words(before.words, row.words, headings)
        if changes:
            context = row.pgh_context or {}
            own = Entry(row.pgh_created_at, context.get("name") or "系统", context.get("post") or "", "修改")
            entries.setdefault(row.pgh_created_at, own).changes.extend(changes)
    return sorted(entries.values(), key=lambda entry: entry.at, reverse=True)


def _of_words(before: dict[str, Any], after: dict[str, Any], headings: dict[str, str]) -> list[Change]:
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    found = []
    for key in keys:
        old, new = before.get(key), after.get(key)
        if key == reading.LEFT_OUT:
            old, new = _named(old, headings), _named(new, headings)
        else:
            old, new = (said if said is not None else "系统初稿" for said in (old, new))
        label = "不写的部分" if key == reading.LEFT_OUT else headings.get(key, f"原有文字（{key}）")
        found.append(Change(label, old, new))
    return found


def _named(keys: str | None, headings: dict[str, str]) -> str:
    return "、".join(headings.get(key, key) for key in (keys or "").split(",") if key)
