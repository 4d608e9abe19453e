"""`make run` from the outside: a taken port, an orderly end, and an end by kill -9."""

import contextlib
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from config.launch import only_one
from tests.config.conftest import BASE_DIR, environment, processes_of, wait_until

pytestmark = pytest.mark.real_clock
# The production profile makes no demo year, so a start takes seconds.
PROFILE = {"PROFILE": "production", "SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "127.0.0.1"}

# A second start on the same folder: its schema and presets are as the first one left them
PREPARED = """
import sys
from config import launch, website
website.prepare = lambda _addresses: 0
sys.exit(launch.main(["run"]))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def collect_nothing(var) -> None:
    """Collecting and compressing the static files takes most of a start and is not what is tested."""
    (var / "staticfiles").mkdir()
    (var / "staticfiles/staticfiles.json").write_text('{"paths": {}, "version": "1.1", "hash": ""}')


@contextlib.contextmanager
def running(var, port, *words):
    output = (var / "output").open("w+")
    process = subprocess.Popen(
        [sys.executable, *(words or ("-m", "config.launch", "run"))],
        cwd=BASE_DIR,
        env=environment(var, PORT=str(port), **PROFILE),
        stdout=output,
        stderr=subprocess.STDOUT,
    )

    def said() -> str:
        return (var / "output").read_text()

    try:
        until = time.monotonic() + 240
        while "网站已就绪" not in said():
            assert process.poll() is None and time.monotonic() < until, said()
            time.sleep(0.2)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        output.close()


def status(port: int, path: str) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"X-Forwarded-Proto": "https"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def run(var, *words: str, **extra: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "config.launch", *words]
    return subprocess.run(
        command, cwd=BASE_DIR, env=environment(var, **extra), capture_output=True, text=True
    )


def test_a_taken_port_is_named_before_anything_is_started(var):
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        done = run(var, "run", PORT=str(port))
    assert done.returncode == 2
    assert f"端口 {port} 已被占用" in done.stderr
    assert f"PORT={port + 1}" in done.stderr
    assert not (var / "postgres").exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_site_serves_and_leaves_no_orphan_by_sigterm_or_by_kill_9(var):
    port = free_port()
    collect_nothing(var)
    with running(var, port) as site:
        assert status(port, "/healthz") == 200
        kinds = " ".join(processes_of(var).values())
        assert all(kind in kinds for kind in ("gunicorn", "celery", "beat", "postgres", "valkey"))
        done = run(var, "manage", shlex.join(["shell", "-v", "0", "-c", "print(6 * 7)"]), **PROFILE)
        assert done.stdout.strip() == "42"
        assert status(port, "/healthz") == 200  # the command borrowed the servers and left them running
        site.terminate()
        assert site.wait(40) == 0
    wait_until(lambda: not processes_of(var))
    with running(var, port, "-c", PREPARED) as site:
        os.kill(site.pid, signal.SIGKILL)
        wait_until(lambda: not processes_of(var), seconds=40)


def test_a_second_run_of_the_suite_in_one_folder_is_refused_in_words(var):
    with only_one(var / "test"):
        done = run(var, "test", "--only=tests/config/test_install.py")
    assert done.returncode == 2
    assert "已有一次测试在运行" in done.stderr
