"""The frame in a real browser: signing in, an expired session in the middle of a form, drafts, one click twice."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts import actions
from accounts.models import Draft, User
from tests import cast
from tests.browser.chromium import PHONE, walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def give_password(post):
    post.user.set_password(cast.PASSWORD)
    post.user.save()
    return post


def sign_in_by_hand(page, password):
    page.fill("[name=username]", "zhen")
    page.fill("[name=password]", password)
    page.click("main button")


def test_the_wrong_password_is_told_and_the_right_one_lets_in(township_officer, page):
    give_password(township_officer)
    page.goto("/inbox/")
    sign_in_by_hand(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    expect(page.locator("[name=username]")).to_have_value("zhen")
    sign_in_by_hand(page, cast.PASSWORD)
    expect(page.get_by_role("heading", name="消息")).to_be_visible()


def test_a_session_that_ends_in_the_middle_of_a_form_loses_no_word(township_officer, page_of, clock):
    page = page_of(give_password(township_officer))
    page.goto("/me/")
    page.fill("[name=phone]", "0730-8800000")
    clock.shift(timedelta(minutes=25))
    page.click("text=保存")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("您填写的内容都还在")
    dialog.get_by_label("密码").fill("wrong")
    dialog.get_by_role("button", name="登录并继续").click()
    expect(dialog.get_by_role("alert")).to_contain_text("不正确")
    dialog.get_by_label("密码").fill(cast.PASSWORD)
    dialog.get_by_role("button", name="登录并继续").click()
    expect(page.locator("#messages")).to_contain_text("个人资料已保存")
    assert User.objects.get(username="zhen").phone == "0730-8800000"


def test_a_page_left_open_for_another_person_sends_nothing(
    township_officer, county_officer, page_of, live_server
):
    from tests.browser import chromium

    page = page_of(township_officer)
    page.goto("/me/")
    page.fill("[name=phone]", "123")
    chromium.sign_in(page.context, live_server.url, county_officer)
    page.click("text=保存")
    expect(page.get_by_role("alert")).to_contain_text("已换成另一个账号")
    assert not User.objects.filter(phone="123").exists()


def test_a_second_click_makes_no_second_account(system_admin, page_of):
    page = page_of(system_admin)
    page.goto("/users/new/")
    page.fill("[name=username]", "li.si")
    page.fill("[name=name]", "李四")
    page.dblclick("text=建立账号")
    expect(page.locator(".once-password")).to_be_visible()
    assert User.objects.filter(username="li.si").count() == 1


def test_what_was_typed_is_offered_again_after_the_page_was_lost(system_admin, page_of):
    page = page_of(system_admin)
    page.goto("/users/new/")
    page.fill("[name=name]", "王五")
    expect(page.locator(".draft-line")).to_contain_text("已保存草稿", timeout=10_000)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/users/new/")
    expect(page.locator("[name=name]")).to_have_value("")
    page.get_by_role("button", name="恢复").click()
    expect(page.locator("[name=name]")).to_have_value("王五")


def test_a_draft_goes_when_its_form_was_sent(system_admin, page_of):
    page = page_of(system_admin)
    actions.save_draft(user=system_admin.user, key="user-new", data={"name": ["旧稿"]}, at=cast.NOW)
    page.goto("/users/new/")
    page.get_by_role("button", name="丢弃").click()
    page.fill("[name=username]", "zhao.liu")
    page.fill("[name=name]", "赵六")
    page.click("text=建立账号")
    expect(page.locator(".once-password")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not Draft.objects.filter(key="user-new").exists()


def test_leaving_with_unsaved_words_asks_first(system_admin, page_of):
    page = page_of(system_admin)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto("/users/new/")
    page.fill("[name=name]", "王五")
    page.locator("[name=name]").press("Tab")
    page.click("text=取消", no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]


def test_a_date_is_picked_or_typed(system_admin, page_of):
    page = page_of(system_admin)
    page.goto("/organizations/appointments/new/")
    page.fill("[name=from_on]", "2026-3-1")
    page.evaluate(
        "() => { const p = document.querySelector('.date-picker input[type=date]');"
        " p.value = '2026-04-15'; p.dispatchEvent(new Event('change')); }"
    )
    expect(page.locator("[name=from_on]")).to_have_value("2026年4月15日")


def test_on_a_phone_the_menu_opens_and_nothing_is_wider_than_the_screen(system_admin, page_of):
    page = page_of(system_admin)
    page.set_viewport_size(PHONE)
    page.goto("/users/")
    expect(page.locator("#rail")).to_be_hidden()
    page.get_by_role("button", name="菜单").click()
    expect(page.locator("#rail")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_menus_close_by_escape_and_give_the_focus_back(system_admin, page_of):
    page = page_of(system_admin)
    page.goto("/me/")
    page.locator(".menu-user summary").press("Enter")
    expect(page.get_by_role("link", name="个人资料")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="个人资料")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


PAGES = [
    "/inbox/",
    "/me/",
    "/me/password/",
    "/users/",
    "/users/new/",
    "/organizations/appointments/",
    "/organizations/appointments/new/",
    "/absent/",
]


def test_axe_finds_nothing_on_the_frames_pages(system_admin, township_officer, scheme, page_of):
    actions.notify(user=system_admin.user, title="名册导入完成", body="共 24 行", url="/me/")
    addresses = [*PAGES, f"/users/{township_officer.user.uid}/"]
    assert walk(page_of(system_admin), addresses, absent={"/absent/"}) == {}


def test_axe_finds_nothing_on_sign_in_the_trail_and_the_phase_rail(
    auditor, city_reviewer, scheme, page, page_of, axe
):
    page.goto("/sign-in/")
    assert axe(page) == []
    page.click("main button")
    page_of(auditor).goto("/audit/")
    assert axe(page) == []
    page_of(city_reviewer).goto("/me/")
    expect(page.locator(".phase-now")).to_contain_text("还剩")
    assert axe(page) == []
