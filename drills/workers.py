"""The site's processes for a drill: workers, beat and web on the drill's own servers, to be killed at will."""

import contextlib
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from config.commands import BASE_DIR, child_environment
from config.processes import die_with_parent
from drills.frame import Room, until

CELERY = [sys.executable, "-m", "celery", "-A", "config.celery", "--quiet"]
QUIET = ["--without-gossip", "--without-mingle"]


class Process:
    """One of them, in a process group of its own; its words go to a file of the drill."""

    def __init__(self, room: Room, name: str, words: list[str], **extra: str):
        self.room, self.name, self.words, self.extra = room, name, words, extra
        self.process: subprocess.Popen | None = None

    def start(self) -> "Process":
        with (self.room.var / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.words,
                cwd=BASE_DIR,
                env=child_environment(self.room.addresses, **self.extra),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        return self

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """Outright, with all of its own children at the same moment."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def children(self) -> list[int]:
        """Ids of the processes it started, such as a worker's pool."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        try:
            return [int(word) for word in path.read_text().split()]
        except OSError:
            return []


@contextlib.contextmanager
def running(*processes: Process) -> Iterator[None]:
    """Start them; kill whatever is left of them in the end."""
    try:
        for process in processes:
            process.start()
        yield
    finally:
        for process in processes:
            process.kill()


def worker(room: Room, name: str = "worker", lease: float = 0, **extra: str) -> Process:
    """A worker as the site starts it; with a shorter lease where a drill cannot wait two minutes."""
    words = [*CELERY, "worker", "--concurrency", "2", *QUIET, "-n", f"{name}@drill"]
    if lease:
        words = [sys.executable, "-m", "drills.worker", str(lease), f"{name}@drill"]
    return Process(room, name, words, **extra)


def beat(room: Room, name: str = "beat", **extra: str) -> Process:
    """A scheduler as the site starts it."""
    words = [*CELERY, "beat", "--pidfile=", "--schedule", str(room.var / f"{name}-schedule")]
    return Process(room, name, words, **extra)


def web(room: Room) -> tuple[Process, int]:
    """The web server as the site starts it, and its port."""
    from config.website import WEB, WEB_LIMITS

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", *WEB, *WEB_LIMITS, "--bind", f"127.0.0.1:{port}"]
    return Process(room, "web", words, SITE_URL=f"http://127.0.0.1:{port}"), port


def answers(port: int, seconds: float = 90) -> bool:
    """Wait until somebody listens there."""

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return until(listens, seconds)


class Post(socketserver.ThreadingTCPServer):
    """A mail server that counts letters by their Message-ID and keeps none."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, port: int = 0):
        self.letters: Counter[str] = Counter()
        super().__init__(("127.0.0.1", port), Conversation)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def settings(self) -> dict[str, str]:
        """What tells the site to send its mail here."""
        return {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(self.port)}


class Conversation(socketserver.StreamRequestHandler):
    """As little SMTP as a client needs."""

    def handle(self) -> None:
        self._say("220 drill")
        for line in iter(self.rfile.readline, b""):
            word = line[:4].upper().strip()
            if word == b"DATA":
                self._say("354 go on")
                self._letter()
            self._say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return

    def _letter(self) -> None:
        name = "?"
        for line in iter(self.rfile.readline, b".\r\n"):
            if not line:
                return
            if line.lower().startswith(b"message-id:"):
                name = line.split(b":", 1)[1].strip().decode()
        self.server.letters[name] += 1

    def _say(self, words: str) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(words.encode() + b"\r\n")
            self.wfile.flush()
