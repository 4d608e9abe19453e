"""The virus scanner outside: ClamAV's clamd, asked by its INSTREAM command. Without the setting nothing is asked.

A scanner that is set and does not answer fails closed: the file is kept, but nobody gets it until it was looked at.
"""

import socket
import struct
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

PIECE = 1 << 16
ANSWER_LIMIT = 4096


class Away(Exception):
    """The scanner was not reached, or did not say."""


class Verdict(NamedTuple):
    """What it said; name: what it calls what it found, "" for nothing."""

    name: str = ""


def is_set() -> bool:
    """Whether this site has a scanner."""
    return bool(settings.CLAMD)


def scan(content: bytes) -> Verdict:
    """Ask about a file. Raises Away."""
    try:
        with _reached() as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), PIECE):
                piece = content[start : start + PIECE]
                line.sendall(struct.pack("!I", len(piece)) + piece)
            line.sendall(struct.pack("!I", 0))
            said = _answer(line)
    except OSError as broken:
        raise Away(str(broken)) from broken
    if said == "stream: OK":
        return Verdict()
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return Verdict(said.removeprefix("stream: ").removesuffix(" FOUND")[:80] or "?")
    raise Away(said or "no answer")


def _reached() -> socket.socket:
    """A line to clamd: tcp://host:port or unix:/path."""
    address = urlsplit(settings.CLAMD)
    if address.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(settings.CLAMD_SECONDS)
        try:
            line.connect(address.path)
        except OSError:
            line.close()
            raise
        return line
    try:
        place = (address.hostname or "", address.port or 3310)
    except ValueError as wrong:
        raise OSError(str(wrong)) from wrong
    return socket.create_connection(place, timeout=settings.CLAMD_SECONDS)


def _answer(line: socket.socket) -> str:
    """One line, which ends with a NUL."""
    said = b""
    while b"\0" not in said and len(said) < ANSWER_LIMIT:
        piece = line.recv(1024)
        if not piece:
            break
        said += piece
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()
