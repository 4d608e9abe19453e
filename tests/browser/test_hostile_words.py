"""Every text a person can write holds a script: none of it becomes part of a page or runs.

One page in three is opened here; `make drill only=scripts` opens all of them as every role.
"""

import json

import pytest
from django.urls import reverse

from accounts import policy, tables
from accounts.roles import Role
from tests.browser.chromium import DESK, open_context, sign_in
from tests.hostile.filling import fill, fill_json
from tests.hostile.scripts import PAYLOADS, Walker
from tests.matrix.objects import personal
from tests.matrix.test_matrix import PERSONAL, SORTS, address, expected
from tests.matrix.world import World, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ORDER = (
    *(Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER, Role.CITY_REVIEWER, Role.VILLAGE_REPORTER, Role.HELPER),
    *(Role.DEPARTMENT, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR),
)
STEP = 3
# What ends the session, is asked by a page for itself, or draws a file for seconds
LEFT_OUT = {"accounts:sign_out", "accounts:healthz", "accounts:readyz", "accounts:session", "service_worker"}


@pytest.fixture
def world(db) -> World:
    """A year with something of everything, all its words scripts."""
    made = build()
    made.own = personal(made.posts[Role.COUNTY_OFFICER], made.posts[Role.CITY_REVIEWER])
    refused = fill(PAYLOADS)
    assert refused == [], "\n".join(refused)
    assert fill_json(PAYLOADS)
    return made


def pages_by_role(world: World, *, every_role: bool = False) -> dict[Role, list[str]]:
    """The addresses of all routes, each for the first role that has it."""
    found: dict[Role, list[str]] = {role: [] for role in ORDER}
    for name, pattern, view in policy.routes():
        if name in LEFT_OUT or view.policy.public:
            continue
        kind = SORTS.get(name, view.policy.scope)
        roles = [role for role in ORDER if expected(view, role, kind, "own", world) == "answered"]
        if kind in PERSONAL:
            roles = [role for role in roles if role is Role.COUNTY_OFFICER]
        for role in roles if every_role else roles[:1]:
            found[role].append(address(name, pattern, world, kind, "own", world.own))
    return found


def walk(browser, url: str, world: World, pages: dict[Role, list[str]]) -> tuple[int, dict[str, list[str]]]:
    """Open every page; how many there were, and what is wrong by role and address."""
    opened, wrong = 0, {}
    for role, addresses in pages.items():
        context = open_context(browser, url, DESK)
        sign_in(context, url, world.posts[role])
        walker = Walker(context.new_page())
        for one in addresses:
            if found := walker.open(one):
                wrong[f"{role} {one}"] = found
        opened += walker.opened
        context.close()
    return opened, wrong


def test_no_word_anybody_wrote_becomes_part_of_a_page(browser, live_server, world):
    pages = {role: addresses[::STEP] for role, addresses in pages_by_role(world).items()}
    opened, wrong = walk(browser, live_server.url, world, pages)
    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)
    assert opened >= 50


def test_where_the_renderer_forgets_to_escape_the_walk_sees_it(browser, live_server, world, monkeypatch):
    monkeypatch.setattr(tables, "escape", lambda words: words)
    role = Role.COUNTY_OFFICER
    _opened, wrong = walk(browser, live_server.url, world, {role: [reverse("reports:ledger", args=["work"])]})
    assert wrong
