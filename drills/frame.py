"""What every drill stands on: its room (servers, a database of its own, a size, a time limit) and its outcome.

A drill is a module `drills/d_NAME.py` with

    ASKED = "what must hold, in one line"
    DATABASE = True            # False: no copy of the demo year is made for it

    def main(room: Room) -> Outcome: ...

It runs in a process of its own (drills/one.py) which is ended at the limit. `room.count(1000)` is how many of
something to do at the asked size; `room.hurry()` tells that the time is nearly over, so that a drill ends with what it
has instead of being cut off: it then reports fewer than asked, which is "short".
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from config.backup import database_url

TEMPLATE = "zhengdun"  # the demo year, made once; each drill works on a copy
SHOWN_FAULTS = 5


@dataclass
class Outcome:
    """What a drill saw. Without faults it is ok; a count that was not reached is a fault too."""

    seen: str
    faults: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        return "short" if self.faults else "ok"

    def words(self) -> str:
        """What was seen, and the first faults."""
        more = len(self.faults) - SHOWN_FAULTS
        told = [*self.faults[:SHOWN_FAULTS], *([f"and {more} more"] if more > 0 else [])]
        return "; ".join([self.seen, *(f"FAULT {fault}" for fault in told)])


@dataclass
class Room:
    """Where a drill runs. addresses: the environment variables that tell a process where the servers are."""

    name: str
    var: Path
    addresses: dict[str, str]
    size: float
    seconds: float
    started: float = field(default_factory=time.monotonic)

    @property
    def servers(self) -> Path:
        """The folder of the embedded servers."""
        return self.var.parents[1]

    def count(self, full: int, least: int = 1) -> int:
        """How many of `full` to do at this size."""
        return max(least, round(full * self.size))

    def left(self) -> float:
        """Seconds until the drill is cut off."""
        return self.seconds - (time.monotonic() - self.started)

    def hurry(self, spare: float = 30) -> bool:
        """Whether only `spare` seconds are left, which are for looking at what came of it."""
        return self.left() < spare


def refuse_what_is_not_ours(addresses: dict[str, str]) -> None:
    """A drill kills its servers and spoils its data: only embedded ones on this machine. Raises ValueError."""
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL"):
        host = urlsplit(addresses.get(name, "x://elsewhere")).hostname
        if host not in (None, "127.0.0.1"):
            raise ValueError(f"{name} is not a server of this machine")
    home = Path(addresses["VAR_DIR"])
    if not (home / "postgres" / "urls.json").exists():
        raise ValueError(f"{home} holds no embedded PostgreSQL")


@contextlib.contextmanager
def copied(addresses: dict[str, str], name: str, var: Path) -> Iterator[dict[str, str]]:
    """The addresses with a database copied from the demo year and a folder of files of its own."""
    import psycopg

    owner = addresses["OWNER_DATABASE_URL"]
    database = f"drill_{name}"
    drop(owner, database)
    with psycopg.connect(database_url(owner, "template1"), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{database}" TEMPLATE "{TEMPLATE}"')
    own = {
        "DATABASE_URL": database_url(addresses["DATABASE_URL"], database),
        "OWNER_DATABASE_URL": database_url(owner, database),
        "VAR_DIR": str(var),
        "MEDIA_ROOT": str(var / "media"),
        "STATIC_ROOT": str(Path(addresses["VAR_DIR"]) / "staticfiles"),
    }
    (var / "media").mkdir(parents=True, exist_ok=True)
    yield {**addresses, **own}
    with contextlib.suppress(psycopg.Error):
        drop(owner, database)


def drop(owner: str, database: str) -> None:
    """Drop a drill's database; sessions of processes that were killed a moment ago are waited for."""
    import psycopg

    for last in (False, False, True):
        try:
            with psycopg.connect(database_url(owner, "template1"), autocommit=True) as server:
                server.execute(f'DROP DATABASE IF EXISTS "{database}"')
                return
        except psycopg.errors.ObjectInUse:
            if last:
                raise
            time.sleep(5)


def set_up_django(addresses: dict[str, str]) -> None:
    """Django in this process, on the drill's own servers."""
    import django

    from organizations.reach import EVERYTHING, see_outside

    os.environ.update(addresses, DJANGO_SETTINGS_MODULE="config.settings", LOG_LEVEL="CRITICAL")
    django.setup()
    see_outside(EVERYTHING)


def until(true: Callable[[], object], seconds: float, pause: float = 0.2) -> bool:
    """Wait for something to hold; False when it did not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(pause)
    return bool(true())
