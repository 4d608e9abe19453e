"""The second wall: what PostgreSQL itself shows a session of the application (organizations.wall and .reach)."""

import pytest
from django.apps import apps
from django.db import Error, connection, connections, transaction

from accounts.history import as_of
from accounts.roles import Role
from config.celery import app
from organizations import acting, reach, scope, wall
from organizations.acting import acting_as
from organizations.reach import EVERYTHING, NOTHING, Reach, reaching
from rectification.cases.models import Case, CaseMember
from rectification.evidence.models import Attachment
from rectification.remediation.models import Problem
from tests.cast import NOW, TODAY

# What is no case content, and why: the tree and its people (all look them up); yearly rules (read by all below their
# issuer); a person's own list, workbook, file and columns; an anonymous answer
OUTSIDE = {
    "Organization",
    "Appointment",
    "ImportBatch",
    "TableLayout",
    "SavedView",
    "LedgerColumn",
    "LedgerCell",
}
OUTSIDE |= {"PollCode", "PollBox", "Export"}
PAST = Problem.history.rel.related_model


def told() -> list[str]:
    """What the session was told; nothing and never told are the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(f"current_setting('zhengdun.reach_{x}', true)" for x in ("start", "end"))
        )
        return [value or "" for value in cursor.fetchone()]


@pytest.fixture
def outside(monkeypatch):
    """As in the web server: who has no post sees nothing."""
    monkeypatch.setattr(reach, "_outside", NOTHING)
    reach._tell(connection, NOTHING)
    yield
    reach._tell(connection, EVERYTHING)


@pytest.fixture
def no_filter(monkeypatch):
    """The application's own filter, forgotten."""
    for model in (Case, CaseMember, Problem, Attachment):
        monkeypatch.setattr(type(model.objects.all()), "visible_to", lambda self, post: self.all())


def test_every_table_of_case_content_has_its_policy(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, obj_description(p.oid, 'pg_policy') FROM pg_policy p"
            " JOIN pg_class c ON c.oid = p.polrelid WHERE c.relrowsecurity"
        )
        assert dict(cursor.fetchall()) == wall.covered()


def test_a_model_without_a_place_is_named_here_or_hangs_on_a_scheme():
    bare = {
        model
        for model in apps.get_models()
        if model._meta.app_label in wall.ROOMS and not wall.place_of(model)
    }
    bare = {model for model in bare if not hasattr(model, "pgh_tracked_model")}
    rules = {model for model in bare if model.__module__.startswith("rectification.schemes.")}
    assert {model.__name__ for model in bare - rules} == OUTSIDE


def test_a_session_that_was_told_nothing_sees_nothing(case, outside):
    assert told() == ["", ""]
    assert not Case.objects.exists()


def test_a_setting_that_is_empty_or_gone_shows_nothing(case):
    assert Case.objects.exists()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('zhengdun.reach_end', '', true)")
        assert not Case.objects.exists()
        cursor.execute("RESET zhengdun.reach_start")
        assert not Case.objects.exists()
        transaction.set_rollback(True)
    assert Case.objects.exists()


@pytest.mark.parametrize("walls", [True, False])
def test_with_the_filter_removed_another_countys_page_is_absent(
    no_filter, monkeypatch, as_post, case, foreign_case, other_county_officer, walls
):
    """The twin, with the second wall open, reads it."""
    if not walls:
        monkeypatch.setattr(acting, "reach_of", lambda post: EVERYTHING)
    browser = as_post(other_county_officer)
    assert browser.get(case.get_absolute_url()).status_code == (404 if walls else 200)
    listed = browser.get("/cases/").content.decode()
    assert str(foreign_case.uid) in listed
    assert (str(case.uid) in listed) != walls


def test_rows_without_a_place_of_their_own_come_with_their_case(case, other_county_officer, township_officer):
    Problem.objects.create(case=case, order=1, text="书记空缺")
    with acting_as(township_officer):
        assert (Problem.objects.count(), PAST.objects.count()) == (1, 1)
    with acting_as(other_county_officer):
        assert (Problem.objects.count(), PAST.objects.count()) == (0, 0)


def test_past_states_are_walled_too(case, other_county_officer, county_officer):
    later = NOW.replace(year=2100)
    with acting_as(county_officer), as_of(later):
        assert Case.objects.count() == 1
    with acting_as(other_county_officer), as_of(later):
        assert not Case.objects.exists()


def test_what_one_may_not_read_one_may_not_write(case, village, other_county_officer):
    with acting_as(other_county_officer):
        assert Case.objects.filter(pk=case.pk).update(progress=99) == 0
        with pytest.raises(Error, match="row-level security"), transaction.atomic():
            Case.objects.create(
                scheme=case.scheme,
                year=case.year + 1,
                organization=village,
                county=case.county,
                primary=case.primary,
            )


def test_the_units_below_read_what_a_unit_makes_for_them(county, county_officer, township_officer):
    Attachment.objects.create(
        organization=county, name="通知", file="x", content_type="", size=1, sha256="", by=county_officer
    )
    with acting_as(township_officer):
        assert Attachment.objects.exists()


@pytest.mark.parametrize("path", ["/cases/", "/no-such-page/"])
def test_after_a_request_the_session_sees_nothing_again(as_post, case, county_officer, outside, path):
    as_post(county_officer).get(path)
    assert told() == ["", ""]


def test_after_a_request_that_broke_too(rf, county_officer, outside):
    def broken(_request):
        assert told() == [county_officer.organization.path, reach.current().end]
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    request = rf.get("/")
    request.user, request.session = county_officer.user, {}
    with pytest.raises(Error), transaction.atomic():
        acting.ActingPost(broken)(request)
    assert told() == ["", ""]


def test_administrators_reach_nothing(system_admin, security_admin, auditor):
    assert {scope.reach_of(post) for post in (system_admin, security_admin, auditor)} == {NOTHING}


def test_a_helper_reaches_the_smallest_subtree_with_its_cases(case, helper, other_village, village, township):
    assert scope.reach_of(helper) == NOTHING
    CaseMember.objects.create(case=case, kind="team", name="王", user=helper.user, from_on=TODAY)
    assert scope.reach_of(helper) == scope.line(village.path)
    assert scope.shared([village.path, other_village.path]) == township.path


def test_a_job_sees_everything_until_it_acts_for_somebody(case, other_county_officer, outside):
    @app.task(name="tests.count", shared=False)
    def count():
        with acting_as(other_county_officer):
            inside = Case.objects.count()
        return Case.objects.count(), inside

    assert count() == (1, 0)
    assert not Case.objects.exists()


def test_a_session_opened_in_the_middle_sees_as_far_as_the_request(db):
    with reaching(Reach("0001", "0002")):
        fresh = connections.create_connection("default")
        try:
            with fresh.cursor() as cursor:
                cursor.execute("SELECT current_setting('zhengdun.reach_end', true)")
                assert cursor.fetchone() == ("0002",)
        finally:
            fresh.close()


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_reach(role, county_officer):
    county_officer.role = role
    assert isinstance(scope.reach_of(county_officer), Reach)
