"""Inbox, drafts and health."""

import json

import pytest
from django.db import connection

from accounts import actions
from accounts.models import Draft, Message

SCRIPT = {"X-Requested-With": "fetch"}


def send(post, title="台账被退回", url="/me/"):
    return actions.notify(user=post.user, title=title, body="第3行时限缺失", url=url)


def test_opening_a_message_marks_it_read_and_leads_to_its_subject(township_officer, as_post):
    message = send(township_officer)
    assert as_post(township_officer).post(f"/inbox/{message.uid}/").url == "/me/"
    assert Message.objects.get().read_at


@pytest.mark.parametrize("url", ["https://example.org", "//example.org", ""])
def test_a_message_never_leads_off_the_site(township_officer, as_post, url):
    message = send(township_officer, url=url)
    assert as_post(township_officer).post(f"/inbox/{message.uid}/").url == "/inbox/"


def test_somebody_elses_message_is_absent(township_officer, county_officer, as_post):
    message = send(township_officer)
    assert as_post(county_officer).post(f"/inbox/{message.uid}/").status_code == 404
    assert "台账被退回" not in as_post(county_officer).get("/inbox/").content.decode()


def test_the_bar_counts_what_was_not_opened(township_officer, as_post):
    send(township_officer)
    send(township_officer, "方案已通过")
    browser = as_post(township_officer)
    assert "有 2 条未读" in browser.get("/inbox/").content.decode()
    browser.post("/inbox/read-all/")
    assert "没有未读消息" in browser.get("/inbox/").content.decode()


def test_the_inbox_asks_the_database_no_more_for_more_messages(
    township_officer, as_post, django_assert_max_num_queries
):
    browser = as_post(township_officer)
    browser.get("/inbox/")
    for number in range(25):
        send(township_officer, f"第{number}条")
    with django_assert_max_num_queries(16):
        assert "第24条" in browser.get("/inbox/").content.decode()


# --- drafts ------------------------------------------------------------------------------------------------------


def keep(browser, data, key="plan-1"):
    return browser.post(
        f"/drafts/?key={key}", json.dumps(data), content_type="application/json", headers=SCRIPT
    )


def test_a_draft_is_kept_given_back_and_forgotten(township_officer, as_post):
    browser = as_post(township_officer)
    assert browser.get("/drafts/?key=plan-1").status_code == 204
    assert keep(browser, {"text": ["一"]}).status_code == 200
    assert keep(browser, {"text": ["二"]}).status_code == 200
    assert browser.get("/drafts/?key=plan-1").json()["data"] == {"text": ["二"]}
    assert browser.delete("/drafts/?key=plan-1").status_code == 204
    assert not Draft.objects.exists()


def test_a_draft_is_its_owners_alone(township_officer, county_officer, as_post):
    keep(as_post(township_officer), {"text": ["密"]})
    other = as_post(county_officer)
    assert other.get("/drafts/?key=plan-1").status_code == 204
    other.delete("/drafts/?key=plan-1")
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("body", ["[]", "kein", '"text"'])
def test_what_is_no_form_is_no_draft(township_officer, as_post, body):
    browser = as_post(township_officer)
    response = browser.post("/drafts/?key=a", body, content_type="application/json", headers=SCRIPT)
    assert response.status_code == 400


def test_a_draft_has_a_largest_size(township_officer, as_post):
    assert keep(as_post(township_officer), {"text": ["字" * 200_000]}).status_code == 413


# --- health ------------------------------------------------------------------------------------------------------


def test_the_process_says_that_it_lives_without_sign_in(client):
    assert client.get("/healthz").json() == {"alive": True}


def test_the_site_says_that_it_can_work(db, client):
    assert client.get("/readyz").json() == {
        "ready": True,
        "database": True,
        "redis": True,
        "migrations": True,
    }


def test_the_site_says_what_is_missing(db, client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["redis"] is False


def test_a_schema_that_is_behind_is_not_ready(db, client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'reports'")
    assert client.get("/readyz").json()["migrations"] is False
