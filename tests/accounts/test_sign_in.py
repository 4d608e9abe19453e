"""Signing in and out, the session's end, the own password."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, User
from tests import cast

SIGN_IN = "/sign-in/"
SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture
def officer(township_officer):
    """The township officer with a password."""
    township_officer.user.set_password(cast.PASSWORD)
    township_officer.user.save()
    return township_officer


def sign_in(client, password=cast.PASSWORD, username="zhen", **more):
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def test_the_sign_in_page_says_that_state_secrets_are_out_of_bounds(db, client):
    assert "本系统不得处理国家秘密" in client.get(SIGN_IN).content.decode()


def test_the_right_password_opens_the_workbench(officer, client):
    assert sign_in(client).url == reverse("reports:workbench")
    assert AuditEvent.objects.filter(action="登录", result="成功", username="zhen").exists()


def test_the_wrong_password_is_told_in_words_and_audited(officer, client):
    response = sign_in(client, "wrong")
    assert response.status_code == 422
    assert "用户名或密码不正确" in response.content.decode()
    assert "_auth_user_id" not in client.session
    assert AuditEvent.objects.filter(action="登录", result="失败", object="zhen").exists()


def test_an_unknown_name_and_a_switched_off_account_read_the_same_as_a_wrong_password(officer, client):
    User.objects.filter(username="zhen").update(is_active=False)
    for username in ("zhen", "niemand"):
        assert "用户名或密码不正确" in sign_in(client, username=username).content.decode()


def test_the_user_name_may_be_typed_in_capitals(officer, client):
    assert sign_in(client, username=" Zhen ").status_code == 302


def test_one_goes_on_to_the_page_first_asked_for(officer, client):
    assert client.get("/inbox/").url == f"{SIGN_IN}?next=/inbox/"
    assert sign_in(client, next="/inbox/").url == "/inbox/"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)", "/\\example.org"]
)
def test_nobody_is_sent_to_another_site(officer, client, elsewhere):
    assert sign_in(client, next=elsewhere).url == reverse("reports:workbench")


def test_five_wrong_passwords_lock_this_address_but_not_the_owner_elsewhere(officer, client):
    for _ in range(5):
        sign_in(client, "wrong")
    assert "连续输错次数过多" in sign_in(client).content.decode()
    assert sign_in(Client(REMOTE_ADDR="10.0.0.9")).status_code == 302


def test_a_lock_ends_by_itself_and_by_an_administrators_reset(officer, system_admin, as_post, client, clock):
    for _ in range(5):
        sign_in(client, "wrong")
    clock.shift(timedelta(minutes=15, seconds=1))
    assert sign_in(client).status_code == 302
    for _ in range(5):
        sign_in(client, "wrong")
    as_post(system_admin).post(f"/users/{officer.user.uid}/password/")
    assert "不正确" in sign_in(client).content.decode()


def test_the_page_asks_for_its_form_token(officer):
    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


def test_the_dialog_gets_a_fresh_token_and_goes_on_in_the_post_of_the_page(officer, client, other_township):
    second = cast.post_at(other_township, "township_officer", "zhen")
    response = client.post(
        SIGN_IN, {"username": "zhen", "password": cast.PASSWORD, "post": str(second.uid)}, headers=SCRIPT
    )
    assert response.json()["username"] == "zhen"
    assert len(response.json()["token"]) == 64
    assert client.get("/me/").wsgi_request.post == second


def test_the_dialog_cannot_take_somebody_elses_post(officer, client, county_officer):
    client.post(
        SIGN_IN,
        {"username": "zhen", "password": cast.PASSWORD, "post": str(county_officer.uid)},
        headers=SCRIPT,
    )
    assert client.get("/me/").wsgi_request.post == officer


def test_the_dialog_hears_of_a_wrong_password_in_json(officer, client):
    response = client.post(SIGN_IN, {"username": "zhen", "password": "wrong"}, headers=SCRIPT)
    assert response.status_code == 422
    assert "不正确" in response.json()["error"]


def test_a_script_is_told_that_the_session_is_gone(db, client):
    assert client.get("/session/", headers=SCRIPT).status_code == 401


def test_asking_for_the_session_does_not_keep_it_alive(officer, as_post, clock):
    browser = as_post(officer)
    browser.get("/me/")
    clock.shift(timedelta(minutes=15))
    assert browser.get("/session/", headers=SCRIPT).status_code == 200
    clock.shift(timedelta(minutes=6))
    assert browser.get("/session/", headers=SCRIPT).status_code == 401


def test_signing_out_ends_the_session(officer, as_post):
    browser = as_post(officer)
    assert browser.post("/sign-out/").url == SIGN_IN
    assert browser.get("/me/").status_code == 302
    assert AuditEvent.objects.filter(action="退出登录").exists()


def test_the_first_sign_in_changes_the_password_before_anything_else(officer, client):
    User.objects.filter(username="zhen").update(must_change_password=True)
    sign_in(client)
    assert client.get("/").url == "/me/password/"
    assert "首次登录须先修改初始密码" in client.get("/me/password/").content.decode()


def change(browser, **typed):
    return browser.post(
        "/me/password/",
        {"current": cast.PASSWORD, "new": "换过的-口令-7788", "again": "换过的-口令-7788"} | typed,
    )


def test_a_new_password_keeps_the_session_and_works_the_next_time(officer, as_post, client):
    browser = as_post(officer)
    assert change(browser).status_code == 302
    assert browser.get("/me/").status_code == 200
    assert sign_in(client, "换过的-口令-7788").status_code == 302


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"current": "x"}, "当前密码不正确"),
        ({"again": "别的-口令-778899"}, "两次输入的新密码不一致"),
        ({"new": cast.PASSWORD, "again": cast.PASSWORD}, "不能与当前密码相同"),
        ({"new": "a1", "again": "a1"}, "至少"),
    ],
)
def test_a_bad_new_password_is_refused_with_its_reason(officer, as_post, typed, reason):
    response = change(as_post(officer), **typed)
    assert response.status_code == 422
    assert reason in response.content.decode()


def test_a_switched_off_account_is_out_at_its_next_request(officer, as_post):
    browser = as_post(officer)
    assert browser.get("/me/").status_code == 200
    User.objects.filter(pk=officer.user_id).update(is_active=False)
    assert browser.get("/me/").status_code == 302


def test_who_has_no_post_is_told_so(db):
    user = User.objects.create(username="xin", name="新同志", must_change_password=False)
    response = cast.PostClient(None, user).get("/")
    assert "您还没有岗位" in response.content.decode()


def test_another_year_holds_from_the_next_page_on(officer, as_post):
    browser = as_post(officer)
    assert browser.post("/year/", {"year": "2025", "next": "/me/"}).url == "/me/"
    assert browser.session["year"] == 2025
    browser.post("/year/", {"year": "kein"})
    assert browser.session["year"] == 2025


def test_the_session_keeps_the_moment_of_signing_in(officer, client):
    sign_in(client)
    assert client.session["signed_in_at"][:10] == timezone.now().isoformat()[:10]
