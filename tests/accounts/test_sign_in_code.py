"""The second factor: asked for, good once, never shown again, put right by the security administrator."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import second_factor
from accounts.models import AuditEvent, SecondFactor, User
from tests import cast
from tests.accounts.signing import CODE, LOCKED, code_at, sign_in

SCRIPT = {"X-Requested-With": "fetch"}


def bind(post):
    """Give somebody an authenticator half an hour ago; the sealed secret."""
    sealed, then = second_factor.new_secret(), timezone.now() - timedelta(minutes=30)
    second_factor.set_up(user=post.user, sealed=sealed, code=code_at(sealed, then), at=then)
    return sealed


@pytest.fixture
def officer(county_officer, settings):
    """The county officer with a password that costs little to check."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    county_officer.user.set_password(cast.PASSWORD)
    county_officer.user.save()
    return county_officer


@pytest.fixture
def sealed(officer):
    """What the officer's authenticator holds."""
    return bind(officer)


def now_code(sealed):
    return code_at(sealed, timezone.now())


def enter(client, code):
    return client.post(CODE, {"code": code})


def test_the_password_alone_opens_nothing_where_there_is_a_second_factor(sealed, client):
    assert sign_in(client, username="xian").url == CODE
    assert client.get("/me/").status_code == 302
    assert enter(client, now_code(sealed)).status_code == 302
    assert client.get("/me/").status_code == 200


def taken_twice(sealed):
    """The guard's own check: whether one code opens two sessions."""
    code = now_code(sealed)
    answers = []
    for browser in (Client(), Client()):
        sign_in(browser, username="xian")
        answers.append(enter(browser, code).status_code)
    return answers == [302, 302]


def test_a_code_is_good_once(sealed):
    assert not taken_twice(sealed)


def test_the_check_sees_a_code_taken_twice(sealed, monkeypatch):
    """The twin: the step is not remembered."""
    monkeypatch.setattr(SecondFactor, "save", lambda *_args, **_kwargs: None)
    assert taken_twice(sealed)


def test_an_older_code_is_not_taken_after_a_newer_one(sealed, officer):
    now = timezone.now()
    assert second_factor.accepts(user=officer.user, code=code_at(sealed, now), at=now)
    older = code_at(sealed, now - timedelta(seconds=30))
    assert not second_factor.accepts(user=officer.user, code=older, at=now)


def test_wrong_codes_lock_as_wrong_passwords_do_and_the_password_does_not_start_them_anew(sealed, client):
    for _ in range(5):
        sign_in(client, username="xian")
        enter(client, "000000")
    assert LOCKED in sign_in(client, username="xian").content.decode()
    assert LOCKED in enter(client, now_code(sealed)).content.decode()


def test_a_recovery_code_is_good_once_and_recorded(officer, client):
    sealed, now = second_factor.new_secret(), timezone.now()
    codes = second_factor.set_up(user=officer.user, sealed=sealed, code=code_at(sealed, now), at=now)
    sign_in(client, username="xian")
    assert enter(client, codes[0].upper()).status_code == 302
    again = Client()
    sign_in(again, username="xian")
    assert enter(again, codes[0]).status_code == 422
    assert AuditEvent.objects.filter(action="使用备用码", object="xian").exists()


def test_half_a_sign_in_ends_after_five_minutes_and_with_the_password_it_began_with(
    sealed, officer, client, clock
):
    sign_in(client, username="xian")
    officer.user.set_password("eine-andere-2026")
    officer.user.save()
    assert enter(client, now_code(sealed)).url == "/sign-in/"
    sign_in(client, "eine-andere-2026", username="xian")
    clock.shift(timedelta(minutes=5, seconds=5))
    assert enter(client, now_code(sealed)).url == "/sign-in/"


def test_the_dialog_asks_for_the_code_in_place(sealed, client):
    typed = {"username": "xian", "password": cast.PASSWORD}
    assert client.post("/sign-in/", typed, headers=SCRIPT).json() == {"code": CODE}
    assert "不正确" in client.post(CODE, {"code": "000000"}, headers=SCRIPT).json()["error"]
    assert client.post(CODE, {"code": now_code(sealed)}, headers=SCRIPT).json()["username"] == "xian"


@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ("city_reviewer", True),
        ("county_officer", True),
        ("department", True),
        ("system_admin", True),
        ("auditor", True),
        ("township_officer", False),
        ("village_reporter", False),
    ],
)
def test_posts_of_county_level_and_above_set_it_up_first(who, asked, request, as_post, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    answer = as_post(request.getfixturevalue(who)).get("/")
    assert (answer.status_code == 302 and answer["Location"] == "/me/second-factor/") is asked


def test_it_is_set_up_by_a_code_and_opens_the_site_at_once(officer, as_post, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    browser = as_post(officer)
    assert "data:image/svg+xml" in browser.get("/me/second-factor/").content.decode()
    sealed = browser.session["new_factor"]
    assert browser.post("/me/second-factor/", {"code": "000000"}).status_code == 422
    assert browser.post("/me/second-factor/", {"code": now_code(sealed)}).status_code == 302
    shown = re.findall(r"<li><code>([^<]+)</code>", browser.get("/me/second-factor/").content.decode())
    assert len(shown) == 10
    again = browser.get("/me/second-factor/").content.decode()
    assert not any(code in again for code in shown)
    assert browser.get("/").status_code == 200


def test_neither_secret_nor_codes_lie_open_in_the_database_or_the_trail(officer):
    sealed, now = second_factor.new_secret(), timezone.now()
    codes = second_factor.set_up(user=officer.user, sealed=sealed, code=code_at(sealed, now), at=now)
    letters = second_factor.setup_words(sealed, officer.user)[1].replace(" ", "")
    row, trail = str(SecondFactor.objects.values()), str(AuditEvent.objects.values())
    for secret in (letters, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in row and secret not in trail
    assert not hasattr(SecondFactor, "history")


def test_the_security_administrator_resets_a_lost_one_and_its_sessions_end(
    sealed, officer, security_admin, system_admin, as_post, client
):
    sign_in(client, username="xian")
    enter(client, now_code(sealed))
    page = f"/users/{officer.user.uid}/second-factor/"
    assert as_post(system_admin).post(page).status_code == 403
    as_post(security_admin).post(page)
    assert not second_factor.has(officer.user)
    assert client.get("/me/").status_code == 302
    assert AuditEvent.objects.filter(action="重置动态口令", object="xian", username="anquan").exists()


def test_nobody_alone_gets_at_the_auditors_account(auditor, security_admin, system_admin, as_post):
    secure, system = as_post(security_admin), as_post(system_admin)
    account = f"/users/{auditor.user.uid}/"
    before = User.objects.get(pk=auditor.user_id).password
    system.post(f"{account}password/")
    system.post(f"{account}active/", {"active": "0"})
    auditor.user.refresh_from_db()
    assert auditor.user.password == before and auditor.user.is_active
    secure.post(f"{account}password/")
    secure.post(f"{account}active/", {"active": "1"})
    auditor.user.refresh_from_db()
    assert auditor.user.password != before and not auditor.user.is_active
    system.post(f"{account}active/", {"active": "1"})
    auditor.user.refresh_from_db()
    assert auditor.user.is_active
