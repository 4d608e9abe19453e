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
from typing import BinaryIO
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
        parts, _files = {part: manifest["parts"][part] for part in (DUMP, MEDIA)}, manifest["files"].items()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupDamaged(f"备份已损坏：{path} 读不出来，或不完整；什么都没有改动。") from None
    for part, expected in parts.items():
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
    try:
        _sql(url, "template1", f'CREATE DATABASE "{fresh}"')
        where = ["--dbname", database_url(url, fresh)]
        _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", *where, source / DUMP)
        _swap(url, name, fresh, f"{name}_before_{stamp}")
    except BaseException:  # Ctrl-C too
        shutil.rmtree(fresh_media)
        _sql(url, "template1", f'DROP DATABASE IF EXISTS "{fresh}"')
        raise
    media = var / "media"
    if media.exists():
        media.rename(var / f"media.before-{stamp}")
    fresh_media.rename(media)


def _swap(url: str, name: str, fresh: str, aside: str) -> None:
    """Both names in one transaction: there is never a moment without a database of the site's name."""
    import psycopg

    try:
        with psycopg.connect(database_url(url, "template1")) as connection:
            connection.execute(f'ALTER DATABASE "{name}" RENAME TO "{aside}"')
            connection.execute(f'ALTER DATABASE "{fresh}" RENAME TO "{name}"')
    except psycopg.errors.ObjectInUse:
        raise ServerRefused("数据库正在使用：请先停止网站（Ctrl-C），再恢复；什么都没有改动。") from None


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


class _Hashed:
    """A file read once for both: into the archive and into its hash."""

    def __init__(self, handle: BinaryIO):
        self.handle, self.digest = handle, hashlib.sha256()

    def read(self, size: int) -> bytes:
        chunk = self.handle.read(size)
        self.digest.update(chunk)
        return chunk


def _archive(folder: Path, target: Path) -> dict[str, str]:
    """Every stored file into one archive, and its hash by name.

    The site may be running: what it is still writing has a name with a dot before it and is left out, and what it
    drops meanwhile (an export whose time is over) is passed by.
    """
    hashes = {}
    with tarfile.open(target, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            if path.name.startswith("."):
                continue
            name = path.relative_to(folder).as_posix()
            try:
                handle = path.open("rb")
            except FileNotFoundError:
                continue
            with handle:
                hashed = _Hashed(handle)
                archive.addfile(archive.gettarinfo(arcname=name, fileobj=handle), hashed)
                hashes[name] = hashed.digest.hexdigest()
    return hashes


def _unpack(archive: Path, folder: Path, expected: dict[str, str]) -> None:
    folder.mkdir(parents=True, mode=0o700)
    try:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        found = {
            path.relative_to(folder).as_posix(): _sha256(path) for path in folder.rglob("*") if path.is_file()
        }
        differing = sorted(
            name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)
        )
        if differing:
            raise BackupDamaged(
                f"备份已损坏：{len(differing)} 个文件与清单不符，例如 {differing[0]}；什么都没有改动。"
            )
    except tarfile.TarError as broken:
        shutil.rmtree(folder)
        raise BackupDamaged(f"备份已损坏：{archive} 读不出来（{broken}）；什么都没有改动。") from None
    except BaseException:
        shutil.rmtree(folder)
        raise


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
