"""工作纪实 without a network, on a phone: kept there, sent once when the network is back, however often it is tried."""

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from accounts.models import User
from rectification.cases import member_actions
from rectification.remediation.activities.models import Activity
from tests import cast
from tests.browser import chromium
from tests.browser.chromium import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDER = "document.documentElement.scrollWidth > window.innerWidth"
STORED = """() => new Promise((done) => {
  const request = indexedDB.open("zhengdun");
  request.onsuccess = () => {
    const rows = request.result.transaction("entries").objectStore("entries").getAll();
    rows.onsuccess = () => { request.result.close(); done(rows.result.length); };
  };
})"""

CACHED = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.push(await (await cache.match(request)).text());
  }
  return found;
}"""


@pytest.fixture
def on_case(case, helper, county_officer):
    """The helper is the case's first secretary."""
    return member_actions.add_member(
        case_id=case.pk,
        by=county_officer,
        at=cast.NOW,
        kind="first_secretary",
        name="孙某",
        user=helper.user,
        from_on=cast.TODAY,
    )


@pytest.fixture
def form(case, on_case, helper, page_of):
    """The entry page, open on a phone, while there still is a network."""
    page = page_of(helper)
    page.set_viewport_size(PHONE)
    page.goto(reverse("remediation:activity_add", args=[case.uid]))
    return page


def write(page, what="与支委谈心"):
    """Three taps and a sentence."""
    page.get_by_text("到点指导", exact=True).click()
    page.locator("[name=what]").fill(what)
    page.get_by_role("button", name="保存").click()


def test_a_visit_logged_without_network_arrives_once_when_it_returns(form):
    form.context.set_offline(True)
    write(form)
    expect(form.locator("#outbox")).to_contain_text("待发送 1 条")
    expect(form.locator("[name=what]")).to_have_value("")
    assert not form.evaluate(WIDER)
    assert not Activity.objects.exists()
    form.get_by_role("button", name="立即发送").click()
    expect(form.locator("#outbox")).to_contain_text("连不上")
    form.context.set_offline(False)
    expect(form.locator("#outbox")).to_contain_text("已送达 1 条", timeout=15_000)
    entry = Activity.objects.get()
    assert (entry.what, entry.people, entry.on) == ("与支委谈心", "孙某", cast.TODAY)


@pytest.fixture
def kept(form):
    """The phone has kept the empty form."""
    form.goto(reverse("remediation:diary"))
    form.evaluate("navigator.serviceWorker.ready.then(() => true)")
    form.reload()
    return form


def test_the_form_opened_afresh_without_network_takes_an_entry_that_arrives_once(kept, case):
    kept.context.set_offline(True)
    kept.goto(reverse("remediation:activity_add", args=[case.uid]))
    expect(kept.locator("h1")).to_have_text("没有网络，先记在本机")
    expect(kept.locator("[name=place]:checked + span")).to_have_text("石桥村")
    assert not kept.evaluate(WIDER)
    kept.locator("[name=on]").fill("2026-5-20")  # the phone's own clock is not the cast's
    write(kept, "断网时打开的表单")
    expect(kept.locator("#outbox")).to_contain_text("待发送 1 条")
    assert not Activity.objects.exists()
    kept.context.set_offline(False)
    kept.goto(reverse("remediation:diary"))
    expect(kept.locator("#outbox")).to_contain_text("已送达 1 条", timeout=15_000)
    kept.reload()
    kept.wait_for_load_state("networkidle")
    entry = Activity.objects.get()
    assert (entry.what, entry.people, entry.on) == ("断网时打开的表单", "孙某", cast.TODAY)
    assert kept.evaluate(STORED) == 0


def test_what_the_phone_keeps_of_pages_names_no_case_and_nobody(kept):
    kept.goto(reverse("remediation:diary"))
    texts = kept.evaluate(CACHED)
    assert any("没有网络，先记在本机" in text for text in texts)
    assert not [text for text in texts for name in ("石桥", "孙某", "bangfu") if name in text]


def test_after_signing_out_the_kept_form_knows_nobody(kept):
    kept.locator(".menu-user summary").click()
    kept.get_by_role("button", name="退出登录").click()
    kept.wait_for_url("**/sign-in/**")
    kept.context.set_offline(True)
    kept.goto(reverse("remediation:diary"))
    expect(kept.locator("[data-nobody]")).to_be_visible()
    expect(kept.locator("form[data-outbox]")).to_be_hidden()


def test_a_large_photo_is_made_smaller_on_the_phone_before_it_is_sent(form, tmp_path):
    picture = tmp_path / "现场.png"
    Image.effect_noise((2400, 1800), 80).save(picture)
    form.locator("summary", has_text="照片").click()
    form.locator("[name=photo]").set_input_files(picture)
    write(form)
    expect(form.locator("#messages")).to_contain_text("已登记")
    kept = Activity.objects.get().attachments.get()
    with kept.file.open() as file, Image.open(file) as sent:
        assert (sent.size, kept.name) == ((1600, 1200), "现场.jpg")


def test_a_file_that_is_too_large_is_said_at_once_and_the_words_stay(form, tmp_path):
    big = tmp_path / "记录.pdf"
    with big.open("wb") as file:
        file.truncate(21 * 1024 * 1024)
    form.locator("[name=what]").fill("要留住的话")
    form.locator("summary", has_text="照片").click()
    form.locator("[name=file]").set_input_files(big)
    expect(form.locator("main")).to_contain_text("超过上限 20 MB")
    form.get_by_role("button", name="保存").click()
    expect(form.locator("[name=what]")).to_have_value("要留住的话")
    assert not Activity.objects.exists()


def test_two_open_pages_sending_the_same_entry_make_one(form, case):
    form.context.set_offline(True)
    write(form)
    expect(form.locator("#outbox")).to_contain_text("待发送 1 条")
    second = form.context.new_page()
    form.context.set_offline(False)
    second.goto(reverse("remediation:diary"))
    form.reload()
    form.wait_for_load_state("networkidle")
    second.wait_for_load_state("networkidle")
    assert Activity.objects.count() == 1
    assert form.evaluate(STORED) == 0


def test_with_a_network_the_entry_is_there_at_once(form):
    write(form)
    expect(form.locator("#messages")).to_contain_text("已登记")
    assert Activity.objects.count() == 1
    assert form.evaluate(STORED) == 0


def test_what_the_server_refuses_stands_in_the_form_with_every_word(form):
    form.locator("[name=on]").fill("2027-1-1")
    write(form, "一句要留住的话")
    expect(form.locator("main")).to_contain_text("今天之后")
    expect(form.locator("[name=what]")).to_have_value("一句要留住的话")
    assert form.evaluate(STORED) == 0


def test_an_entry_refused_later_is_kept_and_put_right(form):
    form.context.set_offline(True)
    form.locator("[name=on]").fill("2027-1-1")
    write(form, "日期写错")
    expect(form.locator("#outbox")).to_contain_text("待发送 1 条")
    form.context.set_offline(False)
    expect(form.locator("#outbox")).to_contain_text("没有收下", timeout=15_000)
    form.get_by_role("link", name="修改").click()
    expect(form.locator("[name=what]")).to_have_value("日期写错")
    form.locator("[name=on]").fill("2026-5-20")
    form.get_by_role("button", name="保存").click()
    expect(form.locator("#messages")).to_contain_text("已登记")
    assert Activity.objects.get().what == "日期写错"


def test_a_session_that_ended_meanwhile_keeps_the_entry_until_the_person_signs_in(form, helper, live_server):
    form.context.set_offline(True)
    write(form)
    expect(form.locator("#outbox")).to_contain_text("待发送 1 条")
    form.context.clear_cookies()
    form.context.set_offline(False)
    expect(form.locator("#outbox")).to_contain_text("登录已失效", timeout=15_000)
    assert not Activity.objects.exists()
    chromium.sign_in(form.context, live_server.url, helper)
    form.reload()
    expect(form.locator("#outbox")).to_contain_text("已送达 1 条", timeout=15_000)
    assert Activity.objects.count() == 1


def test_what_was_typed_is_there_again_after_the_page_was_lost(form):
    form.locator("[name=what]").fill("写到一半")
    form.wait_for_timeout(700)
    form.reload()
    expect(form.locator("[name=what]")).to_have_value("写到一半")


def test_signing_out_asks_before_it_clears_what_was_not_sent(form, helper):
    form.context.set_offline(True)
    write(form)
    expect(form.locator("#outbox")).to_contain_text("待发送 1 条")
    asked = []
    form.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    form.locator(".menu-user summary").click()
    form.get_by_role("button", name="退出登录").click()
    form.wait_for_timeout(300)
    assert "还有 1 条" in asked[0]
    assert form.evaluate(STORED) == 1
    assert User.objects.filter(pk=helper.user_id).exists()


def test_the_pages_read_well_on_a_phone(form, case, axe):
    for address in (
        form.url,
        reverse("remediation:diary"),
        f"{case.get_absolute_url()}?tab=activities",
    ):
        form.goto(address)
        assert axe(form) == []
        assert not form.evaluate(WIDER)
