"""A real PostgreSQL and a real Valkey from Python wheels, for trying out and for tests; never for production.

    with servers(var) as environment: ...

gives DATABASE_URL, OWNER_DATABASE_URL, REDIS_URL and VAR_DIR. What is already set in the environment is used as it is
and nothing is started for it. Each server is run by a keeper, a small process of its own: everyone who uses the server
holds a shared lock on its folder, and the keeper stops it when the last lock is gone. The kernel lets go of a lock
however its holder ends, so a launcher killed outright leaves no server behind, and two commands on the same VAR share
one server without one stopping it under the other.
"""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from config.postgres import Postgres, ServerRefused
from config.processes import die_with_parent, end
from config.valkey import Valkey

KINDS = {"postgres": Postgres, "valkey": Valkey}
START_SECONDS = 60
POLL_SECONDS = 0.3


@contextlib.contextmanager
def servers(var: Path, durable: bool = True) -> Iterator[dict[str, str]]:
    """The servers' addresses as environment variables, for as long as the block runs."""
    var = Path(var).resolve()
    for folder in ("media", "staticfiles"):  # what the site expects to find under VAR_DIR
        (var / folder).mkdir(parents=True, exist_ok=True)
    given = {
        key: os.environ[key]
        for key in ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL")
        if os.environ.get(key)
    }
    with contextlib.ExitStack() as held:
        if "DATABASE_URL" in given:
            given.setdefault("OWNER_DATABASE_URL", given["DATABASE_URL"])
        else:
            given |= held.enter_context(_server("postgres", var, durable))
        if "REDIS_URL" not in given:
            given |= held.enter_context(_server("valkey", var, durable))
        yield given | {"VAR_DIR": str(var)}


@contextlib.contextmanager
def _server(kind: str, var: Path, durable: bool) -> Iterator[dict[str, str]]:
    home = var / kind
    home.mkdir(parents=True, exist_ok=True)
    # Waits while a keeper that saw no users left is still stopping its server.
    with _locked(home / "users.lock", fcntl.LOCK_SH):
        with _locked(home / "starting.lock", fcntl.LOCK_EX):
            urls = _running(home) or _start_keeper(kind, home, durable)
        yield urls


@contextlib.contextmanager
def _locked(path: Path, mode: int) -> Iterator[None]:
    # Not inherited by children: the lock must end with this process, not with what it started.
    with path.open("a") as handle:
        fcntl.flock(handle, mode)
        yield


def _running(home: Path) -> dict[str, str] | None:
    """The addresses of a server that is up, or None. A keeper is alive exactly as long as it holds its lock."""
    try:
        with _locked(home / "keeper.lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
            (home / "urls.json").unlink(missing_ok=True)
            return None
    except BlockingIOError:
        return json.loads((home / "urls.json").read_text())


def _start_keeper(kind: str, home: Path, durable: bool) -> dict[str, str]:
    command = [sys.executable, "-m", "config.embedded", kind, str(home), "durable" if durable else "careless"]
    with (home / "log").open("ab") as log:
        keeper = subprocess.Popen(
            command,
            cwd=Path(__file__).resolve().parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    said = keeper.stdout.readline()
    keeper.stdout.close()
    if not said:
        keeper.wait()
        raise ServerRefused(f"{kind} 没有启动，原因见 {home / 'log'}")
    answer = json.loads(said)
    if "refused" in answer:
        keeper.wait()
        raise ServerRefused(answer["refused"])
    return answer


class Keeper:
    """Runs one server until nobody uses it, and starts it again should it die."""

    def __init__(self, kind: str, home: Path, durable: bool):
        self.home = home
        self.server = KINDS[kind](home, durable)
        self.asked_to_stop = False

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        with _locked(self.home / "keeper.lock", fcntl.LOCK_EX):
            self.server.prepare()
            process = self._start()
            try:
                self._announce()
                self._keep(process)
            finally:
                end(self.process, self.server.stop_signals)
                (self.home / "urls.json").unlink(missing_ok=True)

    def _stop(self, _signal, _frame) -> None:
        self.asked_to_stop = True

    def _start(self) -> subprocess.Popen:
        """Up and answering. A second and third try: after a crash old backends may hold the memory for a moment."""
        for _attempt in range(3):
            self.process = subprocess.Popen(
                self.server.command(),
                cwd=self.home,
                env=self.server.environment(),
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
                preexec_fn=die_with_parent(self.server.stop_signals[0][0]),
            )
            until = time.monotonic() + START_SECONDS
            while self.process.poll() is None and time.monotonic() < until:
                if self.server.answers():
                    self.server.after_start()
                    return self.process
                time.sleep(0.05)
            end(self.process, self.server.stop_signals)
            time.sleep(1)
        raise ServerRefused(f"服务器没有启动，原因见 {self.home / 'log'}")

    def _announce(self) -> None:
        urls = json.dumps(self.server.urls())
        path = self.home / "urls.json"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(urls)
        print(urls, flush=True)

    def _keep(self, process: subprocess.Popen) -> None:
        while not self.asked_to_stop:
            # The lock file's shared holders are the users. Getting it alone means there are none, and keeping it
            # while stopping makes a newcomer wait for a clean end instead of meeting a dying server.
            handle = (self.home / "users.lock").open("a")
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                handle.close()
            else:
                self.users = handle
                return
            if self.process.poll() is not None:
                self._start()
            time.sleep(POLL_SECONDS)


def keep(kind: str, home: str, mode: str) -> int:
    """The keeper's whole life; its first line on stdout is the addresses or the refusal."""
    try:
        Keeper(kind, Path(home), durable=mode == "durable").run()
    except ServerRefused as refused:
        print(json.dumps({"refused": str(refused)}), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(keep(*sys.argv[1:4]))
