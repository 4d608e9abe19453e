"""Run the project's own programs as child processes, told by their environment where the servers are."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SYSTEM_LIBRARIES = BASE_DIR / ".venv" / "system"
# These change or read the schema itself, which belongs to the owner role.
OWNER_COMMANDS = {
    "migrate",
    "makemigrations",
    "showmigrations",
    "sqlmigrate",
    "sqlflush",
    "flush",
    "pgtrigger",
}


def child_environment(addresses: dict[str, str], **extra: str) -> dict[str, str]:
    environment = {**os.environ, **addresses, **extra}
    if SYSTEM_LIBRARIES.exists():  # Pango unpacked by a set-up that could not install it
        paths = [str(SYSTEM_LIBRARIES), environment.get("LD_LIBRARY_PATH")]
        environment["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, paths))
    return environment


def python(words: Sequence[str | Path], environment: dict[str, str]) -> int:
    """Run a Python program of the project and give back its exit code."""
    process = subprocess.Popen([sys.executable, *map(str, words)], cwd=BASE_DIR, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the terminal sent it to the child as well; let it finish in its own way
            continue


def manage(words: Sequence[str], addresses: dict[str, str]) -> int:
    role = "owner" if words and words[0] in OWNER_COMMANDS else os.environ.get("DB_ROLE", "app")
    return python(["manage.py", *words], child_environment(addresses, DB_ROLE=role))


def has_command(name: str) -> bool:
    return any(BASE_DIR.glob(f"*/management/commands/{name}.py"))
