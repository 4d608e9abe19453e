"""The whole site as child processes: web server, Celery worker, Celery beat, on servers that are already up."""

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from config.commands import BASE_DIR, child_environment, has_command, manage
from config.embedded import servers
from config.processes import Child

HOST = "127.0.0.1"
STEADY_SECONDS = 10  # a process that lived this long was well; its next death counts as the first
MOST_DEATHS = 5
WEB = [
    "gunicorn",
    "config.wsgi:application",
    "--worker-class",
    "gthread",
    # A page is nearly all calculation: more threads only take turns, and each then waits for all others
    "--workers",
    "3",
    "--threads",
    "2",
    "--preload",
    "--no-control-socket",  # it would lie in the home folder, outside VAR
]
WEB_LIMITS = [
    "--timeout",
    "60",
    "--graceful-timeout",
    "10",
    "--max-requests",
    "5000",
    "--max-requests-jitter",
    "500",
]
POLITE = ((signal.SIGTERM, 12), (signal.SIGKILL, 5))
CELERY = ["celery", "-A", "config.celery", "--quiet"]
ALONE = ["--without-mingle", "--without-gossip"]  # one worker has no neighbours to ask


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left by us is free
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def run(var: Path, port: int) -> int:
    if not port_is_free(port):
        print(f"端口 {port} 已被占用；请换一个，例如：make run PORT={port + 1}", file=sys.stderr)
        return 2
    print("正在启动数据库和消息服务 …", flush=True)
    if not production():  # a try-out's console shows the address and the accounts, not every request
        os.environ.setdefault("LOG_LEVEL", "WARNING")
    with servers(var) as addresses:
        addresses = {"SITE_URL": f"http://{HOST}:{port}"} | addresses
        code = prepare(addresses)
        return code or Site(addresses, var, port).serve()


def prepare(addresses: dict[str, str]) -> int:
    """The schema as the owner, then what the site cannot do without, then a demo year where there is nothing yet."""
    code = manage(["migrate", "--noinput", "--verbosity", "0"], addresses)
    if code == 0 and has_command("load_presets"):
        code = manage(["load_presets"], addresses)
    if code == 0 and has_command("load_calendar"):
        code = manage(["load_calendar"], addresses)
    if code == 0 and production() and not collected(Path(addresses["VAR_DIR"])):
        code = manage(["collectstatic", "--noinput", "--verbosity", "0", "--ignore", "fonts"], addresses)
    if code == 0 and not production() and has_command("demo"):
        code = manage(["demo"] if is_empty(addresses) else ["demo", "--accounts"], addresses)
    return code


def production() -> bool:
    return os.environ.get("PROFILE") == "production"


def collected(var: Path) -> bool:
    """Whether the collected static files are younger than everything they were collected from."""
    manifest = var / "staticfiles/staticfiles.json"
    folders = [BASE_DIR / "static" / name for name in ("css", "js", "vendor")]
    sources = [path for folder in folders for path in (folder, *folder.rglob("*"))]
    return manifest.exists() and all(path.stat().st_mtime < manifest.stat().st_mtime for path in sources)


def is_empty(addresses: dict[str, str]) -> bool:
    import psycopg

    with psycopg.connect(addresses["DATABASE_URL"]) as connection:
        return not connection.execute("SELECT EXISTS (SELECT FROM organizations_organization)").fetchone()[0]


@contextlib.contextmanager
def web_alone(addresses: dict[str, str]) -> Iterator[str]:
    """The web server on a free port without worker and beat; gives its address."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", *WEB, "--bind", f"{HOST}:{port}"]
    web = Child("web", words, child_environment(addresses, SITE_URL=f"http://{HOST}:{port}"), POLITE)
    web.start()
    try:
        while web.ended() is None and not answers(port):
            time.sleep(0.1)
        yield f"http://{HOST}:{port}"
    finally:
        web.stop()


def answers(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


class Site:
    """Starts the processes, starts a dead one again, stops all of them in order."""

    def __init__(self, addresses: dict[str, str], var: Path, port: int):
        environment = child_environment(addresses, PYTHONUNBUFFERED="1")
        # Warm for a while, then cold: Celery gives an unfinished task back, and its row is the truth anyway.
        worker = ((signal.SIGTERM, 8), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))
        schedule = str(var / "celerybeat-alive")
        self.port = port
        self.asked_to_stop = False
        self.deaths: dict[str, int] = {}
        self.children = [
            self._child("web", [*WEB, *WEB_LIMITS, "--bind", f"{HOST}:{port}"], environment, POLITE),
            self._child("worker", [*CELERY, "worker", "--concurrency", "2", *ALONE], environment, worker),
            self._child("beat", [*CELERY, "beat", "--schedule", schedule, "--pidfile="], environment, POLITE),
        ]

    @staticmethod
    def _child(name: str, words: list[str], environment: dict[str, str], stop_signals) -> Child:
        command = [sys.executable, "-m", *words]
        # Files in the making give way to people who wait for a page
        return Child(name, ["nice", *command] if name == "worker" else command, environment, stop_signals)

    def serve(self) -> int:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._stop)
        try:
            for child in self.children:
                child.start()
            self._say_where()
            return self._watch()
        finally:
            print("\n正在停止 …", flush=True)
            for child in self.children:
                child.stop_soon()
            for child in reversed(self.children):
                child.stop()
            print("已停止。", flush=True)

    def _stop(self, _signal: int, _frame: object) -> None:
        self.asked_to_stop = True

    def _say_where(self) -> None:
        while not self.asked_to_stop and self.children[0].ended() is None:
            if answers(self.port):
                print(f"\n  网站已就绪：http://{HOST}:{self.port}  （按 Ctrl-C 停止）\n", flush=True)
                return
            time.sleep(0.1)

    def _watch(self) -> int:
        while not self.asked_to_stop:
            for child in self.children:
                if child.ended() is not None and not self._start_again(child):
                    return 1
            time.sleep(0.3)
        return 0

    def _start_again(self, child: Child) -> bool:
        well = time.monotonic() - child.started_at > STEADY_SECONDS
        deaths = self.deaths[child.name] = 1 if well else self.deaths.get(child.name, 0) + 1
        if deaths >= MOST_DEATHS:
            print(
                f"{child.name} 连续 {deaths} 次启动即退出（退出码 {child.ended()}），全部停止。",
                file=sys.stderr,
            )
            return False
        print(f"{child.name} 意外退出（退出码 {child.ended()}），重新启动。", file=sys.stderr, flush=True)
        child.stop()
        time.sleep(min(2 ** (deaths - 1) * 0.5, 5))
        child.start()
        return True
