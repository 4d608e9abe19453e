"""Who is left without its launcher leaves, even when nobody asks again."""

import os
import signal
import subprocess
import sys
import time

import pytest

CHILD = """
import signal, sys, time
from config.processes import leave_when_orphaned
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if sys.argv[1] == "guarded":
    leave_when_orphaned(0.1)
print("ready", flush=True)
time.sleep(30)
"""
PARENT = """
import subprocess, sys
own = {"start_new_session": True, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
child = subprocess.Popen([sys.executable, *sys.argv[1:]], **own)
child.stdout.readline()
print(child.pid, flush=True)
"""


def running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "zombie" not in (
        open(f"/proc/{pid}/status").read() if os.path.exists(f"/proc/{pid}") else "zombie"
    )


@pytest.mark.parametrize(("kind", "left"), [("guarded", False), ("bare", True)])
def test_a_worker_that_does_not_hear_leaves_after_its_launcher_is_dead(kind, left):
    parent = [sys.executable, "-c", PARENT, "-c", CHILD, kind]
    pid = int(subprocess.run(parent, capture_output=True, text=True, check=True, timeout=20).stdout)
    until = time.monotonic() + (2 if left else 15)
    while running(pid) and time.monotonic() < until:
        time.sleep(0.1)
    still = running(pid)
    if still:
        os.kill(pid, signal.SIGKILL)
    assert still is left
