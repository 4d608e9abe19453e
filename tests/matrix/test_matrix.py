"""Every address × role × relation: who is not admitted gets 403, what is out of scope is absent, nothing breaks."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from accounts import policy
from accounts.roles import SUBTREE, Role
from tests.cast import YEAR, PostClient
from tests.journeys.office import Browser
from tests.matrix.objects import personal
from tests.matrix.world import PLACES, World, build

ROUTES = [(name, pattern, view) for name, pattern, view in policy.routes()]
# A survey as a whole is worked by whoever holds it and read above; those below read their own sheet
WHOLE = ("refresh", "freeze", "unfreeze", "return_sheet", "ranking", "propose", "modes")
WHOLE += ("ask", "publish", "changes", "add_case")
# Routes whose uid names a particular sort of the declared kind
SORTS = {
    **{f"survey:{name}": "whole_survey" for name in WHOLE},
    "survey:determination": "determination",
    "acceptance:sign_off": "sign_off",
    "survey:return_list": "determination",
    "accounts:open_message": "message",
    "remediation:report_of_duty": "report_duty",
    "supervision:notice_of_duty": "reply_duty",
    **{f"supervision:notice_{name}": "notice_draft" for name in ("edit", "issue", "aside")},
    **{f"supervision:circular_{name}": "circular_draft" for name in ("edit", "recount", "issue", "discard")},
    **{f"reports:document_{name}": "document_draft" for name in ("edit", "redraw", "issue", "discard")},
}
# A scheme is read by all below its issuer, but drawn up and put in force by the issuer alone; a county has a score
# sheet of its own only for what stands directly below it, which this world has not
ONLY = {
    "schemes:edit": {Role.CITY_REVIEWER},
    "schemes:check": {Role.CITY_REVIEWER},
    "schemes:explain": {Role.CITY_REVIEWER},
    "schemes:gap": {Role.CITY_REVIEWER},
    "duties:start": {Role.CITY_REVIEWER},
    "duties:amend_rules": {Role.CITY_REVIEWER},
    "duties:amend_phases": {Role.CITY_REVIEWER},
    "duties:end": {Role.CITY_REVIEWER},
    # A helper's own file is the book of a case; the one in this world is a unit's ledger
    "reports:download": set(SUBTREE),
    "survey:submit": {Role.TOWNSHIP_OFFICER},
    "survey:workbook_upload": {Role.TOWNSHIP_OFFICER},
}
PERSONAL = {"message", "export", "batch", "saved_view"}
# What the other parts of an address may be; a new part must be told here
PARTS = {
    "group": "members",
    "key": "work",
    "counted": "party_statistics",
    "ledger": "work",
    "paper": "determination_form",
    "section": "phases",
    "year": str(YEAR - 1),
    "part": "phases",
    "format": "xlsx",
    "order": "1",
    "number": "1",
    "kind": "dragnet",
}


@pytest.fixture(scope="module", autouse=True)
def media(tmp_path_factory) -> Iterator[None]:
    """Files live as long as the world they belong to."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield


@pytest.fixture(scope="module")
def world(media, django_db_setup, django_db_blocker) -> Iterator[World]:
    """Built once; what a request changes is undone before the next."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def seats(world) -> dict[Role, tuple[str, dict]]:
    """Each role's session and what is its own, filled when first asked for: signing in costs more than a request."""
    return {}


def at_hand(seats: dict, world: World, role: Role) -> tuple[PostClient, dict]:
    """A fresh browser in which a role is signed in, and what belongs to it and to somebody else."""
    if role not in seats:
        other = world.posts[Role.COUNTY_OFFICER if role is not Role.COUNTY_OFFICER else Role.CITY_REVIEWER]
        signed_in = PostClient(world.posts[role])
        signed_in.get(
            reverse("accounts:password")
        )  # or each request, undone, would note anew when it was seen
        seats[role] = (
            signed_in.cookies[settings.SESSION_COOKIE_NAME].value,
            personal(world.posts[role], other),
        )
    session, own = seats[role]
    browser = Browser(raise_request_exception=False)
    browser.cookies[settings.SESSION_COOKIE_NAME] = session
    return browser, own


def parts_of(pattern: str) -> set[str]:
    return set(re.findall(r"<(?:\w+:)?(\w+)>", pattern.replace("(?P", "")))


def address(name: str, pattern: str, world: World, kind: str, place: str, own: dict) -> str:
    """The address of a route for the object of a kind at a place."""
    given = {}
    for part in parts_of(pattern):
        if part == "uid":
            given[part] = (own[kind] if kind in PERSONAL else world.objects[kind])[place].uid
        else:
            given[part] = PARTS[part]
    return reverse(name, kwargs=given)


def expected(view, role: Role, kind: str, place: str, world: World) -> str:
    """ "refused", "absent" or "answered", from the declared roles and the second telling of the scope."""
    declared = view.policy
    if declared.scope != "self" and role not in declared.roles:
        return "refused"
    if kind in ("none", "self"):
        return "answered"
    seen = place == "own" if kind in PERSONAL else world.sees(role, kind, place)
    return "answered" if seen else "absent"


def seen(status: int) -> str:
    return {403: "refused", 404: "absent", 500: "broken"}.get(status, "answered")


def cases_of(pattern: str, kind: str) -> tuple[str, ...]:
    if "uid" not in parts_of(pattern):
        return ("own",)
    return ("own", "foreign") if kind in PERSONAL else PLACES


@pytest.mark.parametrize(("name", "pattern", "view"), ROUTES, ids=[name for name, _, _ in ROUTES])
def test_route(world, seats, name, pattern, view):
    """One route: all roles, all places, reading and posting; what one request changes the next does not see."""
    if view.policy.public:
        return
    kind, wrong = SORTS.get(name, view.policy.scope), []
    for role in world.posts:
        browser, own = at_hand(seats, world, role)
        asked = [(method, place) for place in cases_of(pattern, kind) for method in ("get", "post")]
        urls = {place: address(name, pattern, world, kind, place, own) for _method, place in asked}
        statuses = undone(browser, [(method, urls[place]) for method, place in asked])
        for (method, place), status in zip(asked, statuses, strict=True):
            if status == 405:
                continue
            want = expected(view, role, kind, place, world)
            if want == "answered" and role not in ONLY.get(name, set(Role)):
                want = "absent"
            if seen(status) != want:
                wrong.append(f"{method.upper()} {role} {place}: {status}, should be {want}")
    assert not wrong, "\n".join(wrong)


def undone(browser: PostClient, asked: list[tuple[str, str]]) -> list[int]:
    """The statuses of requests, each on the world as it was: a savepoint is used until something was answered."""
    statuses: list[int] = []
    while len(statuses) < len(asked):
        with transaction.atomic():
            for method, url in asked[len(statuses) :]:
                statuses.append(getattr(browser, method)(url).status_code)
                if statuses[-1] not in (
                    403,
                    404,
                    405,
                ):  # these have written nothing but their line of the trail
                    break
            transaction.set_rollback(True)
    return statuses


def test_a_stranger_is_sent_to_sign_in(db, client):
    """One stranger at every address, for whom nothing is read or written."""
    wrong = []
    for name, pattern, view in ROUTES:
        if not view.policy.public:
            parts = {
                part: PARTS.get(part, "00000000-0000-4000-8000-000000000000") for part in parts_of(pattern)
            }
            response = client.get(reverse(name, kwargs=parts))
            if response.status_code != 302 or "/sign-in/" not in response["Location"]:
                wrong.append(f"{name}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_planted_hole_is_found(world, monkeypatch):
    """With the application's filter removed the matrix sees a foreign case answered."""
    from rectification.cases.models import Case, CaseQuerySet

    monkeypatch.setattr(CaseQuerySet, "visible_to", lambda self, post: self)
    browser = PostClient(world.posts[Role.TOWNSHIP_OFFICER])
    foreign = world.objects["case"]["foreign"]
    url = reverse("acceptance:case", args=[foreign.uid])
    assert Case.objects.filter(pk=foreign.pk).exists()
    assert seen(undone(browser, [("get", url)])[0]) == "answered"


def test_absent_and_foreign_are_the_same_bytes(world):
    browser = PostClient(world.posts[Role.TOWNSHIP_OFFICER])
    foreign = browser.get(reverse("acceptance:case", args=[world.objects["case"]["foreign"].uid]))
    absent = browser.get(reverse("acceptance:case", args=["00000000-0000-4000-8000-000000000000"]))
    assert (foreign.status_code, foreign.content) == (absent.status_code, absent.content)
