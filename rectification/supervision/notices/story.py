"""What happened to a paper, step by step. The receiver's story begins when it was issued: a draft is nobody else's."""

from typing import Any

from accounts.changes import Change, Entry
from accounts.tables import show
from organizations.models import Appointment
from rectification.supervision.notices.models import Notice, NoticeState

TITLES = {
    NoticeState.ISSUED: "签发",
    NoticeState.REPLIED: "回复",
    NoticeState.RETURNED: "退回重办",
    NoticeState.VERIFIED: "核实",
    NoticeState.CANCELLED: "不予签发",
}
WORDED = ("title", "found", "asked", "due_on", "held_on")


def story_of(notice: Notice, post: Appointment) -> list[Entry]:
    """Every step with its words, the newest first; the issuer sees the draft and its corrections too."""
    own = post.organization_id == notice.issuer_id
    entries: list[Entry] = []
    before: Any = None
    for row in notice.history.order_by("pgh_id"):
        entry = _entry(notice, before, row)
        drafted = row.state in (NoticeState.DRAFT, NoticeState.CANCELLED)
        if entry is not None and (own or not drafted):
            entries.append(entry)
        before = row
    return entries[::-1]


def _entry(notice: Notice, before: Any, row: Any) -> Entry | None:
    context = row.pgh_context or {}
    who, post = context.get("name") or "系统", context.get("post") or ""
    if before is None:
        return Entry(row.pgh_created_at, who, post, "拟稿")
    if before.state != row.state:
        return Entry(row.pgh_created_at, who, post, _title(before, row), _words(row))
    changes = [
        Change(str(Notice._meta.get_field(name).verbose_name), old, new)
        for name in WORDED
        if (old := show(getattr(before, name))) != (new := show(getattr(row, name)))
    ]
    if row.state != NoticeState.DRAFT or not changes:
        return None
    return Entry(row.pgh_created_at, who, post, "修改草稿", changes=changes)


def _title(before: Any, row: Any) -> str:
    if row.state == NoticeState.CLOSED:
        return "登记送达" if before.state == NoticeState.ISSUED else "签发，已送达"
    return TITLES.get(NoticeState(row.state), "修改")


def _words(row: Any) -> str:
    """What was said with the step."""
    if row.state in (NoticeState.REPLIED, NoticeState.CLOSED):
        return row.reply
    if row.state in (NoticeState.RETURNED, NoticeState.VERIFIED, NoticeState.CANCELLED):
        return row.verdict
    return f"回复期限：{show(row.due_on)}" if row.due_on else ""
