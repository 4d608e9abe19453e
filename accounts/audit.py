"""The audit trail: plain inserts in the business transaction, so what is recorded is what happened."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from accounts import logs
from accounts.models import AuditEvent, User


@dataclass(frozen=True)
class Actor:
    """Who acts: a user, the words for the post and the path of its unit, and the address they come from."""

    user: User | None = None
    post: str = ""
    unit_path: str = ""
    address: str = ""


actor: ContextVar[Actor] = ContextVar("actor", default=Actor())  # noqa: B039 — frozen


def record(action: str, *, obj: Any = "", result: str = "成功", **detail: Any) -> AuditEvent:
    """Write one event for whoever acts now. `detail` holds plain values, never personal data or content."""
    who = actor.get()
    return AuditEvent.objects.create(
        user=who.user,
        username=who.user.username if who.user else "",
        post=who.post,
        unit_path=who.unit_path,
        address=who.address,
        request=logs.request_id.get() or logs.job_id.get(),
        action=action,
        object=str(obj)[:200],
        detail=detail,
        result=result,
    )
