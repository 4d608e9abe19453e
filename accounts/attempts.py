"""Whoever guesses is slowed down, without a way to lock an owner out (OWASP: device cookies).

A browser that signed in once carries a mark for that account, which nobody else can make. Its wrong passwords are
counted by the mark alone. Everybody else's are counted by account and address, by account, and by address: a stranger
locks out strangers, never a known device. An attempt is noted before the password is looked at, so that many at once
do not slip through between counting and noting.
"""

import secrets
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.models import SignInAttempt

SALT = "accounts.device"
ACCOUNTS_A_DEVICE = 8
KEPT = timedelta(days=180)


def begin(*, username: str, address: str, device: str, at: datetime) -> tuple[SignInAttempt, int]:
    """Note an attempt; with it the minutes until one is heard again, 0 when this one is heard now.

    device: the mark of a known device for this account, else "". One that is not heard does not prolong the wait.
    """
    attempt = SignInAttempt.objects.create(username=username, address=address, device=device, at=at)
    minutes = _minutes(attempt)
    if minutes:
        attempt.delete()
    return attempt, minutes


def succeeded(attempt: SignInAttempt) -> None:
    """Start this device's, or this account's count at this address, anew."""
    same = {"device": attempt.device} if attempt.device else {"device": "", "address": attempt.address}
    SignInAttempt.objects.filter(username=attempt.username, **same).delete()


def failed(username: str, at: datetime) -> int:
    """How many attempts at an account count at this moment."""
    return SignInAttempt.objects.filter(username=username, at__gt=at - settings.LOCK_TIME).count()


def clear(username: str) -> None:
    """Hear the account again at once, from everywhere."""
    SignInAttempt.objects.filter(username=username).delete()


def _minutes(attempt: SignInAttempt) -> int:
    """The longest wait of all counts this attempt adds to."""
    rows = SignInAttempt.objects.filter(at__gt=attempt.at - settings.LOCK_TIME, device=attempt.device)
    own = rows.filter(username=attempt.username)
    if attempt.device:
        counts = [(own, settings.LOCK_LIMIT)]
    else:
        counts = [
            (own.filter(address=attempt.address), settings.LOCK_LIMIT),
            (own, settings.LOCK_ACCOUNT_LIMIT),
            (rows.filter(address=attempt.address), settings.LOCK_ADDRESS_LIMIT),
        ]
    return max(_wait(each, limit, attempt) for each, limit in counts)


def _wait(rows: QuerySet[SignInAttempt], limit: int, attempt: SignInAttempt) -> int:
    """Minutes until fewer than `limit` attempts beside this one count; 0 when there are fewer already."""
    earlier = rows.exclude(pk=attempt.pk).order_by("-at").values_list("at", flat=True)
    last = earlier[limit - 1 : limit].first()
    return ceil((last + settings.LOCK_TIME - attempt.at) / timedelta(minutes=1)) if last else 0


# --- the mark of a known device ------------------------------------------------------------------------------------


def _marks(request: HttpRequest) -> dict[str, str]:
    try:
        marks = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=KEPT.total_seconds()
        )
    except signing.BadSignature:
        return {}
    return marks if isinstance(marks, dict) else {}


def _account(username: str) -> str:
    # The cookie lies open on a shared computer; it need not tell who works there
    return salted_hmac(SALT, username, algorithm="sha256").hexdigest()[:16]


def known_device(request: HttpRequest, username: str) -> str:
    """The mark this browser carries for an account; "" when it never signed in to it."""
    return _marks(request).get(_account(username), "")


def remember_device(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """Give the browser a new mark for an account it has just signed in to, beside those of its other users."""
    own = _account(username)
    others = {account: mark for account, mark in _marks(request).items() if account != own}
    marks = {**dict(list(others.items())[1 - ACCOUNTS_A_DEVICE :]), own: secrets.token_hex(16)}
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(marks, salt=SALT),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
