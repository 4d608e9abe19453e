"""Whoever guesses waits; whoever signed in on a device before is not kept waiting by a stranger."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts import attempts
from accounts.models import AuditEvent, SignInAttempt
from tests import cast
from tests.accounts.signing import LOCKED, sign_in

STRANGER = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def officer(township_officer):
    """The township officer with a password."""
    township_officer.user.set_password(cast.PASSWORD)
    township_officer.user.save()
    return township_officer


@pytest.fixture
def cheap(settings):
    """Hashing that costs nothing, where many passwords are tried."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def guess(times, **where):
    """A stranger tries so many passwords, each from a fresh browser; what the last was told."""
    answers = [sign_in(Client(**where), f"wrong{number}") for number in range(times)]
    return answers[-1].content.decode()


def kept_out(client):
    """The guard's own check: after five wrong ones the right password is refused, and no session is opened."""
    for _ in range(5):
        sign_in(client, "wrong")
    answer = sign_in(client)
    return LOCKED in answer.content.decode() and "_auth_user_id" not in client.session


def test_the_right_password_is_refused_while_the_account_is_locked(cheap, officer, client):
    assert kept_out(client)
    assert AuditEvent.objects.filter(action="登录", result="已锁定", object="zhen").exists()


def test_the_check_sees_a_lock_that_only_looks_locked(cheap, officer, client, monkeypatch):
    """The twin: the page would say so, but the password is looked at all the same."""
    noted = attempts.begin
    monkeypatch.setattr(attempts, "begin", lambda **given: (noted(**given)[0], 0))
    assert not kept_out(client)


def stranger_shut_out_owner(owner):
    """A stranger guesses from everywhere, then from the owner's own address; whether the known device is shut out."""
    for last in range(6):
        guess(4, REMOTE_ADDR=f"203.0.113.{last}")
    guess(6)
    return sign_in(owner).status_code != 302


def test_a_stranger_cannot_lock_out_a_known_device(cheap, officer, client):
    assert sign_in(client).status_code == 302
    client.post("/sign-out/", {"_key": cast.KEY})
    assert not stranger_shut_out_owner(client)
    # … while a device nobody knows waits, wherever it is
    assert LOCKED in sign_in(Client(REMOTE_ADDR="198.51.100.77")).content.decode()


def test_the_check_sees_a_device_that_is_not_known_again(cheap, officer, client, monkeypatch):
    """The twin: no mark is read."""
    monkeypatch.setattr(attempts, "known_device", lambda _request, _username: "")
    sign_in(client)
    client.post("/sign-out/", {"_key": cast.KEY})
    assert stranger_shut_out_owner(client)


def test_a_known_device_is_locked_by_its_own_wrong_passwords(cheap, officer, client):
    sign_in(client)
    client.post("/sign-out/", {"_key": cast.KEY})
    assert kept_out(client)


def test_a_mark_is_good_for_its_own_account_alone(cheap, officer, county_officer, client):
    county_officer.user.set_password(cast.PASSWORD)
    county_officer.user.save()
    sign_in(client)
    client.post("/sign-out/", {"_key": cast.KEY})
    for _ in range(5):
        sign_in(client, "wrong", username="xian")
    assert LOCKED in sign_in(client, username="xian").content.decode()
    assert sign_in(client).status_code == 302


def test_a_mark_somebody_made_up_is_none(cheap, officer):
    browser = Client()
    browser.cookies["device"] = "eyJ6aGVuIjoiMSJ9:1abc:invented"
    assert kept_out(browser)


def test_many_at_once_do_not_slip_between_counting_and_noting(officer, db):
    """Each is noted before any is looked at: of ten, as many are heard as the limit allows and no more."""
    given = {"username": "zhen", "address": "203.0.113.9", "device": "", "at": cast.NOW}
    SignInAttempt.objects.bulk_create(SignInAttempt(**given) for _ in range(4))
    assert [attempts.begin(**given)[1] > 0 for _ in range(3)] == [False, True, True]


def test_an_attempt_that_is_not_heard_does_not_prolong_the_wait(cheap, officer, client, clock):
    assert kept_out(client)
    clock.shift(timedelta(minutes=14))
    sign_in(client, "wrong")
    clock.shift(timedelta(minutes=1, seconds=5))
    assert sign_in(client).status_code == 302


def test_the_security_administrator_ends_a_wait(cheap, officer, security_admin, as_post, client):
    assert kept_out(client)
    browser = as_post(security_admin)
    account = f"/users/{officer.user.uid}/"
    assert "解除登录锁定" in browser.get(account).content.decode()
    browser.post(f"{account}unlock/")
    assert sign_in(client).status_code == 302
    assert AuditEvent.objects.filter(action="解除登录锁定", object="zhen", username="anquan").exists()


def test_the_thresholds_are_settings(cheap, officer, client, settings):
    settings.LOCK_LIMIT = 2
    assert LOCKED in guess(3, **STRANGER)
