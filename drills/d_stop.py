"""The launcher of `make run` killed outright, the servers before it or after it: no process is left behind.

Short version: tests/config/test_launch.py.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from config.commands import BASE_DIR
from drills.frame import Outcome, Room, until

ASKED = "make run killed outright, servers before or after it: within 40 s none of its processes is left"
DATABASE = False
SECONDS = 40.0
# Who is killed, in this order, before the launcher; by a word of their command line
ORDERS = {
    "launcher alone": (),
    "broker first": ("config.embedded valkey", "valkey-server"),
    "database first": ("config.embedded postgres", "postgres -D"),
    "both servers first": ("config.embedded", "valkey-server", "postgres -D"),
    "web first": ("gunicorn",),
}
# As `make run`, without schema and demo: what is tried is how it ends
BARE = """
import sys
from config import launch, website
website.prepare = lambda _addresses: 0
sys.exit(launch.main(["run"]))
"""


def main(room: Room) -> Outcome:
    rounds, faults, slowest = room.count(2 * len(ORDERS), least=len(ORDERS)), [], 0.0
    done = 0
    for number in range(rounds):
        if room.hurry(SECONDS + 30):
            faults.append(f"only {done} of {rounds} rounds")
            break
        name = list(ORDERS)[number % len(ORDERS)]
        left, took = killed(ORDERS[name])
        slowest, done = max(slowest, took), done + 1
        faults += [f"{name}: left {words}" for words in left]
    return Outcome(
        f"{done} ends in {min(done, len(ORDERS))} orders, all gone after at most {slowest:.0f} s", faults
    )


def killed(victims: tuple[str, ...]) -> tuple[list[str], float]:
    """Start a site, kill these and then the launcher; what is left of it, and how long the last one took to go."""
    with tempfile.TemporaryDirectory(prefix="zd-", ignore_cleanup_errors=True) as folder:
        var = Path(folder).resolve()
        var.chmod(0o755)
        launcher = start(var)
        try:
            for word in victims:
                for pid, words in processes_of(var).items():
                    if word in words:
                        kill(pid)
            time.sleep(1)
        finally:
            kill(launcher.pid)
            launcher.wait()
        began = time.monotonic()
        until(lambda: not processes_of(var), SECONDS)
        took = time.monotonic() - began
        left = processes_of(var)
        for pid in left:
            kill(pid)
        return sorted({words[:60] for words in left.values()}), took


def start(var: Path) -> subprocess.Popen:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ours = {"DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "VAR_DIR", "DB_ROLE", "MEDIA_ROOT"}
    environment = {key: value for key, value in os.environ.items() if key not in ours}
    launcher = subprocess.Popen(
        [sys.executable, "-c", BARE],
        cwd=BASE_DIR,
        env={**environment, "VAR": str(var), "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    for line in launcher.stdout:
        if "网站已就绪" in line:
            break
    until(lambda: any("beat" in words for words in processes_of(var).values()), 30)
    time.sleep(8)  # until worker and beat have found the broker
    return launcher


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def processes_of(var: Path) -> dict[int, str]:
    """Everything that runs for this folder, by its environment or its command line."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
            marks = (entry / "environ").read_bytes() + b"\0" + words
        except OSError:
            continue
        if str(var).encode() in marks and words and int(entry.name) != os.getpid():
            found[int(entry.name)] = words.replace(b"\0", b" ").decode(errors="replace")
    return found
