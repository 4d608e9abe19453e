"""Backup and restore: what comes back is what was, and a damaged backup changes nothing."""

import shutil

import pytest

from config.backup import BackupDamaged, _archive, _unpack, backup, check, database_url, restore
from config.postgres import ServerRefused
from tests.config.conftest import Holder
from tests.config.test_embedded import sql

pytestmark = pytest.mark.real_clock


@pytest.fixture
def site(var, started_before):
    with Holder(started_before) as addresses:
        sql(addresses["OWNER_DATABASE_URL"], "CREATE TABLE village AS SELECT '界头铺' AS name")
        (var / "media/2026").mkdir(parents=True)
        (var / "media/2026/minutes.pdf").write_bytes(b"as it was")
        yield addresses


def names(addresses) -> list[tuple]:
    return sql(addresses["DATABASE_URL"], "SELECT name FROM village")


def change_everything(addresses, var) -> None:
    sql(addresses["OWNER_DATABASE_URL"], "UPDATE village SET name = 'spoilt'; CREATE TABLE later ()")
    (var / "media/2026/minutes.pdf").write_bytes(b"spoilt")
    (var / "media/later.pdf").write_bytes(b"later")


def test_rows_files_and_grants_come_back_as_they_were(site, var):
    made = backup(site)
    change_everything(site, var)
    restore(site, made)
    assert names(site) == [("界头铺",)]
    assert sql(site["DATABASE_URL"], "SELECT to_regclass('later')") == [(None,)]
    assert (var / "media/2026/minutes.pdf").read_bytes() == b"as it was"
    assert not (var / "media/later.pdf").exists()
    sql(site["OWNER_DATABASE_URL"], "CREATE TABLE after_restore ()")
    assert sql(site["DATABASE_URL"], "SELECT * FROM after_restore") == []


def test_what_was_there_before_a_restore_is_kept_aside(site, var):
    made = backup(site)
    change_everything(site, var)
    restore(site, made)
    [(aside,)] = sql(
        site["OWNER_DATABASE_URL"], "SELECT datname FROM pg_database WHERE datname LIKE '%before%'"
    )
    assert sql(database_url(site["OWNER_DATABASE_URL"], aside), "SELECT name FROM village") == [("spoilt",)]
    assert len(list(var.glob("media.before-*/later.pdf"))) == 1


@pytest.mark.parametrize("part", ["database.dump", "media.tar"])
def test_a_backup_with_one_changed_byte_is_refused_and_nothing_changes(site, var, part):
    made = backup(site)
    damaged = bytearray((made / part).read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (made / part).write_bytes(damaged)
    with pytest.raises(BackupDamaged, match=part):
        restore(site, made)
    assert names(site) == [("界头铺",)]
    assert (var / "media/2026/minutes.pdf").read_bytes() == b"as it was"


def test_a_list_or_an_archive_that_cannot_be_read_is_damage_and_leaves_nothing(tmp_path):
    source, fresh = tmp_path / "backup", tmp_path / "fresh"
    source.mkdir()
    (source / "manifest.json").write_text("{}")
    with pytest.raises(BackupDamaged, match="不完整"):
        check(source)
    (tmp_path / "media").mkdir()
    (tmp_path / "media/minutes.pdf").write_bytes(b"as it was" * 10_000)
    (tmp_path / "media/.half.pdf.1f").write_bytes(b"still being written")
    files = _archive(tmp_path / "media", source / "media.tar")
    assert list(files) == ["minutes.pdf"]
    whole = (source / "media.tar").read_bytes()
    for damaged in (whole[: len(whole) // 2], whole.replace(b"it was", b"it is ", 1)):
        (source / "media.tar").write_bytes(damaged)  # before its own hash was taken: only unpacking can tell
        with pytest.raises(BackupDamaged):
            _unpack(source / "media.tar", fresh, files)
        assert not fresh.exists()


def test_a_folder_that_is_no_backup_is_refused_by_name(site, var):
    with pytest.raises(BackupDamaged, match="不是一个备份目录"):
        restore(site, var / "media")


def test_a_database_in_use_is_not_swapped_away(site, var):
    import psycopg

    made = backup(site)
    with psycopg.connect(site["DATABASE_URL"]), pytest.raises(ServerRefused, match="正在使用"):
        restore(site, made)
    assert names(site) == [("界头铺",)]
    assert sql(site["OWNER_DATABASE_URL"], "SELECT 1 FROM pg_database WHERE datname LIKE '%restoring%'") == []
    shutil.rmtree(made)
