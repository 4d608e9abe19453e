"""The nightly tidying takes what has served its time, and nothing anybody still needs."""

import uuid
from datetime import timedelta

from accounts import actions, tasks
from accounts.models import Draft, Session, SubmissionKey
from tests.cast import NOW


def keep(post, days, now=NOW):
    at = now - timedelta(days=days)
    SubmissionKey.objects.create(user=post.user, key=uuid.uuid4(), path=f"/{days}/", at=at)
    Draft.objects.create(user=post.user, key=f"form-{days}", data={}, saved_at=at)


def test_a_submission_key_is_kept_for_a_month(township_officer):
    keep(township_officer, 29)
    keep(township_officer, 31)
    actions.tidy(at=NOW)
    assert [row.path for row in SubmissionKey.objects.all()] == ["/29/"]


def test_a_draft_is_kept_for_more_than_its_year(township_officer):
    keep(township_officer, 366)
    keep(township_officer, 401)
    actions.tidy(at=NOW)
    assert [row.key for row in Draft.objects.all()] == ["form-366"]


def test_an_ended_session_goes_and_a_live_one_stays(db):
    for name, hours in (("ended", -1), ("live", 1)):
        Session.objects.create(session_key=name, session_data="", expire_date=NOW + timedelta(hours=hours))
    assert actions.tidy(at=NOW)["sessions"] == 1
    assert Session.objects.get().session_key == "live"


def test_the_tidying_runs_as_the_application_and_says_what_went(township_officer):
    assert {"sessions", "submission_keys", "attempts", "drafts"} <= set(tasks.tidy())
