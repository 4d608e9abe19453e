"""7: the list of cases, fifty rows, signed in, over HTTP; the median of so many pages each.

Floor: a signed-in view on the same server that asks for the same rows in raw SQL and draws nothing. Peer: the
changelist of Django's admin with as many columns, with Django's middleware alone and past the second wall. Then the
last page against the first, and all of the country against a city.
"""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time

from bench import country, tree
from bench.measure import Workload

PAGES = 7 if tree.LARGE else 20
PEER_PAGES = 2 if tree.LARGE else 20
_running: list[subprocess.Popen] = []
_known: dict[str, http.client.HTTPConnection | str] = {}


def prepare() -> None:
    """The country, both servers, somebody signed in in both posts."""
    from django.test import Client

    country.prepare()
    for where in ("nation", "city"):
        client, post = Client(), country.post(where)
        client.force_login(post.user)
        session = client.session
        session["post"] = str(post.uid)
        session.save()
        _known[where] = f"sessionid={session.session_key}"
    for name, extra in (("site", {}), ("admin", {"BENCH_ADMIN": "1", "DB_ROLE": "owner"})):
        _serve(name, extra)


def _serve(name: str, extra: dict[str, str]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["-m", "gunicorn", "config.wsgi:application", "--worker-class", "gthread", "--workers", "1"]
    words += ["--threads", "1", "--bind", f"127.0.0.1:{port}", "--log-level", "error", "--keep-alive", "300"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.site", "LOG_LEVEL": "ERROR", **extra}
    _running.append(subprocess.Popen([sys.executable, *words], cwd=tree.BASE_DIR, env=environment))
    for _try in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    _known[name] = http.client.HTTPConnection("127.0.0.1", port, timeout=300)


def finish() -> None:
    """Both servers end."""
    while _running:
        process = _running.pop()
        process.terminate()
        process.wait(30)
    country.finish()


def ask(server: str, where: str, address: str) -> str:
    """One page; raises for anything but 200."""
    connection = _known[server]
    connection.request("GET", address, headers={"Cookie": _known[where], "Host": "127.0.0.1"})
    response = connection.getresponse()
    text = response.read().decode()
    if response.status != 200:
        raise RuntimeError(f"{response.status} {address} {response.getheader('Location')}")
    return text


def median(server: str, where: str, address: str, pages: int = PAGES) -> float:
    """Seconds of the middle one of so many."""
    taken = []
    for _ in range(pages):
        begin = time.perf_counter()
        ask(server, where, address)
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


LIST = f"/cases/?year={country.YEAR}"


def floor() -> float:
    """The rows alone."""
    return median("site", "city", f"/bench/raw/?year={country.YEAR}")


def city() -> float:
    """The first page of a city."""
    return median("site", "city", LIST)


def nation() -> float:
    """The first page of the country."""
    return median("site", "nation", LIST)


def deep() -> float:
    """The last page of the country's year: the last 50 of 62,000 rows."""
    return median("site", "nation", _known["last"])


def admin() -> float:
    """Django's admin, the first page of the same year."""
    return median("admin", "city", f"/admin/rectification/case/?year={country.YEAR}", PEER_PAGES)


def prepare_deep() -> None:
    """As before, and where the last page is."""
    prepare()
    _known["last"] = f"{LIST}&before=last"  # above a city pages are not numbered: each goes on from a place
    for where, address in (("nation", LIST), ("city", LIST), ("nation", _known["last"])):
        if "data-table" not in ask("site", where, address):
            raise RuntimeError(f"no table at {address}")


WORKLOADS = [
    Workload("7 list, city", floor, city, goal=3, peer=admin, peer_goal=0.05, prepare=prepare, finish=finish),
    Workload("7 list, last page/first", nation, deep, goal=1.2, prepare=prepare_deep, finish=finish),
    Workload("7 list, nation/city", city, nation, goal=1.2, prepare=prepare_deep, finish=finish),
]
