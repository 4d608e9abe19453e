"""Many files in one child: the same code under the same limits, forked once a file from one interpreter.

Run as a file it is that interpreter; `Children` speaks to it. A fresh process a file costs 0.1 to 0.2 s, of which all
but a few milliseconds are the interpreter's start.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parent.parent.parent


class Children:
    """An interpreter that reads workbooks; `run` is a stand-in for organizations.workbook._run."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", __file__]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}, cwd="/"
        )

    def run(self, content: bytes, command: tuple[str, ...], _seconds: float = 0) -> bytes:
        """What a child says of this file; b"" from one that died."""
        put(self.process.stdin, json.dumps(command).encode())
        put(self.process.stdin, content)
        return get(self.process.stdout)

    def close(self) -> None:
        """No more files."""
        self.process.stdin.close()
        self.process.wait()


def put(stream: Any, piece: bytes) -> None:
    """Say how long a piece is, then the piece."""
    stream.write(len(piece).to_bytes(8, "big") + piece)
    stream.flush()


def get(stream: Any) -> bytes:
    """A piece as `put` wrote it."""
    return stream.read(int.from_bytes(stream.read(8), "big"))


def one(content: bytes, command: list[str]) -> bytes:
    """Fork, limit, answer."""
    from organizations import workbook_child

    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        os.close(reader)
        workbook_child.limit()
        with os.fdopen(writer, "wb") as out:
            out.write(workbook_child.answer(content, command))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as said:
        answer = said.read()
    os.waitpid(child, 0)
    return answer


def main(given: BinaryIO, said: BinaryIO) -> None:
    """Answer until nobody asks any more."""
    sys.path.insert(0, str(ROOT))
    import python_calamine  # noqa: F401 — loaded once for all

    while length := given.read(8):
        command = json.loads(given.read(int.from_bytes(length, "big")))
        put(said, one(get(given), command))


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
