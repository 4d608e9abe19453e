"""The far ends of workload 9: a Celery task and a bare echo, both answering on a list in Valkey.

`python -m bench.dispatch` is the echo.
"""

import os
import time

import redis
from celery import shared_task

ASKED, ANSWERED = "bench:asked", "bench:answered"


def valkey() -> redis.Redis:
    """The broker itself."""
    return redis.Redis.from_url(os.environ["REDIS_URL"])


@shared_task(name="bench.dispatch.answer", ignore_result=True)
def answer(seconds: float = 0) -> None:
    """Work for so long, then say so."""
    time.sleep(seconds)
    valkey_of_worker().rpush(ANSWERED, b"1")


_known: list[redis.Redis] = []


def valkey_of_worker() -> redis.Redis:
    """One connection for the process."""
    if not _known:
        _known.append(valkey())
    return _known[0]


def echo() -> None:
    """What comes in goes out."""
    server = valkey()
    while True:
        server.blpop(ASKED)
        server.rpush(ANSWERED, b"1")


if __name__ == "__main__":
    echo()
