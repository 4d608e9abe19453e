"""Emptying the tables between tests that commit.

TRUNCATE makes new files for each table and index: for all of them at once it takes as long as a test. So only what has
rows is emptied, and what others refer to by deleting, which takes no other table with it.
"""

import os
import re

import environ
import psycopg
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

EMPTY = """
DO $$
DECLARE
    name text;
    has_rows boolean;
    referred_to text[] = '{}';
BEGIN
    FOREACH name IN ARRAY string_to_array('NAMES', ',') LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO has_rows;
        IF has_rows AND EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND confrelid = name::regclass) THEN
            referred_to = referred_to || name;
            EXECUTE format('ALTER TABLE %I DISABLE TRIGGER USER', name);
        ELSIF has_rows THEN
            EXECUTE format('TRUNCATE %I', name);
        END IF;
    END LOOP;
    FOREACH name IN ARRAY referred_to LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    SET CONSTRAINTS ALL IMMEDIATE;
    FOREACH name IN ARRAY referred_to LOOP
        EXECUTE format('ALTER TABLE %I ENABLE TRIGGER USER', name);
    END LOOP;
END $$
"""


def owner_login() -> dict[str, str]:
    """Who owns the tables and migrates."""
    url = os.environ.get("OWNER_DATABASE_URL") or os.environ["DATABASE_URL"]
    config = environ.Env.db_url_config(url)
    return {"USER": config.get("USER", ""), "PASSWORD": config.get("PASSWORD", "")}


def flush_as_owner(_self: DatabaseOperations, statements: list[str]) -> None:
    """Empty the tables of a TRUNCATE as Django writes it."""
    params = connection.get_connection_params() | {
        key.lower(): value for key, value in owner_login().items() if value
    }
    for unused in ("cursor_factory", "context", "prepare_threshold"):
        params.pop(unused, None)
    with psycopg.connect(**params) as owner:
        names = re.findall(r'"(\w+)"', " ".join(statements))
        owner.execute(EMPTY.replace("NAMES", ",".join(names)))
