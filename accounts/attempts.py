"""Wrong passwords, counted in the cache by account and address, so that guessing is slow."""

from django.core.cache import cache

LIMIT = 5
ADDRESS_LIMIT = 50  # an office shares one address
MINUTES = 15


def _keys(username: str, address: str) -> list[tuple[str, int]]:
    # By account *and* address: a stranger elsewhere must not be able to lock out the owner at the usual place
    return [(f"attempts:{username}:{address}", LIMIT), (f"attempts::{address}", ADDRESS_LIMIT)]


def locked_for(username: str, address: str) -> int:
    """Minutes until the next attempt is heard; 0 when it is heard now."""
    for key, limit in _keys(username, address):
        if cache.get(key, 0) >= limit:
            return MINUTES
    return 0


def failed(username: str, address: str) -> None:
    """Count one wrong password; each makes the wait start anew."""
    for key, _limit in _keys(username, address):
        cache.add(key, 0, MINUTES * 60)
        cache.incr(key)
        cache.touch(key, MINUTES * 60)


def forget(username: str, address: str) -> None:
    """The right password clears the account's count, and an administrator's reset does too."""
    cache.delete(_keys(username, address)[0][0])
