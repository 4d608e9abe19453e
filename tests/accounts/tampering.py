"""What a superuser may do to a sealed trail: each does it and returns the seal whose window must be named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts import sealing
from accounts.models import AuditSeal
from tests.emptying import owner_login

TEXTS = ("username", "post", "unit_path", "address", "request", "action", "object", "result")


@contextmanager
def in_the_owners_hands(prepare: Callable[[], object]) -> Iterator[CursorWrapper]:
    """What ``prepare`` made, open to the owner of the tables, whom no grant holds back; taken back at the end."""
    app_login = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update(owner_login())
    try:
        with transaction.atomic():
            prepare()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                yield cursor
            transaction.set_rollback(True)
    finally:
        connection.close()
        connection.settings_dict.update(app_login)


def windows(cursor):
    cursor.execute("SELECT number, from_id, upto_id FROM accounts_auditseal ORDER BY number")
    return cursor.fetchall()


def one_event(cursor, rng):
    """Some event as (its number, its window's seal)."""
    cursor.execute("SELECT id FROM accounts_auditevent ORDER BY id")
    pk = rng.choice([pk for (pk,) in cursor.fetchall()])
    return pk, next(number for number, after, upto in windows(cursor) if after < pk <= upto)


def change_a_text(cursor, rng):
    pk, number = one_event(cursor, rng)
    cursor.execute(f"UPDATE accounts_auditevent SET {rng.choice(TEXTS)} = '他人' WHERE id = %s", [pk])
    return number


def change_the_detail(cursor, rng):
    pk, number = one_event(cursor, rng)
    column = rng.choice(["detail", "fields"])
    cursor.execute(f"UPDATE accounts_auditevent SET {column} = '[1]' WHERE id = %s", [pk])
    return number


def change_the_moment(cursor, rng):
    pk, number = one_event(cursor, rng)
    by = rng.choice(["1 microsecond", "1 month"])
    cursor.execute(f"UPDATE accounts_auditevent SET at = at - interval '{by}' WHERE id = %s", [pk])
    return number


def remove_some(cursor, rng):
    pk, number = one_event(cursor, rng)
    cursor.execute("DELETE FROM accounts_auditevent WHERE id >= %s AND id < %s", [pk, pk + rng.randint(1, 5)])
    return number


def add_one(cursor, rng):
    pk, number = one_event(cursor, rng)
    cursor.execute(
        "INSERT INTO accounts_auditevent SELECT id, at + interval '1 second', username, post, unit_path, address,"
        " request, '伪造', object, detail, result, user_id, fields FROM accounts_auditevent WHERE id = %s",
        [pk],
    )
    return number


def add_before_all(cursor, rng):
    cursor.execute(
        "INSERT INTO accounts_auditevent SELECT -id, at, username, post, unit_path, address, request, action,"
        " object, detail, result, user_id, fields FROM accounts_auditevent LIMIT 1"
    )
    return 1


def exchange_two(cursor, rng):
    pk, number = one_event(cursor, rng)
    other, _number = one_event(cursor, rng)
    while other == pk:
        other, _number = one_event(cursor, rng)
    cursor.execute(
        "UPDATE accounts_auditevent SET id = CASE id WHEN %s THEN %s ELSE %s END WHERE id IN (%s, %s)",
        [pk, other, pk, pk, other],
    )
    return number


def put_it_elsewhere(cursor, rng):
    pk, number = one_event(cursor, rng)
    cursor.execute("UPDATE accounts_auditevent SET id = id + 100000 WHERE id = %s", [pk])
    return number


def cut_off_the_end(cursor, rng):
    last = rng.randint(1, len(windows(cursor)) - 1)
    cursor.execute("DELETE FROM accounts_auditseal WHERE number > %s RETURNING from_id", [last])
    lowest = min(after for (after,) in cursor.fetchall())
    cursor.execute("DELETE FROM accounts_auditevent WHERE id > %s", [lowest])
    if rng.random() < 0.5:
        cursor.execute("SELECT setval(%s, %s)", [sealing.SEQUENCE, lowest])
    return last + 1


def remove_a_seal_with_its_events(cursor, rng):
    number, after, upto = rng.choice(windows(cursor)[:-1])
    cursor.execute("DELETE FROM accounts_auditevent WHERE id > %s AND id <= %s", [after, upto])
    cursor.execute("DELETE FROM accounts_auditseal WHERE number = %s", [number])
    if rng.random() < 0.5:  # and close the gap
        cursor.execute("UPDATE accounts_auditseal SET number = -number WHERE number > %s", [number])
        cursor.execute("UPDATE accounts_auditseal SET number = -number - 1 WHERE number < 0")
        return number
    return number + 1


def change_a_seal(cursor, rng):
    number, _after, _upto = rng.choice(windows(cursor))
    what = rng.choice(["count = count + 1", "sealed_at = sealed_at + interval '1 day'", "digest = previous"])
    cursor.execute(f"UPDATE accounts_auditseal SET {what}, mac = digest WHERE number = %s", [number])
    return number


def empty_everything(cursor, rng):
    cursor.execute("TRUNCATE accounts_auditevent, accounts_auditseal RESTART IDENTITY")
    return 1


def forge_with_the_key(cursor, rng, *, onward=True):
    """Whoever holds the site's key too changes an event and makes its seal anew, and all that follow."""
    pk, number = one_event(cursor, rng)
    cursor.execute("UPDATE accounts_auditevent SET object = '他人' WHERE id = %s", [pk])
    before = AuditSeal.objects.filter(number=number - 1).first()
    for seal in AuditSeal.objects.filter(number__gte=number)[: None if onward else 1]:
        rows = sealing.read_rows(after=seal.from_id, upto=seal.upto_id, format=1)
        seal.digest, seal.previous = rows.digest, before.mac if before else sealing.NOTHING_BEFORE
        seal.mac = sealing.mac(seal, sealing.keys()[seal.key])
        seal.save(force_update=True)
        before = seal
    return number


TAMPERINGS: list[Callable] = [
    *(change_a_text, change_the_detail, change_the_moment, remove_some, add_one, add_before_all),
    *(exchange_two, put_it_elsewhere, cut_off_the_end, remove_a_seal_with_its_events, change_a_seal),
    *(empty_everything, forge_with_the_key),
]
