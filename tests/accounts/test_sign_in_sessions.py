"""How long a session lives, who sees and ends it, and what asks anew who sits there."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts import middleware, proof, sessions
from accounts.models import AuditEvent, Session
from organizations.models import Appointment
from tests import cast
from tests.accounts.signing import LOCKED, sign_in

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
MY = "/me/sessions/"


@pytest.fixture
def officer(township_officer, settings):
    """The township officer with a password that costs little to check."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    township_officer.user.set_password(cast.PASSWORD)
    township_officer.user.save()
    return township_officer


# --- its end -----------------------------------------------------------------------------------------------------


def idle_is_ended(browser, clock):
    browser.get("/me/")
    clock.shift(timedelta(minutes=20, seconds=5))
    return browser.get("/me/").status_code == 302


def long_is_ended(browser, clock):
    for _ in range(33):
        if browser.get("/me/").status_code == 302:
            return True
        clock.shift(timedelta(minutes=19))
    return False


@pytest.mark.parametrize("ended", [idle_is_ended, long_is_ended])
def test_a_session_ends_after_twenty_idle_minutes_and_after_ten_hours(officer, as_post, clock, ended):
    assert ended(as_post(officer), clock)
    assert AuditEvent.objects.filter(action="会话超时", object="zhen").exists()


@pytest.mark.parametrize("ended", [idle_is_ended, long_is_ended])
def test_the_checks_see_a_session_that_never_ends(officer, as_post, clock, ended, monkeypatch):
    """The twin: no session is ever over its time."""
    monkeypatch.setattr(middleware.IdleTimeout, "_expired", staticmethod(lambda _session, _now: False))
    assert not ended(as_post(officer), clock)


def test_what_was_typed_outlives_the_session(officer, as_post, clock):
    browser = as_post(officer)
    browser.post("/drafts/?key=form", '{"words": "typed"}', content_type="application/json")
    assert idle_is_ended(browser, clock)
    assert as_post(officer).get("/drafts/?key=form").json()["data"] == {"words": "typed"}


# --- the list ----------------------------------------------------------------------------------------------------


def test_one_sees_where_one_is_signed_in(officer, as_post):
    sign_in(Client(REMOTE_ADDR="198.51.100.4", headers={"user-agent": CHROME}))
    html = as_post(officer).get(MY).content.decode()
    assert "Windows 电脑 · Chrome 内核浏览器" in html and "198.51.100.4" in html and "本机" in html


def test_the_list_shows_no_key_that_would_be_a_way_in(officer, as_post):
    browser = as_post(officer)
    assert browser.session.session_key not in browser.get(MY).content.decode()


def test_one_ends_one_session_or_all_others(officer, as_post):
    here, there, elsewhere = (as_post(officer) for _ in range(3))
    there.get("/me/")
    row = Session.objects.get(session_key=there.session.session_key)
    here.post(MY, {"session": str(row.handle)})
    assert there.get("/me/").status_code == 302
    here.post(MY)
    assert elsewhere.get("/me/").status_code == 302
    assert here.get("/me/").status_code == 200


def foreign_is_ended(officer, stranger):
    victim = cast.PostClient(officer)
    row = Session.objects.get(session_key=victim.session.session_key)
    cast.PostClient(stranger).post(MY, {"session": str(row.handle)})
    return victim.get("/me/").status_code == 302


def test_nobody_ends_somebody_elses_session(officer, county_officer):
    assert not foreign_is_ended(officer, county_officer)


def test_the_check_sees_a_foreign_session_ended(officer, county_officer, monkeypatch):
    """The twin: whose the session is is not asked."""
    monkeypatch.setattr(type(Session.objects.all()), "of", lambda rows, _user, _now: rows)
    assert foreign_is_ended(officer, county_officer)


def test_a_new_password_ends_all_other_sessions(officer, as_post):
    here, there = as_post(officer), as_post(officer)
    new = {"current": cast.PASSWORD, "new": "换过的-口令-7788", "again": "换过的-口令-7788"}
    assert here.post("/me/password/", new).status_code == 302
    assert there.get("/me/").status_code == 302
    assert [row.session_key for row in Session.objects.filter(user=officer.user)] == [
        here.session.session_key
    ]


def test_switching_an_account_off_ends_its_sessions(officer, system_admin, as_post):
    as_post(officer)
    as_post(system_admin).post(f"/users/{officer.user.uid}/active/", {"active": "0"})
    assert not Session.objects.filter(user=officer.user).exists()


@pytest.mark.parametrize(("agent", "words"), [(CHROME, "Windows 电脑 · Chrome 内核浏览器"), ("curl/8", "")])
def test_a_browser_is_named_in_words(agent, words):
    assert sessions.device_words(agent) == words


# --- a fresh proof -----------------------------------------------------------------------------------------------


@pytest.fixture
def stale(system_admin, settings):
    """The system administrator, whose last proof is a while ago."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    system_admin.user.set_password(cast.PASSWORD)
    system_admin.user.save()
    return unproved(system_admin)


def unproved(post):
    browser = cast.PostClient(post)
    session = browser.session
    del session["proved_at"]
    session.save()
    return browser


def appointment(officer, unit):
    return {
        "user": officer.user.username,
        "role": "township_officer",
        "unit": str(unit.code),
        "from_on": "2026-6-1",
    }


def is_appointed(browser, officer, unit):
    browser.post("/organizations/appointments/new/", appointment(officer, unit))
    return Appointment.objects.filter(organization=unit).exists()


def test_a_post_is_not_given_without_a_fresh_proof(stale, officer, other_township):
    assert not is_appointed(stale, officer, other_township)


def test_the_check_sees_a_post_given_without_one(stale, officer, other_township, monkeypatch):
    """The twin: every session counts as fresh."""
    monkeypatch.setattr(proof, "is_fresh", lambda _request: True)
    assert is_appointed(stale, officer, other_township)


def test_the_question_carries_all_that_was_typed_and_the_answer_carries_it_out(
    stale, officer, other_township
):
    typed = appointment(officer, other_township) | {"title": "组织<委员>", "_key": cast.KEY}
    page = stale.post("/organizations/appointments/new/", typed)
    assert page.status_code == 403
    carried = dict(page.context["carried"])
    assert carried == typed
    assert "组织&lt;委员&gt;" in page.content.decode()
    wrong = stale.post("/organizations/appointments/new/", carried | {"_proof": "wrong"})
    assert wrong.status_code == 422 and dict(wrong.context["carried"]) == typed
    done = stale.post("/organizations/appointments/new/", carried | {"_proof": cast.PASSWORD})
    assert done.status_code == 302
    assert Appointment.objects.get(organization=other_township).title == "组织<委员>"


def test_a_proof_is_good_for_ten_minutes(stale, officer, other_township, clock):
    page = f"/users/{officer.user.uid}/active/"
    assert stale.post(page, {"active": "1", "_proof": cast.PASSWORD}).status_code == 302
    clock.shift(timedelta(minutes=9))
    assert stale.post(page, {"active": "1"}).status_code == 302
    clock.shift(timedelta(minutes=1, seconds=5))
    assert stale.post(page, {"active": "1"}).status_code == 403


def test_who_goes_on_guessing_is_signed_out(stale, officer):
    page = f"/users/{officer.user.uid}/active/"
    for _ in range(5):
        stale.post(page, {"active": "0", "_proof": "wrong"})
    assert stale.post(page, {"active": "0", "_proof": cast.PASSWORD}).url == "/sign-in/"
    assert LOCKED in stale.get("/sign-in/").content.decode()
    officer.user.refresh_from_db()
    assert officer.user.is_active


def test_a_county_proves_itself_for_a_whole_ledger_and_a_township_does_not(
    scheme, county_officer, township_officer
):
    asked = {"format": "xlsx"}
    assert unproved(county_officer).post("/ledgers/work/export/", asked).status_code == 403
    assert unproved(county_officer).post("/dossier/", {}).status_code == 403
    assert unproved(township_officer).post("/ledgers/work/export/", asked).status_code == 302
