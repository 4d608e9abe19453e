"""One drill in a process of its own: `python -m drills.one MODULE SIZE SECONDS`; its last line is the outcome."""

import importlib
import json
import os
import shutil
import sys
import traceback
from pathlib import Path

from drills.frame import Outcome, Room, copied, refuse_what_is_not_ours, set_up_django

ADDRESSES = ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "VAR_DIR")


def play(module: str, size: float, seconds: float) -> Outcome:
    """Set the stage, play the drill, strike the stage. What the drill raises is its fault."""
    addresses = {name: os.environ[name] for name in ADDRESSES}
    refuse_what_is_not_ours(addresses)
    drill = importlib.import_module(f"drills.{module}")
    name = module.removeprefix("d_")
    var = Path(addresses["VAR_DIR"]) / "rooms" / name
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    if not getattr(drill, "DATABASE", True):
        return drill.main(Room(name, var, addresses, size, seconds))
    with copied(addresses, name, var) as own:
        set_up_django(own)
        try:
            return drill.main(Room(name, var, own, size, seconds))
        finally:
            from django.db import connections

            connections.close_all()


def main(words: list[str]) -> int:
    module, size, seconds = words[0], float(words[1]), float(words[2])
    try:
        outcome = play(module, size, seconds)
    except Exception as broken:
        traceback.print_exc()
        outcome = Outcome("broke off", [f"{type(broken).__name__}: {broken}"])
    print(json.dumps({"seen": outcome.seen, "faults": outcome.faults}, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # threads a drill could not end do not keep it
