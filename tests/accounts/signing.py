"""Signing in by the page, as several tests do it."""

from accounts import second_factor
from tests import cast

SIGN_IN, CODE = "/sign-in/", "/sign-in/code/"
LOCKED = "连续输错次数过多"


def sign_in(client, password=cast.PASSWORD, username="zhen", **more):
    """User name and password on the page."""
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def code_at(sealed, at):
    """What an authenticator with this secret shows at a moment."""
    totp = second_factor._totp(second_factor._sealer().decrypt(sealed.encode()))
    return totp.generate(int(at.timestamp())).decode()
