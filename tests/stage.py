"""The stage: what tests begin with, built once and kept in an open transaction, each test a savepoint upon it.

A fixture marked `@on_stage` writes rows and nothing else. The tests of a file are ordered by the fixtures they begin
with, so that a scheme with its duties is put in force once for all that need one instead of before each. Every
fixture is a savepoint of its own: going from one test to the next only takes back what the next does not begin with.
A test gets copies of the fixtures' objects and its own savepoint, so it neither sees nor touches another's.

Fixtures are built in the order in which pytest would, and the first one that is not on the stage ends it: what comes
after is built for the test alone. Tests that commit, sign in with a real broker or need the real clock begin bare.
"""

import contextlib
import copy
import functools
import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.test import override_settings

from tests import cast

# Fixtures of ours that write no row, so the stage may go on after them
BESIDE = {
    "as_post",
    "clock",
    "django_db_setup",
    "media",
    "no_broker",
    "owner_flushes",
    "passwords_hashed_with_little_work",
    "static_files_found_when_asked_for",
}
BEGINS_WITH = pytest.StashKey[list[Any]]()
GIVEN = pytest.StashKey[dict[str, Any]]()
# What stands there is older than whatever a test does at NOW
BEFORE = timedelta(minutes=1)


def on_stage(build: Callable[..., Any]) -> Any:
    """A fixture that writes rows only (no files, no patches, nothing to undo) and returns what may be copied."""
    name, signature = build.__name__, inspect.signature(build)

    @functools.wraps(build)
    def fixture(request: pytest.FixtureRequest, **needs: Any) -> Any:
        given = request.node.stash.get(GIVEN, {})
        return given[name] if name in given else build(**needs)

    asked = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    fixture.__signature__ = signature.replace(parameters=[asked, *signature.parameters.values()])
    fixture.build = build
    return pytest.fixture(fixture)


def begins_with(item: pytest.Item) -> list[Any]:
    """The fixtures of a test that may stand on the stage, in the order in which pytest builds them."""
    if BEGINS_WITH not in item.stash:
        item.stash[BEGINS_WITH] = list(_begins_with(item))
    return item.stash[BEGINS_WITH]


def _begins_with(item: pytest.Item) -> Iterator[Any]:
    if not uses_rows(item) or commits(item):
        return
    if any(item.get_closest_marker(name) for name in ("real_clock", "broker")):
        return
    names, known = item._fixtureinfo.initialnames, item._fixtureinfo.name2fixturedefs
    for fixture in _in_order(names, known):
        own = fixture.func.__module__.startswith("tests.")
        if hasattr(fixture.func, "build") and len(known[fixture.argname]) == 1:
            yield fixture
        elif own and fixture.argname not in BESIDE:
            return


def _in_order(names: tuple[str, ...], known: dict[str, Any]) -> list[Any]:
    """The fixtures named and all they need, each after its needs."""
    found: dict[str, Any] = {}

    def visit(name: str) -> None:
        if name not in found and known.get(name):
            fixture = known[name][-1]
            for need in fixture.argnames:
                if need != name:
                    visit(need)
            found.setdefault(name, fixture)

    for name in names:
        visit(name)
    return list(found.values())


def uses_rows(item: pytest.Item) -> bool:
    """Whether pytest-django gives the test a database."""
    return bool(item.get_closest_marker("django_db")) or "db" in item.fixturenames or commits(item)


def commits(item: pytest.Item) -> bool:
    """Whether the test runs outside a transaction."""
    marker = item.get_closest_marker("django_db")
    asked = bool(marker and (marker.kwargs.get("transaction") or marker.kwargs.get("reset_sequences")))
    return asked or not {"transactional_db", "live_server"}.isdisjoint(item.fixturenames)


def ordered(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests of each file by what they begin with; files, and tests that begin alike, stay where they are."""
    places: dict[tuple[bool, object], int] = {}
    keys = []
    for item in items:
        commit = commits(item) or not uses_rows(item)
        place = places.setdefault((commit, item.path), len(places))
        keys.append((place, [fixture.argname for fixture in begins_with(item)]))
    order = sorted(range(len(items)), key=keys.__getitem__)
    return [items[number] for number in order]


class Stage:
    """What stands: one level a fixture, each a savepoint with the objects of all fixtures up to it."""

    def __init__(self) -> None:
        self.levels: list[tuple[Any, dict[str, Any], transaction.Atomic]] = []
        self.on: Any = None
        self.session: object = None

    def set(self, item: pytest.Item) -> None:
        """Make exactly what a test begins with stand, and give the test its copies."""
        self._drop_what_fell()
        fixtures, standing = begins_with(item), [fixture for fixture, _objects, _atomic in self.levels]
        same = 0
        while same < min(len(standing), len(fixtures)) and standing[same] is fixtures[same]:
            same += 1
        self.strike(keep=same)
        for fixture in fixtures[same:]:
            self._build(fixture)
        item.stash[GIVEN] = self._copies()

    def strike(self, keep: int = 0) -> None:
        """Take back everything above so many levels."""
        self._drop_what_fell()
        while len(self.levels) > keep:
            _fixture, _objects, atomic = self.levels.pop()
            _take_back(atomic)

    def _drop_what_fell(self) -> None:
        """Forget what stood when it stands no more: a test closed the connection, or the thread has another one by now.

        A browser in the thread brings an event loop with it, and with that Django takes another connection.
        """
        here = connections[DEFAULT_DB_ALIAS]
        if not self.levels or (here is self.on and here.connection is self.session and here.in_atomic_block):
            return
        self.levels.clear()
        self.on.close()
        self.on.connect()  # outside of any transaction
        if here is not self.on:
            self.on.close()

    def _copies(self) -> dict[str, Any]:
        """All at once, so that what was one object stays one object."""
        return copy.deepcopy(self.levels[-1][1]) if self.levels else {}

    def _build(self, fixture: Any) -> None:
        objects = self._copies()
        atomic = transaction.atomic()
        atomic._from_testcase = True  # as in Django's own test cases: a durable block may stand in it
        atomic.__enter__()
        try:
            with _surroundings():
                needs = inspect.signature(fixture.func.build).parameters
                objects[fixture.argname] = fixture.func.build(**{name: objects.get(name) for name in needs})
            # Here, or the end of every single test would look at all of it again
            connection.check_constraints()
        except BaseException:
            _take_back(atomic)
            raise
        self.levels.append((fixture, objects, atomic))
        self.on = connections[DEFAULT_DB_ALIAS]
        self.session = self.on.connection


def _take_back(atomic: transaction.Atomic) -> None:
    transaction.set_rollback(True)
    atomic.__exit__(None, None, None)


@contextlib.contextmanager
def _surroundings() -> Iterator[None]:
    """The cast's day, no worker to be told, and no place for files: a fixture that writes one is not for the stage."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(current_app, "send_task", lambda *_args, **_kwargs: None)
        with (
            override_settings(MEDIA_ROOT="/dev/null/none"),
            time_machine.travel(cast.NOW - BEFORE, tick=True),
        ):
            yield
