"""Servers of these tests' own, beside the ones the suite runs on."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parent.parent.parent
HOLD = """
import json, sys
from pathlib import Path
from config.embedded import servers
with servers(Path(sys.argv[1]), durable=len(sys.argv) > 2) as addresses:
    print(json.dumps(addresses), flush=True)
    sys.stdin.read()
"""


def environment(var: Path, **extra: str) -> dict[str, str]:
    """As on a bare machine: nobody has given us a database or a broker."""
    ours = {"DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "VAR_DIR", "DB_ROLE", "PROFILE"}
    return {key: value for key, value in os.environ.items() if key not in ours} | {"VAR": str(var)} | extra


class Holder:
    """Somebody who uses the servers under a folder until told to leave."""

    def __init__(self, var: Path, durable: bool = False, **extra: str):
        self.var = var
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(var), *(["durable"] if durable else [])],
            cwd=BASE_DIR,
            env=environment(var, **extra),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> dict[str, str]:
        said = self.process.stdout.readline()
        if not said:
            raise AssertionError(self.process.communicate()[1])
        return json.loads(said)

    def __exit__(self, *_what: object) -> None:
        self.process.communicate()

    def refusal(self) -> str:
        return self.process.communicate()[1]

    def die(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def processes_of(var: Path) -> dict[int, str]:
    """Everything alive that was started for this folder, however it changed its parent or session since."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            marks = (entry / "environ").read_bytes()
            words = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if f"VAR={var}\0".encode() in marks and words:
            found[int(entry.name)] = words.replace(b"\0", b" ").decode(errors="replace")
    return found


def wait_until(true, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)


@pytest.fixture
def var() -> Iterator[Path]:
    # Short, unlike tmp_path: a socket's path has to fit into 104 characters.
    with tempfile.TemporaryDirectory(prefix="zd-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder).resolve()
        wait_until(lambda: not processes_of(Path(folder).resolve()))


@pytest.fixture(scope="session")
def first_start() -> Iterator[Path]:
    """A folder whose servers were started once and stopped: setting a cluster up takes longer than most tests of it."""
    with tempfile.TemporaryDirectory(prefix="zd-") as folder:
        Path(folder).chmod(0o755)
        with Holder(Path(folder).resolve()):
            pass
        wait_until(lambda: not processes_of(Path(folder).resolve()))
        yield Path(folder, "postgres")


@pytest.fixture
def started_before(var, first_start) -> Path:
    """A folder of its own with the cluster of a first start in it."""
    subprocess.run(["cp", "-a", str(first_start), str(var / "postgres")], check=True)
    return var
