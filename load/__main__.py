"""`make load`: the hour before the deadline, or with only=pages what each page costs as the city grows.

minutes=30 plays the whole of it (1 where nothing is said); villages=3000, rate=30 (requests a second), people=300 say
how much. Everything runs on this machine, on servers and data of its own; results go into load/results.md.
"""

import os
import shutil
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

from drills.frame import copied, refuse_what_is_not_ours, set_up_django

ADDRESSES = ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "VAR_DIR")
SEED = 20150303
WARM_SECONDS = 30
READING = ("workbench", "case list", "case page", "ledger", "duties", "inbox", "organization")


def main(words: list[str]) -> int:
    given = {key: value for key, _, value in (word.partition("=") for word in words) if value}
    refuse_what_is_not_ours(dict(os.environ))
    addresses = {name: os.environ[name] for name in ADDRESSES}
    if given.get("only") == "pages":
        from load import pages

        return pages.main([int(size) for size in (given.get("villages") or "0,3000,25000").split(",")])
    grown(addresses, int(given.get("villages") or 3000))
    var = Path(addresses["VAR_DIR"]) / "rooms" / "load"
    shutil.rmtree(var, ignore_errors=True)
    with copied(addresses, "load", var) as own:
        return hour(own, Path(addresses["VAR_DIR"]), var, given)


def grown(addresses: dict[str, str], villages: int) -> None:
    """Bring the city that is kept for the next run to the asked size, in a process that then lets go of it."""
    import subprocess

    script = f"from load.__main__ import grow_here; grow_here({villages})"
    subprocess.run([sys.executable, "-c", script], env={**os.environ, **addresses}, check=True)


def grow_here(villages: int) -> None:
    """In a process of its own: a database somebody is connected to cannot be copied."""
    set_up_django({name: os.environ[name] for name in ADDRESSES})
    from django.utils import timezone

    from load.city import grow

    print(grow(villages, timezone.localdate().year).words(), flush=True)


def hour(addresses: dict[str, str], servers: Path, var: Path, given: dict[str, str]) -> int:
    """Play it and print it."""
    set_up_django(addresses)
    from django.utils import timezone

    from load import report
    from load.city import size
    from load.mix import Book, Mix
    from load.people import people
    from load.play import RATE, play, timetable, wait_for_jobs
    from load.stack import running

    year, rng = timezone.localdate().year, Random(SEED)
    seconds, rate = 60 * float(given.get("minutes") or 1), float(given.get("rate") or RATE)
    before = report.about()
    with running(addresses, servers, var) as stack:
        crowd = people(int(given.get("people") or 300), stack.port, year, rng)
        book = Book(0.0)
        mix = Mix(
            book, year, rng, [who for who in crowd if who.role in ("township_officer", "county_officer")]
        )
        warm_up(mix, crowd)
        book.rows.clear()
        visits = timetable(mix, crowd, seconds, rate, rng)
        print(f"{len(crowd)} 人已登录，{seconds:.0f} 秒，{len(visits)} 次访问 …", flush=True)
        since = timezone.now()
        result = play(visits, book, stack, seconds)
        wait_for_jobs(result, since)
    about = f"{before}; {size(year).words()}; {len(crowd)} people, {rate:g} requests/s asked"
    lines = report.hour(result, about)
    print("\n".join(lines), flush=True)
    report.keep(report.RESULTS, f"The hour before the deadline, {seconds / 60:g} min", lines)
    return 1 if report.faults(result) else 0


def warm_up(mix: Any, crowd: list[Any]) -> None:
    """Half a minute before anything is noted: in the last hour the site has been up all day."""
    until, number = time.monotonic() + WARM_SECONDS, 0
    while time.monotonic() < until:
        who = crowd[number * 7 % len(crowd)]
        mix.visits[READING[number % len(READING)]](who, time.monotonic())
        number += 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
