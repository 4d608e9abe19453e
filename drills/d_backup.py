"""`make backup`, `make restore`: all of it comes back, and a damaged backup is found before anything moves."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from config.backup import MANIFEST, backup, restore
from config.postgres import ServerRefused
from drills.frame import Outcome, Room

ASKED = (
    "restore brings back every table row by row and every file by SHA-256; a damaged backup changes nothing"
)


def main(room: Room) -> Outcome:
    from django.db import connections

    store_files(room.var / "media", room.count(200, least=20))
    connections.close_all()
    made = backup(room.addresses)
    before = everything(room)
    faults = [
        fault for name, damage in DAMAGES.items() for fault in refused(room, made, name, damage, before)
    ]
    spoil(room)
    restore(room.addresses, made)
    after = everything(room)
    faults += [f"{name} differs after the restore" for name in differing(before, after)]
    tables, files = (sum(name.startswith(kind) for name in before) for kind in ("table ", "file "))
    rows = sum(count for count, _digest in before.values())
    return Outcome(
        f"{tables} tables with {rows} rows and {files} files compared, {len(DAMAGES)} damages tried", faults
    )


def store_files(media: Path, count: int) -> None:
    """Files beside those of the demo year, some of them empty, one with a name in Chinese."""
    folder = media / "drill" / "会议记录"
    folder.mkdir(parents=True)
    for number in range(count):
        content = hashlib.sha256(str(number).encode()).digest() * (number * 37)
        (folder / f"附件 {number}.bin").write_bytes(content)


def everything(room: Room) -> dict[str, tuple[int, str]]:
    """Each table of the catalogue with its rows' count and digest, each sequence, each file."""
    import psycopg

    found = {}
    with psycopg.connect(room.addresses["OWNER_DATABASE_URL"]) as connection:
        names = connection.execute(
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_|^information_'"
        ).fetchall()
        for (name,) in names:
            digest, count = hashlib.sha256(), 0
            rows = connection.execute(f'SELECT t::text FROM {name} t ORDER BY t::text COLLATE "C"')
            for (text,) in rows:
                digest.update(text.encode() + b"\0")
                count += 1
            found[f"table {name}"] = (count, digest.hexdigest())
        for name, value in connection.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall():
            found[f"sequence {name}"] = (0, str(value))
    media = Path(room.addresses["VAR_DIR"]) / "media"
    for path in sorted(path for path in media.rglob("*") if path.is_file()):
        found[f"file {path.relative_to(media)}"] = (0, hashlib.sha256(path.read_bytes()).hexdigest())
    return found


def differing(before: dict, after: dict) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def refused(room: Room, made: Path, name: str, damage: Callable[[Path], None], before: dict) -> list[str]:
    """Try to restore a copy of the backup that was damaged so; what is wrong with what came of it."""
    copy = made.with_name("damaged")
    shutil.copytree(made, copy)
    damage(copy)
    faults = []
    try:
        restore(room.addresses, copy)
        faults.append(f"{name}: restored")
    except ServerRefused:
        pass
    except Exception as raised:
        faults.append(f"{name}: {type(raised).__name__} instead of words")
    shutil.rmtree(copy)
    if changed := differing(before, everything(room)):
        faults.append(f"{name}: changed {changed[0]}")
    if left := [path.name for path in room.var.glob("media.restoring*")]:
        faults.append(f"{name}: left {left[0]}")
    return faults


def flip(part: str, where: float) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        content = bytearray((folder / part).read_bytes())
        content[int((len(content) - 1) * where)] ^= 1
        (folder / part).write_bytes(content)

    return damage


def cut(part: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / part
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return damage


def manifest_agrees(damage: Callable[[Path], None]) -> Callable[[Path], None]:
    """The damage was there before the manifest was written: only the restore itself can find it."""

    def whole(folder: Path) -> None:
        damage(folder)
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        for part in manifest["parts"]:
            manifest["parts"][part] = hashlib.sha256((folder / part).read_bytes()).hexdigest()
        (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")

    return whole


def forget_a_file(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest["files"].popitem()
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


DAMAGES = {
    "dump, first byte": flip("database.dump", 0),
    "dump, middle byte": flip("database.dump", 0.5),
    "dump, last byte": flip("database.dump", 1),
    "files, middle byte": flip("media.tar", 0.5),
    "files, first byte": flip("media.tar", 0),
    "dump cut": cut("database.dump"),
    "files cut": cut("media.tar"),
    "dump missing": lambda folder: (folder / "database.dump").unlink(),
    "files missing": lambda folder: (folder / "media.tar").unlink(),
    "list missing": lambda folder: (folder / MANIFEST).unlink(),
    "list cut": cut(MANIFEST),
    "list names no parts": lambda folder: (folder / MANIFEST).write_text("{}"),
    "list short of a file": forget_a_file,
    "dump cut, list agrees": manifest_agrees(cut("database.dump")),
    "files cut, list agrees": manifest_agrees(cut("media.tar")),
    "a stored byte, list agrees": manifest_agrees(flip("media.tar", 0.5)),
}


def spoil(room: Room) -> None:
    """Change what there is in every way a restore must undo."""
    import psycopg

    with psycopg.connect(room.addresses["OWNER_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE TABLE later (id int)")
        connection.execute("DELETE FROM accounts_draft")
        connection.execute("UPDATE accounts_message SET title = 'spoilt'")
    media = room.var / "media" / "drill" / "会议记录"
    (media / "附件 3.bin").write_bytes(b"spoilt")
    (media / "附件 4.bin").unlink()
    (media / "later.bin").write_bytes(b"later")
