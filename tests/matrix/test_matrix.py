"""Every address × role × relation: who is not admitted gets 403, what is out of scope is absent, nothing breaks.

The application's own filter is tried here alone, with the second wall open: else PostgreSQL would hide its holes.
Every answer is searched for the marks of others (tests.matrix.canary). Then the second wall is tried alone.
"""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from accounts import policy
from accounts.roles import SUBTREE, Role
from organizations import acting, scope
from organizations.reach import EVERYTHING, reaching
from tests.cast import YEAR, PostClient
from tests.journeys.office import Browser
from tests.matrix import canary
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
    # The post in this world is a working one; the three administrators' are asked in test_posts
    "organizations:appointment_end": {Role.SYSTEM_ADMIN},
    # A helper's own file is the book of a case; the one in this world is a unit's ledger
    "reports:download": set(SUBTREE),
    "survey:submit": {Role.TOWNSHIP_OFFICER},
    "survey:workbook_upload": {Role.TOWNSHIP_OFFICER},
}
PERSONAL = {"message", "export", "batch", "saved_view"}
ABSENT = "00000000-0000-4000-8000-000000000000"
# Addresses that answer htmx with a part of their page
FRAGMENTS = {"organizations:branch", "reports:charts"}
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
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        made = build()
        assert canary.mark_everything() > 150
        patch.setattr(acting, "reach_of", lambda post: EVERYTHING)
        yield made
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
        if part == "uid" and place == "absent":
            given[part] = ABSENT
        elif part == "uid":
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
    if place == "absent":
        return "absent"
    seen = place == "own" if kind in PERSONAL else world.sees(role, kind, place)
    return "answered" if seen else "absent"


def seen(status: int) -> str:
    return {403: "refused", 404: "absent", 500: "broken"}.get(status, "answered")


def cases_of(pattern: str, kind: str) -> tuple[str, ...]:
    if "uid" not in parts_of(pattern):
        return ("own",)
    return ("own", "foreign", "absent") if kind in PERSONAL else (*PLACES, "absent")


def asked_of(name: str, pattern: str, kind: str) -> list[tuple[str, str]]:
    """What each role asks of a route: (method or "fragment", place)."""
    fragments = [("fragment", "own")] if name in FRAGMENTS else []
    fragments += [("fragment", "foreign")] if "uid" in parts_of(pattern) else []
    return fragments + [(method, place) for place in cases_of(pattern, kind) for method in ("get", "post")]


@pytest.mark.parametrize(("name", "pattern", "view"), ROUTES, ids=[name for name, _, _ in ROUTES])
def test_route(world, seats, name, pattern, view):
    """One route: all roles, all places, reading and posting; what one request changes the next does not see."""
    if view.policy.public:
        return
    kind, wrong = SORTS.get(name, view.policy.scope), []
    for role in world.posts:
        browser, own = at_hand(seats, world, role)
        asked, known = asked_of(name, pattern, kind), canary.allowed(world, role)
        urls = {place: address(name, pattern, world, kind, place, own) for _method, place in asked}
        answers = undone(browser, [(method, urls[place]) for method, place in asked])
        absent = {
            method: body
            for (method, place), (_, body) in zip(asked, answers, strict=True)
            if place == "absent"
        }
        for (method, place), (status, body) in zip(asked, answers, strict=True):
            if status == 405:
                continue
            want = expected(view, role, kind, place, world)
            if want == "answered" and role not in ONLY.get(name, set(Role)):
                want = "absent"
            if seen(status) != want:
                wrong.append(f"{method.upper()} {role} {place}: {status}, should be {want}")
            elif want == "absent" and body != absent["get" if method == "fragment" else method]:
                wrong.append(f"{method.upper()} {role} {place}: not the same bytes as absent")
            if marks := canary.foreign_marks(body, known):
                wrong.append(f"{method.upper()} {role} {place}: reads {marks}")
    assert not wrong, "\n".join(wrong)


def test_there_are_twenty_thousand_cases_at_least(world):
    """Requests of all roles together, and a stranger's at every address."""
    inner = [(name, pattern, view) for name, pattern, view in ROUTES if not view.policy.public]
    each = [len(asked_of(name, pattern, SORTS.get(name, view.policy.scope))) for name, pattern, view in inner]
    assert sum(each) * len(world.posts) + len(inner) >= 20_000


def undone(browser: PostClient, asked: list[tuple[str, str]]) -> list[tuple[int, str]]:
    """Statuses and texts of requests, each on the world as it was: a savepoint is used until something was answered."""
    answers: list[tuple[int, str]] = []
    while len(answers) < len(asked):
        with transaction.atomic():
            for method, url in asked[len(answers) :]:
                heads = {"HX-Request": "true"} if method == "fragment" else None
                response = getattr(browser, "get" if heads else method)(url, headers=heads)
                answers.append((response.status_code, canary.text_of(response)))
                if response.status_code not in (
                    403,
                    404,
                    405,
                ):  # these wrote nothing but their line of the trail
                    break
            transaction.set_rollback(True)
    return answers


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
    status, text = undone(browser, [("get", url)])[0]
    assert seen(status) == "answered"
    assert canary.foreign_marks(text, canary.allowed(world, Role.TOWNSHIP_OFFICER))


@pytest.mark.parametrize("role", Role)
def test_past_the_filter_no_role_reads_a_foreign_row(world, role):
    """Every table of case content and its history, asked without any filter in the reach of each role's post."""
    known = canary.paths(canary.allowed(world, role))
    with reaching(scope.reach_of(world.posts[role])):
        assert not canary.tables_with_foreign_rows(known)


def test_with_the_wall_open_the_same_question_finds_foreign_rows(world):
    known = canary.paths(canary.allowed(world, Role.TOWNSHIP_OFFICER))
    assert len(canary.tables_with_foreign_rows(known)) > 80


@pytest.mark.parametrize(("reach_of", "leaks"), [(scope.reach_of, False), (lambda post: EVERYTHING, True)])
def test_with_the_filter_removed_pages_and_exports_show_nothing_foreign(
    world, seats, monkeypatch, reach_of, leaks
):
    """A county's officer at every list and at another county's objects; the twin without the second wall sees them."""
    monkeypatch.setattr(acting, "reach_of", reach_of)
    canary.remove_filters(monkeypatch)
    role, found = Role.COUNTY_OFFICER, {}
    browser, own = at_hand(seats, world, role)
    known = canary.allowed(world, role)
    for name, pattern, view in ROUTES[:: 6 if leaks else 1]:
        kind = SORTS.get(name, view.policy.scope)
        if view.policy.public or role not in (view.policy.roles or ()) or kind in PERSONAL:
            continue
        place = "foreign" if "uid" in parts_of(pattern) else "own"
        _status, text = undone(browser, [("get", address(name, pattern, world, kind, place, own))])[0]
        if marks := canary.foreign_marks(text, known):
            found[name] = marks
    if not leaks:
        found |= canary.foreign_in_files(world.posts[role], known)
    assert len(found) > 5 if leaks else not found


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.TOWNSHIP_OFFICER])
def test_no_file_a_post_may_make_and_no_mail_holds_anothers_mark(world, role):
    known = canary.allowed(world, role)
    assert not canary.foreign_in_files(world.posts[role], known, pdf=True)
    assert not canary.foreign_in_mails(world)
