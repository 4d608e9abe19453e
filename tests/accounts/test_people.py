"""Administration of accounts, and the auditor's page."""

import re

import pytest

from accounts import audit
from accounts.models import AuditEvent, User

NEW = {"username": "zhang.san", "name": "张三", "phone": "", "email": ""}


def page(browser, url):
    return browser.get(url).content.decode()


def test_a_new_account_shows_its_first_password_once_and_must_change_it(system_admin, as_post, client):
    browser = as_post(system_admin)
    opened = browser.post("/users/new/", NEW).url
    html = page(browser, opened)
    password = re.search(r'class="once-password">([^<]+)<', html).group(1)
    assert "once-password" not in page(browser, opened)
    user = User.objects.get(username="zhang.san")
    assert user.must_change_password
    assert user.check_password(password)
    assert AuditEvent.objects.filter(action="建立账号", object="zhang.san", username="xitong").exists()


@pytest.mark.parametrize("username", ["a", "张三", "with space", "zhen"])
def test_a_user_name_must_be_plain_and_free(system_admin, township_officer, as_post, username):
    response = as_post(system_admin).post("/users/new/", NEW | {"username": username})
    assert response.status_code == 422
    assert User.objects.filter(name="张三").count() == 0


def test_accounts_are_found_by_name_and_state(system_admin, township_officer, county_officer, as_post):
    User.objects.filter(username="xian").update(is_active=False)
    browser = as_post(system_admin)
    html = page(browser, "/users/?q=zhen")
    assert "zhen同志" in html
    assert "xian同志" not in html
    assert "xian同志" in page(browser, "/users/?state=disabled")


def test_the_list_of_accounts_does_not_ask_the_database_row_by_row(
    system_admin, as_post, django_assert_max_num_queries
):
    for number in range(40):
        User.objects.create(username=f"u{number:02}", name=f"第{number}人")
    browser = as_post(system_admin)
    with django_assert_max_num_queries(14):
        assert "第39人" in page(browser, "/users/?sort=-username")


def test_a_reset_password_replaces_the_old_one(system_admin, township_officer, as_post):
    browser = as_post(system_admin)
    url = browser.post(f"/users/{township_officer.user.uid}/password/").url
    password = re.search(r'class="once-password">([^<]+)<', page(browser, url)).group(1)
    township_officer.user.refresh_from_db()
    assert township_officer.user.check_password(password)
    assert township_officer.user.must_change_password


def test_a_reset_password_ends_the_owners_open_session(system_admin, township_officer, as_post):
    owner = as_post(township_officer)
    assert owner.get("/me/").status_code == 200
    as_post(system_admin).post(f"/users/{township_officer.user.uid}/password/")
    assert owner.get("/me/").status_code == 302


def test_nobody_switches_off_their_own_account(system_admin, as_post):
    as_post(system_admin).post(f"/users/{system_admin.user.uid}/active/", {"active": "0"})
    system_admin.user.refresh_from_db()
    assert system_admin.user.is_active


def test_the_security_administrator_switches_off_but_neither_on_nor_edits(
    security_admin, township_officer, as_post
):
    browser, account = as_post(security_admin), township_officer.user
    browser.post(f"/users/{account.uid}/active/", {"active": "0"})
    account.refresh_from_db()
    assert not account.is_active
    browser.post(f"/users/{account.uid}/active/", {"active": "1"})
    browser.post(f"/users/{account.uid}/", {"name": "改名", "phone": "", "email": ""})
    account.refresh_from_db()
    assert not account.is_active
    assert account.name != "改名"
    assert browser.get("/users/new/").status_code == 403
    before = account.password
    browser.post(f"/users/{account.uid}/password/")
    account.refresh_from_db()
    assert account.password == before


@pytest.mark.parametrize("role", ["city_reviewer", "county_officer", "township_officer", "helper", "auditor"])
def test_accounts_are_no_business_of_others(role, request, as_post):
    post = request.getfixturevalue(role)
    assert as_post(post).get("/users/").status_code == 403
    assert as_post(post).get(f"/users/{post.user.uid}/").status_code == 403


# --- the trail ---------------------------------------------------------------------------------------------------


def test_only_the_auditor_reads_the_trail(auditor, system_admin, security_admin, city_reviewer, as_post):
    assert as_post(auditor).get("/audit/").status_code == 200
    for post in (system_admin, security_admin, city_reviewer):
        assert as_post(post).get("/audit/").status_code == 403


def test_the_trail_is_searched_by_person_action_and_day(auditor, as_post):
    for action, obj in (("登录", "甲"), ("导出台账", "乙")):
        audit.record(action, obj=obj)
    AuditEvent.objects.create(username="zhen", action="登录", object="丙", at="2026-01-05T10:00:00+08:00")
    browser = as_post(auditor)
    assert "乙" in page(browser, "/audit/?action=导出") and "丙" not in page(browser, "/audit/?action=导出")
    assert "丙" in page(browser, "/audit/?person=zhen&from_on=2026-1-5&to_on=2026年1月5日")
    assert "没有符合条件的记录" in page(browser, "/audit/?person=zhen&from_on=2026-1-6")


def test_the_trail_speaks_the_auditors_language(auditor, system_admin, township_officer, as_post):
    account = township_officer.user
    as_post(system_admin).post(f"/users/{account.uid}/", {"name": "改名", "phone": "1", "email": ""})
    audit.record("安排岗位", obj="某", role="county_officer")
    html = page(as_post(auditor), "/audit/")
    assert "修改项：姓名、联系电话" in html
    assert "岗位职责：县（市、区）委组织部经办人" in html


def test_the_trail_goes_on_to_older_events(auditor, as_post):
    AuditEvent.objects.bulk_create(
        AuditEvent(action="登录", object=f"号{number:03}") for number in range(120)
    )
    browser = as_post(auditor)
    html = page(browser, "/audit/")
    assert "号119" in html and "号010" not in html
    older = re.search(r'href="(\?before=\d+)"', html).group(1)
    assert "号010" in page(browser, "/audit/" + older)


def test_the_first_password_has_sixty_bits(db):
    from accounts.people import ALPHABET, first_password

    assert len(ALPHABET) ** 12 > 2**59
    assert first_password() != first_password()


# --- telephone numbers -------------------------------------------------------------------------------------------


def test_a_telephone_number_is_masked_until_asked_for_and_the_asking_is_recorded(
    system_admin, security_admin, township_officer, as_post
):
    account = township_officer.user
    account.phone = "13812345678"
    account.save()
    for post in (system_admin, security_admin):
        browser, address = as_post(post), f"/users/{account.uid}/"
        html = page(browser, address)
        assert "138****5678" in html and account.phone not in html
        assert not AuditEvent.objects.filter(action="查看联系电话", user=post.user).exists()
        assert account.phone in page(browser, f"{address}?phone=1")
        assert AuditEvent.objects.get(action="查看联系电话", user=post.user).object == account.username
    as_post(system_admin).post(f"/users/{account.uid}/", {"name": "改名", "email": ""})
    account.refresh_from_db()
    assert (account.name, account.phone) == ("改名", "13812345678")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "138****5678"),
        ("+86 138-1234-5678", "861****5678"),
        ("0736-4212345", "073****2345"),
        ("4212345", "42****45"),
        ("办公室 64321", "办公室 6****1"),
        ("", ""),
    ],
)
def test_a_number_shows_its_ends_alone(number, shown):
    from accounts.masking import masked

    assert masked(number) == shown
