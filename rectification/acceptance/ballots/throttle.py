"""Wrong codes are counted by the minute for the whole site, with no address and no poll: enough to slow guessing.

A right code is always taken. A lock on the poll or the site would let anybody with a telephone stop a meeting; what
keeps guessers out is the size of the space (rules.LENGTH), so past the limit only wrong codes are turned away sooner,
and the site's log says once a minute that somebody is guessing.
"""

import logging
from datetime import datetime

from django.core.cache import cache

LIMIT = 120
"""Wrong codes a minute: two hundred voters mistyping do not reach it."""
log = logging.getLogger("zhengdun.ballots")


def too_many(now: datetime) -> bool:
    """Count one wrong code; whether there are too many this minute. Without the cache nobody is turned away."""
    key = f"ballots-wrong-{int(now.timestamp()) // 60}"
    try:
        cache.add(key, 0, timeout=120)
        count = cache.incr(key)
    except Exception:  # the cache may be down or have dropped the key; a voter must not notice
        return False
    if count == LIMIT + 1:
        log.warning("many wrong codes this minute")
    return count > LIMIT
