"""9: how long a background job is on its way: from handing it out to its answer, and what that is of a job's time.

Floor: the same round trip over two lists in the same Valkey with a bare process at the other end. Ours: a task of the
site's Celery with the site's settings, one worker process. The second line compares jobs of a quarter of a second, the
shortest that is worth handing out, done here and handed out.
"""

import os
import subprocess
import sys
import time

from bench import tree
from bench.dispatch import ANSWERED, ASKED, answer, valkey
from bench.measure import Workload

TRIPS, JOBS, SECONDS = 100, 8, 0.25
QUEUE = "bench"
_running: list[subprocess.Popen] = []


def prepare() -> None:
    """A worker of a queue of its own and the echo; both have answered once."""
    server = valkey()
    server.delete(ANSWERED, ASKED, QUEUE)
    worker = ["celery", "-A", "config.celery", "--quiet", "worker", "-c", "1", "-Q", QUEUE, "-n", "bench@%h"]
    rest = [
        "-I",
        "bench.dispatch",
        "--without-mingle",
        "--without-gossip",
        "--without-heartbeat",
        "-l",
        "ERROR",
    ]
    quiet = {**os.environ, "LOG_LEVEL": "ERROR"}
    for words in ([*worker, *rest], ["bench.dispatch"]):
        _running.append(subprocess.Popen([sys.executable, "-m", *words], cwd=tree.BASE_DIR, env=quiet))
    floor()
    ours()


def finish() -> None:
    """Both end."""
    while _running:
        process = _running.pop()
        process.terminate()
        process.wait(30)


def _wait() -> None:
    if not valkey_here().blpop([ANSWERED], timeout=120):
        raise RuntimeError("no answer")


def valkey_here():
    """One connection."""
    if not hasattr(valkey_here, "known"):
        valkey_here.known = valkey()
    return valkey_here.known


def floor() -> None:
    """There and back."""
    for _ in range(TRIPS):
        valkey_here().rpush(ASKED, b"1")
        _wait()


def ours() -> None:
    """Handed out and answered."""
    for _ in range(TRIPS):
        answer.apply_async(queue=QUEUE)
        _wait()


def job_here() -> None:
    """Done here."""
    for _ in range(JOBS):
        time.sleep(SECONDS)


def job_handed_out() -> None:
    """Handed out."""
    for _ in range(JOBS):
        answer.apply_async([SECONDS], queue=QUEUE)
        _wait()


WORKLOADS = [
    Workload("9 dispatch", floor, ours, goal=25, prepare=prepare, finish=finish),
    Workload(
        "9 dispatch, share of a job", job_here, job_handed_out, goal=1.02, prepare=prepare, finish=finish
    ),
]
