"""Backup and restore: the database and the stored files together, checked by SHA-256.

A backup is a folder: `database.dump` (pg_dump's own format), `media.tar`, `manifest.json` with the hash of both and of
every stored file. A restore builds a new database beside the old one and swaps names at the end, so that a damaged
backup, or one that stops half-way, changes nothing.
"""

import hashlib
import json
import shutil
import subprocess
import tarfile
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from config.postgres import ServerRefused, binary

DUMP, MEDIA, MANIFEST = "database.dump", "media.tar", "manifest.json"


class BackupDamaged(ServerRefused):
    """The folder is not what was written; the text names what differs."""


def backup(addresses: dict[str, str]) -> Path:
    var = Path(addresses["VAR_DIR"])
    name = datetime.now().strftime("%Y%m%d-%H%M%S")
    target, unfinished = var / "backups" / name, var / "backups" / f"{name}.unfinished"
    unfinished.mkdir(parents=True, mode=0o700)
    # The database first: a file stored in between is in the archive without a row, which harms nobody.
    _run(
        "pg_dump", "--format=custom", "--file", unfinished / DUMP, "--dbname", addresses["OWNER_DATABASE_URL"]
    )
    files = _archive(var / "media", unfinished / MEDIA)
    manifest = {
        "made_at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "parts": {part: _sha256(unfinished / part) for part in (DUMP, MEDIA)},
        "files": files,
    }
    (unfinished / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    unfinished.rename(target)  # only a whole backup has a name without a suffix
    return target


def check(source: Path) -> dict:
    """The manifest, after both parts were found to be what it says."""
    path = source / MANIFEST
    if not path.is_file():
        raise BackupDamaged(f"{source} 不是一个备份目录（没有 {MANIFEST}）。")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise BackupDamaged(f"备份已损坏：{path} 读不出来。") from None
    for part, expected in manifest["parts"].items():
        if not (source / part).is_file() or _sha256(source / part) != expected:
            raise BackupDamaged(f"备份已损坏：{source / part} 缺失或与清单的 SHA-256 不符；什么都没有改动。")
    return manifest


def restore(addresses: dict[str, str], source: Path) -> None:
    manifest = check(source)
    stamp = datetime.now().strftime("%Y%m%d_%H%M%S")
    var = Path(addresses["VAR_DIR"])
    fresh_media = var / f"media.restoring-{stamp}"
    _unpack(source / MEDIA, fresh_media, manifest["files"])
    url = addresses["OWNER_DATABASE_URL"]
    name = urlsplit(url).path.lstrip("/")
    fresh = f"{name}_restoring_{stamp}"
    _sql(url, "template1", f'CREATE DATABASE "{fresh}"')
    try:
        where = ["--dbname", database_url(url, fresh)]
        _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", *where, source / DUMP)
        _swap(url, name, fresh, f"{name}_before_{stamp}")
    except Exception:
        _sql(url, "template1", f'DROP DATABASE IF EXISTS "{fresh}"')
        shutil.rmtree(fresh_media)
        raise
    media = var / "media"
    if media.exists():
        media.rename(var / f"media.before-{stamp}")
    fresh_media.rename(media)


def _swap(url: str, name: str, fresh: str, aside: str) -> None:
    import psycopg

    try:
        _sql(url, "template1", f'ALTER DATABASE "{name}" RENAME TO "{aside}"')
    except psycopg.errors.ObjectInUse:
        raise ServerRefused("数据库正在使用：请先停止网站（Ctrl-C），再恢复；什么都没有改动。") from None
    _sql(url, "template1", f'ALTER DATABASE "{fresh}" RENAME TO "{name}"')


def database_url(url: str, name: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _sql(url: str, database: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(database_url(url, database), autocommit=True) as connection:
        connection.execute(statement)


def _run(program: str, *words: object) -> None:
    done = subprocess.run([binary(program), *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise ServerRefused(f"{program} 失败：\n{done.stderr.strip()[-2000:]}")


def _archive(folder: Path, target: Path) -> dict[str, str]:
    """Every stored file into one archive, and its hash by name."""
    hashes = {}
    with tarfile.open(target, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            hashes[name] = _sha256(path)
            archive.add(path, arcname=name)
    return hashes


def _unpack(archive: Path, folder: Path, expected: dict[str, str]) -> None:
    folder.mkdir(parents=True, mode=0o700)
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    found = {
        path.relative_to(folder).as_posix(): _sha256(path) for path in folder.rglob("*") if path.is_file()
    }
    if found != expected:
        shutil.rmtree(folder)
        differing = sorted(
            name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)
        )
        raise BackupDamaged(
            f"备份已损坏：{len(differing)} 个文件与清单不符，例如 {differing[0]}；什么都没有改动。"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
