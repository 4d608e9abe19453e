"""The PostgreSQL and Valkey of a try-out: roles, sharing, and every way a start or an end can go wrong."""

import os
import signal
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from config.backup import database_url
from tests.config.conftest import Holder, processes_of, wait_until

pytestmark = pytest.mark.real_clock
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def sql(url: str, statement: str) -> list[tuple]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def postmaster(var: Path) -> int:
    return int((var / "postgres/data/postmaster.pid").read_text().split("\n", 1)[0])


def test_the_application_may_use_what_the_owner_makes_and_owns_nothing(var):
    with Holder(var) as addresses:
        app, owner = addresses["DATABASE_URL"], addresses["OWNER_DATABASE_URL"]
        sql(owner, "CREATE TABLE village (id bigserial PRIMARY KEY, name text)")
        sql(app, "INSERT INTO village (name) VALUES ('界头铺')")
        for forbidden in (
            "TRUNCATE village",
            "DROP TABLE village",
            "CREATE TABLE mine ()",
            "CREATE DATABASE mine",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                sql(app, forbidden)
        assert sql(app, "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == [(0,)]
        assert sql(owner, "SELECT rolsuper FROM pg_roles WHERE rolname LIKE 'zhengdun%'") == [
            (False,),
            (False,),
        ]


def test_a_test_database_made_by_the_owner_is_born_with_the_grants(started_before):
    var = started_before
    with Holder(var) as addresses:
        sql(addresses["OWNER_DATABASE_URL"], "CREATE DATABASE test_zhengdun")
        sql(
            database_url(addresses["OWNER_DATABASE_URL"], "test_zhengdun"), "CREATE TABLE village (name text)"
        )
        assert sql(database_url(addresses["DATABASE_URL"], "test_zhengdun"), "SELECT * FROM village") == []


def test_a_second_start_keeps_the_data_even_after_everything_was_killed(started_before):
    var = started_before
    with Holder(var, durable=True) as addresses:
        sql(addresses["OWNER_DATABASE_URL"], "CREATE TABLE village AS SELECT 1 AS id")
        for pid in processes_of(var):
            if pid != os.getpid():
                os.kill(pid, signal.SIGKILL)
    assert (var / "postgres/data/postmaster.pid").exists()
    with Holder(var, durable=True) as addresses:
        assert sql(addresses["DATABASE_URL"], "SELECT id FROM village") == [(1,)]


def test_a_stale_pid_that_is_somebody_elses_by_now_does_not_block_the_start(started_before):
    var = started_before
    with Holder(var):
        left_behind = (var / "postgres/data/postmaster.pid").read_text()
    wait_until(lambda: not (var / "postgres/data/postmaster.pid").exists())
    stale = left_behind.split("\n", 1)[1]
    (var / "postgres/data/postmaster.pid").write_text(f"{os.getpid()}\n{stale}")
    with Holder(var) as addresses:
        assert sql(addresses["DATABASE_URL"], "SELECT 1") == [(1,)]
    os.kill(os.getpid(), 0)


def test_a_folder_of_another_major_version_is_refused_in_words_and_left_alone(var):
    data = var / "postgres/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")
    refusal = Holder(var).refusal()
    assert "PostgreSQL 15" in refusal
    assert "不能打开" in refusal
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_two_commands_share_one_server_and_the_first_to_leave_does_not_stop_it(started_before):
    var = started_before
    first, second = Holder(var), Holder(var)
    with second as addresses:
        with first as same:
            assert same == addresses
        redis.Redis.from_url(addresses["REDIS_URL"]).ping()
        assert sql(addresses["DATABASE_URL"], "SELECT 1") == [(1,)]


@linux
def test_a_user_killed_outright_leaves_no_server_behind(started_before):
    var = started_before
    user = Holder(var)
    user.__enter__()
    assert any("postgres" in words for words in processes_of(var).values())
    user.die()
    wait_until(lambda: not processes_of(var))


def test_a_server_that_dies_under_its_users_is_started_again(started_before):
    var = started_before
    with Holder(var) as addresses:
        os.kill(postmaster(var), signal.SIGKILL)

        def answers() -> bool:
            try:
                return sql(addresses["DATABASE_URL"], "SELECT 1") == [(1,)]
            except psycopg.OperationalError:
                return False

        wait_until(lambda: not answers())
        wait_until(answers)


def test_given_addresses_are_used_and_nothing_is_started(var):
    given = {"DATABASE_URL": "postgres://elsewhere/db", "REDIS_URL": "redis://elsewhere/0"}
    with Holder(var, **given) as addresses:
        assert addresses == given | {"OWNER_DATABASE_URL": given["DATABASE_URL"], "VAR_DIR": str(var)}
        assert not (var / "postgres").exists()


def test_a_folder_too_deep_for_a_socket_is_served_on_a_loopback_port_beside_another(var):
    deep = var / ("深" * 20) / ("层" * 20)
    with Holder(var) as plain, Holder(deep) as addresses:
        assert "@127.0.0.1:" in addresses["DATABASE_URL"]
        sql(addresses["OWNER_DATABASE_URL"], "CREATE TABLE only_here ()")
        assert sql(plain["OWNER_DATABASE_URL"], "SELECT to_regclass('only_here')") == [(None,)]
    wait_until(lambda: not processes_of(deep))
