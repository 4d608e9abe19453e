"""The second factor: a one-time code of an authenticator (RFC 6238), or one of the recovery codes kept on paper.

The secret is sealed with a key made from SECRET_KEY and shown only while it is being set up. A step of the clock is
good for one use, which the row remembers: an emptied cache brings no code back.
"""

import base64
import logging
import os
import secrets
from datetime import datetime
from hashlib import sha256

import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import audit, sessions
from accounts.errors import Refused
from accounts.models import SecondFactor, User

SALT = "accounts.second_factor"
STEP = 30
DRIFT = 1  # steps a telephone's clock may be off
RECOVERY_CODES = 10
# No letters or digits that look alike
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
WRONG = "动态口令不正确或已用过；请核对手机时间，等下一个口令出现后再试"
log = logging.getLogger("zhengdun.sign_in")


def of(user: User) -> SecondFactor | None:
    """Somebody's second factor; None while none is set up."""
    return SecondFactor.objects.filter(user=user).first()


def has(user: User) -> bool:
    """Whether a second factor is set up."""
    return of(user) is not None


def new_secret() -> str:
    """A secret for an authenticator, sealed: what may travel in a session until its first code proves it."""
    return _sealer().encrypt(os.urandom(20)).decode()


def setup_words(sealed: str, user: User) -> tuple[str, str]:
    """What the authenticator needs: a picture to scan (a data address of an SVG) and the same as letters to type."""
    secret = _sealer().decrypt(sealed.encode())
    address = _totp(secret).get_provisioning_uri(user.username, settings.PRODUCT)
    letters = base64.b32encode(secret).decode()
    return segno.make(address, error="m").svg_data_uri(scale=5, border=2), " ".join(
        letters[at : at + 4] for at in range(0, len(letters), 4)
    )


@transaction.atomic
def set_up(*, user: User, sealed: str, code: str, at: datetime) -> list[str]:
    """Bind an authenticator in place of any earlier one, proved by a code of it; gives the recovery codes, once."""
    step = _matching_step(_sealer().decrypt(sealed.encode()), code, at)
    if step is None:
        raise Refused(WRONG)
    codes = [
        "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(10)
    ]
    SecondFactor.objects.update_or_create(
        user=user,
        defaults={
            "secret": sealed,
            "last_step": step,
            "recovery": [_digest(user, each) for each in codes],
            "set_at": at,
        },
    )
    audit.record("绑定动态口令", obj=user.username)
    return codes


@transaction.atomic
def accepts(*, user: User, code: str, at: datetime) -> bool:
    """Whether a code is right; using it uses it up, under a lock, so that no second request can use it too."""
    factor = SecondFactor.objects.select_for_update().filter(user=user).first()
    code = "".join(code.split()).lower()
    if factor is None or not code:
        return False
    if code.isdecimal():
        return _accepts_step(factor, code, at)
    digest = _digest(user, code)
    if digest not in factor.recovery:
        return False
    factor.recovery = [each for each in factor.recovery if each != digest]
    factor.save(update_fields=["recovery"])
    audit.record("使用备用码", obj=user.username, left=len(factor.recovery))
    return True


def _accepts_step(factor: SecondFactor, code: str, at: datetime) -> bool:
    try:
        secret = _sealer().decrypt(factor.secret.encode())
    except InvalidToken:
        log.error("a second factor was sealed with another SECRET_KEY", extra={"user_id": factor.user_id})
        return False
    step = _matching_step(secret, code, at)
    if step is None or step <= factor.last_step:
        return False
    factor.last_step = step
    factor.save(update_fields=["last_step"])
    return True


@transaction.atomic
def remove(*, user: User) -> None:
    """Take the second factor away and end the sessions it opened; the owner sets up a new one at the next sign-in."""
    SecondFactor.objects.filter(user=user).delete()
    sessions.end_all(user=user)
    audit.record("重置动态口令", obj=user.username)


def _matching_step(secret: bytes, code: str, at: datetime) -> int | None:
    now = int(at.timestamp()) // STEP
    totp = _totp(secret)
    near = range(now - DRIFT, now + DRIFT + 1)
    return next(
        (step for step in near if constant_time_compare(totp.generate(step * STEP).decode(), code)), None
    )


def _totp(secret: bytes) -> TOTP:
    # What every authenticator understands
    return TOTP(secret, 6, SHA1(), STEP)


def _sealer() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(sha256(f"{SALT}:{key}".encode()).digest())) for key in keys]
    )


def _digest(user: User, code: str) -> str:
    plain = code.replace("-", "")
    return salted_hmac(SALT, f"{user.pk}:{plain}", algorithm="sha256").hexdigest()
