"""The real stack as `make run` starts it, and how much CPU each part of it used."""

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.website import HOST, Site, answers

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Running:
    """What runs: the web server's port, and the process at the head of each part."""

    port: int
    heads: dict[str, int]
    site: Site

    def cpu(self) -> dict[str, float]:
        """CPU seconds each part used since it was started, of processes that have ended too."""
        stats = _stats()
        return {name: _tree(pid, stats) for name, pid in self.heads.items()}

    def ended(self) -> list[str]:
        """The parts that are not running any more."""
        return [child.name for child in self.site.children if child.ended() is not None]


def _stats() -> dict[int, tuple[int, float]]:
    """Parent and CPU seconds, of children that were waited for too, of every process of this machine."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            found[int(path.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])) / TICK)
    return found


def _tree(head: int, stats: dict[int, tuple[int, float]]) -> float:
    mine, below = {head}, True
    while below:
        below = {pid for pid, (parent, _cpu) in stats.items() if parent in mine} - mine
        mine |= below
    return sum(stats[pid][1] for pid in mine if pid in stats)


@contextlib.contextmanager
def running(addresses: dict[str, str], servers: Path, var: Path, port: int = 0) -> Iterator[Running]:
    """Web server, worker and beat on the servers that are up; stopped in order at the end."""
    port = port or _free_port()
    site = Site({**addresses, "SITE_URL": f"http://{HOST}:{port}"}, var, port)
    try:
        for child in site.children:
            child.start()
        until = time.monotonic() + 90
        while not answers(port):
            if site.children[0].ended() is not None or time.monotonic() > until:
                raise RuntimeError("the web server did not start")
            time.sleep(0.2)
        heads = {child.name: child.process.pid for child in site.children if child.process}
        postmaster = (servers / "postgres" / "data" / "postmaster.pid").read_text().split("\n", 1)[0]
        yield Running(port, {**heads, "database": int(postmaster)}, site)
    finally:
        for child in site.children:
            child.stop_soon()
        for child in reversed(site.children):
            child.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
