"""Sessions as rows that say whose they are, so that their owner can list and end them."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as RowStore
from django.http import HttpRequest
from django.utils import timezone

from accounts import audit
from accounts.models import Session, User
from accounts.standing import Standing

SYSTEMS = (
    ("HarmonyOS", "鸿蒙"),
    ("Android", "安卓手机"),
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("Windows", "Windows 电脑"),
    ("Mac OS", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg/", "Edge 浏览器"),
    ("Firefox/", "Firefox 浏览器"),
    ("Chrome/", "Chrome 内核浏览器"),
    ("Safari/", "Safari 浏览器"),
)


OPEN = Standing(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key="the key",
    now=datetime.min.replace(tzinfo=UTC),
)


class SessionStore(RowStore):
    """Django's sessions in the database, with what their owner wants to know of them in columns."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The rows."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        """Django's own look-up, asked at every request."""
        rows = OPEN.ask(key=self.session_key, now=timezone.now())
        if not rows:
            self._session_key = None
        return next(iter(rows), None)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of a session; what `begin` noted goes into its columns."""
        row = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.address, row.device = data.get("address", ""), data.get("device", "")
        row.started_at, row.seen_at = data.get("signed_in_at"), data.get("seen_at")
        return row


def begin(request: HttpRequest, at: datetime) -> None:
    """Note in a session that has just been opened when, from where and by what it was."""
    now = at.isoformat()
    address, agent = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_USER_AGENT", "")
    noted = {"address": address, "device": device_words(agent)}
    request.session.update({"signed_in_at": now, "seen_at": now, "proved_at": now, **noted})


def device_words(agent: str) -> str:
    """What a browser calls itself, in two words a person knows; "" for nothing known."""
    words = [next((said for mark, said in known if mark in agent), "") for known in (SYSTEMS, BROWSERS)]
    return " · ".join(filter(None, words))


def of(user: User, at: datetime) -> list[Session]:
    """Where somebody is signed in, last used first."""
    return list(Session.objects.of(user, at))


def end_all(*, user: User, keep: str | None = None) -> int:
    """End every session of a person but the one with the key `keep`; how many there were."""
    return Session.objects.filter(user=user).exclude(session_key=keep or "").delete()[0]


def end_others(*, user: User, keep: str | None) -> None:
    """A person ends all own sessions but the one they sit at."""
    audit.record("结束会话", obj=user.username, count=end_all(user=user, keep=keep))


def end_one(*, user: User, handle: str, at: datetime) -> bool:
    """End one of a person's own sessions; False when there is none of theirs by that handle."""
    found = next((row for row in Session.objects.of(user, at) if str(row.handle) == handle), None)
    if found is None:
        return False
    found.delete()
    audit.record("结束会话", obj=user.username, address=found.address)
    return True
