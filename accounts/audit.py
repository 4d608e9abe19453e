"""The audit trail: plain inserts in the business transaction, so what is recorded is what happened.

Beside what actions record by name, three nets catch what nobody thought of: a form that changed something, a file that
was handed out and an address that was refused leave a line in any case (accounts/recorded.py). Which fields were
written since the line before is noted by itself.
"""

from collections.abc import Collection
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from accounts import logs
from accounts.models import AuditEvent, User

MOST_FIELDS = 40


@dataclass(frozen=True)
class Actor:
    """Who acts: a user, the words for the post and the path of its unit, and the address they come from."""

    user: User | None = None
    post: str = ""
    unit_path: str = ""
    address: str = ""


@dataclass
class Trace:
    """What one request has left behind so far: how many events, and the fields written since the last of them."""

    events: int = 0
    written: dict[str, None] = field(default_factory=dict)


actor: ContextVar[Actor] = ContextVar("actor", default=Actor())  # noqa: B039 — frozen
trace: ContextVar[Trace | None] = ContextVar("trace", default=None)


def record(action: str, *, obj: Any = "", result: str = "成功", **detail: Any) -> AuditEvent:
    """Write one event for whoever acts now. `detail` holds plain values, never personal data or content."""
    who, left = actor.get(), trace.get() or Trace()
    written, left.written = list(left.written), {}
    left.events += 1
    return AuditEvent.objects.create(
        user=who.user,
        username=who.user.username if who.user else "",
        post=who.post,
        unit_path=who.unit_path,
        address=who.address,
        request=logs.request_id.get() or logs.job_id.get(),
        action=action[:40],
        object=str(obj)[:200],
        fields=written[:MOST_FIELDS],
        detail=detail,
        result=result,
    )


def note_written(
    sender: type[models.Model], created: bool, update_fields: Collection[str] | None, **_rest: Any
) -> None:
    """A record of a tracked model was saved: remember its kind and fields for the next event, never their values.

    What is written by statement (bulk loads) is not seen here; row history, kept by the database, has it all.
    """
    left = trace.get()
    if left is None or not hasattr(sender, "pgh_event_models") or len(left.written) > MOST_FIELDS:
        return
    name = str(sender._meta.verbose_name)
    if created:
        left.written[f"新增{name}"] = None
    elif update_fields is None:
        left.written[name] = None
    for item in () if created or update_fields is None else sorted(set(update_fields) - {"version"}):
        left.written[f"{name}：{sender._meta.get_field(item).verbose_name}"] = None
