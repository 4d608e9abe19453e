"""Child processes: started so that none outlives us, stopped politely first, their lines named on the terminal."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable

PR_SET_PDEATHSIG = 1
# Loaded before any fork: loading a library between fork and exec may deadlock.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(sign: int) -> Callable[[], None] | None:
    """What a child runs before exec so that the kernel ends it when we are killed outright (Linux only)."""
    if _libc is None:
        return None
    parent = os.getpid()

    def arrange() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, sign)
        if os.getppid() != parent:  # we died between fork and here
            os._exit(1)

    return arrange


def leave_when_orphaned(seconds: float) -> None:
    """End this process and its group, by force, so long after its parent has died; a parent that lives changes nothing.

    Beside `die_with_parent`, which only asks: what is asked to end may wait for a server that has ended before it.
    """
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        time.sleep(seconds)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=look, daemon=True, name="orphan").start()


def end(process: subprocess.Popen, signals: Iterable[tuple[int, float]], first_sent: bool = False) -> None:
    """Send each signal in turn, waiting its seconds, until the process is gone."""
    for number, (sign, seconds) in enumerate(signals):
        if number or not first_sent:
            process.send_signal(sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return


class Child:
    """One of the site's processes, with its name before each of its lines."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], stop_signals):
        self.name, self.command, self.environment, self.stop_signals = (
            name,
            command,
            environment,
            stop_signals,
        )
        self.started_at = 0.0
        self.process: subprocess.Popen | None = None
        self.asked = False

    def start(self) -> None:
        self.started_at, self.asked = time.monotonic(), False
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the launcher alone, which stops all in order
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        threading.Thread(target=self._copy_lines, args=[self.process.stdout], daemon=True).start()

    def _copy_lines(self, lines) -> None:
        for line in lines:
            sys.stdout.buffer.write(f"{self.name:>6} │ ".encode() + line)
            sys.stdout.buffer.flush()

    def ended(self) -> int | None:
        return self.process.poll() if self.process else None

    def stop_soon(self) -> None:
        """The first, polite signal without waiting, so that all children use the same seconds."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signals[0][0])
            self.asked = True  # a second SIGTERM would make Celery drop what it is doing

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            end(self.process, self.stop_signals, first_sent=self.asked)
        if self.process:
            # Its own children too, should it have died before them.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
